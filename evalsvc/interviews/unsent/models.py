"""The table of keys that phones seal unsent interviews for."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, now


class UnsentKey(Base):
    """A key pair of an evaluation; whoever has the private key reads what phones have sealed for it."""

    __tablename__ = "unsent_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the public key."""
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    spki: Mapped[str]
    """The public key, SubjectPublicKeyInfo in base64."""
    sealed: Mapped[str]
    """The private key, PKCS#8, encrypted under a key of the service's secret key."""
    made_at: Mapped[datetime] = mapped_column(default=now)
