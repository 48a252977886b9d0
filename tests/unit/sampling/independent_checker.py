"""A second checker, written from docs/draw-protocol.md alone; it imports nothing of the project and uses plain loops.

`check(manifest, levels, rows)` takes the manifest's JSON, the levels of the frame's metadata and its rows as
dictionaries, and returns the places that differ.
"""

# ruff: noqa: N802, B905 (H is the page's name; a checker is kept short)

import hashlib
import json
import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

US = "\x1f"


def H(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def jcs(value):
    """RFC 8785 for text, integers and null with keys inside the basic plane, which is all that is hashed here."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- 2. frame hash


def text_of(value, kind):
    if value is None:
        return ""
    if kind.startswith("decimal("):
        places = int(kind[8:-1])
        sign, digits = ("-" if value < 0 else ""), str(abs(int(Decimal(value).scaleb(places)))).rjust(places + 1, "0")
        return sign + (digits[:-places] + "." + digits[-places:] if places else digits)
    return str(value)


def units_of(levels, rows):
    """[level] -> {id: (parent id, {column: value})}, children by parent."""
    units = [{} for _ in levels]
    for row in rows:
        parent = None
        for depth, level in enumerate(levels):
            unit_id = row[level["id"]]
            if unit_id is None:
                break
            units[depth][unit_id] = (parent, {name: row[name] for name in [level["id"], *level["columns"]]})
            parent = unit_id
    return units


def children_of(units, depth, unit_id):
    return (
        sorted(i for i, (parent, _) in units[depth + 1].items() if parent == unit_id) if depth + 1 < len(units) else []
    )


def node_of(levels, units, depth, unit_id, children):
    level = levels[depth]
    kinds = {level["id"]: "text", **level["columns"]}
    values = units[depth][unit_id][1]
    leaf = H(US.join(text_of(values[name], kinds[name]) for name in sorted(kinds)))
    below = [node_of(levels, units, depth + 1, child, children) for child in sorted(children.get((depth, unit_id), []))]
    return H(US.join([leaf, *below]))


def frame_nodes(levels, units):
    children = {}
    for depth in range(1, len(levels)):
        for unit_id, (parent, _) in units[depth].items():
            children.setdefault((depth - 1, parent), []).append(unit_id)
    return {unit_id: node_of(levels, units, 0, unit_id, children) for unit_id in sorted(units[0])}


# --- 1. who takes part


def lookup(levels, units, depth, unit_id):
    """All values of a unit: its own and those of the units above it."""
    values = {}
    while True:
        parent, own = units[depth][unit_id]
        values.update(own)
        if depth == 0:
            return values
        depth, unit_id = depth - 1, parent


def takes_part(design, names, depth, values):
    def fits(rule):
        value = values[rule["column"]]
        return value is not None and str(value) in rule["values"]

    def here(rules):
        return [rule for rule in rules if names.index(rule["level"]) <= depth]

    return all(fits(rule) for rule in here(design["only"])) and not any(fits(rule) for rule in here(design["exclude"]))


# --- 5. how many


def asked(take, values):
    for line in take["by"]:
        if all(str(values[name]) == value for name, value in line["when"].items()):
            return line["take"]
    return take["each"]


def power(measure, exponent):
    if measure == 0:
        return Fraction(0)
    with localcontext() as context:
        context.prec = 80
        raised = Decimal(measure) ** Decimal(exponent)
        return Fraction(raised.quantize(Decimal("1e-12"), rounding=ROUND_HALF_EVEN))


def share(take, measures, available, labels):
    total = min(take["total"], sum(available))
    lower = [min(take["minimum"], a) for a in available]
    weights = [
        Fraction(1)
        if take["allocation"] == "equal"
        else Fraction(m)
        if take["allocation"] == "proportional"
        else power(m, take["exponent"])
        for m in measures
    ]
    # Fix the strata that meet a bound, one kind at a time, until the rest share by one factor within their bounds.
    fixed = {}
    while True:
        free = [i for i in range(len(weights)) if i not in fixed]
        rest = total - sum(fixed.values())
        weight = sum(weights[i] for i in free)
        shares = {i: rest * weights[i] / weight if weight else Fraction(0) for i in free}
        low = {i: lower[i] for i in free if shares[i] < lower[i]}
        high = {i: available[i] for i in free if shares[i] > available[i]}
        short = sum(lower[i] - shares[i] for i in low)
        over = sum(shares[i] - available[i] for i in high)
        if not low and not high:
            break
        fixed.update(low if short > over or not high else high if over > short or not low else {**low, **high})
    everything = [Fraction(fixed[i]) if i in fixed else shares[i] for i in range(len(weights))]
    numbers = [s.numerator // s.denominator for s in everything]
    order = sorted(range(len(numbers)), key=lambda i: (numbers[i] - everything[i], labels[i]))
    for i in [i for i in order if numbers[i] < available[i]][: total - sum(numbers)]:
        numbers[i] += 1
    return numbers


def numbers_for(take, groups, available):
    if "total" not in take:
        return [min(asked(take, group["values"]), a) for group, a in zip(groups, available)]
    numbers = [0] * len(groups)
    sets = {}
    for i, group in enumerate(groups):
        sets.setdefault((group["parent"], *(str(group["values"][name]) for name in take["within"])), []).append(i)
    for members in sets.values():
        shared = share(
            take,
            [groups[i]["measure"] for i in members],
            [available[i] for i in members],
            [groups[i]["stratum"] for i in members],
        )
        for i, number in zip(members, shared):
            numbers[i] = number
    return numbers


# --- 4, 6, 7. drawing


def systematic(units, n, seed, stage, parent, stratum, order):
    """units: [(id, ticket, size)]; gives [(id, ticket, numerator, denominator)] of the units taken."""
    rest, taken = [u for u in units if u[2] > 0], []
    while n:
        total = sum(u[2] for u in rest)
        certain = [u for u in rest if u[2] * n >= total]
        if not certain:
            break
        taken += [(u[0], u[1], 1, 1) for u in certain]
        rest = [u for u in rest if u not in certain]
        n -= len(certain)
    rest.sort(key=lambda u: (u[1], u[0]) if order == "ticket" else u[0])
    total = sum(u[2] for u in rest)
    r = int(H(f"{seed}:{stage}/start:{parent or ''}:{stratum}")[:13], 16)
    for k in range(n):
        point = Fraction((k * 2**52 + r) * total, n * 2**52)
        cum = 0
        for unit_id, ticket, size in rest:
            if cum <= point < cum + size:
                taken.append((unit_id, ticket, n * size, total))
            cum += size
    return taken


def draw_stage(design, levels, units, number, seed, parents):
    stage = design["stages"][number]
    names = [level["name"] for level in levels]
    depth = names.index(stage["name"])
    above = names.index(design["stages"][number - 1]["name"]) if number else None
    sizes = unit_sizes(design, levels, units, stage, names, depth)
    groups = {}
    for unit_id in units[depth]:
        values = lookup(levels, units, depth, unit_id)
        parent = values[levels[above]["id"]] if number else None
        if not takes_part(design, names, depth, values) or (number and parent not in parents):
            continue
        stratum = "/".join("" if values[name] is None else str(values[name]) for name in stage["strata"])
        group = groups.setdefault(
            (parent or "", stratum), {"parent": parent, "stratum": stratum, "units": [], "values": values}
        )
        group["units"].append((unit_id, H(f"{seed}:{stage['name']}:{unit_id}"), sizes[unit_id]))
    ordered = [groups[key] for key in sorted(groups)]
    unequal = stage["method"] == "pps_systematic"
    for group in ordered:
        group["total"] = sum(u[2] for u in group["units"])
        group["measure"] = group["total"] if unequal else len(group["units"])
    available = [sum(u[2] > 0 for u in g["units"]) if unequal else len(g["units"]) for g in ordered]
    main = numbers_for(stage["take"], ordered, available)
    left = [a - n for a, n in zip(available, main)]
    reserves = numbers_for(stage["reserves"], ordered, left)
    strata, taken = [], []
    for group, n, m in zip(ordered, main, reserves):
        strata.append(
            {
                "parent": group["parent"],
                "stratum": group["stratum"],
                "method": stage["method"],
                "population": len(group["units"]),
                "total_size": group["total"] if unequal else None,
                "joint_method": stage["joint_method"],
            }
        )
        if unequal:
            drawn = systematic(
                group["units"], n + m, seed, stage["name"], group["parent"], group["stratum"], stage["order"]
            )
        else:
            drawn = [
                (u[0], u[1], n + m, len(group["units"]))
                for u in sorted(group["units"], key=lambda u: (u[1], u[0]))[: n + m]
            ]
        for place, (unit_id, ticket, a, b) in enumerate(sorted(drawn, key=lambda u: (u[1], u[0])), start=1):
            reserve = place > n
            probability = None if reserve else (a * n) / (b * (n + m))
            taken.append(
                {
                    "id": unit_id,
                    "parent": group["parent"],
                    "stratum": group["stratum"],
                    "ticket": ticket,
                    "probability": probability,
                    "sample_type": "reserve" if reserve else "certainty" if probability == 1 else "probability",
                    "order": place - n if reserve else None,
                }
            )
    return {"name": stage["name"], "strata": strata, "units": taken}


def unit_sizes(design, levels, units, stage, names, depth):
    sizes = dict.fromkeys(units[depth], 0)
    rule = stage["size"]
    if rule is None:
        return sizes
    kind, name = next(iter(rule.items()))
    if kind == "column":
        lower = depth
    elif kind == "count":
        lower = names.index(name)
    else:
        lower = next(i for i, level in enumerate(levels) if name in level["columns"])
    for unit_id in units[lower]:
        values = lookup(levels, units, lower, unit_id)
        if takes_part(design, names, lower, values):
            declared = levels[lower]["columns"].get(name, "integer")
            places = int(declared[8:-1]) if declared.startswith("decimal(") else 0
            amount = 1 if kind == "count" else int(Decimal(values[name]).scaleb(places))
            sizes[values[levels[depth]["id"]]] += amount
    return sizes


# --- 3, 10. the whole check


def unfit_texts(manifest, rows):
    """2, 3: text that could be another one with nobody noticing."""
    value = manifest["public_value"]
    word = "[\u0021-\u007e\u3400-\u4dbf\u4e00-\u9fff]+"
    if value is not None and (len(value) > 1000 or not re.fullmatch(f"{word}( {word})*", value)):
        yield "public value"
    for row in rows:
        for name, text in row.items():
            if isinstance(text, str) and (not text or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)):
                yield f"text {name}"


def check(manifest, levels, rows):
    places = [*unfit_texts(manifest, rows)]

    def compare(place, expected, found):
        if expected != found:
            places.append(place)

    committed = {
        name: manifest[name]
        for name in ("protocol", "evaluation", "draw", "design", "public_source", "public_round", "public_form")
    }
    committed["frames"] = [
        {name: entry[name] for name in ("stage", "parent", "sha256")} for entry in manifest["frames"]
    ]
    committed["secret_sha256"] = H(manifest["secret"])
    compare("commitment", H(jcs(committed)), manifest["commitment"])
    seed = H(f"{manifest['commitment']}:{manifest['secret']}:{manifest['public_value'] or ''}")
    compare("seed", seed, manifest["seed"])
    units = units_of(levels, rows)
    nodes = frame_nodes(levels, units)
    hashes = {None: H(US.join(nodes.values())), **(nodes if len(levels) > 1 else {})}
    stated = {entry["parent"]: entry["sha256"] for entry in manifest["frames"]}
    for parent in hashes.keys() | stated.keys():
        compare(f"frames {parent}", hashes.get(parent), stated.get(parent))
    design, products, parents = manifest["design"], {None: 1.0}, None
    for number, stage in enumerate(manifest["stages"]):
        right = draw_stage(design, levels, units, number, seed, parents)
        if number == len(manifest["stages"]) - 1:
            for unit in right["units"]:
                p = unit["probability"]
                unit["weight"] = None if p is None else 1.0 / (products[unit["parent"]] * p)
        compare(f"{stage['name']} name", right["name"], stage["name"])
        for key in ("strata", "units"):
            for i in range(max(len(right[key]), len(stage[key]))):
                compare(f"{stage['name']} {key} {i}", right[key][i : i + 1], stage[key][i : i + 1])
        products = {
            u["id"]: products[u["parent"]] * u["probability"] for u in right["units"] if u["probability"] is not None
        }
        parents = {unit["id"] for unit in right["units"]}
    return places
