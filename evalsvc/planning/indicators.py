"""The indicators as data: what each is called, whom it counts, its formula as printed, its statement in the plan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

WORD = r"\w+"
"""What a name in a plan may consist of."""
OPEN_FOR = "_open_for"
"""Ending of the statement that counts open cases as confirmed."""
BY_CLASS = "_by_class"
"""Ending of the statement by county and household class."""
OPEN_COLUMN = "_open"
"""Ending of the analysis column that counts open cases as confirmed."""

ANSWERED = "responded == 1"
EXITED = f"{ANSWERED} and registered == 1"
NOT_REGISTERED = f"{ANSWERED} and registered == 0"


@dataclass(frozen=True)
class Reading:
    """One way to read an indicator: its formula in both languages, and the statement that computes it.

    The statement lacks id, domains, interval and threshold, which the pack and the plan add. `cases` are the columns
    that change when open cases are counted; without any, open cases do not touch the indicator.
    """

    chinese: str
    english: str
    statement: Mapping[str, object]
    cases: tuple[str, ...] = ()
    asked_only: bool = False
    """Set when only the household classes that the pack names are asked."""


@dataclass(frozen=True)
class Indicator:
    """One indicator; `readings` holds the ways to read it; a pack names which one it chose when there are several."""

    id: str
    chinese: str
    english: str
    unit: Literal["person", "household"]
    readings: Mapping[str, Reading]
    by_class: bool = True
    rise_is_worse: bool = False
    """Set when a higher value is the worse one, so that words can say which way open cases push."""

    def reading(self, chosen: Mapping[str, str]) -> Reading:
        """Return the reading that a pack chose, or the only one there is.

        Raises
        ------
        KeyError
            When there are several and the pack names none of them; a loaded pack never does.
        """
        if len(self.readings) == 1:
            return next(iter(self.readings.values()))
        return self.readings[chosen[self.id]]


def _ratio(numerator: str, where: str) -> Mapping[str, object]:
    return {"statistic": "ratio", "numerator": numerator, "denominator": "persons", "where": where}


def _share(variable: str) -> Mapping[str, object]:
    return {"statistic": "proportion", "variables": [variable], "where": ANSWERED, "missing": "drop"}


ONLY = "only"
COMPOSITE = "composite"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="wrong_exit_rate",
        chinese="错退率",
        english="Wrong-exit rate",
        unit="person",
        rise_is_worse=True,
        readings={
            ONLY: Reading(
                "错退率＝抽中脱贫户中经认定错退的人数÷抽中脱贫户的全部人数（均经加权）",
                "persons in sampled exited households confirmed as wrong exits / all persons in those households",
                _ratio("wrong_exit_persons", EXITED),
                ("wrong_exit_persons",),
            )
        },
    ),
    Indicator(
        id="exit_accuracy",
        chinese="退出准确率",
        english="Exit accuracy",
        unit="person",
        readings={
            ONLY: Reading(
                "退出准确率＝1−错退率",
                "1 - wrong-exit rate",
                _ratio("exit_correct_persons", EXITED),
                ("exit_correct_persons",),
            )
        },
    ),
    Indicator(
        id="missed_rate",
        chinese="漏评率",
        english="Missed-identification rate",
        unit="person",
        rise_is_worse=True,
        readings={
            ONLY: Reading(
                "漏评率＝受访非建档立卡户中经认定漏评的人数÷受访非建档立卡户的全部人数（均经加权）",
                "persons confirmed as missed / all persons in surveyed households that are not registered",
                _ratio("missed_persons", NOT_REGISTERED),
                ("missed_persons",),
            )
        },
    ),
    Indicator(
        id="identification_accuracy",
        chinese="识别准确率",
        english="Identification accuracy",
        unit="person",
        readings={
            "all_surveyed": Reading(
                "识别准确率＝1−（经认定错评人数＋经认定漏评人数）÷全部受访户人数（均经加权）",
                "1 - (persons wrongly registered + persons missed) / all persons in surveyed households",
                _ratio("identified_persons", ANSWERED),
                ("identified_persons",),
            ),
            "registered_only": Reading(
                "识别准确率＝1−经认定错评人数÷受访建档立卡户人数（均经加权）",
                "1 - persons wrongly registered / all persons in surveyed registered households",
                _ratio("identified_persons", EXITED),
                ("identified_persons",),
            ),
        },
    ),
    Indicator(
        id="satisfaction",
        chinese="帮扶工作满意度",
        english="Satisfaction with the support work",
        unit="household",
        readings={
            ONLY: Reading(
                "帮扶工作满意度＝对驻村工作队和帮扶责任人均表示满意的户数÷被问到且作答的户数（均经加权）",
                "households satisfied with both work team and helper / households asked that answered",
                _share("satisfied"),
                asked_only=True,
            )
        },
    ),
    Indicator(
        id="recognition",
        chinese="群众认可度",
        english="Recognition",
        unit="household",
        readings={
            ONLY: Reading(
                "群众认可度＝总体上表示认可的户数÷作答的户数（均经加权）",
                "households that recognise the work all in all / households that answered",
                _share("recognised"),
            )
        },
    ),
    Indicator(
        id=COMPOSITE,
        chinese="综合贫困发生率",
        english="Composite poverty rate",
        unit="person",
        by_class=False,
        rise_is_worse=True,
        readings={
            ONLY: Reading(
                "综合贫困发生率＝（未脱贫人数＋错退率×全县脱贫人数＋漏评率×全县非建档立卡农村人数）÷全县农村人数",
                "(registered poor remaining + wrong-exit rate x exited persons + missed rate x persons not registered)"
                " / all rural persons of the county",
                {"statistic": "contrast"},
                ("wrong_exit_rate", "missed_rate"),
            )
        },
    ),
)


def indicator(identifier: str) -> Indicator:
    """Return the indicator of an identifier."""
    return next(each for each in INDICATORS if each.id == identifier)


def in_county(statement: str, county: str) -> str:
    """Name the statement of one county; a code that cannot stand in a name is written in hexadecimal digits."""
    return f"{statement}_{county if re.fullmatch(WORD, county) else 'x' + county.encode().hex()}"


def indicator_of_row(row_id: str) -> Indicator | None:
    """Return the indicator that a result row belongs to, whatever its ending; None for a row of another plan."""
    return next((each for each in INDICATORS if row_id == each.id or row_id.startswith(f"{each.id}_")), None)
