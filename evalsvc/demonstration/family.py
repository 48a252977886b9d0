"""Members and incomes of one simulated household: plausible numbers, nobody's real ones."""

import random
from dataclasses import dataclass

Answers = dict[str, object]

CHILD_RELATIONS = ("grandchild", "grandchild", "child")
ADULT_RELATIONS = ("head", "spouse", "child", "child_in_law", "parent", "parent", "sibling", "other")
ADULT_AGES = {"head": (38, 74), "spouse": (36, 72), "child": (17, 44), "child_in_law": (22, 44), "parent": (66, 90)}
SCHOOL_AGE = range(6, 16)
POOR_INCOME, EXITED_INCOME, ORDINARY_INCOME = 3_600, 13_500, 18_500
"""Middle of the net income per person, in yuan."""
WAGES = {"wage_local": 22, "wage_away": 38, "wage_public": 4}
FARM = {"grain": 8, "cash_crops": 6, "fruit": 2, "livestock": 8, "trade": 5}
OTHER = {"land": 2, "dividends": 1, "pension": 5, "subsidies": 2, "support": 2}
RATIOS = {"grain": 0.40, "cash_crops": 0.45, "fruit": 0.15, "livestock": 0.40}
"""Cost ratios of the form, for those who do not know their costs."""
STATED = 0.6
"""Share of farm items whose actual costs the respondent knows."""
PENSION_AGE = 60


@dataclass(frozen=True)
class Family:
    """The members, as the form's repeat wants them, and what follows for the whole household."""

    members: tuple[Answers, ...]
    residents: int
    pupils: int
    """How many members are of school age."""
    away: bool
    """Whether a resident worked away, so that there are wages from there."""
    aged: bool
    """Whether a member is old enough for a pension."""


def make_family(chance: random.Random, persons: int, year: int) -> Family:
    """Make the members of a household; everybody is in its register, some work away."""
    children = min(chance.choices((0, 1, 2, 3), (45, 30, 20, 5))[0], max(persons - 2, 0))
    relations = list(ADULT_RELATIONS[: persons - children])
    ages = [chance.randint(*ADULT_AGES.get(relation, (30, 60))) for relation in relations]
    ages += [chance.randint(1, 15) for _ in range(children)]
    relations += [chance.choice(CHILD_RELATIONS) for _ in range(children)]
    members = [_member(chance, relation, age, year) for relation, age in zip(relations, ages, strict=True)]
    residents = sum(member["m_resident"] == "yes" for member in members)
    return Family(
        members=tuple(members),
        residents=residents,
        pupils=sum(age in SCHOOL_AGE for age in ages),
        away=any(member["m_resident"] == "yes" and member.get("m_working_away") == "yes" for member in members),
        aged=any(age >= PENSION_AGE for age in ages),
    )


def _member(chance: random.Random, relation: str, age: int, year: int) -> Answers:
    away = 18 <= age <= 58 and relation != "head" and chance.random() < 0.45
    member: Answers = {
        "m_relation": relation,
        "m_sex": chance.choice(("male", "female")),
        "m_birth_year": year - age,
        "m_registered": "yes",
        "m_resident": "no" if away and chance.random() < 0.6 else "yes",
        "m_insurance": "yes",
    }
    if age in SCHOOL_AGE:
        member["m_schooling"] = "at_school"
    elif age == SCHOOL_AGE.stop:
        member["m_schooling"] = "over_age"
    if age >= 16:
        member["m_working_away"] = "yes" if away else "no"
    return member


def make_incomes(chance: random.Random, per_person: int, family: Family) -> Answers:
    """Split a household's income into the form's items; what is earned and spent balances to about the wanted net."""
    net = int(per_person * family.residents * chance.lognormvariate(0, 0.25))
    weights = _weights(chance, family)
    total = sum(weights.values())
    earned = {item: int(net * weight / total / 10) * 10 for item, weight in weights.items()}
    earned["dibao"] = chance.choice((0, 0, 0, 0, 2400, 5400))
    sources = [item for item, amount in earned.items() if amount or weights.get(item)]
    stated, costs = _spend(chance, earned)
    incomes: Answers = {f"income_{item}": earned[item] for item in sources}
    incomes |= {"income_sources": " ".join(sources), **costs}
    if set(sources) & set(RATIOS):
        incomes["costs_stated"] = " ".join(stated) or "none"
    return incomes


def _weights(chance: random.Random, family: Family) -> dict[str, float]:
    """Choose where the money comes from; wages from away and pensions go with the members."""
    weights = {item: weight * chance.uniform(0.2, 1.8) for item, weight in (WAGES | FARM | OTHER).items()}
    fitting = {"wage_away": family.away, "pension": family.aged}
    kept = {item: fitting.get(item, chance.random() >= 0.35) for item in weights}
    if not any(kept.values()):
        kept["wage_local"] = True
    return {item: weight for item, weight in weights.items() if kept[item]}


def _spend(chance: random.Random, earned: dict[str, int]) -> tuple[list[str], Answers]:
    """Turn net into gross by actual costs, or by the ratio where nobody knows them; name the items that are known."""
    stated: list[str] = []
    costs: Answers = {}
    for item in (item for item in FARM if item in earned):
        if item in RATIOS and chance.random() >= STATED:
            earned[item] = int(earned[item] / (1 - RATIOS[item]))
            continue
        spent = int(earned[item] * chance.uniform(0.2, 0.5) / 10) * 10
        earned[item] += spent
        costs[f"cost_{item}"] = spent
        if item in RATIOS:
            stated.append(item)
    return stated, costs
