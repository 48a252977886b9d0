"""Group the computed values of an interview that do not fit its answers by what they follow from; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalsvc.interviews.nodes import is_computed
from evalsvc.interviews.presentation import last_row, own_title, plain_path
from evalsvc.interviews.values import AnswerLine, ComputedFault, ComputedFaults
from forms.compiled import compiled
from forms.definition import FormDefinition

OTHER_VALUE = "check.other_value"


def computed_faults(
    definition: FormDefinition, lines: Sequence[AnswerLine], complaints: Sequence[Mapping[str, Any]], language: str
) -> list[ComputedFaults]:
    """List the computed values that do not fit, with the answers that the first of each group is computed from.

    A value belongs to the group of another that it is computed from; values at questions that are shown are left out.
    """
    shown = [complaint for line in lines for complaint in line.complaints]
    found = [each for each in complaints if is_fault(definition, each) and each not in shown]
    sources = {plain_path(each["path"]): _sources(definition, plain_path(each["path"])) for each in found}
    groups = sorted(_groups(sources), key=lambda group: min(list(sources).index(path) for path in group))
    return [_told(definition, found, group, sources, language) for group in groups]


def is_fault(definition: FormDefinition, complaint: Mapping[str, Any]) -> bool:
    """Tell whether a complaint says that a value which the form computes for itself does not fit the answers."""
    node = definition.by_path.get(plain_path(str(complaint.get("path", ""))))
    return complaint["code"] == OTHER_VALUE and node is not None and is_computed(node)


def _sources(definition: FormDefinition, path: str) -> list[str]:
    """List what a value is computed from, through other computed values too."""
    found: dict[str, None] = {}
    waiting = [path]
    while waiting:
        for reference in _references(definition, waiting.pop(0)):
            if reference not in found and reference != path:
                found[reference] = None
                waiting.append(reference)
    return list(found)


def _references(definition: FormDefinition, path: str) -> Iterator[str]:
    rules = compiled(definition).rules.get(path)
    if rules is not None and rules.calculate is not None:
        yield from rules.calculate.references


def _groups(sources: Mapping[str, Sequence[str]]) -> list[set[str]]:
    """Join the places that are computed from one another, through whatever lies between."""
    groups: list[set[str]] = []
    for path, named in sources.items():
        touching = {path, *(each for each in named if each in sources)}
        apart = [group for group in groups if not group & touching]
        groups = [*apart, touching.union(*(group for group in groups if group & touching))]
    return groups


def _told(
    definition: FormDefinition,
    found: Sequence[Mapping[str, Any]],
    group: set[str],
    sources: Mapping[str, Sequence[str]],
    language: str,
) -> ComputedFaults:
    first = {path for path in group if not group & set(sources[path])}
    faults = [each for each in found if plain_path(each["path"]) in group]
    # Those that follow from no other one come first: sorting keeps the order of the form among equals.
    faults.sort(key=lambda each: plain_path(each["path"]) not in first)
    named = {each for path in first for each in sources[path]}
    return ComputedFaults(
        faults=tuple(_fault(definition, each, language) for each in faults),
        questions=tuple(own_title(node, language) for node in definition.nodes if node.path in named and node.control),
    )


def _fault(definition: FormDefinition, complaint: Mapping[str, Any], language: str) -> ComputedFault:
    title = own_title(definition.by_path[plain_path(complaint["path"])], language)
    details = complaint["details"]
    return ComputedFault(f"{title} {last_row(complaint['path'])}".rstrip(), details["sent"], details["computed"])
