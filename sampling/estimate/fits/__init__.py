"""Statistics that are fitted domain by domain: tests and models."""
