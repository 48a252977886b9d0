"""A small evaluation from frame to signed report, made by the pure functions alone."""

from tests.small_world.bundle_files import sources_of, tables_of
from tests.small_world.evaluation import World, answers_of, make_world
from tests.small_world.public_log import chained, entries_of, fixed_of
from tests.small_world.register import make_frame
from tests.small_world.report import Issued, hand_of, issue, reviewed, sealed, signer
from tests.small_world.texts import ABOUT, DESIGN, EVALUATION, FORM, INSTITUTE, MAPPING, RECEIVED, SECRET
from tests.small_world.visits import interview_of, outcome_of

__all__ = [
    "ABOUT",
    "DESIGN",
    "EVALUATION",
    "FORM",
    "INSTITUTE",
    "MAPPING",
    "RECEIVED",
    "SECRET",
    "Issued",
    "World",
    "answers_of",
    "chained",
    "entries_of",
    "fixed_of",
    "hand_of",
    "interview_of",
    "issue",
    "make_frame",
    "make_world",
    "outcome_of",
    "reviewed",
    "sealed",
    "signer",
    "sources_of",
    "tables_of",
]
