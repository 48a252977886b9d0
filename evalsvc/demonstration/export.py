"""The register as a client's table program would export it: CSV, Chinese column names, GB18030, CRLF."""

import csv
import io
from importlib.resources import files
from pathlib import Path

from evalsvc.demonstration.register import CLASSES, Register

REGISTER_NAME = "模拟农户名册.csv"
COLUMNS = (
    *("县代码", "县", "剩余贫困人口", "乡镇代码", "乡镇", "村代码", "村", "村类别", "村居类型"),
    *("户编号", "户类别", "建档立卡", "家庭人口"),
)


def mapping_text() -> str:
    """Return the shipped mapping (YAML) from the register's column names to the frame's."""
    return files("evalsvc.demonstration").joinpath("data", "mapping.yaml").read_text(encoding="utf-8")


def write_register(register: Register, path: Path) -> None:
    """Write one row a household; a place without households stands in one row with empty household columns."""
    places = _place_cells(register)
    households = zip(
        register.village.tolist(),
        register.household_ids(),
        register.household_class.tolist(),
        register.registered.tolist(),
        register.persons.tolist(),
        strict=True,
    )
    lines = [
        f"{places[village]},{identifier},{CLASSES[kind]},{'是' if registered else '否'},{persons}\r\n"
        for village, identifier, kind, registered, persons in households
    ]
    inhabited = set(register.village.tolist())
    lines += [f"{cells},,,,\r\n" for index, cells in enumerate(places) if index not in inhabited]
    text = ",".join(COLUMNS) + "\r\n" + "".join(lines)
    path.write_bytes(text.encode("gb18030"))


def _place_cells(register: Register) -> list[str]:
    """Return the cells of county, town and village, one text a place."""
    cells = []
    for index, place in enumerate(register.villages):
        line = io.StringIO()
        poor = "脱贫村" if register.poor_village[index] else "其他村"
        csv.writer(line, lineterminator="").writerow(
            [
                *(place.county_code, place.county, int(register.remaining_poor[index]), place.town_code, place.town),
                *(place.village_code, place.village, poor, place.committee),
            ]
        )
        cells.append(line.getvalue())
    return cells
