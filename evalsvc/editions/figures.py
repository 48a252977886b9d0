"""Every figure of a report with the key that it is verified by, taken from the facts; nothing is computed here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evalsvc.editions.chapters.labels import label
from evalsvc.editions.wording import as_set
from evalsvc.evaluations.rule_pack import SIGNS
from evalsvc.planning.indicators import BY_CLASS, COMPOSITE, INDICATORS, OPEN_FOR, Indicator, in_county
from evalsvc.words import sentence
from reports.document import Printed, Tone
from reports.number_format import decimal, exact_percent, interval, percent, whole

Row = Mapping[str, Any]
TONES = {"达标": Tone.PASS, "不达标": Tone.FAIL, "不能判定": Tone.UNDECIDED}
POINT_RULE = {"point_estimate_passes": "达标", "point_estimate_fails": "不达标"}
NONE = "—"


@dataclass(frozen=True)
class County:
    """A judged county as a report names it."""

    code: str
    name: str


@dataclass(frozen=True)
class Figures:
    """Look figures up in the facts of one edition."""

    facts: Mapping[str, Any]

    @property
    def language(self) -> str:
        """Return the language of the edition: zh, unless it says another."""
        return str(self.facts.get("edition", {}).get("language", "zh"))

    @property
    def scope(self) -> str:
        """Return the code of the one county that the edition is about; empty for all."""
        return str(self.facts.get("edition", {}).get("scope", ""))

    @property
    def counties(self) -> tuple[County, ...]:
        """Return the judged counties that the edition is about, in the order of their codes."""
        found = (County(each["code"], each["name"]) for each in self.facts["frame"]["counties"])
        return tuple(each for each in found if self.scope in ("", each.code))

    @property
    def judged(self) -> tuple[Indicator, ...]:
        """Return the indicators that the rule pack has a threshold for."""
        return tuple(each for each in INDICATORS if each.id in self.facts["pack"]["thresholds"])

    def label(self, name: str, **details: object) -> str:
        """Return a heading or a name in the language of the edition."""
        return label(name, self.language, **details)

    def sentence(self, code: str, details: Mapping[str, object] | None = None) -> str:
        """Return a sentence of the catalogue as it is printed."""
        return as_set(sentence(code, details or {}, self.language))

    def name_of(self, indicator: Indicator) -> str:
        """Return what an indicator is called."""
        return indicator.english if self.language == "en" else indicator.chinese

    def formula(self, indicator: Indicator) -> str:
        """Return an indicator's formula as it is printed."""
        if self.language == "en":
            return indicator.reading(self.facts["pack"]["readings"]).english
        return str(self.facts["pack"]["formulas"][indicator.id])

    def state(self, verdict: str | None) -> str:
        """Return a verdict of the facts as pass, fail or undecided; neutral where there is none."""
        return (Tone.NEUTRAL if verdict is None else TONES[verdict]).value

    def verdict_word(self, verdict: str | None) -> str:
        """Return a verdict of the facts as it is printed; empty where there is none."""
        return "" if verdict is None else self.label(f"verdict.{self.state(verdict)}")

    @property
    def listed_later(self) -> bool:
        """Tell whether households were listed when their villages were drawn: no total of a county is known then."""
        return any(stage["listed"] == "later" for stage in self.facts["draw"]["design"]["stages"])

    @property
    def decimals(self) -> int:
        """Return the decimals of a percent that the rule pack prints."""
        return int(self.facts["pack"]["decimals"])

    def row(self, indicator: str, county: str, *, open_for: bool = False) -> Row | None:
        """Return the row of an indicator in one county."""
        name = indicator + (OPEN_FOR if open_for else "")
        if indicator == COMPOSITE:
            name = in_county(name, county)
        return next(self._rows(name, county), None)

    def class_rows(self, indicator: str, county: str) -> tuple[Row, ...]:
        """Return the rows of an indicator by household class in one county."""
        return tuple(self._rows(indicator + BY_CLASS, county))

    def _rows(self, name: str, county: str) -> Iterator[Row]:
        for row in self.facts["estimates"]:
            values = tuple(row["domain"].values())
            if row["id"] == name and values and values[0] == county:
                yield row

    def of(self, row: Row | None, field: str) -> Printed | str:
        """Return one figure of a row; a dash where there is no such row."""
        return NONE if row is None else Printed(key_of(row, field), self.text(row, field))

    def text(self, row: Row, field: str) -> str:
        """Write one figure of a row as it is printed everywhere."""
        if field == "interval":
            found = interval(row["low"], row["high"], NONE, self.decimals)
            return found.replace("～", "–") if self.language == "en" else found
        if field in ("point_rule", "verdict"):
            stated = [POINT_RULE[flag] for flag in row["flags"] if flag in POINT_RULE]
            verdict = row["verdict"] if field == "verdict" else next(iter(stated), None)
            return self.verdict_word(verdict) or NONE
        value = row[field]
        if field in ("estimate", "bound", "se"):
            return percent(value, NONE, self.decimals)
        if field in ("n_effective", "deff"):
            return decimal(value, NONE, 1 if field == "n_effective" else 2)
        if isinstance(value, float) and not value.is_integer():
            # Degrees of freedom of a combined statistic: cut to an integer they would promise another interval.
            return decimal(value, NONE, 1)
        return whole(int(value)) if isinstance(value, int | float) else str(value or NONE)

    def threshold(self, indicator: str) -> str:
        """Write an indicator's threshold with all its decimals; empty where it has none."""
        found = self.facts["pack"]["thresholds"].get(indicator)
        if found is None:
            return ""
        sign = {"＜": "< ", "≥": "≥ "}[SIGNS[found["pass"]]] if self.language == "en" else SIGNS[found["pass"]]
        return f"{sign}{exact_percent(found['value'], self.decimals)}"

    def clear_side(self, indicator: str, row: Row) -> str | None:
        """Return the side on which the whole interval lies; None where it holds the threshold or does not exist."""
        threshold = self.facts["pack"]["thresholds"][indicator]
        if row["low"] is None or row["high"] is None:
            return None
        below, reaches = row["high"] < threshold["value"], row["low"] >= threshold["value"]
        if not below and not reaches:
            return None
        return "passes" if {"below": below, "at_least": reaches}[threshold["pass"]] else "fails"

    def remarks(self, indicator: str) -> Mapping[str, tuple[str, ...]]:
        """Return the codes of what is remarked on an indicator's rows, each with the counties that it is about.

        The rule of the estimate alone is no remark: it has a column of its own.
        """
        about: dict[str, tuple[str, ...]] = {}
        for county in self.counties:
            row = self.row(indicator, county.code)
            flags = [] if row is None else [f"estimate.flag.{flag}" for flag in row["flags"] if flag not in POINT_RULE]
            reason = self._reason_for_none(indicator) if row is None else row["reason"]
            for code in [*flags, *([reason] if reason else [])]:
                about[code] = (*about.get(code, ()), county.name)
        return about

    def _reason_for_none(self, indicator: str) -> str:
        unknown = indicator == COMPOSITE and self.listed_later
        return "edition.totals_unknown" if unknown else "estimate.empty_domain"

    def count(self, *path: str) -> Printed:
        """Return a count by its path in the facts; a list is entered by the code of its entry."""
        return Printed("/".join(path), self._plain(path[-1], self.value(*path)))

    def value(self, *path: str) -> Any:
        """Return what stands at a path of the facts."""
        value: Any = self.facts
        for step in path:
            value = next(each for each in value if each["code"] == step) if isinstance(value, list) else value[step]
        return value

    def _plain(self, name: str, value: float | None) -> str:
        if name == "response_rate":
            return percent(value, NONE, self.decimals)
        if name == "probability":
            return decimal(value, NONE, 4)
        return whole(None if value is None else int(value))


def key_of(row: Row, field: str) -> str:
    """Return the key of a row's figure: id, domain, field."""
    return f"{row['id']}/{','.join(row['domain'].values())}/{field}"


def tone_of(row: Row | None) -> Tone:
    """Return how a row's verdict is drawn."""
    return Tone.NEUTRAL if row is None or row["verdict"] is None else TONES[row["verdict"]]
