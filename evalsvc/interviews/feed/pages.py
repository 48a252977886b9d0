"""Where the next page of a feed begins, sealed: nobody can make one up, nor read from it when an interview came."""

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from evalsvc.errors import InvalidError
from evalsvc.interviews.datasets.values import Position
from evalsvc.sealing import box

SERVES_SECONDS = 24 * 3600
"""So long a page can be asked for; whoever comes later begins with the first, which is written down."""


@dataclass(frozen=True)
class NextPage:
    """After which interview a page begins, and how many rows are still to be skipped and to be given."""

    position: Position
    skip: int
    top: int | None


@dataclass(frozen=True)
class PageSeal:
    """Seal the places of one reader in one table: another one's, or another table's, do not open."""

    _box: Fernet

    @classmethod
    def of(cls, secret_key: str, *whose: str) -> "PageSeal":
        """Make the seal of a reader and a table, named by whatever tells them apart."""
        return cls(box(secret_key, b"evalsvc page of a feed " + json.dumps(whose).encode("utf-8")))

    def written(self, page: NextPage) -> str:
        """Write where a page begins."""
        content = [page.position.received_at.isoformat(), page.position.id, page.skip, page.top]
        return self._box.encrypt(json.dumps(content).encode("ascii")).decode("ascii").rstrip("=")

    def read(self, text: str) -> NextPage:
        """Return where a page begins.

        Raises
        ------
        InvalidError
            ``dataset.feed_token``
        """
        padded = text + "=" * (-len(text) % 4)
        try:
            content = self._box.decrypt(padded.encode("utf-8"), ttl=SERVES_SECONDS)
        except InvalidToken:
            raise InvalidError("dataset.feed_token") from None
        received, identifier, skip, top = json.loads(content)
        return NextPage(Position(datetime.fromisoformat(received), identifier), skip, top)
