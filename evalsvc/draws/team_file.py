"""Which team visits what, as somebody wrote it down: `unit_id,team`, a row for each county, village or household."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from evalsvc.errors import InvalidError
from evalsvc.text_files import read_text
from sampling.errors import Complaint, complain

COLUMNS = ("unit_id", "team")


def read_teams(path: Path) -> Mapping[str, str]:
    """Read the teams by unit.

    Raises
    ------
    InvalidError
        ``draw.team_file`` with every row that cannot be used.
    """
    reader = csv.DictReader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise InvalidError("draw.team_columns", file=path.name, columns=", ".join(COLUMNS))
    teams: dict[str, str] = {}
    complaints: list[Complaint] = []
    for row in reader:
        unit, team = ((row[name] or "").strip() for name in COLUMNS)
        if not unit or not team:
            complaints.append(complain("draw.team_row", file=path.name, row=reader.line_num))
        elif teams.setdefault(unit, team) != team:
            complaints.append(complain("draw.team_twice", file=path.name, row=reader.line_num, unit=unit))
    if complaints:
        raise InvalidError("draw.team_file", complaints, file=path.name, count=len(complaints))
    return teams


def refuse_unknown(teams: Mapping[str, str], known: frozenset[str], path: Path) -> None:
    """Refuse units that the draw did not take: a slip in an id would leave a village without its team.

    Raises
    ------
    InvalidError
        ``draw.team_file``
    """
    unknown = [complain("draw.team_unit", file=path.name, unit=unit) for unit in teams if unit not in known]
    if unknown:
        raise InvalidError("draw.team_file", unknown, file=path.name, count=len(unknown))
