"""Stages of a design, and phases: their units, their certainties, the quadratic forms of their variance."""
