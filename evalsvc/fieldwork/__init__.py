"""Fieldwork: which household is to be visited by whom, and what came of it."""
