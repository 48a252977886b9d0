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
WAGES = {"income_wage_local": 22, "income_wage_away": 38, "income_wage_public": 4}
FARM = {"income_crops": 16, "income_livestock": 8, "income_trade": 5}
OTHER = {"income_land": 2, "income_dividends": 1, "income_pension": 5, "income_subsidies": 2, "income_support": 2}
COSTS = {"cost_crops": "income_crops", "cost_livestock": "income_livestock", "cost_trade": "income_trade"}


@dataclass(frozen=True)
class Family:
    """The members, as the form's repeat wants them, and what follows for the whole household."""

    members: tuple[Answers, ...]
    residents: int
    pupils: int
    """How many members are of school age."""


def make_family(chance: random.Random, persons: int, year: int) -> Family:
    """Make the members of a household; everybody is in its register, some work away."""
    children = min(chance.choices((0, 1, 2, 3), (45, 30, 20, 5))[0], max(persons - 2, 0))
    relations = list(ADULT_RELATIONS[: persons - children])
    ages = [chance.randint(*ADULT_AGES.get(relation, (30, 60))) for relation in relations]
    ages += [chance.randint(1, 15) for _ in range(children)]
    relations += [chance.choice(CHILD_RELATIONS) for _ in range(children)]
    members = [_member(chance, relation, age, year) for relation, age in zip(relations, ages, strict=True)]
    residents = sum(member["m_resident"] == "yes" for member in members)
    return Family(tuple(members), residents, sum(age in SCHOOL_AGE for age in ages))


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
    if age >= 16:
        member["m_working_away"] = "yes" if away else "no"
    return member


def make_incomes(chance: random.Random, per_person: int, residents: int) -> Answers:
    """Split a household's income into the form's items; what is earned and spent balances to about the wanted net."""
    net = int(per_person * residents * chance.lognormvariate(0, 0.25))
    weights = {item: weight * chance.uniform(0.2, 1.8) for item, weight in (WAGES | FARM | OTHER).items()}
    for item in weights:
        if item != "income_pension" and chance.random() < 0.35:
            weights[item] = 0.0
    total = sum(weights.values())
    incomes: Answers = {item: int(net * weight / total / 10) * 10 for item, weight in weights.items()}
    incomes |= {"income_dibao": chance.choice((0, 0, 0, 0, 2400, 5400)), "income_other_transfers": 0}
    for cost, earned in COSTS.items():
        spent = int(int(str(incomes[earned])) * chance.uniform(0.2, 0.5) / 10) * 10
        incomes[cost] = spent
        incomes[earned] = int(str(incomes[earned])) + spent
    return incomes
