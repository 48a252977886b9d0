"""An institute, its people and a stamping authority, with certificates as bought ones are: who knows can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto.x509 import Certificate
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reports.signing.appearance import Appearance
from reports.signing.fields import with_fields
from reports.signing.roles import ROLES, Role
from reports.signing.signature import Appearances, sign
from tests.revocation_service import RevocationService
from tests.signing_keys import ISSUING, Holding, certify, stamping

NAMES = {"lead": "示例负责人", "reviewer": "示例审核人", "institute": "示例评估研究院"}


@dataclass
class SigningWorld:
    """A root, an authority below it for signers and one for stamps; keys are made when they are asked for."""

    service: RevocationService
    kind: str = "p256"
    root: Holding = field(init=False)
    issuing: Holding = field(init=False)
    stamping: Holding = field(init=False)
    begins: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(days=100))

    def __post_init__(self) -> None:
        """Make the authorities; the root is asked by lists, the one for signers answers by a delegate."""
        self.root = certify("示例根", usage=ISSUING, **self._years(30))
        above = self.service.of(self.root)
        self.issuing = certify("示例证书机构", self.root, usage=ISSUING, services=above, **self._years(20))
        self.stamping = certify("示例时间戳根", self.root, usage=ISSUING, services=above, **self._years(20))
        self.for_signers = self.service.of(self.issuing, delegated=True)
        self.for_stamps = self.service.of(self.stamping)

    def _years(self, years: float) -> dict[str, Any]:
        return {"begins": self.begins, "ends": self.begins + timedelta(days=365 * years)}

    def person(self, role: str, *, years: float = 2, **given: Any) -> Holding:
        """Issue the certificate of somebody who signs."""
        wished: dict[str, Any] = {"kind": self.kind, "services": self.for_signers, **self._years(years), **given}
        return certify(NAMES[role], self.issuing, **wished)

    def people(self) -> dict[str, Holding]:
        """Issue the certificates of all three."""
        return {role.name: self.person(role.name) for role in ROLES}

    def stamper(
        self, at: datetime | None = None, *, years: float = 5, begins: datetime | None = None
    ) -> DummyTimeStamper:
        """Return a stamping authority with a key of its own, whose clock may stand still."""
        begins = begins or self.begins
        ends = begins + timedelta(days=365 * years)
        held = stamping(self.stamping, services=self.for_stamps, begins=begins, ends=ends)
        return stamper_of(held, at)

    @property
    def trust(self) -> bytes:
        """What those who check are given."""
        return self.root.pem


def stamper_of(held: Holding, at: datetime | None = None) -> DummyTimeStamper:
    """Stamp without a server, at any time."""
    above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    above.register_multiple([Certificate.load(each) for each in held.chain[1:]])
    key = load_private_key_from_pemder_data(held.key_der, None)
    return DummyTimeStamper(Certificate.load(held.der), key, above, at)


def signed_in_turn(
    layout: bytes,
    people: Mapping[str, Holding],
    shown: Appearances,
    stamper: DummyTimeStamper | None = None,
    at: datetime | None = None,
    roles: Sequence[Role] = ROLES,
) -> bytes:
    """Have everybody sign in turn, a minute apart."""
    pdf, at = with_fields(layout, roles), at or datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=9)
    for place, role in enumerate(roles):
        signer, when = people[role.name].signer(), at + timedelta(minutes=place)
        appearance: Appearance = shown(role, signer.certificate, when)
        pdf = sign(pdf, role, signer.key, appearance, stamper, at=when)
    return pdf
