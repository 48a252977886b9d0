"""Table, plan, results, facts and printed figures, each made again and compared with what was issued."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalsvc import files
from evalsvc.editions.facts import About, Corrects, Facts, Head, compose, rows_of_county
from evalsvc.editions.material import material_of
from evalsvc.editions.report import printed_of
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.results.assembly import AnswersTable, Sources
from evalsvc.results.compute import Computed
from evalsvc.results.values import Row
from evalsvc.verification.compare import ABSENT, Difference, differences, table_differences
from evalsvc.verification.outcome import FigureCheck, Step, step_of
from evalsvc.version import CODE_VERSION
from sampling.documents import parse_document
from sampling.errors import Complaint, complain
from sampling.estimate import Results
from sampling.frame import Frame

NOT_RECOMPUTED = ("edition", "evaluation", "inputs", "code_version", "texts")
"""Parts of the facts that are statements of the issuer; the files behind them are checked by their hashes."""


def answers_step(data: bytes, table: AnswersTable) -> Step:
    """Compare answers.csv cell by cell with the table made again."""
    return step_of("answers", list(table_differences(table, data, files.ANSWERS)), rows=len(table.rows))


def plan_step(data: bytes, plan: Mapping[str, Any], pack: bytes) -> Step:
    """Compare plan.yaml with the plan made again from the rule pack, the design and the frame, and the pack itself."""
    document = parse_document(data.decode("utf-8", "replace"), files.PLAN)
    complaints = list(document.complaints)
    # The plan passes through text once, so that both sides have been written and read.
    right = json.loads(json.dumps(plan))
    if not complaints:
        complaints = [_differing(files.PLAN, each) for each in differences(right, document.value)]
    return step_of("plan", [*_other_pack(pack), *complaints], statements=len(plan["estimates"]))


def _other_pack(data: bytes) -> Iterator[Complaint]:
    """Refuse a pack that bears the name of one that this program ships and is another: thresholds go by that name."""
    stated, _ = read_pack(data, files.PACK)
    for shipped in map(pack_bytes, pack_names()):
        pack, _ = read_pack(shipped)
        if stated and pack and stated.title() == pack.title() and data != shipped:
            yield complain("verification.other_pack", file=files.PACK, pack=pack.title())


def results_step(data: bytes, facts: Facts, results: Results, county_column: str) -> Step:
    """Compare results.json, and the rows inside the PDF, with the rows estimated again.

    A report about one county holds the rows of that county alone.
    """
    right = [row.as_json() for row in results.rows]
    try:
        stated = json.loads(data)["estimates"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return step_of("results", [complain("verification.not_json", file=files.RESULTS, problem=str(error)[:200])])
    complaints = list(_row_differences(right, stated, files.RESULTS))
    inside = rows_of_county(right, county_column, facts["edition"].get("scope", ""))
    complaints += _row_differences(inside, facts["estimates"], files.EDITION)
    return step_of("results", complaints, rows=len(right))


def _row_differences(right: Sequence[Mapping[str, Any]], stated: object, file: str) -> Iterator[Complaint]:
    if not isinstance(stated, list) or len(stated) != len(right):
        found = len(stated) if isinstance(stated, list) else 0
        yield complain("verification.row_count", file=file, expected=len(right), found=found)
        return
    for number, (row, other) in enumerate(zip(right, stated, strict=True), start=1):
        name = f"{row['id']}/{','.join(row['domain'].values())}"
        for each in differences(row, other):
            yield _differing(file, each, row=number, name=name)


def _differing(file: str, each: Difference, **where: object) -> Complaint:
    column = f"{where.get('name', '')} {each.place}".strip()
    return complain(
        "verification.value_differs", file=file, column=column, expected=_short(each.expected), found=_short(each.found)
    )


def recomposed(facts: Facts, sources: Sources, frame: Frame, computed: Computed) -> Facts:
    """Compose the facts again from the bundle; only what the issuer states of itself is taken over."""
    stated = facts["edition"]
    corrects = None if stated["corrects"] is None else Corrects(**stated["corrects"])
    head = Head(**{**stated, "corrects": corrects})
    about = About(**facts["evaluation"])
    rows: list[Row] = [row.as_json() for row in computed.results.rows]
    right = compose(head, about, material_of(sources, frame, rows, facts["inputs"], facts["code_version"]))
    return {**right, "texts": facts["texts"]}


def facts_step(facts: Facts, right: Facts) -> Step:
    """Compare every count and statement of the signed file with the one composed again."""
    complaints = []
    compared = 0
    for part, value in right.items():
        if part in NOT_RECOMPUTED or part == "estimates":
            continue
        compared += 1
        # Tuples become lists in JSON: both sides are read from text.
        expected = json.loads(json.dumps(value, ensure_ascii=False))
        complaints += [_differing(files.EDITION, each) for each in differences(expected, facts[part], part)]
    return step_of("facts", complaints, parts=compared)


def figures_of(facts: Facts, right: Facts | None) -> tuple[FigureCheck, ...]:
    """Put every printed figure beside the recomputed one.

    A figure that the same version of the code would print and the report does not list is unequal too: what is not
    listed cannot be checked. Another version may print more or less.
    """
    printed = {each["key"]: each["text"] for each in facts["printed"]}
    if right is None:
        return tuple(FigureCheck(key, text, None) for key, text in printed.items())
    recomputed = {each["key"]: each["text"] for each in printed_of(right)}
    keys = list(printed)
    if facts["code_version"] == CODE_VERSION:
        keys += [key for key in recomputed if key not in printed]
    return tuple(FigureCheck(key, printed.get(key), recomputed.get(key)) for key in keys)


def figures_step(figures: Sequence[FigureCheck]) -> Step:
    """Say which printed figures are not the recomputed ones."""
    complaints = [
        complain(
            "verification.figure_differs",
            file=files.EDITION,
            column=each.key,
            expected=each.recomputed or "",
            found=each.printed or "",
        )
        for each in figures
        if not each.equal
    ]
    return step_of("figures", complaints, figures=len(figures))


def _short(value: object) -> str:
    plain = isinstance(value, str) or value is ABSENT
    text = str(value) if plain else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:197] + "..."
