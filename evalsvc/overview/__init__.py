"""The pages that show a whole evaluation: its stages, results and reports."""
