"""What a reader should know of the data behind a plan: texts among numbers, absent names, domains without rows."""
