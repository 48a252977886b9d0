"""Carry out a text's conditions and loops over the facts; what comes out is Markdown with marks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import CodeType, TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.chapters.grammar import COUNTED, compiled
from evalsvc.editions.chapters.marks import Mark, Marks, without_line_marks

OF_LOOPS = frozenset({"first", "last", "index"})


@dataclass(frozen=True)
class Rendered:
    """A text after its conditions and loops: Markdown, and for each line the line of the file that it comes from."""

    markdown: str
    rows: list[int]


class Writer:
    """Render the texts of one report."""

    def __init__(self, names: Mapping[str, object], marks: Marks) -> None:
        self._marks = marks
        self._environment = _Environment(
            keep_trailing_newline=True, undefined=StrictUndefined, finalize=self._finalized()
        )
        self._environment.globals = {**names, COUNTED: self._counted}

    def render(self, name: str, text: str) -> Rendered:
        """Return a text as Markdown with marks.

        Raises
        ------
        TextFault
            The first mistake, with its line.
        """
        code = compiled(text, name)
        parts = []
        try:
            for part in self._template(code).root_render_func(self._template(code).new_context()):
                self._marks.allowance.spend("signs", len(part))
                parts.append(part)
        except TextFault as fault:
            fault.row = fault.row or self._row(code, name, fault.__traceback__)
            raise
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError, RuntimeError) as error:
            row = self._row(code, name, error.__traceback__)
            problem = f"{type(error).__name__}: {error}"[:200]
            raise TextFault("report_text.not_rendered", row, problem=problem) from error
        return Rendered(*without_line_marks("".join(parts), text))

    def _template(self, code: CodeType) -> Template:
        return Template.from_code(self._environment, code, self._environment.globals)

    def _row(self, code: CodeType, name: str, trace: TracebackType | None) -> int | None:
        """Return the line of the text at which something was raised."""
        row = None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == name:
                row = self._template(code).get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return row

    def _counted(self, values: Iterable[object]) -> list[object]:
        if isinstance(values, str | Undefined) or not isinstance(values, list | tuple):
            raise TextFault("report_text.no_list")
        self._marks.allowance.spend("turns", len(values))
        return list(values)

    def _finalized(self) -> Callable[[Context, object], str]:
        @pass_context
        def finalized(_context: Context, value: object) -> str:
            # Given the context, Jinja does not carry this out while it compiles, when no marks are at hand.
            if isinstance(value, Mark):
                return value
            if isinstance(value, str):
                return self._marks.take(value) if value else ""
            if isinstance(value, Undefined):
                return str(value)
            raise TextFault("report_text.not_printable", what=type(value).__name__)

        return finalized


class _Environment(ImmutableSandboxedEnvironment):
    """Open the fields of our own values to a text, and nothing else of any object."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of one of our values, or which turn a loop is in."""
        if isinstance(obj, Undefined):
            return obj
        shown = OF_LOOPS if isinstance(obj, LoopContext) else frozenset[str]()
        if is_dataclass(obj) and not isinstance(obj, type):
            shown = frozenset(each.name for each in fields(obj))
        if attribute not in shown:
            raise TextFault("report_text.unknown_field", name=attribute, known="、".join(sorted(shown)) or "—")
        return getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Refuse: no text can be written that needs it."""
        raise TextFault("report_text.not_allowed", what=f"[{argument}]")
