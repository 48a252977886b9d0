"""Check a design against a frame: what it asks for must exist, with the numbers when it does not."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from collections.abc import Iterable

from sampling.design import Design, Stage
from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.errors import Complaint, complain
from sampling.frame import Frame
from sampling.frame_text import check_frame_text
from sampling.groups import Group, GroupTake, Shortage, plan_takes
from sampling.levels import beyond, column_depth, find_column, same_levels
from sampling.method_check import check_groups, check_numbers, check_planned
from sampling.steps import in_scope, read_groups, text_of, units_step
from sampling.takes import TakeTotal

TOO_FEW = ("design.too_few_units", "design.too_few_units_at_top")
MINIMUM = ("design.minimum_too_large", "design.minimum_too_large_at_top")
"""What is said of units inside a parent, and at the first stage, where there is none."""
LARGEST_TOTAL = 9 * 10**18
"""What all sizes of a stage may come to, decimals times the power of ten of their places: engines add in 64 bits."""
WRONG_SIZES = ("design.negative_size", "design.size_too_large")
SHOWN_VALUES = 12
"""How many of a column's values a complaint about an unknown one shows."""


def check_design(
    design: Design, frame: Frame, file: str = "design.yaml", engine: OpenEngine = DuckDBEngine
) -> list[Complaint]:
    """List everything a design asks that a frame does not hold, and text of the frame that its hash cannot bind.

    Returns
    -------
    list of Complaint
        Codes ``design.*``, where ``column`` is the place in the design; ``frame.*`` as ``check_frame_text`` gives them.
    """
    with engine(frame) as opened:
        return [*check_frame_text(opened, frame), *check_design_on(opened, design, frame, file)]


def check_design_on(engine: Engine, design: Design, frame: Frame, file: str = "design.yaml") -> list[Complaint]:
    """Check the design alone, on an engine that holds the frame already."""
    if not same_levels(design.levels, frame.levels):
        extra, lacking = beyond(design.levels, frame.levels), beyond(frame.levels, design.levels)
        return [complain("design.frame_differs", file=file, column="frame", extra=extra, lacking=lacking)]
    complaints = [*_unknown_values(engine, design), *_wrong_sizes(engine, design), *check_numbers(engine, design)]
    unknown = {one.column for one in complaints if one.code == "design.unknown_value"}
    # Sizes that are wrong cannot be added up: of their stage there is nothing more to say.
    unsized = {one.column for one in complaints if one.code in WRONG_SIZES}
    for number in range(len(design.stages)):
        if f"stages[{number}].size" in unsized:
            continue
        # A line that names an unknown value matches no stratum: that is said already.
        found = _check_stage(engine, design, number)
        complaints.extend(one for one in found if one.code != "design.empty_stratum" or one.column not in unknown)
    return [complain(one.code, file=file, column=one.column, **one.details_beyond_place) for one in complaints]


def _unknown_values(engine: Engine, design: Design) -> Iterable[Complaint]:
    """Complain about values that a rule or a take line names and the column does not hold.

    What a level that is listed later will hold is not known, nor is it all known when some of its lists have come.
    """
    asked: list[tuple[str, str, str]] = []
    later = design.first_later()
    listed = len(design.levels) if later is None else design.depth(later)
    for kind, rules in (("only", design.only), ("exclude", design.exclude), ("purposive", design.purposive)):
        asked += [(f"{kind}[{i}]", rule.column, value) for i, rule in enumerate(rules) for value in rule.values]
    for i, stage in enumerate(design.stages):
        for key, take in (("take", stage.take), ("reserves", stage.reserves)):
            if not isinstance(take, TakeTotal):
                asked += [
                    (f"stages[{i}].{key}.by[{j}]", name, value)
                    for j, line in enumerate(take.by)
                    for name, value in line.when.items()
                    if column_depth(design.levels, name) < listed
                ]
    known: dict[str, list[str]] = {}
    for place, name, value in asked:
        if name not in known:
            text = text_of(engine, find_column(design.levels, name))
            distinct = f"SELECT DISTINCT {text} AS value FROM frame WHERE {text} IS NOT NULL ORDER BY value"
            known[name] = [row[0] for row in engine.rows(distinct)]
        if value not in known[name]:
            shown = ", ".join(known[name][:SHOWN_VALUES])
            yield complain(
                "design.unknown_value", column=place, name=name, value=value, values=shown, count=len(known[name])
            )


def _wrong_sizes(engine: Engine, design: Design) -> Iterable[Complaint]:
    """Complain about negative or missing values in a column that is a size, and about sizes beyond what is exact."""
    for i, stage in enumerate(design.stages):
        if stage.size is None or stage.size.kind == "count":
            continue
        column = find_column(design.levels, stage.size.name)
        depth = column_depth(design.levels, column.name)
        quoted, scope = engine.quote(column.name), in_scope(engine, design, depth)
        wrong, value = f"count(CASE WHEN coalesce({quoted}, -1) < 0 THEN 1 END)", f"max(CAST({quoted} AS DOUBLE))"
        bad, rows, most = engine.rows(f"SELECT {wrong}, count(*), {value} FROM frame WHERE {scope}")[0]
        if bad:
            yield complain("design.negative_size", column=f"stages[{i}].size", name=column.name, count=bad)
        elif rows and rows * most > LARGEST_TOTAL / 10**column.decimals:  # no sum can be larger than that
            unit = engine.quote(design.levels[depth].id)
            each = f"SELECT {value} AS size FROM frame WHERE {scope} GROUP BY {unit}"
            total = engine.rows(f"SELECT sum(size) FROM ({each}) AS sizes")[0][0]
            if total > LARGEST_TOTAL / 10**column.decimals:
                yield complain("design.size_too_large", column=f"stages[{i}].size", name=column.name)


def _check_stage(engine: Engine, design: Design, number: int) -> Iterable[Complaint]:
    """Complain about missing stratum values, empty strata and groups with fewer units than asked for."""
    stage = design.stages[number]
    place = f"stages[{number}]"
    yield from _stratum_values(engine, design, number)
    lowest = design.depth(number) == len(design.levels) - 1
    engine.define("checked_units", units_step(engine, design, number), kept=not lowest)
    groups = read_groups(engine, design, number, "checked_units", alike=_stand_for_each_other(stage, number))
    if not groups and stage.listed == "later":
        return  # nothing is listed yet
    if not groups:
        yield complain("design.no_units", column=place, stage=stage.name)
        return
    if stage.listed == "frame":  # the next list may hold what a line is for
        yield from _empty_strata(design, number, groups)
    unplanned = list(check_planned(stage, groups, place))
    if unplanned:
        yield from unplanned
        return
    plan = plan_takes(stage, groups)
    shortages = plan.shortages
    told = shortages and stage.when_short == "refuse"
    if not told and stage.listed == "frame" and not any(take.main or by_share(stage, take) for take in plan.takes):
        yield complain("design.nothing_taken", column=f"{place}.take", stage=stage.name)
    yield from check_groups(engine, stage, plan.takes, place, "checked_units")
    yield from _shortages(place, stage.name, [one for one in shortages if one.minimum], MINIMUM)
    if stage.when_short == "refuse":
        lacking = [one for one in shortages if not one.minimum]
        yield from _shortages(place, stage.name, lacking, TOO_FEW)


def by_share(stage: Stage, take: GroupTake) -> bool:
    """Tell whether each unit of a group is taken by itself, with a chance that no number of units stands for."""
    return bool(take.share) and stage.traits.size == "no" and not stage.traits.fixed_size


def _stand_for_each_other(stage: Stage, number: int) -> bool:
    """Tell whether groups that differ in their parents alone take the same: no total is shared, no odds are sought."""
    shared = any(isinstance(take, TakeTotal) for take in (stage.take, stage.reserves))
    return number > 0 and not shared and stage.method != "maximum_entropy"


def _stratum_values(engine: Engine, design: Design, number: int) -> Iterable[Complaint]:
    """A stratum column holds a value without a slash for every unit that takes part."""
    stage = design.stages[number]
    scope = in_scope(engine, design, design.depth(number))
    unit = engine.quote(design.levels[design.depth(number)].id)
    for name in stage.strata:
        text = text_of(engine, find_column(design.levels, name))
        faults = f"{text} IS NULL", f"{text} LIKE '%/%'"
        rows = ", ".join(f"count(CASE WHEN {fault} THEN 1 END)" for fault in faults)
        if not any(engine.rows(f"SELECT {rows} FROM frame WHERE {scope}")[0]):
            continue
        units = ", ".join(f"count(DISTINCT CASE WHEN {fault} THEN {unit} END)" for fault in faults)
        missing, slashes = engine.rows(f"SELECT {units} FROM frame WHERE {scope}")[0]
        for code, count in (("design.stratum_value_missing", missing), ("design.stratum_value_slash", slashes)):
            if count:
                yield complain(code, column=f"stages[{number}].strata", stage=stage.name, name=name, count=count)


def _empty_strata(design: Design, number: int, groups: list[Group]) -> Iterable[Complaint]:
    """Complain about a take line that no stratum with units matches."""
    stage = design.stages[number]
    for key, take in (("take", stage.take), ("reserves", stage.reserves)):
        if isinstance(take, TakeTotal):
            continue
        for i, line in enumerate(take.by):
            if not any(all(group.values[name] == value for name, value in line.when.items()) for group in groups):
                stratum = ", ".join(f"{name}={value}" for name, value in line.when.items())
                yield complain(
                    "design.empty_stratum",
                    column=f"stages[{number}].{key}.by[{i}]",
                    stage=stage.name,
                    stratum=stratum,
                    asked=line.take,
                    available=0,
                )


def _shortages(place: str, stage: str, shortages: list[Shortage], codes: tuple[str, str]) -> Iterable[Complaint]:
    """Tell shortages by stratum: how many parents fall short, and the worst of them."""
    by_stratum: dict[tuple[str, int], list[Shortage]] = {}
    for shortage in shortages:
        by_stratum.setdefault((shortage.stratum, shortage.asked), []).append(shortage)
    for (stratum, asked), found in sorted(by_stratum.items()):
        worst = min(found, key=lambda one: (one.available, one.parent or ""))
        yield complain(
            codes[worst.parent is None],
            column=place,
            stage=stage,
            stratum=stratum,
            asked=asked,
            available=worst.available,
            parent=worst.parent or "",
            groups=sum(one.alike for one in found),
        )
