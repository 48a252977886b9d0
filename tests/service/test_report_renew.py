"""Reports that are to last: sealed with evidence and a stamp as the settings say, stamped anew on the command line."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from evalsvc.asking import LARGE, NoAnswerError, ask
from evalsvc.cli import main
from evalsvc.config import Config, ConfigurationError
from evalsvc.editions import long_term
from evalsvc.editions.long_term import fetch, with_long_term
from evalsvc.editions.own_seal import own_seal
from evalsvc.time_stamps.authority import TimeStampError
from evalsvc.words import sentence
from evalsvc.wsgi import make_application
from reports.errors import ReportError
from reports.signing.check import check_signatures
from reports.signing.roles import ROLES
from tests.revocation_service import running_revocation
from tests.signing_keys import Holding, stamping
from tests.signing_world import SigningWorld, signed_in_turn
from tests.stamping_authority import Issued, running_authority
from tests.unit.reports.conftest import SEALED, plain_pdf, signed_pdf, signer  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def world():
    with running_revocation() as service:
        yield SigningWorld(service)


@pytest.fixture(scope="module")
def authority(world, tmp_path_factory):
    """openssl's time-stamping authority, whose certificates say where to ask about them."""
    held = stamping(world.stamping, services=world.for_stamps)
    chain = tuple(Issued(each.certificate, each.key) for each in (held, world.stamping, world.root))
    with running_authority(tmp_path_factory.mktemp("authority"), chain) as running:
        yield running


@pytest.fixture
def config(tmp_path, authority) -> Config:
    base = Config("a test key that is at least thirty-two characters", "sqlite://", tmp_path / "store")
    return replace(base, time_stamp_url=authority.url, time_stamp_certificates=(authority.root_file,))


@pytest.fixture(scope="module")
def by_all(plain_pdf, world) -> bytes:  # noqa: F811
    people: dict[str, Holding] = world.people()
    return signed_in_turn(plain_pdf, people, lambda role, *_: replace(SEALED, reason=role.reason))


def test_a_report_is_sealed_for_long_with_the_authority_of_the_settings(config, world, by_all):
    made = with_long_term(config, by_all)
    assert (made.level, made.untold) == ("B-LTA", ())
    report = check_signatures(made.pdf, world.trust)
    assert report.holds
    assert [each.role for each in report.signatures] == [role.name for role in ROLES]
    assert report.stamps[0].trusted


def test_without_an_authority_a_report_stays_as_it_is_and_says_so(config, by_all):
    made = with_long_term(replace(config, time_stamp_url=None), by_all)
    assert (made.pdf, made.level) == (by_all, "B-B")


def test_an_authority_that_fails_leaves_nothing_half_done(config, authority, by_all):
    authority.mode = "breaks"
    try:
        with pytest.raises(TimeStampError, match=r"time_stamp\.no_reply"):
            with_long_term(config, by_all)
    finally:
        authority.mode = "stamps"


def test_a_report_is_stamped_anew_on_the_command_line(config, authority, by_all, tmp_path):
    (tmp_path / "report.pdf").write_bytes(with_long_term(config, by_all).pdf)
    given = [tmp_path / "report.pdf", "--time-stamp", authority.url, "--tsa-cert", authority.root_file]
    done = _renew(*given, "--out", tmp_path / "renewed.pdf")
    assert done.exit_code == 0, done.output
    assert "共 2 个，级别 B-LTA" in done.output
    assert check_signatures((tmp_path / "renewed.pdf").read_bytes()).level == "B-LTA"
    again = _renew(*given, "--out", tmp_path / "renewed.pdf")
    assert again.exit_code == 1
    assert "--force" in again.output


def test_of_a_demo_key_it_is_said_that_nobody_can_be_asked(config, authority, signed_pdf, tmp_path):  # noqa: F811
    (tmp_path / "report.pdf").write_bytes(signed_pdf)
    done = _renew(tmp_path / "report.pdf", "--time-stamp", authority.url, "--out", tmp_path / "renewed.pdf")
    assert done.exit_code == 0, done.output
    assert "级别 B-T" in done.output
    assert "没有写明到哪里查询吊销信息" in done.output


def test_what_was_changed_is_not_stamped_anew(config, authority, by_all, tmp_path):
    changed = bytearray(by_all)
    changed[5000] ^= 1
    (tmp_path / "report.pdf").write_bytes(changed)
    done = _renew(tmp_path / "report.pdf", "--time-stamp", authority.url, "--out", tmp_path / "renewed.pdf")
    assert done.exit_code == 1
    assert "没有加时间戳" in done.output
    assert not (tmp_path / "renewed.pdf").exists()


def test_who_gives_no_news_is_named(world, monkeypatch):
    world.service.mode = "silent"
    try:
        with pytest.raises(ReportError, match=r"signing\.no_news") as refused:
            fetch(f"{world.service.url}/0/crl", None)
    finally:
        world.service.mode = "answers"
    assert "HTTP 503" in sentence(refused.value.code, refused.value.details, "zh")
    monkeypatch.setattr(long_term, "LARGEST_ANSWER", 10)
    with pytest.raises(ReportError, match=r"signing\.no_news"):
        fetch(f"{world.service.url}/0/crl", None)
    with pytest.raises(NoAnswerError, match=LARGE):
        ask(f"{world.service.url}/0/crl", seconds=5, most=10)


def test_the_own_seal_of_the_settings_is_read_at_the_start(config, tmp_path):
    assert own_seal(config) is None
    ring = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3" fill="red"/></svg>'
    path = tmp_path / "seal.svg"
    given = replace(config, seal_picture=path)
    with pytest.raises(ConfigurationError, match=r"config\.signing_file"):
        own_seal(given)
    path.write_text(ring, encoding="utf-8")
    assert own_seal(given).width > 900
    path.write_text("<html>", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"config\.seal_picture") as refused:
        make_application(given)
    assert "EVALSVC_SEAL_PICTURE" in sentence(refused.value.code, refused.value.details, "en")


def _renew(*arguments):
    return CliRunner().invoke(main, ["report", "renew", *map(str, arguments)])
