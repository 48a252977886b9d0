"""Tables of answers for those who analyse them: files that are made in the background."""
