"""The empty form of a list that is made later: the columns that its file must hold, a line for each awaited unit."""

from collections.abc import Sequence

from evalsvc.draws.spreadsheet import table_as_csv, table_as_xlsx
from evalsvc.errors import NotFoundError
from sampling.frame import Frame
from sampling.frame_extension import list_levels
from sampling.mapping import load_mapping

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def list_form(frame: Frame, mapping_text: str, parents: Sequence[str], ending: str) -> bytes:
    """Write the form: columns as the mapping calls them in files, the unit's id filled in.

    Raises
    ------
    NotFoundError
        ``http.404``: no such kind of file.
    """
    header = columns_in_files(frame, mapping_text)
    rows = [[parent, *[""] * (len(header) - 1)] for parent in parents]
    if ending == CSV:
        return table_as_csv(header, rows)
    if ending == XLSX:
        return table_as_xlsx(frame.levels[-1].name, header, rows)
    raise NotFoundError("http.404")


def columns_in_files(frame: Frame, mapping_text: str) -> list[str]:
    """List the columns of a list's file, the id of the unit that it belongs to first."""
    mapping = load_mapping(mapping_text).mapping
    called = {} if mapping is None else {target: source for source, target in mapping.rename.items()}
    parent, listed = list_levels(frame.levels)
    if mapping is not None and mapping.files:
        # What is listed has a file of its own, whose words stand before those of the whole mapping.
        own_file = mapping.files[-1]
        called |= {target: source for source, target in own_file.rename.items()}
        called |= {} if own_file.parent is None else {parent.id: own_file.parent}
    return [called.get(own.name, own.name) for level in (parent, listed) for own in level.all_columns]
