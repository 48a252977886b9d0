"""The demonstration: one simulated evaluation, driven through the whole service."""
