"""What a workbook that could not be converted lacks to be published, as far as its rows tell."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from evalsvc.instruments.contract import UNIT, question_missing
from forms.complaint import Complaint
from forms.workbook_cells import cell
from forms.workbook_rows import WorkbookRows
from forms.workbook_sheets import FIRST_ROW


def contract_of_rows(rows: WorkbookRows, told: Iterable[Complaint], name: str) -> Iterator[Complaint]:
    """List what it lacks; a unit that was told of as a name that stands twice is left out."""
    if not any(cell(row, "version") for row in rows.settings):
        form_id = next((found for row in rows.settings if (found := cell(row, "form_id"))), Path(name).stem)
        details: dict[str, str | int] = {"form_id": form_id}
        yield Complaint("form", "instrument.version_missing", details=details, sheet="settings", column="version")
    if any(each.code == "workbook.name_twice" and each.details.get("value") == UNIT for each in told):
        return
    units = [number for number, row in enumerate(rows.survey, start=FIRST_ROW) if cell(row, "name") == UNIT]
    # Without any names it is the column that is missing, which was told.
    if not units and any(cell(row, "name") for row in rows.survey):
        yield question_missing(UNIT, 0)
    for number in units if len(units) > 1 else ():
        details = {"name": UNIT, "found": len(units), "row": number}
        yield Complaint("form", "instrument.question_twice", "", details, "survey", number, "name")
