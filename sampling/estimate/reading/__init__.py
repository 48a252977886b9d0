"""The words of a plan: its keys, formulas, expressions and conditions, with every complaint at once."""
