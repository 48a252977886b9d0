"""What leaves the house by default, and what does not."""

import pytest

from forms.dataset.metadata import Coarse, Envelope
from forms.dataset.reading import Reader
from forms.dataset.release import TREATMENTS, deidentified_release, full_release, pseudonym
from forms.dataset.schema import schema_of
from forms.dataset.variables import Missing
from tests.unit.forms.dataset.village_form import FULL, SPARSE, form, sent

KEY = b"a key of this one export"
SCHEMA = schema_of([form()])
COARSE = Coarse("area:1", "village:350125", "一般农户", 13.1)
RELEASE = deidentified_release(SCHEMA, KEY)


def released(body: str, unit: str = "350125-1") -> dict[str, object]:
    envelope = Envelope(
        "uuid:1", "1", unit_id=unit, village="350125", county="3501", stratum="甲层", weight=12.5, coarse=COARSE
    )
    rows = RELEASE.rows(Reader(SCHEMA, form()).rows(sent(body), envelope))
    names = [variable.name for variable in RELEASE.schema.tables[0].variables]
    return dict(zip(names, rows["interviews"][0], strict=True))


def test_who_somebody_is_does_not_leave_the_house() -> None:
    row = released(FULL)
    told = " ".join(str(value) for value in row.values())
    for secret in (
        "周某甲",
        "350125-1",
        "uuid:1",
        "25.9",
        "118.2",
        "照片",
        "搬迁",
        "47",
        "13482",
        "09:31",
        "11-20",
        "+08:00",
        "350125",
        "3501",
        "甲层",
        "12.5",
    ):
        assert secret not in told, secret
    withheld = {variable.name: variable.treatment for variable in RELEASE.withheld}
    assert withheld == {
        "name": "dropped.typed_in", "place_latitude": "dropped.location", "place_longitude": "dropped.location",
        "place_altitude": "dropped.location", "place_accuracy": "dropped.location", "photo": "dropped.image",
        "why": "dropped.free_text", "born": "dropped.minor", "ev_unfit": "dropped.unfit",
        **dict.fromkeys(("ev_village", "ev_county", "ev_stratum", "ev_sample_type", "ev_weight"), "dropped.linking"),
    }  # fmt: skip
    assert set(withheld.values()) <= set(TREATMENTS)


def test_what_stays_is_coarser_by_the_rule_of_its_kind() -> None:
    row = released(FULL)
    assert (row["age"], row["income"], row["class"], row["water_tap"]) == (45, 13000.0, "no", 1)
    assert str(row["ev_started_at"]) == str(row["started"]) == str(row["met_on"]) == "2026-11-16"
    assert (str(row["met_at"]), row["ev_class_coarse"], row["ev_weight_coarse"]) == ("09:00:00", "一般农户", 13.1)
    by_name = {variable.name: variable for variable in RELEASE.schema.tables[0].variables}
    assert (by_name["started"].kind, by_name["age"].treatment) == ("date", "bands")


def test_absences_keep_their_reason() -> None:
    row = released(SPARSE)
    assert (row["age"], row["income"]) == (Missing.UNFIT, Missing.NOT_ANSWERED)


def test_pseudonyms_join_the_tables_of_one_export_and_none_of_another() -> None:
    row = released(FULL)
    assert row["ev_unit"] == row["unit_id"] == pseudonym(KEY, "350125-1")
    assert row["ev_psu_coarse"] == pseudonym(KEY, "village:350125")
    rows = RELEASE.rows(Reader(SCHEMA, form()).rows(sent(FULL), Envelope("uuid:1", "1")))
    assert {member[0] for member in rows["member"]} == {row["ev_instance"]}
    assert pseudonym(b"another key", "350125-1") != row["ev_unit"]


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        ("0", 0),
        ("2", 0),
        ("3", 3),
        ("5", 3),
        ("6", 6),
        ("9", 6),
        ("10", 10),
        ("14", 10),
        ("79", 75),
        ("80", 80),
        ("101", 80),
        ("1987", 1985),
    ],
)
def test_numbers_of_persons_stand_in_bands(age: str, shown: int) -> None:
    assert released(f"<age>{age}</age>")["age"] == shown


@pytest.mark.parametrize(
    ("started", "monday"),
    [
        ("2026-11-16T00:00:00.000+08:00", "2026-11-16"),
        ("2026-11-22T15:59:59.000Z", "2026-11-16"),
        ("2026-11-22T16:00:00.000Z", "2026-11-23"),
    ],
)
def test_moments_stand_as_the_monday_of_their_week_in_china(started: str, monday: str) -> None:
    assert str(released(f"<started>{started}</started>")["started"]) == monday


@pytest.mark.parametrize(("amount", "shown"), [("0", 0.0), ("-8649.5", -8600.0), ("99.9", 100.0), ("0.126", 0.13)])
def test_amounts_keep_two_digits(amount: str, shown: float) -> None:
    assert released(f"<income>{amount}</income>")["income"] == shown


@pytest.mark.parametrize("mark", ["demographic", "finance", "something_new"])
def test_a_mark_on_words_of_ones_own_drops_them(mark: str) -> None:
    marked = form(binds=('<bind nodeset="/data/name" type="string"/>',
                         f'<bind nodeset="/data/name" type="string" evalsvc:personal="{mark}"/>'))  # fmt: skip
    withheld = {each.name: each.treatment for each in deidentified_release(schema_of([marked]), KEY).withheld}
    assert withheld["name"] == ("dropped.unknown_mark" if mark == "something_new" else "dropped.typed_in")


def test_what_is_computed_from_words_that_tell_who_somebody_is_goes_with_them() -> None:
    computed = form(
        nodes=("<name/>", "<name/><called/><born_in/><known/>"),
        binds=(
            '<bind nodeset="/data/name" type="string"/>',
            '<bind nodeset="/data/name" type="string"/>'
            '<bind nodeset="/data/called" type="string" calculate="concat(\'户主\', /data/name)"/>'
            '<bind nodeset="/data/born_in" type="int" calculate="substr(/data/called, 2, 6)"/>'
            "<bind nodeset=\"/data/known\" type=\"string\" calculate=\"if(/data/name = '', 'no', 'yes')\"/>",
        ),
    )
    release = deidentified_release(schema_of([computed]), KEY)
    withheld = {each.name: each.treatment for each in release.withheld}
    assert (withheld["called"], withheld["born_in"]) == ("dropped.computed", "dropped.computed")
    assert "known" in {each.name for each in release.schema.variables}


def test_a_number_of_a_person_is_told_in_one_way_only() -> None:
    both = form(
        nodes=("<name/>", "<name/><born_in/>"),
        binds=(
            '<bind nodeset="/data/name" type="string"/>',
            '<bind nodeset="/data/name" type="string"/>'
            '<bind nodeset="/data/born_in" type="int" evalsvc:personal="demographic" calculate="2026 - /data/age"/>',
        ),
    )
    release = deidentified_release(schema_of([both]), KEY)
    assert {each.name: each.treatment for each in release.withheld}["born_in"] == "dropped.said_twice"
    assert "age" in {each.name for each in release.schema.variables}


def test_what_a_form_counts_of_persons_is_banded_without_a_mark() -> None:
    counted = form(
        nodes=("<name/>", "<name/><women/>"),
        binds=(
            '<bind nodeset="/data/name" type="string"/>',
            '<bind nodeset="/data/name" type="string"/>'
            '<bind nodeset="/data/women" type="int" calculate="count(/data/member[sex = 2]) + sum(/data/member/sex)"/>',
        ),
    )
    variables = deidentified_release(schema_of([counted]), KEY).schema.variables
    assert {each.name: each.treatment for each in variables}["women"] == "bands"


def test_a_full_release_is_everything_as_it_is() -> None:
    rows = Reader(SCHEMA, form()).rows(sent(FULL), Envelope("uuid:1", "1"))
    release = full_release(SCHEMA)
    assert (release.rows(rows), release.schema, release.withheld) == (rows, SCHEMA, ())
