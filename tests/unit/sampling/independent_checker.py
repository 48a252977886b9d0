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
from statistics import NormalDist

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


def is_purposive(design, names, depth, values):
    rules = [rule for rule in design["purposive"] if names.index(rule["level"]) == depth]
    return any(values[rule["column"]] is not None and str(values[rule["column"]]) in rule["values"] for rule in rules)


# --- 5. how many


def amount_of(take, values):
    for line in take["by"]:
        if all(str(values[name]) == value for name, value in line["when"].items()):
            return line["take"]
    return take["each"]


def share_of(amount):
    return None if isinstance(amount, int) else Fraction(1) if amount == "all" else Fraction(amount[:-1]) / 100


def asked(take, values, population, available):
    amount = amount_of(take, values)
    if isinstance(amount, int):
        return amount
    if amount == "all":
        return available
    number = int((share_of(amount) * population + Fraction(1, 2)) // 1)
    number = number if take["maximum"] is None else min(number, take["maximum"])
    return number if take["minimum"] is None else max(number, take["minimum"])


def power(measure, exponent):
    if measure == 0:
        return Fraction(0)
    with localcontext() as context:
        context.prec = 80
        raised = Decimal(measure) ** Decimal(exponent)
        return Fraction(raised.quantize(Decimal("1e-12"), rounding=ROUND_HALF_EVEN))


def root(value):
    with localcontext() as context:
        context.prec = 80
        return Fraction(value.sqrt().quantize(Decimal("1e-12"), rounding=ROUND_HALF_EVEN))


def planned(rule, values):
    for line in rule["by"]:
        if all(str(values[name]) == value for name, value in line["when"].items()):
            return Decimal(line["value"])
    return Decimal(rule["each"])


def weight_of(take, group):
    measure = group["measure"]
    if take["allocation"] == "equal":
        return Fraction(1)
    if take["allocation"] == "proportional":
        return Fraction(measure)
    if take["allocation"] == "power":
        return power(measure, take["exponent"])
    weight = Fraction(measure) * Fraction(planned(take["deviation"], group["values"]))
    return weight if take["allocation"] == "neyman" else weight / root(planned(take["cost"], group["values"]))


def total_of(take, groups):
    if "total" in take:
        return take["total"]
    rule = take["precision"]
    p, d, deff = (Fraction(rule[name]) for name in ("rate", "half_width", "design_effect"))
    z = Fraction(round(Decimal(NormalDist().inv_cdf((1 + float(rule["level"])) / 2)), 12))
    wanted = z * z * deff * p * (1 - p) / (d * d)
    each = rule["each"]
    population = sum(len(g["units"]) for g in groups) if each == 1 else sum(g["total"] for g in groups)
    if each == 1 or groups[0]["sized"]:
        wanted = wanted / (1 + wanted / population)
    return -int(-(wanted / each) // 1)


def share(take, groups, available):
    labels = [group["stratum"] for group in groups]
    available = [a if take["maximum"] is None else min(a, take["maximum"]) for a in available]
    total = min(total_of(take, groups), sum(available))
    lower = [min(take["minimum"], a) for a in available]
    weights = [weight_of(take, group) for group in groups]
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
    if "each" in take:
        return [min(asked(take, group["values"], len(group["units"]), a), a) for group, a in zip(groups, available)]
    numbers = [0] * len(groups)
    sets = {}
    for i, group in enumerate(groups):
        sets.setdefault((group["parent"], *(str(group["values"][name]) for name in take["within"])), []).append(i)
    for members in sets.values():
        shared = share(take, [groups[i] for i in members], [available[i] for i in members])
        for i, number in zip(members, shared):
            numbers[i] = number
    return numbers


# --- 4, 6, 7. drawing


def tickets_of(design, stage, seed):
    """The seed of a stage's tickets and the shift of their numbers."""
    earlier = design["prn_from"]
    if earlier is None or stage["name"] not in earlier["stages"]:
        return seed, 0
    return earlier["seed"], int(Fraction(earlier["shift"]) * 2**52)


def certainties(units, n):
    """units: [(id, ticket, size, number)]; gives certain units, the others of positive size, and the n left."""
    rest, certain = [u for u in units if u[2] > 0], []
    while n:
        total = sum(u[2] for u in rest)
        found = [u for u in rest if u[2] * n >= total]
        if not found:
            break
        certain += found
        rest = [u for u in rest if u not in found]
        n -= len(found)
    return certain, rest, n


def systematic(units, n, start, order):
    """Gives [(id, ticket, numerator, denominator)] of the units taken."""
    certain, rest, n = certainties(units, n)
    taken = [(u[0], u[1], 1, 1) for u in certain]
    rest.sort(key=lambda u: (u[1], u[0]) if order == "ticket" else u[0])
    total = sum(u[2] for u in rest)
    r = int(H(start)[:13], 16)
    for k in range(n):
        point = Fraction((k * 2**52 + r) * total, n * 2**52)
        cum = 0
        for unit_id, ticket, size, _ in rest:
            if cum <= point < cum + size:
                taken.append((unit_id, ticket, n * size, total))
            cum += size
    return taken


def independent(units, n, chance):
    certain, rest, n = certainties(units, n)
    if chance is not None:
        return [(u[0], u[1], chance.numerator, chance.denominator) for u in units if Fraction(u[3], 2**52) < chance]
    total = sum(u[2] for u in rest)
    taken = [(u[0], u[1], 1, 1) for u in certain]
    return taken + [(u[0], u[1], n * u[2], total) for u in rest if Fraction(u[3], 2**52) < Fraction(n * u[2], total)]


def by_order(units, n, method):
    certain, rest, n = certainties(units, n)
    total = sum(u[2] for u in rest)

    def rank(u):
        number, size = u[3], u[2]
        if method == "pareto":
            return number * (total - n * size) / (n * size * (2**52 - number))
        return number * total / (2**52 * n * size)

    best = sorted(rest, key=lambda u: (rank(u), u[1], u[0]))[:n] if n else []
    return [(u[0], u[1], 1, 1) for u in certain] + [(u[0], u[1], n * u[2], total) for u in best]


def taken_of(stage, group, together, start):
    units, method = group["units"], stage["method"]
    if method == "equal":
        ordered = sorted(units, key=lambda u: (u[3], u[1], u[0]))
        return [(u[0], u[1], together, len(units)) for u in ordered[:together]]
    if method in ("systematic", "pps_systematic"):
        return systematic(units, together, start, stage["order"])
    if method in ("bernoulli", "poisson"):
        return independent(units, together, group["chance"] if method == "bernoulli" else None)
    return by_order(units, together, method)


def chance_of(take, group, n):
    """The probability of Bernoulli sampling: the share asked for, or n / N."""
    plain = "each" in take and take["minimum"] is None and take["maximum"] is None
    share_asked = share_of(amount_of(take, group["values"])) if plain else None
    return Fraction(n, len(group["units"])) if share_asked is None else share_asked


def draw_stage(design, levels, units, number, seed, parents, judged):
    stage = design["stages"][number]
    names = [level["name"] for level in levels]
    depth = names.index(stage["name"])
    above = names.index(design["stages"][number - 1]["name"]) if number else None
    sizes = unit_sizes(design, levels, units, stage, names, depth)
    sized = stage["size"] is not None
    ticket_seed, shift = tickets_of(design, stage, seed)
    groups, chosen = {}, []
    for unit_id in units[depth]:
        values = lookup(levels, units, depth, unit_id)
        parent = values[levels[above]["id"]] if number else None
        if not takes_part(design, names, depth, values):
            continue
        stratum = "/".join("" if values[name] is None else str(values[name]) for name in stage["strata"])
        ticket = H(f"{ticket_seed}:{stage['name']}:{unit_id}")
        if is_purposive(design, names, depth, values):
            chosen.append((parent or "", stratum, unit_id, parent, ticket))
            continue
        if number and parent not in parents:
            continue
        group = groups.setdefault(
            (parent or "", stratum),
            {"parent": parent, "stratum": stratum, "units": [], "values": values, "sized": sized},
        )
        u = (int(ticket[:13], 16) + shift) % 2**52
        group["units"].append((unit_id, ticket, sizes[unit_id] if sized else 1, u))
    ordered = [groups[key] for key in sorted(groups)]
    for group in ordered:
        group["total"] = sum(u[2] for u in group["units"])
        group["measure"] = group["total"] if sized else len(group["units"])
    available = [sum(u[2] > 0 for u in g["units"]) for g in ordered]
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
                "total_size": group["total"] if sized else None,
                "joint_method": stage["joint_method"],
            }
        )
        beside = group["parent"] in judged
        m = 0 if beside else m  # noqa: PLW2901
        group["chance"] = chance_of(stage["take"], group, n) if stage["method"] == "bernoulli" else None
        start = f"{seed}:{stage['name']}/start:{group['parent'] or ''}:{group['stratum']}"
        drawn = taken_of(stage, group, n + m, start)
        places = {u[0]: u[3] for u in group["units"]}
        lines = []
        for place, (unit_id, ticket, a, b) in enumerate(sorted(drawn, key=lambda u: (places[u[0]], u[1], u[0])), 1):
            reserve = m > 0 and place > n
            probability = None if reserve or beside else (a * n) / (b * (n + m)) if m else a / b
            kind = "certainty" if probability == 1 else "probability"
            lines.append(
                {
                    "id": unit_id,
                    "parent": group["parent"],
                    "stratum": group["stratum"],
                    "ticket": ticket,
                    "probability": probability,
                    "sample_type": "reserve" if reserve else "purposive" if beside else kind,
                    "order": place - n if reserve else None,
                }
            )
        taken += unannounced(stage, seed, lines)
    for _, stratum, unit_id, parent, ticket in sorted(chosen):
        line = {
            "id": unit_id,
            "parent": parent,
            "stratum": stratum,
            "ticket": ticket,
            "probability": None,
            "sample_type": "purposive",
            "order": None,
        }
        taken.append(line | ({"unannounced": False} if stage["unannounced"] else {}))
    return {"name": stage["name"], "strata": strata, "units": taken}


def unannounced(stage, seed, lines):
    """Mark the main units with the smallest tickets of their own."""
    if not stage["unannounced"]:
        return lines
    main = [line["id"] for line in lines if line["sample_type"] != "reserve"]
    first = sorted(main, key=lambda unit_id: (H(f"{seed}:{stage['name']}/unannounced:{unit_id}"), unit_id))
    marked = set(first[: stage["unannounced"]])
    return [line | {"unannounced": line["id"] in marked} for line in lines]


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
        if takes_part(design, names, lower, values) and not (
            lower != depth and is_purposive(design, names, lower, values)
        ):
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


# --- 14. lists made later


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


def weigh(design, levels, units, stage, products):
    """10: the weights of the last stage."""
    depth = [level["name"] for level in levels].index(stage["name"])
    for unit in stage["units"]:
        p = unit["probability"]
        known = p is not None and unit["parent"] in products
        unit["weight"] = 1.0 / (products[unit["parent"]] * p) if known else None
        if known and design["first_phase"] is not None:
            unit["weight"] *= float(units[depth][unit["id"]][1][design["first_phase"]["weight"]])


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
        {name: entry[name] for name in ("stage", "parent", "sha256")}
        for entry in manifest["frames"]
        if not is_list(manifest, entry)
    ]
    committed["secret_sha256"] = H(manifest["secret"])
    compare("commitment", H(jcs(committed)), manifest["commitment"])
    seed = H(f"{manifest['commitment']}:{manifest['secret']}:{manifest['public_value'] or ''}")
    compare("seed", seed, manifest["seed"])
    units = units_of(levels, rows)
    covered = len(levels) - 1 if later_stage(manifest) else len(levels)
    nodes = frame_nodes(levels[:covered], units[:covered])
    hashes = {None: H(US.join(nodes.values())), **(nodes if covered > 1 else {})}
    stated = {entry["parent"]: entry["sha256"] for entry in manifest["frames"] if not is_list(manifest, entry)}
    for parent in hashes.keys() | stated.keys():
        compare(f"frames {parent}", hashes.get(parent), stated.get(parent))
    places += faults_of_lists(manifest, levels, units)
    design, products, parents, judged = manifest["design"], {None: 1.0}, None, set()
    for number, stage in enumerate(manifest["stages"]):
        if stage["name"] == later_stage(manifest):
            parents &= {entry["parent"] for entry in manifest["frames"] if is_list(manifest, entry)}
        right = draw_stage(design, levels, units, number, seed, parents, judged)
        if number == len(manifest["stages"]) - 1:
            weigh(design, levels, units, right, products)
        compare(f"{stage['name']} name", right["name"], stage["name"])
        for key in ("strata", "units"):
            for i in range(max(len(right[key]), len(stage[key]))):
                compare(f"{stage['name']} {key} {i}", right[key][i : i + 1], stage[key][i : i + 1])
        products = {
            u["id"]: products[u["parent"]] * u["probability"] for u in right["units"] if u["probability"] is not None
        }
        parents = {unit["id"] for unit in right["units"]}
        judged = {unit["id"] for unit in right["units"] if unit["sample_type"] == "purposive"}
    return places
