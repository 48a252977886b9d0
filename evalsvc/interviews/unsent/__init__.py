"""Interviews that a phone could not send: sealed into a file on the phone, opened and taken in here."""
