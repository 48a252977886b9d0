"""Draws: committed, revealed, carried out once, and never changed."""
