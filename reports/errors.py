"""What can go wrong with a document, a key or a signed file."""


class ReportError(Exception):
    """Carry a stable code; `details` fill the sentence that stands in the catalogue under it."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
