"""Sections 1 and 2 of the page: the frame as units, its hashes, and who takes part."""

import hashlib
import json
import re
from decimal import Decimal

US = "\x1f"


def H(text):  # noqa: N802 (the page's name)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def jcs(value):
    """RFC 8785 for text, integers and null with keys inside the basic plane, which is all that is hashed here."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
