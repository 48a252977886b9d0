"""A draw of the service whose households are listed when their villages are drawn: four villages in two counties."""

from collections.abc import Sequence

from stdnum.cn import ric

from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.queries import draw_by_number, manifests_of
from evalsvc.frames import operations as frames
from evalsvc.frames.keys import configured_key
from evalsvc.frames.reading import check_files
from evalsvc.service import Service
from sampling.manifest import Manifest

MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text, remaining_poor_persons: integer}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text, households: integer}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
rename: {户编号: household_id}
"""
HEADER = (
    "county_code,county,remaining_poor_persons,village_code,village,village_kind,households,户编号,"
    "household_class,registered,persons\n"
)
FRAME = HEADER + "".join(
    f"35{c}001,第{c}县,2,35{c}00{v},第{c}县第{v}村,其他村,{10 + v},,,,\n" for c in (1, 2) for v in (2, 3, 4, 5)
)
DESIGN = f"""
version: 1
evaluation: fujian-demo
draw: 1
title: 现场列户
frame: {MAPPING.split("rename", maxsplit=1)[0].rstrip().replace(chr(10), chr(10) + "  ")}
public: {{source: null, round: null, form: null}}
stages:
  - {{name: village, strata: [county_code], method: pps_systematic, size: {{column: households}}, take: 2}}
  - {{name: household, strata: [household_class], method: equal, listed: later, take: 3, reserves: 2}}
"""
LIST_HEADER = "village_code,户编号,household_class,registered,persons\n"


def list_rows(village: str, households: int = 12) -> str:
    """Write the lines of one village's list."""
    return "".join(
        f"{village},{village}-{h:03d},{'脱贫户,是' if h % 2 else '一般农户,否'},{1 + h % 5}\n"
        for h in range(1, households + 1)
    )


def list_file(villages: Sequence[str]) -> bytes:
    """Write a file with the lists of some villages."""
    return (LIST_HEADER + "".join(map(list_rows, villages))).encode()


def draw_villages(service: Service, actor, evaluation, folder, *, head: str | None = None):
    """Import the frame without households, commit the design and draw the villages.

    With the type of a column `head`, households have one more.
    """
    path = folder / "villages.csv"
    lines = FRAME.splitlines()
    path.write_text("\n".join(lines if head is None else [f"{lines[0]},head", *(f"{line}," for line in lines[1:])]))
    mapping, design = (_with_head(text, kind) for text, kind in ((MAPPING, head), (DESIGN, head and "text")))
    checked = check_files(path, mapping, folder / "villages.parquet", key=configured_key(service.config))
    with service.database.transaction() as session:
        kept = frames.keep_frame(service.store, checked)
        frame_id = frames.import_frame(session, actor, evaluation.id, kept).id
    commit_draw(service, actor, evaluation, frame_id=frame_id, purpose="", design_text=design)
    return carry_out(service, actor, evaluation, number=1, public_value=None)


def _with_head(text: str, kind: str | None) -> str:
    return text if kind is None else text.replace(", persons: integer}", f", persons: integer, head: {kind}}}")


def identity_number(place: int) -> str:
    """Make up the identity number of nobody."""
    digits = f"35012519010203{place:03d}"
    return digits + ric.calc_check_digit(digits + "0")


def drawn_villages(service: Service, evaluation) -> tuple[str, ...]:
    """Return the villages that the draw took, whose lists are awaited, in the order of the manifest."""
    with service.database.reading() as session:
        draw = draw_by_number(session, evaluation.id, 1)
        first = manifests_of(session, draw.id)[0]
    manifest = Manifest.from_json(service.store.get(first).decode())
    return tuple(unit.id for unit in manifest.stages[0].units)
