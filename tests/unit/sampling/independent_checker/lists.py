"""Section 14 of the page: lists that came later."""

from .frames import node_of


def later_stage(manifest):
    """The name of the stage that is listed later, if there is one."""
    return next((stage["name"] for stage in manifest["design"]["stages"] if stage["listed"] == "later"), None)


def is_list(manifest, entry):
    return entry["stage"] == later_stage(manifest) and entry["parent"] is not None


def unlisted(manifest):
    """Drawn parents that have no list."""
    bound = {entry["parent"] for entry in manifest["frames"] if is_list(manifest, entry)}
    above = manifest["stages"][-2]["units"] if later_stage(manifest) else []
    return [unit["id"] for unit in above if unit["id"] not in bound]


def faults_of_lists(manifest, levels, units):
    bound = [entry for entry in manifest["frames"] if is_list(manifest, entry)]
    if not later_stage(manifest):
        return
    children = {}
    for unit_id, (parent, _) in units[-1].items():
        children.setdefault((len(levels) - 2, parent), []).append(unit_id)
    found = {parent: node_of(levels, units, depth, parent, children) for depth, parent in children}
    stated = {entry["parent"]: entry["sha256"] for entry in bound}
    drawn = {unit["id"] for unit in manifest["stages"][-2]["units"]}
    for parent in sorted(found.keys() | stated.keys()):
        if found.get(parent) != stated.get(parent):
            yield f"list {parent}"
        if parent not in drawn:
            yield f"list of {parent}, which was not drawn"
    if len(stated) < len(bound):
        yield "a parent with two lists"
    for entry in bound:
        if not manifest["committed_at"] <= entry["committed_at"] <= manifest["drawn_at"]:
            yield f"time of the list {entry['parent']}"
