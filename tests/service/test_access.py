"""Access: closed by default, one proof for each kind of route."""

import flask
import pytest

from evalsvc.access import AccessError, require_rules


def test_a_route_without_a_rule_stops_the_start(app: flask.Flask) -> None:
    app.add_url_rule("/naked", view_func=lambda: "open")
    with pytest.raises(AccessError) as caught:
        require_rules(app)
    assert caught.value.code == "access.route_without_rule"


def test_signed_in_people_see_the_list(client, make_person, make_evaluation, sign_in) -> None:
    evaluation = make_evaluation(simulated=True)
    person = make_person("lead", evaluation=evaluation)
    assert client.get("/").status_code == 303
    sign_in(client, person)
    page = client.get("/")
    assert page.status_code == 200
    assert evaluation.name in page.get_data(as_text=True)
