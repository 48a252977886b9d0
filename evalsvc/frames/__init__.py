"""Frames: a client's list of counties, villages and households, checked and kept as it was hashed."""
