"""The chapters of a report, each composed from the facts of its edition."""
