"""Section 5 of the page: how many units each group gives."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from statistics import NormalDist


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
        return [
            min(asked(take, group["values"], len(group["units"]), a), a)
            for group, a in zip(groups, available, strict=True)
        ]
    numbers = [0] * len(groups)
    sets = {}
    for i, group in enumerate(groups):
        sets.setdefault((group["parent"], *(str(group["values"][name]) for name in take["within"])), []).append(i)
    for members in sets.values():
        shared = share(take, [groups[i] for i in members], [available[i] for i in members])
        for i, number in zip(members, shared, strict=True):
            numbers[i] = number
    return numbers


def chance_of(take, group, n):
    """The probability of Bernoulli sampling: the share asked for, for each time the parent was drawn, or n / N."""
    plain = "each" in take and take["minimum"] is None and take["maximum"] is None
    share_asked = share_of(amount_of(take, group["values"])) if plain else None
    return Fraction(n, len(group["units"])) if share_asked is None else min(share_asked * group["times"], Fraction(1))
