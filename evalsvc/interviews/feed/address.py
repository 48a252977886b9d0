"""The address of a form's feed, as BI tools are given it."""

from urllib.parse import quote, unquote

from evalsvc import web


def feed_address(evaluation: str, form_id: str) -> str:
    """Return the address that a BI tool is given.

    The form is quoted twice: servers undo it once before they look for slashes, which the id of a form may have.
    """
    form = quote(quote(form_id, safe=""), safe="")
    return f"{web.config().public_url}/api/v1/evaluations/{quote(evaluation)}/odata/{form}"


def form_of_address(quoted: str) -> str:
    """Return the id of the form that an address names."""
    return unquote(quoted)
