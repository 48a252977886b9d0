"""The evalsvc service."""
