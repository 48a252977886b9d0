"""Weights after the draw: non-response, trimming, calibration, and what these explain of a score."""
