"""Draws and estimates that anyone can recompute: no web, no database, no clock, no network."""
