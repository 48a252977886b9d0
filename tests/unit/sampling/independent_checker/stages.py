"""Sections 4 to 10 of the page: a stage drawn again, line by line, and its weights."""

from .amounts import chance_of, numbers_for
from .frames import H, is_purposive, lookup, takes_part, unit_sizes
from .methods import taken_of, tickets_of, unannounced
from .streams import with_replacement


def draw_stage(design, levels, units, number, seed, parents, judged):
    """The stage's strata and units as the manifest should have them.

    `parents` are the units taken at the stage above with how often they were drawn, `judged` those of them that are
    purposive.
    """
    stage = design["stages"][number]
    groups, chosen = lists_of(design, levels, units, number, seed, parents)
    available = [sum(u[2] > 0 for u in group["units"]) for group in groups]
    replaced = stage["method"] == "with_replacement"
    most = [a * parents[group["parent"]] for a, group in zip(available, groups, strict=True)] if replaced else available
    main = each_time(numbers_for(stage["take"], groups, available), groups, parents, most)
    left = [max(a - n, 0) for a, n in zip(available, main, strict=True)]
    reserves = each_time(numbers_for(stage["reserves"], groups, left), groups, parents, left)
    for group in groups:
        group["times"] = parents[group["parent"]]
    taken = []
    for group, n, m in zip(groups, main, reserves, strict=True):
        taken += unannounced(stage, seed, lines_of(stage, seed, group, n, m, beside=group["parent"] in judged))
    for _, stratum, unit_id, parent, ticket in sorted(chosen):
        line = line_of(unit_id, parent, stratum, ticket, None, "purposive", None)
        taken.append(line | ({"unannounced": False} if stage["unannounced"] else {}))
    return {"name": stage["name"], "strata": [stratum_of(stage, group) for group in groups], "units": taken}


def each_time(numbers, groups, parents, most):
    """What a group gives when its parent was drawn several times: as often as many, up to the most it can give."""
    return [min(parents[group["parent"]] * n, a) for n, group, a in zip(numbers, groups, most, strict=True)]


def lists_of(design, levels, units, number, seed, parents):
    """The groups of a stage in the manifest's order, and its purposive units."""
    stage, names = design["stages"][number], [level["name"] for level in levels]
    depth = names.index(stage["name"])
    above = levels[names.index(design["stages"][number - 1]["name"])]["id"] if number else None
    sizes, sized = unit_sizes(design, levels, units, stage, names, depth), stage["size"] is not None
    ticket_seed, shift = tickets_of(design, stage, seed)
    groups, chosen = {}, []
    for unit_id in units[depth]:
        values = lookup(levels, units, depth, unit_id)
        parent = values[above] if number else None
        if not takes_part(design, names, depth, values):
            continue
        stratum = "/".join("" if values[name] is None else str(values[name]) for name in stage["strata"])
        ticket = H(f"{ticket_seed}:{stage['name']}:{unit_id}")
        if is_purposive(design, names, depth, values):
            chosen.append((parent or "", stratum, unit_id, parent, ticket))
            continue
        if number and parent not in parents:
            continue
        empty = {"parent": parent, "stratum": stratum, "units": [], "values": values, "sized": sized}
        u = (int(ticket[:13], 16) + shift) % 2**52
        group = groups.setdefault((parent or "", stratum), empty)
        group["units"].append((unit_id, ticket, sizes[unit_id] if sized else 1, u))
    for group in groups.values():
        group["total"] = sum(u[2] for u in group["units"])
        group["measure"] = group["total"] if sized else len(group["units"])
    return [groups[key] for key in sorted(groups)], chosen


def stratum_of(stage, group):
    return {
        "parent": group["parent"],
        "stratum": group["stratum"],
        "method": stage["method"],
        "population": len(group["units"]),
        "total_size": group["total"] if group["sized"] else None,
        "joint_method": stage["joint_method"],
    }


def lines_of(stage, seed, group, n, m, *, beside):
    """The lines of a group's n main units and m reserves; `beside` a purposive parent nothing has a probability."""
    m = 0 if beside else m
    group["chance"] = chance_of(stage["take"], group, n) if stage["method"] == "bernoulli" else None
    text = f"{seed}:{stage['name']}/{{}}:{group['parent'] or ''}:{group['stratum']}"
    times = {}
    if stage["method"] == "with_replacement":
        drawn, times = with_replacement(group["units"], n, text.format(stage["method"]))
    else:
        drawn = taken_of(stage, group, n + m, text.format("start"))
    places = {u[0]: u[3] for u in group["units"]}
    lines = []
    for place, (unit_id, ticket, a, b) in enumerate(sorted(drawn, key=lambda u: (places[u[0]], u[1], u[0])), 1):
        reserve = m > 0 and place > n
        probability = None if reserve or beside else (a * n) / (b * (n + m)) if m else a / b
        kind = "certainty" if probability == 1 and not times else "probability"
        kind = "reserve" if reserve else "purposive" if beside else kind
        order = place - n if reserve else None
        line = line_of(unit_id, group["parent"], group["stratum"], ticket, probability, kind, order)
        lines.append(line | ({"times": times[unit_id]} if times else {}))
    return lines


def line_of(unit_id, parent, stratum, ticket, probability, kind, order):
    return {
        "id": unit_id,
        "parent": parent,
        "stratum": stratum,
        "ticket": ticket,
        "probability": probability,
        "sample_type": kind,
        "order": order,
    }


def weigh(design, levels, units, stage, products):
    """10: the weights of the last stage."""
    depth = [level["name"] for level in levels].index(stage["name"])
    for unit in stage["units"]:
        p = unit["probability"]
        known = p is not None and unit["parent"] in products
        unit["weight"] = unit.get("times", 1) / (products[unit["parent"]] * p) if known else None
        if known and design["first_phase"] is not None:
            unit["weight"] *= float(units[depth][unit["id"]][1][design["first_phase"]["weight"]])
