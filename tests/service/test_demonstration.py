"""One evaluation end to end on each database, and an outsider's check that finds what was touched afterwards."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from benchmarks.repeated_survey import make_population, survey
from evalsvc import audit
from evalsvc.db import Database
from evalsvc.demonstration.institute import STAFF
from evalsvc.demonstration.reviewing import REJECTED_INTERVIEWS, RETURNED_INTERVIEWS, WAITING_INTERVIEWS
from evalsvc.demonstration.run import ACCOUNTS_FILE, SERVICE_FOLDER, Outcome
from evalsvc.demonstration.scenario import JUDGED, SMALL
from evalsvc.demonstration.summary import SHOWN_FILES
from evalsvc.interviews.models import Interview
from evalsvc.interviews.values import APPROVED, HAS_ISSUES, REJECTED, RETURNED
from evalsvc.planning.indicators import INDICATORS
from evalsvc.verification.outcome import Verification
from evalsvc.verification.run import verify
from sampling.frame import open_frame
from sampling.manifest import Manifest
from tests.demonstrated import DATABASE, Demonstrated, demonstrate


@pytest.fixture
def empty_database(postgresql_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database without any table: the demonstration makes them."""
    name = f"evalsvc_demo_{uuid4().hex[:12]}"
    engine = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(postgresql_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_one_evaluation_from_register_to_verified_report(demonstrated: Demonstrated) -> None:
    stands(demonstrated, f"sqlite:///{demonstrated.out / SERVICE_FOLDER / DATABASE}")
    # What is checked afterwards are files, the same from every database.
    nothing_touched_stays_unseen(demonstrated.out)


def test_the_study_of_samples_repeats_it(demonstrated: Demonstrated, tmp_path: Path) -> None:
    """Hold the study's short way from the same draw to results against the service's, to the byte."""
    manifest = Manifest.from_json((demonstrated.out / "draw-manifest.json").read_text(encoding="utf-8"))
    repeated = survey(make_population(SMALL, tmp_path), manifest)
    assert repeated.results == (demonstrated.out / "results.json").read_text(encoding="utf-8")


def test_one_evaluation_on_postgresql(empty_database: str, tmp_path: Path) -> None:
    stands(demonstrate(tmp_path, empty_database), empty_database)


def stands(demonstrated: Demonstrated, database_url: str) -> None:
    outcome = demonstrated.outcome
    assert outcome.checked.ok, "\n".join(outcome.checked.lines)
    files_stand(demonstrated.out)
    the_summary_tells(demonstrated.shown, outcome)
    the_service_holds_what_was_sent(database_url, outcome)


def files_stand(out: Path) -> None:
    for name in SHOWN_FILES:
        assert (out / name).stat().st_size > 500, name
    assert (out / "province" / "draw-manifest.json").exists()
    assert json.loads((out / "draw-manifest.json").read_bytes())["public_value"] is None
    accounts = out / SERVICE_FOLDER / ACCOUNTS_FILE
    assert accounts.stat().st_mode & 0o077 == 0
    known = accounts.read_text(encoding="utf-8")
    assert all(sign_in_name in known for sign_in_name in ("demo-enumerator-01", *(name for name, _, _ in STAFF)))
    columns = {column.name for level in open_frame(out / "frame.parquet").levels for column in level.all_columns}
    assert not columns & {"wrong_exit", "missed", "wrong_entry", "recognises", "availability", "ineligible"}


def the_summary_tells(text: str, outcome: Outcome) -> None:
    for words in ("模拟数据", "模拟真值", "没有公共随机值", "示范假定", "全部一致", "居委会"):
        assert words in text, words
    assert [(each.indicator, each.county) for each in outcome.compared] == [
        (indicator.id, county.county) for indicator in INDICATORS for county in JUDGED
    ]
    assert [refused.status for refused in outcome.fieldwork.refused] == [409, 422, 404, 404, 403]
    assert all(refused.message and refused.message in text for refused in outcome.fieldwork.refused)


def the_service_holds_what_was_sent(database_url: str, outcome: Outcome) -> None:
    database = Database(database_url)
    with database.reading() as session:
        kept = session.scalar(sa.select(sa.func.count()).select_from(Interview))
        states = Counter(session.scalars(sa.select(Interview.state).where(Interview.superseded_at.is_(None))))
        doubted = {each.unit_id for each in session.scalars(sa.select(Interview)) if each.complaints}
        assert audit.verify(session).breaks == ()
    database.close()
    tally, review = outcome.fieldwork.tally, outcome.fieldwork.review
    assert kept == sum(tally.outcomes.values()) + review.corrected + review.rejected > 100
    assert 0 < len(doubted) <= tally.mistaken
    assert {state: states[state] for state in (APPROVED, RETURNED, REJECTED)} == {
        APPROVED: RETURNED_INTERVIEWS, RETURNED: WAITING_INTERVIEWS, REJECTED: REJECTED_INTERVIEWS,
    }  # fmt: skip
    assert states[HAS_ISSUES] > 0
    assert tally.outcomes["completed"] > 80
    assert outcome.sampled.judged.households < kept + 1


def nothing_touched_stays_unseen(out: Path) -> None:
    pdf, bundle = (out / "report.pdf").read_bytes(), (out / "bundle.zip").read_bytes()
    flipped = bytearray(pdf)
    flipped[len(pdf) // 3] ^= 1
    assert failed_steps(verify(bytes(flipped), bundle)) & {"signature", "embedded"}
    touched = verify(pdf, changed(bundle, is_completed_interview, answer_another_way))
    assert "interviews" in failed_steps(touched) and says(touched, "interviews/")
    touched = verify(pdf, changed(bundle, lambda name, _: name == "draw-manifest.json", exchange_a_household))
    assert "draw" in failed_steps(touched) and says(touched, "units[")


def failed_steps(found: Verification) -> set[str]:
    assert not found.holds
    return {step.name for step in found.steps if step.state == "failed"}


def says(found: Verification, words: str) -> bool:
    return any(words in str(dict(each.details)) for step in found.steps for each in step.complaints)


def changed(bundle: bytes, chosen: Callable[[str, bytes], bool], change: Callable[[bytes], bytes]) -> bytes:
    """Return the bundle with the first chosen file changed, packed as it was."""
    target, done = io.BytesIO(), False
    with zipfile.ZipFile(io.BytesIO(bundle)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            content = source.read(entry)
            if not done and chosen(entry.filename, content):
                content, done = change(content), True
            copy.writestr(entry, content)
    assert done
    return target.getvalue()


def is_completed_interview(name: str, content: bytes) -> bool:
    return name.startswith("interviews/") and b"<recognition_overall>yes<" in content


def answer_another_way(content: bytes) -> bytes:
    return content.replace(b"<recognition_overall>yes<", b"<recognition_overall>no<")


def exchange_a_household(content: bytes) -> bytes:
    """Give one line of the manifest's households another identifier: the next household of the same village."""
    lines = content.decode("utf-8").split("\n")
    place = next(place for place in range(len(lines) - 1, 0, -1) if '"sample_type": "probability"' in lines[place])
    unit = lines[place].split('"id": "')[1].split('"')[0]
    village, number = unit.split("-")
    lines[place] = lines[place].replace(unit, f"{village}-{int(number) % 12 + 1:04d}")
    return "\n".join(lines).encode("utf-8")
