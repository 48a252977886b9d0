"""Write a design of R survey, as the oracle states it, as the `design` of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def listed(value: Any) -> list[Any]:
    """Give a list; the oracle writes a list of one as the value itself."""
    return value if isinstance(value, list) else [value]


def written_design(name: str, designs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the plan's design; one derived from another by `base` is that one with something more."""
    stated = designs[name]
    if stated.get("base"):
        return written_design(stated["base"], designs) | _more(stated)
    ids, fpc = listed(stated["ids"]), listed(stated["fpc"])
    stages: list[dict[str, Any]] = [{"cluster": column} for column in ids] or [{}]
    for stage, population in zip(stages, fpc, strict=False):
        stage["population"] = population
    if stated.get("strata"):
        stages[0]["strata"] = stated["strata"]
    weights = {"weights": stated["weights"]} if stated["weights"] else {}
    return {"stages": stages, "nested": bool(stated.get("nest")), **weights}


def _more(stated: Mapping[str, Any]) -> dict[str, Any]:
    if "replicate" in stated:
        return {"replicates": _replicates(stated["replicate"])}
    return {"calibration": _calibration(stated)}


def _calibration(stated: Mapping[str, Any]) -> dict[str, Any]:
    more = {key: stated[key] for key in ("aggregate_stage", "trim") if key in stated}
    if "formula" in stated:
        bounds = {"bounds": [_end(end) for end in stated["bounds"]]} if "bounds" in stated else {}
        method = stated.get("calfun", "linear")
        return {"method": method, "formula": stated["formula"], "totals": stated["totals"], **bounds, **more}
    if stated["kind"].startswith("postStratify"):
        return {"method": "poststratify", "margins": stated["margins"]}
    return {"method": "raking", "margins": stated["margins"], **more}


def _end(bound: str) -> float | None:
    return None if bound.endswith("Inf") else float(bound)


def _replicates(stated: Mapping[str, Any]) -> dict[str, Any]:
    method = stated["type"].lower()
    rho = {"rho": stated["rho"]} if method == "fay" else {}
    return {
        "method": method,
        "file": stated["file"],
        "content": "factors" if stated["content"].startswith("factor") else "weights",
        "scale": stated["scale"],
        "rscales": listed(stated["rscales"]),
        "mse": stated["mse"],
        **rho,
    }
