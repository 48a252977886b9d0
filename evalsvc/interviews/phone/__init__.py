"""What the enumerator's application asks beside OpenRosa: who the device is of, its households, and receipts."""
