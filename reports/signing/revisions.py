"""What a signed file was before: it begins with every state that somebody signed or stamped."""

from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

from reports.signing.replay import end_of

MOST = 50
"""Signatures and stamps that are followed."""


def states_of(pdf: bytes) -> tuple[bytes, ...]:
    """Return the file as it was after each of its signatures and stamps but the last; none of what is no such file."""
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        ends = sorted({end_of(each) for each in signatures[:MOST]})
    except MemoryError:
        raise
    except Exception:  # a stranger's file that cannot be taken apart has no such states
        return ()
    return tuple(pdf[:end] for end in ends if 0 < end < len(pdf))
