"""Replicate weights: read or made, kept as factors of units."""
