"""Tables of answers for those who analyse them: files made in the background, and a feed for BI tools."""
