"""Forms about villages and counties, records of visits, forms beside a household: who may send them."""

import pytest
from sqlalchemy import select

from evalsvc.errors import ForbiddenError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.log.chaining import due_draws
from evalsvc.interviews.models import Interview
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service
from forms.definition import parse_definition
from forms.filling import fill

FORM = """
| settings |
| | form_title | form_id | version | namespaces |
| | A form | {form_id} | 1 | evalsvc="https://evalsvc.org/xform/1" |

| survey |
| | type | name | label | bind::evalsvc:about |
| | text | unit_id | Number | {about} |
| | text | seen | Seen | |
{asked}
"""
ASKED = """| | select_one outcome | disposition | Outcome | |

| choices |
| | list_name | name | label |
| | outcome | non_contact | Nobody met |
| | outcome | refused | Refused |
"""


@pytest.fixture
def take(config, database, store, field):
    """Publish a form of one part and take it in: take("village", unit, person)."""
    service, published = Service(config, database, store), {}

    def publish(about, asked):
        text = FORM.format(form_id=f"form_{about}_{bool(asked)}", about=about, asked=asked)
        with database.transaction() as session:
            form = instruments.keep_form(store, text.encode(), "form.md")
            row = instruments.publish(session, SYSTEM, field.evaluation.id, form)
        return parse_definition(store.get(row.xform_sha256))

    def send(about, unit_id, person, name="uuid:a", corrects=None, asked="", **answers):
        if (about, asked) not in published:
            published[about, asked] = publish(about, asked)
        given = {"unit_id": unit_id, "seen": "路灯已通电", **answers}
        xml = fill(published[about, asked], given, instance_id=name, deprecated_id=corrects)
        return take_in(service, person.actor, field.evaluation.id, xml)

    return send


def only(database):
    with database.reading() as session:
        return session.scalars(select(Interview)).one()


@pytest.mark.parametrize("about", ["village", "county"])
def test_who_visits_households_there_tells_of_a_village_or_county(take, field, database, about):
    unit = field.opened(field.enumerators[0])[0]
    area = unit.parent if about == "village" else unit.county
    assert take(about, area, field.enumerators[0]).is_new
    row = only(database)
    assert (row.about, row.unit_id, row.assignment_id, row.disposition) == (about, area, None, "")
    with pytest.raises(NotFoundError) as unknown:
        take(about, "nowhere", field.enumerators[0], "uuid:b")
    assert unknown.value.code == "interview.unknown_area"


def test_who_visits_nobody_in_a_village_does_not_tell_of_it(take, field, database):
    village = field.opened(field.enumerators[1])[0].parent
    with pytest.raises(ForbiddenError) as refused:
        take("village", village, field.enumerators[0])
    assert refused.value.code == "interview.not_your_area"


def test_a_form_beside_a_household_comes_from_any_enumerator_and_gives_no_outcome(take, field, database):
    unit, somebody = field.opened(field.enumerators[0])[0], field.enumerators[1]
    assert take("household", unit.unit_id, somebody).is_new
    assert (only(database).assignment_id, only(database).disposition) == (unit.id, "")
    with database.reading() as session:
        assert session.get_one(Assignment, unit.id).disposition is None
    with pytest.raises(NotFoundError):
        take("household", field.closed(field.enumerators[0])[0].unit_id, somebody, "uuid:b")


def test_a_form_beside_a_household_is_corrected_by_who_sent_it(take, field, database):
    unit, somebody = field.opened(field.enumerators[0])[0], field.enumerators[1]
    take("household", unit.unit_id, somebody)
    with pytest.raises(ForbiddenError):
        take("household", unit.unit_id, field.enumerators[0], "uuid:b", "uuid:a")
    assert take("household", unit.unit_id, somebody, "uuid:b", "uuid:a").is_new


def test_a_village_form_is_corrected_like_any_other(take, field, database):
    person = field.enumerators[0]
    village = field.opened(person)[0].parent
    take("village", village, person)
    assert take("village", village, person, "uuid:b", "uuid:a", seen="路灯未通电").is_new
    with database.reading() as session:
        rows = {row.instance_id: row for row in session.scalars(select(Interview))}
    assert rows["uuid:b"].replaces_id == rows["uuid:a"].id
    assert (rows["uuid:a"].superseded_at is None, rows["uuid:b"].state) == (False, "corrected")


def test_a_record_of_a_visit_without_interview_is_taken_for_every_household_of_one_s_own(take, field, database):
    unit = field.opened(field.enumerators[0])[0]
    given = {"asked": ASKED, "disposition": "refused"}
    with pytest.raises(ForbiddenError):
        take("household", unit.unit_id, field.enumerators[1], **given)
    assert take("household", unit.unit_id, field.enumerators[0], **given).is_new
    with database.reading() as session:
        row = session.get_one(Assignment, unit.id)
    assert (row.disposition, row.instance_id) == ("refused", "uuid:a")


def test_what_no_draw_holds_makes_no_line_of_the_log_due(take, field, database):
    somebody = field.enumerators[0]
    household = field.opened(somebody)[0]
    take("village", household.parent, somebody)
    with database.reading() as session:
        assert due_draws(session) == []
    take("household", household.unit_id, somebody, name="uuid:b")
    with database.reading() as session:
        assert due_draws(session) == [field.draw_id]
