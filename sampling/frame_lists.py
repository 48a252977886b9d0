"""Tell which of the files that were handed in hold which units: one flat list, or one list for each level."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sampling.errors import Complaint, complain
from sampling.frame_columns import Wanted
from sampling.levels import Column, Level
from sampling.mapping import FrameMapping
from sampling.mapping_codes import derived_columns


@dataclass(frozen=True)
class UnitList:
    """One list of units: a run of levels, in one file or in several of the same columns.

    Parameters
    ----------
    levels : tuple of Level
        Outermost first.
    parent : Level or None
        The level above them, without columns of its own, where each row names its unit.
    sources : tuple of Path
        The files, in the order in which they were handed in.
    wanted : Wanted
        Columns that the files must hold.
    """

    levels: tuple[Level, ...]
    parent: Level | None
    sources: tuple[Path, ...]
    wanted: Wanted

    @property
    def named_levels(self) -> tuple[Level, ...]:
        """Give the levels whose units the rows name, the parent first."""
        return self.levels if self.parent is None else (self.parent, *self.levels)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Give the columns in the order of the levels."""
        return tuple(own for level in self.named_levels for own in level.all_columns)


def unit_lists(sources: Sequence[Path], mapping: FrameMapping) -> tuple[tuple[UnitList, ...], list[Complaint]]:
    """Sort the files by the lists that a mapping tells of; complain about one that is missing or not asked for."""
    names = [path.name for path in sources]
    twice = [complain("frame.file_name_twice", file=name) for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        return (), twice
    tables = {rule.changes_file for rule in mapping.codes}
    sources = [path for path in sources if path.name not in tables]
    if not mapping.files:
        missing = [] if sources else [complain("frame.no_list", file=", ".join(sorted(filter(None, tables))))]
        return (_list(mapping, 0, len(mapping.levels), tuple(sources)),), missing
    by_name = {path.name: path for path in sources}
    complaints = [
        complain("frame.level_file_missing", file=each.file, level=each.level)
        for each in mapping.files
        if each.file not in by_name
    ]
    asked = {each.file for each in mapping.files}
    complaints += [
        complain("frame.file_not_asked_for", file=path.name, files=", ".join(sorted(asked)))
        for path in sources
        if path.name not in asked
    ]
    names = [level.name for level in mapping.levels]
    lists = []
    first = 0
    for number, each in enumerate(mapping.files):
        end = names.index(each.level) + 1
        source = () if each.file not in by_name else (by_name[each.file],)
        lists.append(_list(mapping, first, end, source, number))
        first = end
    return tuple(lists), complaints


def _list(
    mapping: FrameMapping, first: int, end: int, sources: tuple[Path, ...], number: int | None = None
) -> UnitList:
    """Describe the list of some levels, and what its files are to hold."""
    levels = mapping.levels[first:end]
    above = mapping.levels[first - 1] if first else None
    parent = None if above is None else Level(above.name, above.id)
    names = tuple(own.name for level in (*((parent,) if parent else ()), *levels) for own in level.all_columns)
    renamed = {target: source for source, target in mapping.rename.items()}
    if number is not None:
        file = mapping.files[number]
        renamed |= {target: source for source, target in file.rename.items()}
        if parent is not None and file.parent is not None:
            renamed[parent.id] = file.parent
    made = derived_columns(mapping.codes)
    filled = frozenset(rule.committee for rule in mapping.codes if rule.committee is not None)
    wanted = Wanted(
        tuple(name for name in names if name not in made), levels[-1].id, renamed, filled, mapping.identities
    )
    return UnitList(levels, parent, sources, wanted)
