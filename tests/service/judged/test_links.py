"""No page of an evaluation links one that its reader may not open."""

import re

import pytest

from evalsvc.results.operations import compute

LINK = re.compile(r'<a [^>]*href="([^"#]+)')


def links_of(client, address):
    answer = client.get(address, follow_redirects=True, buffered=True)
    assert answer.status_code == 200, (address, answer.status_code)
    if answer.mimetype != "text/html":
        return set()
    found = {each.replace("&amp;", "&") for each in LINK.findall(answer.get_data(as_text=True))}
    return {each for each in found if each.startswith("/") and not each.startswith(("/language/", "/static/"))}


@pytest.mark.parametrize("role", ["designer", "supervisor", "expert", "lead", "enumerator", "auditor"])
def test_every_link_opens(client, database, store, visited, judged, make_person, sign_in, role):
    with database.transaction() as session:
        compute(session, store, visited.lead, visited.evaluation)
    sign_in(client, make_person(role, evaluation=visited.evaluation))
    home = f"/evaluations/{visited.evaluation.code}"
    begin = f"{home}/tasks" if role == "enumerator" else home
    seen, waiting, kinds = set(), {begin}, set()
    while waiting:
        address = waiting.pop()
        # One page of a kind is enough: the pages of single households and cases are alike.
        kind = re.sub(r"[0-9a-f]{8}[0-9a-f-]*|=[^&]*", "*", address)
        if kind in kinds or "/sign-" in address:
            continue
        kinds.add(kind)
        seen.add(address)
        waiting |= links_of(client, address) - seen
    assert len(seen) > 4
