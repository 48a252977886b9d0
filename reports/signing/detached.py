"""A signature beside the file (SM2 with SM3, 国密): the interface for those who bring what makes one.

A PDF cannot hold such a signature so that common readers verify it, and no library that is well kept makes one here
(docs/reports.md, SM2). Whoever has a signing machine (签名验签服务器) or a vendor's kit writes a class of this shape;
what it returns is laid beside the issued file, under the same name with the ending that it gives.
"""

from typing import Protocol


class DetachedSigner(Protocol):
    """Whoever signs a whole file, beside it."""

    @property
    def ending(self) -> str:
        """Return the ending of the file with the signature, for example ``.sm2.p7s``."""

    @property
    def certificate(self) -> bytes:
        """Return the signer's certificate as DER."""

    def sign(self, issued: bytes) -> bytes:
        """Return the signature over the bytes of an issued file (GB/T 35275: SignedData without content).

        Raises ReportError with what went wrong.
        """

    def verify(self, issued: bytes, signature: bytes) -> bool:
        """Tell whether a signature is one over these bytes."""
