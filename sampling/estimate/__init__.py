"""Design-based estimation: one design object, one variance routine, estimators that supply scores."""
