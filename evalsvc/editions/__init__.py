"""Issued reports: composed from results, printed, signed, and bundled for outsiders."""
