"""The frame of the small evaluation: 2 counties, 32 villages, and households whose ids decide all."""

import csv
import io
import random
from pathlib import Path

from sampling.frame import Frame, load_mapping, open_frame, read_frame, write_frame
from tests.small_world.texts import MAPPING


def make_frame(folder: Path) -> tuple[Frame, Path]:
    """Write register.csv and the frame made of it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    county = ["county_code", "county", "remaining_poor_persons"]
    village = ["village_code", "town", "village", "village_kind", "committee"]
    writer.writerow([*county, *village, "household_id", "household_class", "registered", "persons"])
    for county, name, remaining in (("350125", "甲县", 60), ("350424", "乙县", 90)):
        for number in range(16):
            village = f"{county}{number:06d}"
            kind = "脱贫村" if number % 2 else "其他村"
            head = [county, name, remaining, village, "某镇", f"第{number}村", kind, "村委会"]
            for household in range(30 + number):
                unit = f"{village}-{household:03d}"
                which, registered, persons = household_of(unit)
                writer.writerow([*head, unit, which, "是" if registered else "否", persons])
        writer.writerow(
            [county, name, remaining, f"{county}900000", "某镇", "某居委会", "其他村", "居委会", "", "", "", ""]
        )
    source = folder / "register.csv"
    source.write_text(buffer.getvalue(), encoding="utf-8")
    mapping = load_mapping(MAPPING)
    assert mapping.mapping is not None
    reading = read_frame(source, mapping.mapping)
    assert reading.frame is not None, reading.complaints
    path = folder / "frame.parquet"
    write_frame(reading.frame, path)
    return open_frame(path), path


def household_of(unit: str) -> tuple[str, bool, int]:
    """Return class, whether registered, and persons: whoever knows the id knows the household."""
    chance = random.Random(unit)
    which = chance.choices(["脱贫户", "监测户", "一般农户"], [8, 3, 12])[0]
    registered = which == "脱贫户" or (which == "监测户" and chance.random() < 0.5)
    return which, registered, chance.randint(1, 6)
