"""Keep the finished samples of a long study, so that an interrupted run goes on where it stopped."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evidence import ROOT

KEPT = ROOT / "out" / "studies"
Record = Mapping[str, Any]
"""What is kept of a sample; `sample` is its number or name."""


def identity(what: str, sources: Sequence[str]) -> str:
    """Return a hash of the code and the data that samples hang on: samples of another state are not continued."""
    digest = hashlib.sha256(what.encode())
    for path in sorted(path for pattern in sources for path in ROOT.glob(pattern) if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Store:
    """Finished samples, a line each, after a line that names the state they are of."""

    path: Path
    identity: str

    def read(self) -> dict[Any, Record]:
        """Return the samples of this state by number or name; a line that was cut off is left out."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        records = list(_whole(lines))
        if not records or records[0] != {"identity": self.identity}:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps({"identity": self.identity}) + "\n", encoding="utf-8")
            return {}
        return {record["sample"]: record for record in records[1:]}

    def add(self, record: Record) -> None:
        """Keep one more sample."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" * self._cut_off() + json.dumps(record, ensure_ascii=False) + "\n")

    def _cut_off(self) -> bool:
        return not self.path.read_bytes().endswith(b"\n")


def _whole(lines: Sequence[str]) -> Iterator[Record]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
