"""A frame that no result could be computed from is refused before anything is committed, logged and drawn."""

import pytest
from sqlalchemy import func, select

from evalsvc.draws.checking import Wish, check_wish
from evalsvc.draws.models import CommitmentEntry
from evalsvc.errors import InvalidError
from evalsvc.frames import judged, operations
from evalsvc.frames.reading import check_files
from evalsvc.words import sentence
from tests.service.small_frame import SMALL_DESIGN, SMALL_FRAME, SMALL_MAPPING

DESIGN = SMALL_DESIGN.replace("draw: 1", "draw: 2")
COLUMNS = "{household_class: text, registered: text, persons: integer}"


@pytest.fixture
def frame_of(database, store, field, actor, tmp_path):
    """Import another frame into the small fieldwork's evaluation, and return its id."""

    def imported(rows: str, mapping: str = SMALL_MAPPING) -> str:
        path = tmp_path / "another.csv"
        path.write_text(rows, encoding="utf-8")
        kept = operations.keep_frame(store, check_files(path, mapping, tmp_path / "another.parquet"))
        with database.transaction() as session:
            return operations.import_frame(session, actor, field.evaluation.id, kept).id

    return imported


@pytest.fixture
def refusal(client, database, store, field, make_person):
    """Have a design checked and committed by the API; both refuse it alike, and nothing comes into the log."""
    lead = make_person("lead", evaluation=field.evaluation)

    def of(frame: str, design: str) -> InvalidError:
        def logged():
            with database.reading() as session:
                return session.scalar(select(func.count()).select_from(CommitmentEntry))

        before, base = logged(), f"/api/v1/evaluations/{field.evaluation.code}/draws"
        with pytest.raises(InvalidError) as caught, database.reading() as session:
            check_wish(session, store, field.evaluation, Wish(frame, "", design), "zh")
        answer = client.post(base, json={"frame_id": frame, "design": design}, headers=lead.bearer)
        assert (answer.status_code, answer.json["code"]) == (422, caught.value.code)
        assert len(answer.json["complaints"]) == len(caught.value.complaints)
        assert logged() == before
        return caught.value

    return of


def test_a_reserve_household_without_persons_is_named_before_the_commitment(frame_of, refusal):
    rows = SMALL_FRAME.replace("351002-001,脱贫户,是,2", "351002-001,脱贫户,是,0")
    rows = rows.replace("352004-012,一般农户,否,", "352004-012,一般农户,未知,")
    error = refusal(frame_of(rows), DESIGN)
    assert (error.code, error.details["count"]) == ("draw.frame_rejected", 2)
    found = [(each.details["unit"], each.details["column"]) for each in error.complaints]
    assert found == [("351002-001", "persons"), ("352004-012", "registered")]
    assert "有 2 户" in sentence(error.code, error.details, "zh")


def test_households_that_take_no_part_are_not_asked(database, store, field, frame_of):
    frame = frame_of(SMALL_FRAME.replace("351002-001,脱贫户,是,2", "351002-001,脱贫户,是,0"))
    outside = "exclude: [{level: village, column: village_code, values: ['351002'], reason: 试}]\nstages:\n"
    design = DESIGN.replace("stages:\n", outside)
    with database.reading() as session:
        assert check_wish(session, store, field.evaluation, Wish(frame, "", design), "zh").lines


def test_refused_households_are_counted_beyond_those_that_are_named(frame_of, refusal, monkeypatch):
    monkeypatch.setattr(judged, "MOST_NAMED", 5)
    error = refusal(frame_of(SMALL_FRAME.replace(",是,", ",有,")), DESIGN)
    assert (error.details["count"], len(error.complaints)) == (36, 5)


def test_a_frame_without_the_columns_of_results_is_named_before_the_commitment(frame_of, refusal):
    other = "{household_class: text, persons: text}"
    error = refusal(frame_of(SMALL_FRAME, SMALL_MAPPING.replace(COLUMNS, other)), DESIGN.replace(COLUMNS, other))
    assert error.code == "draw.design_rejected"
    found = [(each.code, each.details["name"]) for each in error.complaints]
    assert found == [("results.frame_column", "registered"), ("results.frame_column_type", "persons")]
