"""Suspected wrong-exit and missed-identification cases, and how two persons judge each."""
