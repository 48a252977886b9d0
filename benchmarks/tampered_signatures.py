"""Tampering with who signed: certificates and time stamps made for the purpose, and good files of every level."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pyhanko.sign.timestamps import DummyTimeStamper

from benchmarks.tampered_kinds import Material, Tampering
from evalsvc.editions.long_term import fetch
from evalsvc.editions.printing import appearances_for
from reports.signing.evidence import Evidence
from reports.signing.lasting import renewed, sealed_for_long
from reports.signing.long_term import with_evidence, with_stamp
from reports.signing.roles import INSTITUTE, ROLES, Role
from tests.revocation_service import RevocationService
from tests.signing_keys import AGREEING, Holding, certify
from tests.signing_world import NAMES, SigningWorld, signed_in_turn, stamper_of

DAY = timedelta(days=1)
KINDS = {"rsa3072": "RSA-3072", "p256": "P-256"}


def _signed(
    made: Material,
    people: Mapping[str, Holding],
    stamper: DummyTimeStamper | None = None,
    at: datetime | None = None,
    roles: Sequence[Role] = ROLES,
) -> bytes:
    return signed_in_turn(made.layout, people, appearances_for(made.head), stamper, at, roles)


def tampered_signatures(made: Material, service: RevocationService) -> Iterator[Tampering]:
    """Sign the report with certificates that may not sign it."""
    world, now = SigningWorld(service), datetime.now(UTC).replace(microsecond=0)
    people = world.people()
    yield from _certificates(made, world, people, now)
    yield from _people(made, people, service)
    yield from _stamps(made, world, people, now)
    yield from _revoked(made, world, service, now)


def _certificates(
    made: Material, world: SigningWorld, people: Mapping[str, Holding], now: datetime
) -> Iterator[Tampering]:
    wished: tuple[tuple[str, str, dict[str, Any], datetime, str], ...] = (
        ("certificate expired", "reports.certificate_expired", {"ends": now - 50 * DAY}, now, NAMES["institute"]),
        ("certificate not yet valid", "reports.certificate_not_yet", {"begins": now - 10 * DAY}, now - 20 * DAY, "<"),
        ("weak key", "reports.key_weak", {"kind": "rsa1024"}, now, "1024 bit"),
        ("certificate for something else", "reports.certificate_usage", {"usage": AGREEING}, now, NAMES["institute"]),
    )
    for title, code, given, at, where in wished:
        own = {**people, INSTITUTE.name: world.person(INSTITUTE.name, **given)}
        yield Tampering(title, "the institute's", code, _signed(made, own, at=at), where=(where,))
    ended = {**people, INSTITUTE.name: world.person(INSTITUTE.name, ends=now - 50 * DAY)}
    pdf = _signed(made, ended, at=now - 60 * DAY)
    done = "ended since, and no stamp"
    yield Tampering("certificate expired since", done, "reports.expired_unproven", pdf, where=(NAMES["institute"],))


def _people(made: Material, people: Mapping[str, Holding], service: RevocationService) -> Iterator[Tampering]:
    other, lead = SigningWorld(service), NAMES["lead"]
    code = "verification.not_trusted"
    yield Tampering("wrong trust root", "another root", code, _signed(made, people), where=(lead,), trust=other.trust)
    twice = {**people, "reviewer": people["lead"]}
    done = "lead and reviewer with one certificate"
    yield Tampering("one for two", done, "reports.one_for_two_roles", _signed(made, twice), where=(lead,))
    without = _signed(made, people, roles=(ROLES[0], ROLES[2]))
    yield Tampering("reviewer missing", "no place for the reviewer", "verification.unsigned.reviewer", without)
    swapped = Holding(
        people["lead"].certificate,
        people["lead"].key,
        other.issuing.above and (other.issuing.certificate, *other.issuing.above),
    )
    pdf = _signed(made, {**people, "lead": swapped})
    yield Tampering("chain swapped", "another authority of that name", "reports.chain_swapped", pdf, where=(lead,))


def _stamps(made: Material, world: SigningWorld, people: Mapping[str, Holding], now: datetime) -> Iterator[Tampering]:
    young = {**people, INSTITUTE.name: world.person(INSTITUTE.name, begins=now - 10 * DAY)}
    pdf = _signed(made, young, world.stamper(now - 20 * DAY))
    yield Tampering(
        "stamp before certificate", "stamped 10 days before", "reports.stamp_before_certificate", pdf, where=("<",)
    )
    other = certify("示例时间戳机构", world.stamping, kind="rsa2048")
    pdf = _signed(made, people, stamper_of(other, None))
    yield Tampering("stamp by no authority", "its certificate is not for stamps", "reports.stamp_purpose", pdf,
                    where=("示例时间戳机构",))  # fmt: skip
    pdf = _signed(made, people, _OtherFile(world.stamper()))
    yield Tampering("stamp of another signature", "moved here", "reports.time_stamp_broken", pdf)


class _OtherFile(DummyTimeStamper):
    """Stamp something else than was asked."""

    def __init__(self, like: DummyTimeStamper) -> None:
        """Stamp as another one does."""
        self.__dict__.update(like.__dict__)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str):  # type: ignore[no-untyped-def]
        """Return a stamp over other bytes."""
        return await super().async_timestamp(bytes(len(message_digest)), md_algorithm)


def _revoked(made: Material, world: SigningWorld, service: RevocationService, now: datetime) -> Iterator[Tampering]:
    for title, after, code in (("revoked before signing", -40, "reports.certificate_revoked"),):
        people = world.people()
        pdf = _signed(made, people, at=now - 30 * DAY)
        service.revoke(people[INSTITUTE.name], now + after * DAY)
        place = next(number for number, each in enumerate(service.issuers) if each is world.issuing)
        known = Evidence(revocation_lists=(fetch(f"{service.url}/{place}/crl", None),))
        pdf = with_stamp(with_evidence(pdf, known), world.stamper())
        yield Tampering(title, "a list that the file keeps names it", code, pdf, where=(NAMES["institute"],))


def good_signatures(made: Material, service: RevocationService) -> Iterator[Tampering]:
    """Sign the report as it should be, at every level, with both kinds of key; nothing may be said of these."""
    for kind, words in KINDS.items():
        world = SigningWorld(service, kind)
        people = world.people()
        stamped = _signed(made, people, world.stamper())
        lasting = sealed_for_long(stamped, world.stamper(), fetch).pdf
        later = world.stamper(datetime.now(UTC) + timedelta(minutes=1), years=9)
        levels = {"B-B": _signed(made, people), "B-T": stamped, "B-LTA": lasting}
        levels["B-LTA, stamped again"] = renewed(lasting, later, fetch).pdf
        for level, pdf in levels.items():
            yield Tampering(f"{words}, {level}", "", "", pdf, made.bundle, trust=world.trust)
