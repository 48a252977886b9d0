"""What stands in the public log: the kinds of its lines and how they name what they are about; docs/formats.md."""

COMMITMENT, MANIFEST = "draw.commitment", "draw.manifest"


def subject_of(evaluation: str, number: int) -> str:
    """Name a draw in the log."""
    return f"{evaluation}/{number}"
