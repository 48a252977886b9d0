"""What many verdicts together risk, said in one place for the report and the page of results."""

from collections.abc import Mapping
from typing import Any

from evalsvc.words import sentence


def risk_sentence(facts: Mapping[str, Any], language: str = "zh") -> str:
    """Say how often verdicts made one by one go wrong together, and what the pack's rule of joining them makes of it.

    Of k verdicts at alpha at least one passes wrongly with a chance of at most k alpha (Bonferroni). A county that
    passes only with all its indicators passes wrongly with at most alpha (intersection-union test; Berger 1982,
    Technometrics 24, 295-300), and fails wrongly, by any one of them, with at most their number times alpha. A pack
    without thresholds makes no verdict: then there is nothing to say.
    """
    alpha, counties = float(facts["pack"]["alpha"]), len(facts["frame"]["counties"])
    indicators = len(facts["pack"]["thresholds"])
    if not indicators:
        return ""
    details = {
        "alpha": _percent(alpha),
        "counties": counties,
        "indicators": indicators,
        "verdicts": counties * indicators,
        "any_passes": _percent(alpha * counties * indicators),
        "any_county_passes": _percent(alpha * counties),
        "county_fails": _percent(alpha * indicators),
    }
    return sentence("edition.risk_of_many_verdicts", details, language)


def _percent(chance: float) -> str:
    return f"{min(chance, 1.0) * 100:g}%"
