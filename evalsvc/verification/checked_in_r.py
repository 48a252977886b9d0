"""What a bundle holds for a check with R alone: made again from the recomputed figures and compared."""

from collections.abc import Iterator, Mapping

from evalsvc import files
from evalsvc.editions.facts import Facts
from evalsvc.editions.for_r import for_r
from evalsvc.verification.outcome import Step, step_of
from evalsvc.version import CODE_VERSION
from sampling.errors import Complaint, complain


def checked_in_r_step(content: Mapping[str, bytes], right: Facts, plan: str) -> Step:
    """Compare the script and its tables with those that this version writes.

    Tables of the same version that differ are wrong. A script that differs is named, so that nobody takes its word for
    that of this program; what another version wrote is named too.
    """
    expected = for_r(right, plan.encode("utf-8"))
    others = [name for name in files.FOR_R if name in content and content[name] != expected[name]]
    same = right["code_version"] == CODE_VERSION
    wrong = [name for name in others if same and name != files.CHECK_SCRIPT]
    complaints = [complain("verification.for_r_differs", file=name) for name in wrong]
    return step_of("facts", complaints, list(_notes([name for name in others if name not in wrong], right)))


def _notes(others: list[str], right: Facts) -> Iterator[Complaint]:
    for name in others:
        yield complain("verification.for_r_other", file=name, written=right["code_version"], checked_with=CODE_VERSION)
