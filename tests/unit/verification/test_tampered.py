"""The study of kinds of tampering, in a short form: each is found with the right sentence, which says where."""

import json

import pytest

from benchmarks import tampered
from benchmarks.tampered_bundle import tampered_bundles
from benchmarks.tampered_files import tampered_files
from benchmarks.tampered_kinds import Material, Tampering, sign_all
from evalsvc.draws import log
from evalsvc.editions.bundle import sha256
from tests import small_world


@pytest.fixture(scope="module")
def made(issued, report):
    """The report with a public log that names it."""
    head = json.loads(issued.content["edition.json"])["edition"]
    lines = issued.content["commitments.jsonl"].decode().splitlines()
    entries = [json.loads(line) for line in lines]
    told = [(each["kind"], each["subject"], each["sha256"], each["at"]) for each in entries]
    subject = log.subject_of_edition(small_world.EVALUATION, 1)
    public = small_world.chained([*told, (log.EDITION, subject, sha256(issued.pdf), "2026-03-20T03:00:00Z")])
    return Material(issued.pdf, issued.bundle, public, issued.content, issued.unsigned, head, report)


def test_every_kind_is_found_with_its_sentence(made, tmp_path) -> None:
    kinds = [*tampered_files(made), *list(tampered_bundles(made))[::4]]
    found = list(tampered.judged(made, kinds, tmp_path, len(kinds)))
    assert len(kinds) > 20
    assert [(each.kind.name, each.codes[:3]) for each in tampered.missed(found)] == []
    assert "**not found**" not in "\n".join(tampered.sections(found, []))


def test_nothing_is_said_of_good_files_and_the_page_names_a_kind_that_nobody_finds(made, tmp_path) -> None:
    again = sign_all(made.layout, made.head)
    for pdf in (made.pdf, again):
        good = tampered.judge(made, Tampering("good", "", "", pdf, made.bundle), tmp_path)
        assert (good.codes, good.pdfsig, good.qpdf) == ((), "nothing", "nothing")
    unseen = tampered.judge(made, Tampering("nothing", "", "reports.not_signed", again), tmp_path)
    assert tampered.missed([unseen])
    assert "**not found**: nothing" in "\n".join(tampered.sections([unseen], []))
