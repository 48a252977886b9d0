"""Reports in tests without layout and signatures, where only rows, files and numbers matter."""

import pytest

from evalsvc.editions import batches, composing, signing
from evalsvc.editions.long_term import LongTerm
from evalsvc.editions.printing import Printed


def leave_printing_out(patch: pytest.MonkeyPatch) -> None:
    """Let the edition's data stand for its PDF, and each signature be a line below it."""
    for room in (composing, batches):
        patch.setattr(room, "print_report", lambda edition: Printed(b"%PDF " + edition, b"%PDF " + edition))
    patch.setattr(signing, "with_long_term", lambda _config, pdf: LongTerm(pdf, "", ()))
    patch.setattr(signing, "head_of", lambda _pdf: {})
    patch.setattr(signing, "signed", lambda pdf, role, *_, **_options: pdf + f"\n% {role.name}".encode())
