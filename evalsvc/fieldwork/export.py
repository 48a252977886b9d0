"""Write the open assignments of an enumerator as CSV or XLSX; reserves that are closed never reach these files."""

from collections.abc import Sequence

from evalsvc.draws.spreadsheet import table_as_csv, table_as_xlsx
from evalsvc.fieldwork.values import Task

COLUMNS = ("unit_id", "county", "village", "stratum", "enumerator", "form_id", "version", "disposition", "unannounced")


def tasks_as_csv(tasks: Sequence[Task]) -> bytes:
    """Write tasks as CSV."""
    return table_as_csv(_header(tasks), _rows(tasks))


def tasks_as_xlsx(tasks: Sequence[Task]) -> bytes:
    """Write tasks as a workbook."""
    return table_as_xlsx("tasks", _header(tasks), _rows(tasks))


def _header(tasks: Sequence[Task]) -> list[str]:
    return [*COLUMNS, *_frame_columns(tasks)]


def _frame_columns(tasks: Sequence[Task]) -> list[str]:
    """Return the frame's columns that the tasks show, without those that already stand under another name."""
    return [name for name in dict.fromkeys(name for task in tasks for name in task.attributes) if name not in COLUMNS]


def _text(value: object) -> str:
    """Write a value; a yes or no as 1 or 0, as in the other files."""
    return "" if value is None else str(int(value) if isinstance(value, bool) else value)


def _rows(tasks: Sequence[Task]) -> list[list[str]]:
    columns = _frame_columns(tasks)
    return [
        [_text(getattr(task, name)) for name in COLUMNS]
        + ["" if task.attributes.get(name) is None else str(task.attributes[name]) for name in columns]
        for task in tasks
    ]
