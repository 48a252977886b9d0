"""The way of a submission into the service: read, checked, kept, written with those that wait beside it."""
