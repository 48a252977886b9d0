"""Find drawn units in which nothing was taken: chance may leave them empty, and still they belong to the sample.

A drawn village without a household in the table counts in the n, the mean and the sampling fraction of its stage, with
a total of 0. Left out, the variance of the stage above comes out too small (Sarndal, Swensson, Wretman 1992, 4.3).
"""

from collections.abc import Collection, Sequence

from sampling.manifest import ManifestStage, ManifestUnit

NOTHING = "-"
"""Label, in a table, of what lies below a drawn unit in which nothing was taken."""


def empty_units(stages: Sequence[ManifestStage], parents: Collection[str | None]) -> list[tuple[int, ManifestUnit]]:
    """List the drawn units above the last stage that no row of a table lies in.

    Parameters
    ----------
    stages : sequence of ManifestStage
        All stages, outermost first.
    parents : collection of str or None
        Units of the stage above the last one that rows of the table lie in.

    Returns
    -------
    list of (int, ManifestUnit)
        Number of the stage, 0 = outermost, and unit; in order of both. A unit is left out where a drawn one below it is
        listed, and so are purposive units and what lies below them: they stand for no other.
    """
    by_chance: list[list[ManifestUnit]] = []
    reached: set[str | None] = {None}
    for stage in stages[:-1]:
        units = [unit for unit in stage.units if unit.probability is not None and unit.parent in reached]
        by_chance.append(units)
        reached = {unit.id for unit in units}
    found: list[tuple[int, ManifestUnit]] = []
    filled: Collection[str | None] = parents
    for number in range(len(by_chance) - 1, -1, -1):
        found += [(number, unit) for unit in by_chance[number] if unit.id not in filled]
        filled = {unit.parent for unit in by_chance[number]}
    return sorted(found, key=lambda each: (each[0], each[1].id))
