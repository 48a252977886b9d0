"""Names of the files that results are made from and that a bundle holds; docs/formats.md says what is in them."""

import hashlib
import re

FRAME = "frame.parquet"
DESIGN = "design.yaml"
COMMITMENT = "commitment.json"
LOG = "commitments.jsonl"
MANIFEST = "draw-manifest.json"
FIXED = "fieldwork-plan.jsonl"
INTERVIEWS = "interviews.csv"
FIELDWORK = "fieldwork.csv"
CASES = "cases.csv"
JUDGEMENTS = "judgements.csv"
PACK = "pack.yaml"
PLAN = "plan.yaml"
ANSWERS = "answers.csv"
RESULTS = "results.json"
EDITION = "edition.json"
RESULTS_TABLE = "results.csv"
CHECK_SCRIPT = "check.R"
CHECK_DESIGN = "check-design.csv"
CHECK_PLAN = "check-plan.csv"
HASHES = "SHA256SUMS"
README = "README.md"
REPORT = "report.pdf"
BUNDLE = "bundle.zip"
INTERVIEW_FOLDER = "interviews/"
FORM_FILES = "form-files.json"
"""The files that form versions are delivered with, where any is: by the form's file, name and hash."""
FORM_TABLE_FOLDER = "form-tables/"
UUID_FORM = re.compile(r"uuid:(?P<uuid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")

TABLES = (
    FRAME,
    DESIGN,
    COMMITMENT,
    LOG,
    MANIFEST,
    FIXED,
    INTERVIEWS,
    FIELDWORK,
    CASES,
    JUDGEMENTS,
    PACK,
    PLAN,
    ANSWERS,
    RESULTS,
    README,
)
"""Files of one name each; beside them stand the instruments and the interviews."""
FOR_R = (CHECK_SCRIPT, CHECK_DESIGN, CHECK_PLAN, RESULTS_TABLE)
"""By these R alone checks the figures: made from other files of the bundle, and missing from early bundles."""


def instrument_name(place: int) -> str:
    """Name the form versions in the order of their publication: instrument.xml, instrument-2.xml, ..."""
    return "instrument.xml" if place == 0 else f"instrument-{place + 1}.xml"


def is_instrument(name: str) -> bool:
    """Tell whether a file of a bundle is a form version."""
    number = name.removeprefix("instrument-").removesuffix(".xml")
    return name == "instrument.xml" or (name == f"instrument-{number}.xml" and number.isascii() and number.isdigit())


def form_table_name(sha256: str) -> str:
    """Name the file of a table that a form looks values up in."""
    return FORM_TABLE_FOLDER + sha256


def is_form_table(name: str) -> bool:
    """Tell whether a file of a bundle is such a table."""
    return re.fullmatch(FORM_TABLE_FOLDER + "[0-9a-f]{64}", name) is not None


def interview_name(instance_id: str) -> str:
    """Name the file of an interview: its UUID, or the hash of an instanceID in any other form.

    Two instanceIDs never share a name: only one spelling of a UUID is taken for one.
    """
    found = UUID_FORM.fullmatch(instance_id)
    plain = hashlib.sha256(instance_id.encode("utf-8")).hexdigest() if found is None else found["uuid"]
    return f"{INTERVIEW_FOLDER}{plain}.xml"
