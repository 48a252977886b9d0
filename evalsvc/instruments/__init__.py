"""Instruments: published form versions that never change."""
