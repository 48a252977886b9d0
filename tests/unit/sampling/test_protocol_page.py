"""The numbers on docs/draw-protocol.md are those the library computes, and the second checker agrees."""

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, permutations
from pathlib import Path
from types import ModuleType

import pytest

from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.frame import Frame, FrameMapping, read_frame, write_frame
from sampling.frame_hash import hash_frame
from sampling.hashing import canonical_json, sha256_text
from sampling.manifest import Manifest
from sampling.methods.randomness import Stream
from sampling.methods.systematic import systematic_pps
from sampling.tickets import TICKET_DIGITS, TICKET_RANGE, start, ticket
from tests.unit.sampling import independent_checker
from tests.unit.sampling.independent_checker.streams import philox

SECRET = "d9143ba32c5ff957021fee6d72fddb1cf749912c89f06468940ed07fe7958801"
PUBLIC_VALUE = "04 07 11 19 26 31 + 09"


@pytest.fixture(scope="module")
def design(page_block: Callable[[str], str]) -> Design:
    design = load_design(page_block("yaml")).design
    assert design is not None
    return design


@pytest.fixture(scope="module")
def frame(page_block: Callable[[str], str], design: Design, tmp_path_factory: pytest.TempPathFactory) -> Frame:
    path = tmp_path_factory.mktemp("page") / "frame.csv"
    path.write_text(page_block("csv"), encoding="utf-8")
    frame = read_frame(path, FrameMapping(design.levels)).frame
    assert frame is not None
    return frame


@pytest.fixture(scope="module")
def commitment(design: Design, frame: Frame) -> Commitment:
    return commit(design, frame, hash_secret(SECRET), committed_at="2026-03-01T08:00:00Z")


@pytest.fixture(scope="module")
def manifest(design: Design, frame: Frame, commitment: Commitment) -> Manifest:
    return run_draw(
        design, frame, commitment, SECRET, PUBLIC_VALUE, drawn_at="2026-03-03T02:00:00Z", code_version="example"
    )


def test_frame_hash_of_the_page(page: str, frame: Frame, checker: ModuleType) -> None:
    hashed = hash_frame(frame)
    assert f"| frame_sha256 = H(node of 990101 US node of 990102) | `{hashed.sha256}` |" in page
    for unit_id, node in hashed.nodes:
        assert f"| node of county {unit_id} | `{node}` |" in page
    leaf = sha256_text("一般农户\x1f99010100201\x1f3")
    village = sha256_text("西村\x1f990101002\x1f其他村")
    for value in (leaf, sha256_text(leaf), village, sha256_text(f"{village}\x1f{sha256_text(leaf)}")):
        assert f"`{value}` |" in page


def test_commitment_of_the_page(page: str, page_block: Callable[[str], str], commitment: Commitment) -> None:
    written = page_block("json").rstrip("\n")
    assert canonical_json(dict(commitment.committed)).decode() == written
    assert f"| commitment = H(the line above) | `{sha256_text(written)}` |" in page
    assert commitment.commitment == sha256_text(written)
    assert f"| secret | `{SECRET}` |" in page
    assert f"| secret_sha256 = H(secret) | `{hash_secret(SECRET)}` |" in page
    assert f"| public value | `{PUBLIC_VALUE}` |" in page


def test_seed_and_five_tickets_of_the_page(page: str, manifest: Manifest) -> None:
    assert f"| seed = H(commitment `:` secret `:` public value) | `{manifest.seed}` |" in page
    for unit_id in ("99010100101", "99010100102", "99010100103", "99010100104", "99010100201"):
        made = ticket(manifest.seed, "household", unit_id)
        assert f"| {unit_id} | `{made}` | {int(made[:TICKET_DIGITS], 16) / TICKET_RANGE!r} |" in page


def test_systematic_start_of_the_page(page: str, manifest: Manifest) -> None:
    r = start(manifest.seed, "village", None, "")
    assert f"`{manifest.seed}:village/start::`, r = {r}." in page
    points = [(k * 2**52 + r) * 6 / (2 * 2**52) for k in range(2)]
    assert [int(point * 1e6) / 1e6 for point in points] == [1.125953, 4.125953]
    assert "1.125953... and 4.125953..." in page
    cumulated = 0
    for unit_id, size in (("990102001", 1), ("990102002", 2), ("990101003", 2), ("990101002", 1)):
        cumulated += size
        assert f"| {unit_id} | `{ticket(manifest.seed, 'village', unit_id)}` | {size} | {cumulated} |" in page
    taken = {unit.id: unit.probability for unit in manifest.stages[0].units}
    assert taken == {"990101001": 1.0, "990102002": 2 * 2 / 6, "990101003": 2 * 2 / 6}


def test_reserves_of_the_page_by_every_order_and_start(page: str) -> None:
    """Sizes 5, 3, 2, 1, 1, one main unit and two reserves: in ticket order the release is an approximation."""
    sizes, reached = [5, 3, 2, 1, 1], [Fraction(0)] * 5
    orders = list(permutations(range(5)))
    for order in orders:
        ends = {0}  # between the remainders of the sums by the distance of the points the sample stays the same
        for i in range(5):
            ends.add(2 * sum(sizes[unit] for unit in order[: i + 1] if unit != 0) % 7)
        for low, high in pairwise([*sorted(ends), 7]):
            sample = systematic_pps([sizes[unit] for unit in order], 3, (low + high) * 2**52 // 14)
            reached[order[min(*sample.certainties, *sample.selected)]] += Fraction(high - low, 7 * len(orders))
    assert reached[:2] == [Fraction(34, 105), Fraction(121, 420)]
    assert sum(reached) == 1
    assert "34/105 = 0.324 where 1/3 is stated; the second in size with 121/420 = 0.288 where 2/7 = 0.286" in page


def test_stream_of_the_page_by_the_definition_of_philox(page: str, manifest: Manifest) -> None:
    text = f"{manifest.seed}:village/sampford::"
    words = philox(1, int(sha256_text(text)[:32], 16))
    assert f"`{text}`" in page
    assert ", ".join(f"`{word:016x}`" for word in words) in page
    numbers = [(word >> 12) / 2**52 for word in words]
    assert Stream(text).uniforms(4).tolist() == numbers
    assert ", ".join(repr(number) for number in numbers[:3]) in page


def test_equal_probability_of_the_page(manifest: Manifest) -> None:
    units = [unit for unit in manifest.stages[1].units if unit.parent == "990101001"]
    assert [(unit.id, unit.probability, unit.order) for unit in units] == [
        ("99010100102", 0.25, None),
        ("99010100101", None, 1),
    ]


def test_the_second_checker_agrees_on_the_page(
    manifest: Manifest, frame: Frame, check_independently: Callable[[Manifest, Frame], list[str]]
) -> None:
    assert check_independently(manifest, frame) == []


def test_the_second_checker_runs_alone(manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
    """Nothing of the project is on its path."""
    write_frame(frame, tmp_path / "frame.parquet")
    (tmp_path / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    line = [sys.executable, "-P", "-m", "independent_checker", "manifest.json", "frame.parquet"]
    alone = {"PYTHONPATH": str(Path(independent_checker.__file__).parents[1])}

    def run() -> tuple[int, str]:
        done = subprocess.run(line, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run() == (0, "every line is as recomputed\n")
    changed = manifest.to_json().replace('"probability": 0.25', '"probability": 0.26', 1)
    (tmp_path / "manifest.json").write_text(changed, encoding="utf-8")
    assert run() == (1, "household units 0\n")


def test_manifest_file_reads_back(manifest: Manifest, tmp_path: Path) -> None:
    text = manifest.to_json()
    assert Manifest.from_json(text) == manifest
    head = "protocol evaluation draw design frames commitment committed_at time_stamp public_source public_round"
    tail = "public_form public_value secret seed code_version drawn_at stages"
    assert " ".join(json.loads(text)) == f"{head} {tail}"
    # One unit stands on one line, so that a changed line shows as such in any comparison of texts.
    units = sum(len(stage.units) for stage in manifest.stages)
    assert sum('"ticket": ' in line for line in text.splitlines()) == units
