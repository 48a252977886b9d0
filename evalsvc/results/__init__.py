"""From fieldwork, interviews and cases to estimated results."""
