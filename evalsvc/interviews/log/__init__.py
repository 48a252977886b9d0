"""What the public log tells of interviews: that they were received, and which were rejected."""
