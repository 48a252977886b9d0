"""The answers of one visit: what the enumerator of the simulation writes into the household form.

Names are the questions of the shipped form; a question that the form does not ask in this household has no entry.
"""

import random
from datetime import datetime, timedelta

from evalsvc.demonstration.family import (
    EXITED_INCOME,
    ORDINARY_INCOME,
    POOR_INCOME,
    Answers,
    Family,
    make_family,
    make_incomes,
)
from evalsvc.demonstration.register import EXITED, MONITORED, ORDINARY
from evalsvc.demonstration.scenario import SEED
from evalsvc.demonstration.world import COMPLETED, Home

FALSE_SUSPICION = 0.006
"""Share of the other completed interviews in which the enumerator suspects something that is not there."""
STANDARDS = ("income", "income", "income", "housing", "housing", "water", "health", "education", "food_clothing")
FACTS = {
    "income": "逐项核算，人均纯收入明显偏低，扣除低保后更低，未见稳定收入来源",
    "housing": "住房墙体开裂、屋顶漏雨，鉴定为危房，至今没有处理",
    "water": "饮水有异味，旱季常停水，现场查看属实",
    "health": "有家人没有参加医疗保险，该看病时因费用没有去看",
    "education": "有适龄子女没有在校，学校没有送教上门的记录",
    "food_clothing": "现场查看存粮不足，冬季衣被缺乏，受访人说经常不够吃",
    "exclusion": "家中有轿车，村里多人说在城里有商品房",
}
VISIBLE = frozenset({"housing", "water", "food_clothing"})
"""Standards whose failure could be photographed, if the household lets it be."""
GOOD = ("comes_often", "solves", "fair", "kind", "explains")
BAD = ("rarely_comes", "unsolved", "unfair", "unkind", "formal")
POLICIES = ("education", "insurance", "hospital", "housing", "credit", "job", "allowance", "monitoring")
RECOGNITION_ITEMS = 4
NON_CONTACT_REASONS = ("absent_twice", "away", "not_found")
INELIGIBLE_BASIS = {
    "ineligible_vacant": "房屋常年锁闭无人，邻居和村民小组均证实不住此处",
    "ineligible_deceased": "村民小组和邻居证实全户已故，户口尚未注销",
    "ineligible_duplicate": "与名单上另一户为同一家，核对门牌后确认",
}


def chance_of(unit_id: str, purpose: str) -> random.Random:
    """Return the chance generator of one household and purpose: the same at every run."""
    return random.Random(f"{SEED}:{purpose}:{unit_id}")  # noqa: S311  (a simulation, not a secret)


def answer(home: Home, ended: datetime, photo: str, signature: str) -> Answers:
    """Fill the form for a home; the visit ended at the given time (with its zone)."""
    chance = chance_of(home.unit_id, "answers")
    started = ended - timedelta(minutes=chance.randint(28, 55) if home.outcome == COMPLETED else chance.randint(3, 12))
    visit: Answers = {
        "started": started.isoformat(timespec="milliseconds"),
        "ended": ended.isoformat(timespec="milliseconds"),
        "visit_date": started.date().isoformat(),
        "unit_id": home.unit_id,
        "household_class": home.household_class,
        "registered": "是" if home.registered else "否",
        "attempt": 2 if home.outcome == "non_contact" else chance.choice((1, 1, 1, 2)),
        "disposition": home.outcome,
        "photo_house": photo,
        "position": position_of(home),
    }
    if home.outcome == COMPLETED:
        return visit | _interview(home, chance, started.year) | {"signature": signature}
    return visit | _at_the_door(home, chance)


def position_of(home: Home) -> str:
    """Return a made-up point: villages lie scattered over an area, households a few hundred metres around."""
    village = chance_of(home.village_code, "position")
    near = chance_of(home.unit_id, "position")
    latitude = village.uniform(24.2, 27.8) + near.gauss(0, 0.003)
    longitude = village.uniform(116.4, 119.6) + near.gauss(0, 0.003)
    return f"{latitude:.6f} {longitude:.6f} {village.randint(90, 900)}.0 {near.randint(4, 18)}.0"


def _at_the_door(home: Home, chance: random.Random) -> Answers:
    if home.outcome == "non_contact":
        return {"non_contact_reason": chance.choice(NON_CONTACT_REASONS)}
    if home.outcome == "refused":
        return {
            "refusal_stage": chance.choice(("at_door", "at_door", "during")),
            "refusal_reason": chance.choice(("busy", "unwilling", "unwilling", "distrust", "not_said")),
        }
    return {"ineligible_basis": INELIGIBLE_BASIS[home.outcome]}


def _interview(home: Home, chance: random.Random, year: int) -> Answers:
    family = make_family(chance, home.persons, year)
    suspicion = home.suspicion
    doubted = chance.random() < FALSE_SUSPICION
    if suspicion == "none" and doubted:
        suspicion = _plausible_suspicion(home, chance)
    standard = _failed_standard(suspicion, family, chance)
    answers: Answers = _respondent(chance) | _registration(home, chance) | _household(home, family, standard, chance)
    answers |= _living(chance) | _guarantees(chance) | _water(chance) | _support(home, chance) | _opinion(home, chance)
    answers |= _observation(chance) | _suspicion(home, suspicion, standard)
    if standard:
        _show(answers, standard)
    return answers


def _plausible_suspicion(home: Home, chance: random.Random) -> str:
    return chance.choice(("wrong_exit", "wrong_exit", "wrong_entry")) if home.registered else "missed"


def _failed_standard(suspicion: str, family: Family, chance: random.Random) -> str:
    if suspicion == "none":
        return ""
    if suspicion == "wrong_entry":
        return "exclusion"
    possible = [each for each in STANDARDS if each != "education" or family.pupils]
    return chance.choice(possible)


def _respondent(chance: random.Random) -> Answers:
    respondent: Answers = {
        "consent": "yes",
        "consent_income": "yes",
        "consent_health": "yes",
        "consent_minors": "yes",
        "respondent_relation": chance.choice(("head", "head", "spouse", "child", "parent")),
        "respondent_age": chance.randint(28, 79),
        "guide_present": "yes" if chance.random() < 0.04 else "no",
    }
    if chance.random() < 0.12:
        return respondent | {"interpreter": "yes", "interpreter_relation": chance.choice(("team", "family"))}
    return respondent | {"interpreter": "no"}


def _registration(home: Home, chance: random.Random) -> Answers:
    if not home.registered:
        return {}
    registered = chance.randint(2014, 2017)
    status: Answers = {} if home.household_class == EXITED else {"exit_status": "yes"}
    return {**status, "registered_year": registered, "exit_year": registered + chance.randint(1, 3)}


def _household(home: Home, family: Family, standard: str, chance: random.Random) -> Answers:
    usual = ORDINARY_INCOME if home.household_class == ORDINARY else EXITED_INCOME
    incomes = make_incomes(chance, POOR_INCOME if standard == "income" else usual, family)
    evidence = chance.sample(("payslip", "bank", "bill", "record", "seen"), chance.randint(1, 3))
    return {
        "registered_persons": home.persons,
        "resident_persons": family.residents,
        "register_change": chance.choices(("none", "split", "merged"), (94, 4, 2))[0],
        "member": list(family.members),
        **incomes,
        "income_stable": "no" if standard == "income" else chance.choice(("yes", "yes", "yes", "not_known")),
        "income_evidence": " ".join(evidence),
    }


def _living(chance: random.Random) -> Answers:
    return {
        "food_shortage": "never",
        "protein": chance.choice(("daily", "weekly", "weekly")),
        "clothing": "yes",
        "shoes": "yes",
        "bedding": "yes",
    }


def _guarantees(chance: random.Random) -> Answers:
    return {
        "clinic": "yes",
        "clinic_doctor": "yes",
        "untreated": "no",
        "house_grade": chance.choice(("a", "a", "b", "none")),
        "house_defects": "none",
        "relocated": "no",
    }


def _water(chance: random.Random) -> Answers:
    return {
        "water_source": chance.choice(("piped", "piped", "well", "spring")),
        "water_quantity": "ge_35",
        "water_quality": chance.choice(("report_good", "site_good")),
        "water_at_home": "yes",
        "water_outage_days": chance.choice((0, 0, 0, 2, 5)),
    }


def _support(home: Home, chance: random.Random) -> Answers:
    kinds = ("industry", "job", "public_post", "credit", "training", "education", "medical", "water", "goods")
    helped = home.household_class != ORDINARY or chance.random() < 0.3
    heard = chance_of(home.unit_id, "policies heard")
    support: Answers = {
        "policies_heard": " ".join(heard.sample(POLICIES, heard.randint(2, 6))),
        "help_received": " ".join(chance.sample(kinds, chance.randint(1, 3))) if helped else "none",
        "team_visits": chance.randint(0, 12) + (4 if home.satisfied_team else 0),
    }
    if home.household_class in {EXITED, MONITORED}:
        support["helper_visits"] = chance.randint(1, 14) + (4 if home.satisfied_helper else 0)
    return support


def _opinion(home: Home, chance: random.Random) -> Answers:
    overall = "yes" if home.recognises else "no"
    opinion: Answers = {**_satisfaction("satisfaction_team", home.satisfied_team, chance)}
    if home.household_class in {EXITED, MONITORED}:
        opinion |= _satisfaction("satisfaction_helper", home.satisfied_helper, chance)
    # Which object each answer is about depends on the order in which this interview asks.
    opinion["recognition_item"] = [
        {"recognition_answer": overall if chance.random() < 0.85 else chance.choice(("yes", "not_known"))}
        for _ in range(RECOGNITION_ITEMS)
    ]
    opinion["recognition_overall"] = overall
    if overall == "no":
        opinion["recognition_reason"] = "认为评议和公示不够公开，帮扶效果不明显"
    return opinion


def _satisfaction(question: str, content: bool, chance: random.Random) -> Answers:
    if content:
        degree, reasons = chance.choice(("very_satisfied", "satisfied")), GOOD
    else:
        degree, reasons = chance.choice(("dissatisfied", "dissatisfied", "very_dissatisfied")), BAD
    return {question: degree, f"{question}_reasons": " ".join(chance.sample(reasons, chance.randint(1, 2)))}


def _observation(chance: random.Random) -> Answers:
    seen = chance.sample(("kitchen", "bedroom", "water", "yard", "papers"), chance.randint(2, 4))
    return {
        "observed_rooms": " ".join(seen),
        "observed_agreement": chance.choices(("agree", "partly"), (92, 8))[0],
        "observed_coaching": "yes" if chance.random() < 0.03 else "no",
        "observed_prompting": "no",
    }


def _suspicion(home: Home, suspicion: str, standard: str) -> Answers:
    if suspicion == "none":
        return {"suspicion_kind": "none"}
    return {
        "suspicion_kind": suspicion,
        "suspicion_standard": standard,
        "suspicion_persons": home.persons,
        "suspicion_facts": FACTS[standard],
        "suspicion_no_photo_reason": "objection" if standard in VISIBLE else "nothing_to_show",
    }


def _show(answers: Answers, standard: str) -> None:
    """Let the answers of the section agree with the standard that is not met."""
    if standard == "housing":
        answers |= {"house_grade": "d", "house_repair": "open", "house_defects": "cracks roof"}
    elif standard == "water":
        answers |= {"water_quality": "site_bad", "water_quantity": "20_to_35", "water_outage_days": 60}
    elif standard == "food_clothing":
        answers |= {"food_shortage": "often", "protein": "rarely", "clothing": "no", "shoes": "no", "bedding": "no"}
    elif standard in {"health", "education"}:
        _show_in_members(answers, standard)


def _show_in_members(answers: Answers, standard: str) -> None:
    members = answers["member"]
    assert isinstance(members, list)  # noqa: S101  (made above)
    if standard == "health":
        members[0]["m_insurance"] = "no"
        answers["untreated"] = "cost"
        return
    pupil = next(member for member in members if "m_schooling" in member)
    pupil["m_schooling"] = "dropped_out"
    answers["out_of_school_reason"] = "受访人说孩子不愿再读，在家帮忙"
