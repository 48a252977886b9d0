"""Check the administrative codes of a list: form, county in force, level, nesting, and what committee a village has."""

# ruff: noqa: S608 (columns have short names, everything else in a statement is ours)
from collections.abc import Iterator, Sequence
from itertools import combinations

from sampling.codes import (
    CITIES_WITHOUT_COUNTIES,
    COMMITTEE_BEGINS,
    COMMITTEES,
    COUNTY_DIGITS,
    LAST_NUMBER,
    UNITS,
    in_force,
    validities,
)
from sampling.frame_check import ListCheck
from sampling.frame_notes import CodeNote
from sampling.frame_stage import ColumnNames
from sampling.mapping_codes import CodeRule

FORM = "regexp_full_match({0}, '[0-9]{{6}}([0-9]{{3}}([0-9]{{3}})?)?')"
TOWN, VILLAGE = "substr({0}, 7, 3)", "substr({0}, 10, 3)"
ABOVE = "('', '000')"
"""Digits of a unit that stands above the towns, or above the villages."""
NEIGHBOURHOOD = "(居委会|居民委员会|社区|居民会)"
VILLAGERS = "(村委会|村民委员会|^行政村$|^村$)"
"""What the words of a column say of a committee; words that say both or neither are not judged."""


class CodeCheck:
    """Check the code columns of one list by the rules of a mapping."""

    def __init__(self, check: ListCheck, names: ColumnNames, rules: Sequence[CodeRule]) -> None:
        own = {column.name for column in check.staged.units.columns}
        self._check = check
        self._names = names
        self._rules = [rule for rule in rules if rule.column in own]
        self._depths = {
            column.name: depth
            for depth, level in enumerate(check.staged.units.named_levels)
            for column in level.all_columns
        }

    def run(self) -> None:
        """Find every code that is wrong, once for each code."""
        owned = {own.name for level in self._check.staged.units.levels for own in level.all_columns}
        for rule in self._rules:
            if rule.column in owned:  # the parent's codes are looked at in their own list
                self._form(rule)
                self._counties(rule)
                self._units(rule)
                self._committees(rule)
        for upper, lower in self._pairs():
            self._nesting(upper, lower)

    def _listed(
        self, complaint: str, rule: CodeRule, condition: str, names: Sequence[str] = (), **more: object
    ) -> None:
        """Complain about each code that fits a condition, at its first row; ``names`` are read from the same row."""
        code = self._names[rule.column]
        others = "".join(f", min({name})" for name in names)
        step = f"SELECT min(row), {code}{others} FROM {self._check.view} WHERE {condition} GROUP BY {code}"
        self._check.listed(complaint, rule.column, ["value", *names], step, **more)

    def _form(self, rule: CodeRule) -> None:
        code = self._names[rule.column]
        town, village = TOWN.format(code), VILLAGE.format(code)
        formed = FORM.format(code)
        self._listed("frame.code_form", rule, f"NOT {formed}")
        self._listed("frame.code_gap", rule, f"{formed} AND {town} = '000' AND {village} NOT IN {ABOVE}")
        self._listed("frame.code_town", rule, f"{formed} AND {town} > '{LAST_NUMBER}'")
        self._listed("frame.code_village", rule, f"{formed} AND {village} > '{LAST_NUMBER}'")

    def _counties(self, rule: CodeRule) -> None:
        """Look the first six digits up; there are thousands of them at most."""
        code = self._names[rule.column]
        county = f"left({code}, {COUNTY_DIGITS})"
        step = f"SELECT min(row), {county} FROM {self._check.view} WHERE {FORM.format(code)} GROUP BY 2 ORDER BY 1"
        for row, value in self._check.rows(step):
            known = validities().get(value)
            details = {"value": value, "vintage": rule.vintage}
            if known is None:
                self._check.tell("frame.code_unknown", rule.column, row, **details)
            elif not in_force(value, rule.vintage):
                told = "、".join(f"{each.name} {each.years}" for each in known)
                self._check.tell("frame.code_not_in_force", rule.column, row, **details, years=told)

    def _units(self, rule: CodeRule) -> None:
        """Find codes of another level than the one that the column is of."""
        if rule.unit is None:
            return
        code = self._names[rule.column]
        unit = _unit(code)
        condition = f"{FORM.format(code)} AND {unit} <> '{rule.unit}'"
        if rule.unit == "county":
            cities = ", ".join(f"'{each}'" for each in CITIES_WITHOUT_COUNTIES)
            condition += f" AND NOT ({unit} = 'city' AND left({code}, {COUNTY_DIGITS}) IN ({cities}))"
        for found in UNITS:
            more = {"found": found, "expected": rule.unit}
            self._listed("frame.code_unit", rule, f"{condition} AND {unit} = '{found}'", **more)

    def _committees(self, rule: CodeRule) -> None:
        """Compare what a column says of a committee with what the code says."""
        if rule.committee is None:
            return
        code, said = self._names[rule.column], self._names[rule.committee]
        number = VILLAGE.format(code)
        begins = list(zip(COMMITTEE_BEGINS, COMMITTEES, strict=True))[::-1]
        word = "CASE " + " ".join(f"WHEN {number} >= '{begin}' THEN '{name}'" for begin, name in begins) + " END"
        residents = f"regexp_matches({said}, '{NEIGHBOURHOOD}')"
        villagers = f"regexp_matches({said}, '{VILLAGERS}')"
        wrong = f"({residents} AND {word} LIKE '%村委会') OR ({villagers} AND {word} LIKE '%居委会')"
        step = (
            f"SELECT min(row), {code}, min({said}), min({word}) FROM {self._check.view} "
            f"WHERE {FORM.format(code)} AND {residents} <> {villagers} AND ({wrong}) GROUP BY {code}"
        )
        self._check.listed("frame.code_committee", rule.committee, ["unit_code", "value", "expected"], step)

    def _pairs(self) -> Iterator[tuple[CodeRule, CodeRule]]:
        """Give every two rules of which the second one's units lie in the first one's."""
        for one, other in combinations(self._rules, 2):
            upper, lower = sorted((one, other), key=self._order)
            beside = self._depths[upper.column] == self._depths[lower.column]
            if not beside or (upper.unit and lower.unit and upper.unit != lower.unit):
                yield upper, lower

    def _order(self, rule: CodeRule) -> tuple[int, int]:
        unit = UNITS.index(rule.unit) if rule.unit in UNITS else len(UNITS)
        return self._depths[rule.column], unit

    def _nesting(self, upper: CodeRule, lower: CodeRule) -> None:
        above, below = self._names[upper.column], self._names[lower.column]
        step = (
            f"SELECT min(row), {below}, {above} FROM {self._check.view} WHERE {FORM.format(above)} "
            f"AND {FORM.format(below)} AND NOT starts_with({below}, {_significant(above)}) GROUP BY {below}, {above}"
        )
        self._check.listed("frame.code_not_nested", lower.column, ["value", "upper"], step, upper_column=upper.column)

    def notes(self) -> Iterator[CodeNote]:
        """Say of each rule of the list's own columns what is to be kept of it."""
        owned = {own.name for level in self._check.staged.units.levels for own in level.all_columns}
        for rule in self._rules:
            if rule.column in owned:
                changed = 0
                if rule.old is not None:
                    code, old = self._names[rule.column], self._names[rule.old]
                    counted = f"SELECT count(DISTINCT {code}) FROM {self._check.view} WHERE {old} IS NOT NULL"
                    changed = self._check.rows(counted)[0][0]
                yield CodeNote(rule.column, rule.standard, rule.vintage, rule.old, changed)


def _significant(code: str) -> str:
    """Write the digits with which the codes of everything below a unit begin."""
    town, village = TOWN.format(code), VILLAGE.format(code)
    return (
        f"CASE WHEN {village} NOT IN {ABOVE} THEN {code} WHEN {town} NOT IN {ABOVE} THEN left({code}, 9) "
        f"WHEN substr({code}, 5, 2) <> '00' THEN left({code}, 6) WHEN substr({code}, 3, 2) <> '00' "
        f"THEN left({code}, 4) ELSE left({code}, 2) END"
    )


def _unit(code: str) -> str:
    """Write what a code stands for."""
    digits = f"length({_significant(code)})"
    return (
        f"CASE {digits} WHEN 2 THEN 'province' WHEN 4 THEN 'city' WHEN 6 THEN 'county' WHEN 9 THEN 'town' "
        "ELSE 'village' END"
    )
