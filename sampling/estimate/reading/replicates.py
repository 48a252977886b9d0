"""Read the `design.replicates` part of a plan."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sampling.estimate.reading.reader import Reader
from sampling.estimate.replicates.spec import (
    BOOTSTRAPS,
    METHODS,
    REPLICATES,
    SEED,
    ReplicateMethod,
    ReplicateSpec,
)

OF_FILES = ("content", "join", "scale", "rscales")
OF_BOOTSTRAPS = ("replicates", "seed")
EVERY_KEY = ("file", *OF_FILES, "mse", "rho", *OF_BOOTSTRAPS)


def read_replicates(keys: Reader | None) -> ReplicateSpec | None:
    """Read method, file and figures of replicates; a key that the method does not use is refused."""
    if keys is None:
        return None
    stated = keys.values.get("method") is not None
    method = keys.choice("method", METHODS, "")
    if not method:
        if not stated:
            keys.complain("plan.missing_key", "method")
        for key in EVERY_KEY:
            keys.take(key)  # what these may be hangs on the method
        keys.close()
        return None
    file = keys.text("file")
    _refuse_unused(keys, method, file)
    _ask_for_needed(keys, method, file)
    content = keys.choice("content", ("weights", "factors"), "weights")
    if content == "weights":
        _refuse(keys, ("join",), "content: weights")
    spec = ReplicateSpec(
        method=cast("ReplicateMethod", method),
        file=file,
        content="factors" if content == "factors" else "weights",
        join=keys.column("join"),
        scale=keys.number("scale", above=0.0),
        rscales=_rscales(keys),
        mse=keys.flag("mse", default=False),
        rho=keys.number("rho", least=0.0, below=1.0) or 0.0,
        replicates=_whole(keys, "replicates", REPLICATES, least=2),
        seed=_whole(keys, "seed", SEED, least=0),
    )
    keys.close()
    return spec


def _refuse_unused(keys: Reader, method: str, file: str | None) -> None:
    if file is None:
        _refuse(keys, OF_FILES, f"{method} without file")
    if file is not None or method not in BOOTSTRAPS:
        _refuse(keys, OF_BOOTSTRAPS, "file" if file is not None else method)
    if method != "fay":
        _refuse(keys, ("rho",), method)


def _ask_for_needed(keys: Reader, method: str, file: str | None) -> None:
    stated = {key for key in ("scale", "rscales", "rho") if keys.values.get(key) is not None}
    if method == "other" and file is None:
        keys.complain("plan.missing_key", "file")
    elif method == "other" and not stated & {"scale", "rscales"}:
        keys.complain("plan.missing_key", "scale")
    if method == "fay" and not stated & {"scale", "rho"}:
        keys.complain("plan.missing_key", "rho")


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
    if not all(_is_scale(value) for value in listed) or not any(listed):
        keys.complain("plan.wrong_type", "rscales", expected="list of numbers from 0, not all of them 0")
        return ()
    return tuple(float(value) for value in listed)


def _is_scale(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value < float("inf")
