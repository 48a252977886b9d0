"""Tables out of files: the same from every kind, and what cannot be read."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.estimate import DataRefusedError, load_plan, read_table, run_plan
from tests.unit.estimate.small_table import MEAN, TABLE, VILLAGES, Estimate


def test_reads_the_same_from_every_kind_of_file(tmp_path: Path) -> None:
    lines = [",".join(TABLE), *(",".join(values) for values in zip(*TABLE.values(), strict=True))]
    text = "\ufeff" + "\r\n".join(lines) + "\r\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    frame = {name: pa.array([value or None for value in values], pa.string()) for name, values in TABLE.items()}
    frame["y"] = pa.array([float(value) for value in TABLE["y"]])
    frame["town"] = pa.array([int(value) for value in TABLE["town"]])
    pq.write_table(pa.table(frame), tmp_path / "t.parquet")
    reading = load_plan(
        {
            "version": 1,
            "design": VILLAGES,
            "estimates": [
                {**MEAN, "by": ["town"]},
                {"id": "k", "statistic": "proportion", "variables": "kind", "missing": "drop"},
            ],
        }
    )
    assert reading.plan is not None
    found = [
        run_plan(reading.plan, read_table(tmp_path / name)).to_json() for name in ("t.csv", "t.csv.gz", "t.parquet")
    ]
    assert found[0] == found[1] == found[2] == run_plan(reading.plan, TABLE).to_json()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.csv", None, "estimate.no_file"),
        ("bad.csv", b"a,b\n1\n", "estimate.ragged_rows"),
        ("bad.csv", b"a,b\n\xff\xfe,2\n", "estimate.unreadable_file"),
        ("empty.csv", b"", "estimate.empty_file"),
        ("blank.csv", b"\n\n", "estimate.empty_file"),
        ("gbk.csv", "县,户\n甲县,1\n".encode("gbk"), "estimate.other_encoding"),
        ("wide.csv", "县,户\n甲县,1\n".encode("utf-16"), "estimate.other_encoding"),
        ("excel.csv", "县;户\n甲县;1,5\n".encode(), "estimate.other_separator"),
        ("tabs.csv", b"a\tb\n1\t2\n", "estimate.other_separator"),
        ("bad.parquet", b"PAR1", "estimate.unreadable_file"),
        ("bad.csv.gz", b"a,b\n1,2\n", "estimate.unreadable_file"),
        ("twice.csv", b"a,a\n1,2\n", "estimate.repeated_column"),
    ],
)
def test_refuses_files_it_cannot_read(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataRefusedError) as caught:
        read_table(tmp_path / name)
    assert [each.code for each in caught.value.complaints] == [code]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_of_another_width_are_named(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / ("t.csv" if pack is bytes else "t.csv.gz")
    path.write_bytes(pack(b'a,b\n1,"two\nlines"\n\n2,3,4\n5,6\n7\n'))
    with pytest.raises(DataRefusedError) as caught:
        read_table(path)
    (told,) = caught.value.complaints
    assert told.code == "estimate.ragged_rows"
    assert [told.details[key] for key in ("rows", "count", "cells", "expected")] == ["5, 7", 2, 3, 2]


def test_arrow_columns_of_every_kind(estimate: Estimate) -> None:
    table = {
        "w": pa.array([1.0, 1.0, 1.0, 1.0]),
        "z": pa.array([1.5, float("nan"), 2.5, 3.5]),
        "y": pa.chunked_array([[1, 2], [None, 5]]),
        "d": pa.array([1, 2, 3, 4]).cast(pa.decimal128(21, 2)),
        "flag": pa.array([True, False, True, None]),
        "kind": pa.array(["甲", "乙", "甲", ""]).dictionary_encode(),
    }
    rows = estimate(
        table,
        {"id": "y", "statistic": "mean", "variables": ["y"], "missing": "drop"},
        {"id": "d", "statistic": "total", "variables": ["d"]},
        {"id": "z", "statistic": "mean", "variables": ["z"], "missing": "drop"},
        {"id": "f", "statistic": "proportion", "variables": ["flag"], "missing": "drop"},
        {"id": "k", "statistic": "mean", "variables": ["d"], "where": "kind == '甲'"},
    )
    assert [(row.estimate, row.n) for row in rows] == [
        (pytest.approx(8 / 3), 3),
        (pytest.approx(10.0), 4),
        (pytest.approx(2.5), 3),
        (pytest.approx(2 / 3), 3),
        (pytest.approx(2.0), 2),
    ]
