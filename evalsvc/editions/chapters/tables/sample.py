"""Tables of the frame and the draw: population, stages, seals, drawn villages."""

from evalsvc.editions.chapters.labels import level_name, listed, local_time
from evalsvc.editions.figures import NONE, Figures
from evalsvc.words import term
from reports.document import Column, Row, Table

POPULATION = ("villages", "households", "exited", "not_registered", "remaining", "persons")
STAGES = ("groups", "population", "taken", "certain", "reserves")
VILLAGE_COUNTS = ("probability", "households", "opened", "completed")


def population(figures: Figures) -> Table:
    """Count what the frame holds of each county."""
    persons = figures.label("column.persons_group")
    columns = (
        Column(figures.label("column.county"), share=0.13),
        *(Column(figures.label(f"population.{name}"), "end") for name in POPULATION[:2]),
        *(Column(figures.label(f"population.{name}"), "end", group=persons) for name in POPULATION[2:]),
    )
    rows = tuple(
        Row((each.name, *(figures.count("frame", "counties", each.code, name) for name in POPULATION)))
        for each in figures.counties
    )
    note = figures.label("population.note_listed_later" if figures.listed_later else "population.note")
    return Table(figures.label("population.caption"), columns, rows, note=note, small=True)


def stages(figures: Figures) -> Table:
    """Count what was drawn at each stage."""
    columns = (
        Column(figures.label("column.stage"), share=0.18),
        *(Column(figures.label(f"stages.{name}"), "end") for name in STAGES),
        Column(figures.label("stages.variance"), "center"),
    )
    rows = []
    for stage in figures.facts["draw"]["stages"]:
        methods = (term("draw.joint_method", name, figures.language) for name in stage["joint_methods"])
        numbers = (figures.count("draw", "stages", stage["code"], name) for name in STAGES)
        counted = figures.label("counted.household" if stage["code"] == "household" else "counted.other")
        level = level_name(stage["code"], figures.language)
        name = figures.label("stages.level", level=level, counted=counted)
        rows.append(Row((name, *numbers, listed(methods, figures.language) or NONE)))
    return Table(figures.label("stages.caption"), columns, tuple(rows), note=figures.label("stages.note"))


def seals(figures: Figures) -> Table:
    """List what the draw can be checked by."""
    draw = figures.facts["draw"]
    named = (draw["public_source"], draw["public_round"], draw["public_value"])
    public = NONE if draw["public_value"] is None else " ".join(named)
    protocol = figures.label("seals.protocol_and_number", protocol=draw["protocol"], number=draw["number"])
    stamp = draw["time_stamp"]
    at = "" if stamp is None else local_time(stamp["at"], figures.language)
    stamped = figures.label("seals.stamped", when=at, authority="" if stamp is None else stamp["authority"])
    none = figures.label("seals.no_stamp")
    sealed = (draw["frame_sha256"], draw["commitment"], none if stamp is None else stamped)
    values = (protocol, *sealed, public, draw["seed"], draw["code_version"])
    names = ("protocol", "frame", "commitment", "stamp", "public", "seed", "version")
    rows = tuple(Row((figures.label(f"seals.{name}"), value)) for name, value in zip(names, values, strict=True))
    columns = (Column(figures.label("column.name"), share=0.22), Column(figures.label("column.value"), share=0.78))
    return Table(figures.label("seals.caption"), columns, rows, small=True)


def villages(figures: Figures) -> Table | None:
    """List the drawn villages; nothing where none was drawn."""
    names = {each.code: each.name for each in figures.counties}
    # A scope of one county leaves the villages of the others out.
    drawn = [each for each in figures.facts["villages"] if not figures.scope or each["county"] in names]
    shares = (("code", 0.15), ("county", 0.1), ("town", 0.14), ("village", 0.18), ("stratum", 0.11))
    group = figures.label("villages.group")
    columns = (
        *(Column(figures.label(f"villages.{name}"), share=share) for name, share in shares),
        Column(figures.label("villages.probability"), "end", share=0.11),
        *(Column(figures.label(f"villages.{name}"), "end", share=0.07, group=group) for name in VILLAGE_COUNTS[1:]),
    )
    whole = figures.label("villages.whole_county")
    rows = tuple(
        Row(
            (
                each["code"],
                names.get(each["county"], each["county"]),
                each["town"],
                each["name"],
                stratum_in_county(each["stratum"], each["county"], figures.language) or whole,
                *(figures.count("villages", each["code"], name) for name in VILLAGE_COUNTS),
            )
        )
        for each in drawn
    )
    return Table(figures.label("villages.caption"), columns, rows, small=True) if rows else None


def stratum_in_county(stratum: str, county: str, language: str) -> str:
    """Leave the county's code out of a stratum: the county stands beside it by name."""
    return listed((part for part in stratum.split("/") if part and part != county), language)
