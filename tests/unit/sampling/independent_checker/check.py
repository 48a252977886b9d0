"""Section 3 of the page, and the whole check."""

from .frames import US, H, frame_nodes, jcs, unfit_texts, units_of
from .lists import faults_of_lists, is_list, later_stage
from .stages import draw_stage, weigh


def check(manifest, levels, rows):
    """Give the places that differ.

    `manifest` is its JSON, `levels` those of the frame's metadata, `rows` the frame's rows as dictionaries.
    """
    units = units_of(levels, rows)
    wrong = [*unfit_texts(manifest, rows)]
    wrong += [place for place, right, found in head(manifest, levels, units) if right != found]
    wrong += faults_of_lists(manifest, levels, units)
    wrong += [place for place, right, found in lines(manifest, levels, units) if right != found]
    return wrong


def head(manifest, levels, units):
    """(place, right, found) of the commitment, the seed and the frame's hashes."""
    committed = {
        name: manifest[name]
        for name in ("protocol", "evaluation", "draw", "design", "public_source", "public_round", "public_form")
    }
    entries = [entry for entry in manifest["frames"] if not is_list(manifest, entry)]
    committed["frames"] = [{name: entry[name] for name in ("stage", "parent", "sha256")} for entry in entries]
    committed["secret_sha256"] = H(manifest["secret"])
    yield "commitment", H(jcs(committed)), manifest["commitment"]
    yield "seed", seed_of(manifest), manifest["seed"]
    covered = len(levels) - 1 if later_stage(manifest) else len(levels)
    nodes = frame_nodes(levels[:covered], units[:covered])
    hashes = {None: H(US.join(nodes.values())), **(nodes if covered > 1 else {})}
    stated = {entry["parent"]: entry["sha256"] for entry in entries}
    for parent in hashes.keys() | stated.keys():
        yield f"frames {parent}", hashes.get(parent), stated.get(parent)


def seed_of(manifest):
    return H(f"{manifest['commitment']}:{manifest['secret']}:{manifest['public_value'] or ''}")


def lines(manifest, levels, units):
    """(place, right, found) of every line of every stage."""
    design, seed = manifest["design"], seed_of(manifest)
    products, parents, judged = {None: 1.0}, {None: 1}, set()
    for number, stage in enumerate(manifest["stages"]):
        if stage["name"] == later_stage(manifest):
            bound = {entry["parent"] for entry in manifest["frames"] if is_list(manifest, entry)}
            parents = {parent: times for parent, times in parents.items() if parent in bound}
        right = draw_stage(design, levels, units, number, seed, parents, judged)
        if number == len(manifest["stages"]) - 1:
            weigh(design, levels, units, right, products)
        yield f"{stage['name']} name", right["name"], stage["name"]
        for key in ("strata", "units"):
            for i in range(max(len(right[key]), len(stage[key]))):
                yield f"{stage['name']} {key} {i}", right[key][i : i + 1], stage[key][i : i + 1]
        products = {
            u["id"]: products[u["parent"]] * u["probability"] / u.get("times", 1)
            for u in right["units"]
            if u["probability"] is not None
        }
        parents = {unit["id"]: unit.get("times", 1) for unit in right["units"]}
        judged = {unit["id"] for unit in right["units"] if unit["sample_type"] == "purposive"}
