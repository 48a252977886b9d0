"""Interviews: what an enumerator's device sent, kept byte for byte."""
