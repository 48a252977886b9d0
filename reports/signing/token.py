"""A key in a token (PKCS#11): a card, a stick, a security module, or SoftHSM, which is one in software."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, ObjectClass, SignMixin
from pyhanko.sign.pkcs11 import select_pkcs11_signing_params
from pyhanko.sign.signers import ExternalSigner

from reports.errors import ReportError
from reports.keys import chain_from
from reports.signing.holder import HASH

_MODULES = threading.RLock()
"""A module has state of its own for the whole process: who has given a PIN, in which session."""
_ABSENT = (pkcs11.NoSuchToken, pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised, pkcs11.DeviceRemoved)
_PIN = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinExpired, pkcs11.PinLocked)


@dataclass(frozen=True)
class TokenKey:
    """A key in a token, as a `reports.signing.holder.KeyHolder`.

    Every signature begins anew: the module is started, the token looked for, a session opened and closed. So a token
    that was drawn out and put back, and a process that was split off, sign as if nothing had been.
    """

    module: Path
    """The vendor's library."""
    token: str
    """The token's label."""
    pin: str
    label: str | None = None
    """The key's label, where the token holds several."""
    above: tuple[bytes, ...] = ()
    """Certificates (DER) above the signer's, where the token does not hold them."""

    @cached_property
    def chain(self) -> Sequence[bytes]:
        """Return the certificates of the token, the signer's first.

        Raises
        ------
        ReportError
            As `sign`.
        """
        with self._session() as session:
            identifier = self._key(session)[Attribute.ID]
            found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            held = [(each[Attribute.ID], bytes(each[Attribute.VALUE])) for each in found]
        own = [value for name, value in held if name == identifier]
        if len(own) != 1:
            raise ReportError("reports.token_certificate", token=self.token, count=len(own))
        others = [value for _, value in held if value != own[0]] + list(self.above)
        first, *rest = (x509.Certificate.load(each) for each in (*own, *others))
        return tuple(each.dump() for each in chain_from(first, rest))

    def sign(self, attributes: bytes) -> bytes:
        """Have the token sign; it is asked once, for tokens lock themselves after a few wrong PINs.

        Raises
        ------
        ReportError
            ``reports.token_module``, ``reports.token_missing``, ``reports.token_pin``, ``reports.token_key``,
            ``reports.token_failed`` with the reason, as when it is drawn out while it signs
        """
        signer = ExternalSigner(x509.Certificate.load(self.chain[0]), None)
        mechanism = signer.get_signature_mechanism_for_digest(HASH)
        # Hashed here: not every token hashes for ECDSA.
        asked = select_pkcs11_signing_params(mechanism, HASH, use_raw_mechanism=True, sign_kwargs={})
        data = attributes if asked.pre_sign_transform is None else asked.pre_sign_transform(attributes)
        with self._session() as session:
            signature = bytes(self._key(session).sign(data, **asked.sign_kwargs))
        return signature if asked.post_sign_transform is None else asked.post_sign_transform(signature)

    def _key(self, session: pkcs11.Session) -> SignMixin:
        wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True}
        if self.label is not None:
            wanted[Attribute.LABEL] = self.label
        keys = [each for each in session.get_objects(wanted) if isinstance(each, SignMixin)]
        if len(keys) != 1:
            raise ReportError("reports.token_key", token=self.token, label=self.label or "-", count=len(keys))
        return keys[0]

    @contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        """Open a session, alone in this process, and leave the module as if it had not been loaded."""
        with _MODULES, self._told():
            module = self._loaded()
            try:
                with module.get_token(token_label=self.token).open(user_pin=self.pin) as session:
                    yield session
            finally:
                module.finalize()

    def _loaded(self) -> Any:
        try:
            return pkcs11.lib(str(self.module))
        except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
            raise ReportError("reports.token_module", module=str(self.module)) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in our words what went wrong with the token; a PIN never stands in them."""
        try:
            yield
        except _ABSENT as error:
            raise ReportError("reports.token_missing", token=self.token) from error
        except _PIN as error:
            raise ReportError("reports.token_pin", token=self.token, reason=type(error).__name__) from error
        except pkcs11.PKCS11Error as error:
            raise ReportError("reports.token_failed", token=self.token, reason=type(error).__name__) from error
