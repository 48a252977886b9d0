"""Time the checks of the shipped household form: `python benchmarks/form_check.py [N]` (1,000 submissions by default).

Prints wall and processor time for filling, reading and checking, on one core.
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from forms import check, convert, fill, library, parse_definition, parse_instance

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=8)))
SOURCES = (
    "wage_local",
    "wage_public",
    "grain",
    "cash_crops",
    "fruit",
    "livestock",
    "other_farm",
    "trade",
    "land",
    "dividends",
    "pension",
    "dibao",
    "subsidies",
    "support",
    "other_transfers",
)


def answers(number: int) -> dict[str, object]:
    """Give the answers of one household; every tenth was not met, every twentieth has a member too many."""
    visit: dict[str, object] = {
        "unit_id": f"350125101200-{number:05d}",
        "household_class": ("脱贫户", "监测户", "一般农户")[number % 3],
        "registered": ("是", "否", "否")[number % 3],
        "attempt": 1,
        "photo_house": "house.jpg",
        "position": "25.861 118.941 320 5",
    }
    if number % 10 == 9:
        return visit | {"disposition": "non_contact", "non_contact_reason": "away"}
    size = 2 + number % 4
    registered = size + (number % 20 == 0)
    return (
        visit
        | {f"income_{name}": 2000 + (number * 37 + place * 211) % 9000 for place, name in enumerate(SOURCES)}
        | {
            "income_sources": SOURCES,
            "costs_stated": ["grain", "livestock"],
            "cost_grain": 900,
            "cost_livestock": 1100,
            "cost_trade": 700,
            "disposition": "completed",
            "consent": "yes",
            "consent_income": "yes",
            "consent_sensitive": "yes",
            "respondent_relation": "head",
            "respondent_age": 30 + number % 50,
            "interpreter": "no",
            "guide_present": "no",
            "registered_persons": registered,
            "resident_persons": size,
            "register_change": "none",
            "member": [member(place, number) for place in range(size)],
            "income_stable": "yes",
            "income_evidence": ["payslip", "bank"],
            "food_shortage": "never",
            "protein": "weekly",
            "clothing": "yes",
            "bedding": "yes",
            "clinic": "yes",
            "untreated": "no",
            "house_grade": "b",
            "house_defects": ["none"],
            "relocated": "no",
            "water_source": "piped",
            "water_quantity": "ge_35",
            "water_quality": "report_good",
            "water_at_home": "yes",
            "water_outage_days": number % 30,
            "help_received": ["industry", "medical"],
            "team_visits": 6,
            "helper_visits": 8,
            "satisfaction_team": "satisfied",
            "satisfaction_team_reasons": ["solves"],
            "satisfaction_helper": "neutral",
            "satisfaction_helper_reasons": ["kind", "rarely_comes"],
            "recognition_policy": "yes",
            "recognition_results": "yes",
            "recognition_exit": "not_known",
            "recognition_cadres": "yes",
            "recognition_overall": "yes",
            "observed_rooms": ["kitchen"],
            "observed_agreement": "agree",
            "observed_coaching": "no",
            "suspicion_kind": "none",
            "signature": "signature.png",
        }
    )


def member(place: int, number: int) -> dict[str, object]:
    """Give one member; the third is of school age."""
    born = (1968, 1970, 2015, 1944, 2000)[place] + number % 3
    return {
        "m_relation": ("head", "spouse", "child", "parent", "child")[place], "m_sex": ("male", "female")[place % 2],
        "m_birth_year": born, "m_registered": "yes", "m_resident": "yes", "m_schooling": "at_school",
        "m_insurance": "yes", "m_working_away": "no",
    }  # fmt: skip


def timed(name: str, count: int, work: Callable[[], T]) -> T:
    """Run once and print how long it took."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    each = processor / count * 1000
    print(f"{name:8} {count:6} in {wall:6.2f} s wall, {processor:6.2f} s processor = {each:.2f} ms each")
    return result


def main() -> None:
    """Fill, read and check."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    conversion = convert(library.text_of("household"), "household.md")
    assert conversion.xform is not None
    definition = parse_definition(conversion.xform)
    fill(definition, answers(0), instance_id="uuid:warm", now=NOW)
    print(f"{len(definition.questions)} questions")
    sent = timed(
        "fill", count, lambda: [fill(definition, answers(n), instance_id=f"uuid:{n}", now=NOW) for n in range(count)]
    )
    instances = timed("read", count, lambda: [parse_instance(xml) for xml in sent])
    found = timed("check", count, lambda: [check(definition, instance) for instance in instances])
    print(f"{sum(map(len, sent)) // count} bytes each, {sum(bool(c) for c in found)} with complaints")


if __name__ == "__main__":
    main()
