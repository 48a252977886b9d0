"""Read the `design.replicates` part of a plan."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sampling.estimate.reader import Reader
from sampling.estimate.replicate_spec import (
    BOOTSTRAPS,
    METHODS,
    REPLICATES,
    SEED,
    ReplicateMethod,
    ReplicateSpec,
)

OF_FILES = ("content", "join", "scale", "rscales")
OF_BOOTSTRAPS = ("replicates", "seed")


def read_replicates(keys: Reader | None) -> ReplicateSpec | None:
    """Read method, file and figures of replicates; a key that the method does not use is refused."""
    if keys is None:
        return None
    method = keys.choice("method", METHODS, "")
    if not method and not any(each.details.get("place") == keys.path("method") for each in keys.complaints):
        keys.complain("plan.missing_key", "method")
    file = keys.text("file")
    if file is None:
        _refuse(keys, OF_FILES, f"{method} without file")
        if method == "other":
            keys.complain("plan.missing_key", "file")
    if file is not None or (method and method not in BOOTSTRAPS):
        _refuse(keys, OF_BOOTSTRAPS, "file" if file is not None else method)
    if method != "fay":
        _refuse(keys, ("rho",), method)
    content = keys.choice("content", ("weights", "factors"), "weights")
    if content == "weights":
        _refuse(keys, ("join",), "content: weights")
    if method == "other" and keys.values.get("scale") is None and keys.values.get("rscales") is None:
        keys.complain("plan.missing_key", "scale")
    if method == "fay" and keys.values.get("rho") is None and keys.values.get("scale") is None:
        keys.complain("plan.missing_key", "rho")
    spec = ReplicateSpec(
        method=cast("ReplicateMethod", method),
        file=file,
        content="factors" if content == "factors" else "weights",
        join=keys.text("join"),
        scale=keys.number("scale", above=0.0),
        rscales=_rscales(keys),
        mse=keys.flag("mse", default=False),
        rho=keys.number("rho", least=0.0, below=1.0) or 0.0,
        replicates=_whole(keys, "replicates", REPLICATES, least=2),
        seed=_whole(keys, "seed", SEED, least=0),
    )
    keys.close()
    return spec if method else None


def check_lonely(keys: Reader, spec: ReplicateSpec | None, lonely_psu: str, *, lonely_domain: bool) -> None:
    """Refuse rules for lone PSUs that the replicates made by a method cannot follow."""
    if spec is None or spec.file is not None:
        return
    if lonely_psu in ("adjust", "average") and spec.method != "jkn":
        keys.complain("plan.key_not_for", "lonely_psu", name=f"lonely_psu: {lonely_psu}", other=spec.method)
    if lonely_domain:
        keys.complain("plan.key_not_for", "lonely_domain", name="lonely_domain", other="replicates")


def _refuse(keys: Reader, names: Collection[str], other: str) -> None:
    for name in names:
        if keys.values.pop(name, None) is not None:
            keys.complain("plan.key_not_for", name, name=name, other=other)


def _whole(keys: Reader, key: str, default: int, *, least: int) -> int:
    value = keys.values.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        keys.take(key)
        return value  # a seed may have more digits than a float holds
    number = keys.number(key, least=float(least))
    if number is None:
        return default
    if number != int(number):
        keys.complain("plan.wrong_type", key, expected="whole number")
    return int(number)


def _rscales(keys: Reader) -> tuple[float, ...]:
    stated = keys.take("rscales")
    if stated is None:
        return ()
    listed = stated if isinstance(stated, list | tuple) else [stated]
    if not listed or not all(_is_scale(value) for value in listed):
        keys.complain("plan.wrong_type", "rscales", expected="list of numbers from 0")
        return ()
    return tuple(float(value) for value in listed)


def _is_scale(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value < float("inf")
