"""Instruments and the checks of their answers: no web, no database, no clock, no network."""
