"""Answers of any form made by chance from a seed: good ones, and bad ones that differ from them in a few places."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone

from lxml import etree

from forms import FillingError, check, compile_form, fill, parse_instance
from forms.compiled import Rules
from forms.definition import FormDefinition
from forms.structure import Node

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=8)))
TRIES = 60
COUNTED_ROWS = 8
_NUMBERS = re.compile(r"(?<![\w./])\d+(?:\.\d+)?")
_TEXTS = ("好", "已向村干部和邻居两方核实过情况", "350125101200-00007", "a b", "x" * 300, "0", "12", "  两头有空格  ")
_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "decimal": ("0", "0.5", "3.25", "12", "-1", "100000.5"),
    "date": ("2026-03-02", "2026-03-01", "2026-03-09", "1999-12-31", "2031-01-01"),
    "dateTime": ("2026-03-02T10:30:00.000+08:00", "2026-03-01T00:00:00.000Z"),
    "time": ("10:30:00.000+08:00", "23:59:00.000+08:00"),
    "geopoint": ("26.1 119.3 12 4", "26.1 119.3 12 60", "-26.1 -119.3 0 0"),
    "geotrace": ("26.1 119.3 0 0;26.2 119.4 0 0",),
    "geoshape": ("26.1 119.3 0 0;26.2 119.4 0 0;26.1 119.4 0 0;26.1 119.3 0 0",),
    "binary": ("photo.jpg", "照片.png"),
}
_JUNK: Mapping[str, tuple[str, ...]] = {
    "int": ("7.5", "seven", "1e3", "٣"), "decimal": ("1,5", "x"), "date": ("2026-02-30", "soon"),
    "dateTime": ("yesterday",), "time": ("25:00",), "geopoint": ("here", "91 0 0 0"),
}  # fmt: skip


class Answering:
    """Draw answers for one form."""

    def __init__(self, definition: FormDefinition, seed: str) -> None:
        self._definition = definition
        self._chance = random.Random(seed)
        self._asked = [node for node in definition.questions if _is_asked(node)]
        self._choices = {path: _values(rules) for path, rules in compile_form(definition).rules.items()}

    def good(self, place: int) -> bytes:
        """Return a submission; answers that the form refuses are drawn again, so that few are refused in the end."""
        given = {node.path: self._drawn(node) for node in self._asked}
        sent = self._filled(given, place)
        for _ in range(TRIES):
            refused = {_without_rows(each.path) for each in check(self._definition, parse_instance(sent), NOW)}
            again = [path for path in given if path in refused]
            if not again:
                break
            given |= {path: self._drawn(self._node(path)) for path in again}
            sent = self._filled(given, place)
        return sent

    def loose(self, place: int) -> bytes:
        """Return a submission whose answers were drawn once, a third of them left out."""
        drawn = {node.path: self._drawn(node) for node in self._asked}
        return self._filled({path: text for path, text in drawn.items() if self._chance.random() < 2 / 3}, place)

    def bad(self, good: bytes) -> bytes:
        """Return a good submission with one to four answers emptied, changed, spoilt, added or computed wrongly."""
        root = etree.fromstring(good)
        ways = (self._empty, self._change, self._spoil, self._add, self._miscompute)
        for _ in range(self._chance.randint(1, 4)):
            self._chance.choice(ways)(root)
        return etree.tostring(root, encoding="utf-8")

    # ---- drawing

    def _drawn(self, node: Node) -> str:
        values = self._choices.get(node.path)
        if values:
            if node.control == "rank":
                return " ".join(self._chance.sample(values, len(values)))
            most = 3 if node.is_multiple else 1
            return " ".join(self._chance.sample(values, self._chance.randint(1, min(most, len(values)))))
        return self._chance.choice(_pool(node))

    def _filled(self, given: Mapping[str, str], place: int) -> bytes:
        top = f"/{self._definition.root}"
        answers: dict[str, object] = {p: text for p, text in _below(given, top) if not self._node(f"{top}/{p}").repeats}
        for repeat in self._definition.repeats:
            if not repeat.repeats:
                # Of rows that are counted there may be too many here; those too many are not written.
                number = self._chance.randint(0, 3) if repeat.repeat_count is None else COUNTED_ROWS
                answers[repeat.path.removeprefix(top + "/")] = [self._row(repeat, given) for _ in range(number)]
        try:
            return fill(self._definition, answers, instance_id=f"uuid:{place}", now=NOW)
        except FillingError as problem:
            raise ValueError([(each.code, each.path, dict(each.details)) for each in problem.complaints]) from problem

    def _row(self, repeat: Node, given: Mapping[str, str]) -> dict[str, str]:
        own = (self._node(path) for path in given if path.startswith(repeat.path + "/"))
        drawn = {node.path.removeprefix(repeat.path + "/"): node for node in own if node.repeats == (repeat.path,)}
        return {below: self._chance.choice((given[node.path], self._drawn(node))) for below, node in drawn.items()}

    def _node(self, path: str) -> Node:
        return self._definition.by_path[path]

    # ---- spoiling

    def _leaves(self, root: etree._Element, wanted: Callable[[Node], bool]) -> list[tuple[etree._Element, Node]]:
        found = []
        for element in root.iter():
            node = self._definition.by_path.get(_path(element))
            if node is not None and node.kind == "question" and wanted(node) and element.text:
                found.append((element, node))
        return found

    def _empty(self, root: etree._Element) -> None:
        for element, _ in self._some(self._leaves(root, _is_asked)):
            element.text = None

    def _change(self, root: etree._Element) -> None:
        for element, node in self._some(self._leaves(root, _is_asked)):
            element.text = self._drawn(node)

    def _spoil(self, root: etree._Element) -> None:
        for element, node in self._some(self._leaves(root, _is_asked)):
            junk = ("no_such_choice",) if node.is_select else _JUNK.get(node.type, ("spoilt",))
            element.text = self._chance.choice(junk)

    def _miscompute(self, root: etree._Element) -> None:
        for element, _ in self._some(self._leaves(root, lambda node: node.calculate is not None and not node.is_meta)):
            element.text = self._chance.choice(("999", "yes", "no", "0"))

    def _add(self, root: etree._Element) -> None:
        """Write an answer to a question outside of repeats that may not have been asked."""
        node = self._chance.choice([node for node in self._asked if not node.repeats])
        here = root
        namespace = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        for name in node.path.split("/")[2:]:
            below = here.find(namespace + name)
            here = etree.SubElement(here, namespace + name) if below is None else below
        here.text = self._drawn(node)

    def _some(self, leaves: list[tuple[etree._Element, Node]]) -> list[tuple[etree._Element, Node]]:
        return [self._chance.choice(leaves)] if leaves else []


def _is_asked(node: Node) -> bool:
    fixed = (node.readonly or "").replace(" ", "") == "true()" and not node.assignment
    return not (node.calculate or node.preload or node.is_meta or fixed or node.is_note)


def _values(rules: Rules) -> list[str]:
    """Give the choices of a question, those of the form or those of a table that it has inside."""
    return sorted(rules.listed or (rules.items.values if rules.items is not None else ()))


def _pool(node: Node) -> tuple[str, ...]:
    if node.type in ("int", "decimal"):
        bounds = [int(float(found)) for found in _NUMBERS.findall(node.constraint or "")]
        near = tuple(str(bound + step) for bound in bounds for step in (-1, 0, 0, 1))
        return (*near, "0", "1", "2", "3", "12", "2018", *_BY_TYPE.get(node.type, ()))
    return _BY_TYPE.get(node.type, _TEXTS)


def _below(given: Mapping[str, str], top: str) -> Iterator[tuple[str, str]]:
    return ((path.removeprefix(top + "/"), text) for path, text in given.items())


def _path(element: etree._Element) -> str:
    tags = [each.tag.rpartition("}")[2] for each in (element, *element.iterancestors()) if isinstance(each.tag, str)]
    return "/" + "/".join(reversed(tags))


def _without_rows(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)
