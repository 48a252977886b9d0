"""The address of a form's feed, as BI tools are given it."""

from urllib.parse import quote

from evalsvc import web


def feed_address(evaluation: str, form_id: str) -> str:
    """Return the address that a BI tool is given."""
    return f"{web.config().public_url}/api/v1/evaluations/{quote(evaluation)}/odata/{quote(form_id, safe='')}"
