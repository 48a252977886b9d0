"""Sections 4, 6 and 7 of the page: tickets, and the units that a method takes of a group."""

from fractions import Fraction

from .frames import H


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


def unannounced(stage, seed, lines):
    """Mark the main units with the smallest tickets of their own."""
    if not stage["unannounced"]:
        return lines
    main = [line["id"] for line in lines if line["sample_type"] != "reserve"]
    first = sorted(main, key=lambda unit_id: (H(f"{seed}:{stage['name']}/unannounced:{unit_id}"), unit_id))
    marked = set(first[: stage["unannounced"]])
    return [line | {"unannounced": line["id"] in marked} for line in lines]
