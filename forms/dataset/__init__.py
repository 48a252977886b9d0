"""Answers as tables that statistical programs read: typed variables, their codebook, files in seven formats."""
