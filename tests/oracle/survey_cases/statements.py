"""Write a case of R survey as statements of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fitted import FITTED, written_fitted

METHODS = {"asin": "arcsine", "mean": "wald"}
OF_SCD = ("scdd", "r_brr", "r_brr_mse", "r_fay")
"""Designs over the data set scd; the others are over api."""


def written_statements(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write a case as statements; the last one is compared."""
    asked = case["estimator"]
    common: dict[str, Any] = {
        "id": "last",
        "by": asked.get("by", []),
        "missing": "drop" if asked.get("na_rm") or "na.rm=TRUE" in case["r_call"] else "fail",
    }
    if asked.get("deff"):
        common["design_effect"] = asked["deff"]
    if asked.get("subset"):
        common["where"] = "{var} {op} '{value}'".format(**asked["subset"])
    df = case["expected"].get("ci_t", {}).get("df", "design")
    if asked["fn"] in ("mean", "total", "degf"):
        names = asked["vars"] or ["arrests" if case["design"] in OF_SCD else "api00"]
        statistic = "mean" if asked["fn"] == "degf" else asked["fn"]
        levels = {"categorical": names} if asked.get("factor") else {}
        return [{**common, "statistic": statistic, "variables": names, "interval": {"df": df}, **levels}]
    if asked["fn"] == "ratio":
        parts = {"numerator": asked["num"][0], "denominator": asked["den"][0]}
        return [{**common, "statistic": "ratio", **parts, "interval": {"df": df}}]
    if asked["fn"] == "ciprop":
        method = METHODS.get(asked["method"], asked["method"])
        df = "infinite" if asked["df"] == "Inf" else "design"
        interval = {"method": method, "level": asked["level"], "df": df}
        return [{**common, "statistic": "proportion", "variables": asked["vars"], "interval": interval}]
    if asked["fn"] == "var":
        return [{**common, "statistic": "variance", "variables": asked["vars"]}]
    if asked["fn"] == "quantile":
        method = METHODS.get(asked["interval"], asked["interval"])
        shares = {"p": asked["p"], "rule": asked["qrule"], "interval": {"method": method}}
        return [{**common, "statistic": "quantile", "variables": asked["vars"], **shares}]
    fitted = asked["fn"] in FITTED
    return [{**common, "statistic": asked["fn"], **written_fitted(asked)}] if fitted else _contrast(asked)


def _contrast(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = list(asked.get("coefs", asked["vars"]))
    parts: list[dict[str, Any]] = [{"id": name, "statistic": "mean", "variables": [name]} for name in names]
    if asked.get("by"):
        means = {"id": "mean", "statistic": "mean", "variables": asked["vars"], "by": asked["by"]}
        terms = (f"{factor} * mean[{asked['by'][0]}={name}]" for name, factor in asked["coefs"].items())
        return [means, {"id": "last", "statistic": "contrast", "expression": " + ".join(terms)}]
    expression = asked.get("expr") or " + ".join(f"{factor} * {name}" for name, factor in asked["coefs"].items())
    return [*parts, {"id": "last", "statistic": "contrast", "expression": expression}]
