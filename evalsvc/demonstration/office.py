"""The supervisor's desk over real HTTP: gives out villages, opens reserves, reads progress, all through the API."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from evalsvc.demonstration.phone import TIMEOUT, UnexpectedAnswerError

NO_RESERVE = frozenset({"fieldwork.no_reserve_left", "fieldwork.not_replaceable"})
"""Answers that are no mistake: the village has no reserve left, or its households of the class were all taken."""


class Office:
    """Hold one API token and its connection."""

    def __init__(self, server: str, token: str, evaluation: str) -> None:
        self._base = f"{server}/api/v1/evaluations/{evaluation}"
        self._client = httpx.Client(timeout=TIMEOUT, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def make_assignments(self, draw: int, instrument_id: str) -> int:
        """Turn the households of a draw into assignments and return how many there are."""
        made = self._post("fieldwork/assignments", {"draw": draw, "instrument_id": instrument_id})
        return int(made["assignments"])

    def give_villages(self, enumerator_id: str, villages: Sequence[str]) -> int:
        """Give villages to an enumerator and return how many open households that makes."""
        given = self._post("fieldwork/enumerators", {"villages": list(villages), "enumerator_id": enumerator_id})
        return int(given["households"])

    def open_reserve(self, unit_id: str, reason: str) -> str | None:
        """Open a reserve beside a household and return it; None when the village has none left."""
        wish = {"unit_id": unit_id, "reason": reason}
        answer = self._client.post(f"{self._base}/fieldwork/reserves", json=wish)
        if answer.status_code == httpx.codes.CONFLICT and answer.json()["code"] in NO_RESERVE:
            return None
        return str(_checked(answer)["unit_id"])

    def completed_interviews(self) -> Sequence[Mapping[str, Any]]:
        """List the completed interviews that came last, as the first page of the list shows them."""
        lines: Sequence[Mapping[str, Any]] = self._get("interviews?disposition=completed")["lines"]
        return lines

    def send_back(self, line: Mapping[str, Any], path: str, words: str) -> None:
        """Return an interview to its enumerator, with words at a question."""
        comments = [{"path": path, "words": words}]
        wish = {"action": "return", "state": line["state"], "words": words, "comments": comments}
        self._post(f"interviews/{line['id']}/reviews", wish)

    def reject(self, line: Mapping[str, Any], reason: str, words: str) -> None:
        """Reject an interview, which opens its household again."""
        wish = {"action": "reject", "state": line["state"], "reason": reason, "words": words}
        self._post(f"interviews/{line['id']}/reviews", wish)

    def approve_corrected(self) -> int:
        """Approve every correction and return how many there were."""
        wish = {"action": "approve", "filters": {"state": "corrected"}, "with_errors": True}
        return len(self._post("interviews/reviews", wish)["approved"])

    def progress(self, draw: int) -> Mapping[str, Any]:
        """Read how far a draw's fieldwork is."""
        return self._get(f"fieldwork/draws/{draw}/progress")

    def _get(self, path: str) -> Mapping[str, Any]:
        return _checked(self._client.get(f"{self._base}/{path}"))

    def _post(self, path: str, wish: Mapping[str, Any]) -> Mapping[str, Any]:
        return _checked(self._client.post(f"{self._base}/{path}", json=wish))


def _checked(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
        raise UnexpectedAnswerError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
        )
    content: Mapping[str, Any] = answer.json()
    return content
