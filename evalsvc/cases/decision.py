"""How judgements decide a case: two different persons who agree; a disagreement waits for a third."""

from collections import Counter
from collections.abc import Sequence

from evalsvc.cases.values import CONFIRM, CONFIRMED, EXCLUDE, EXCLUDED, OPEN

AGREEING = 2
"""Judges who have to agree."""
STATE_OF = {CONFIRM: CONFIRMED, EXCLUDE: EXCLUDED}


def decide(verdicts: Sequence[str]) -> str:
    """Return the state of a case from its verdicts, one of each judge."""
    counts = Counter(verdicts)
    agreed = [verdict for verdict in STATE_OF if counts[verdict] >= AGREEING]
    return STATE_OF[agreed[0]] if len(agreed) == 1 else OPEN
