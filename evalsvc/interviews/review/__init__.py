"""The review of interviews: returned, corrected, approved, rejected, with their history and what changed."""
