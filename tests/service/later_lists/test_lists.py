"""Lists made later, in the service: bound, entered in the log, drawn from, given to fieldwork; refused where wrong."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.db import now
from evalsvc.draws import queries
from evalsvc.draws.later import binding, continuing
from evalsvc.draws.later.binding import bind_sent
from evalsvc.draws.later.continuing import go_on
from evalsvc.draws.later.progress import progress_of, states_of
from evalsvc.draws.later.reading import list_mapping
from evalsvc.draws.models import Continuation, Draw, LaterList
from evalsvc.draws.spreadsheet import table_as_xlsx
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.fieldwork.preparing import prepare
from evalsvc.overview.queries import overview
from evalsvc.service import Service
from sampling.chain import ChainReading, read_chain, write_chain
from sampling.frame import open_frame
from sampling.hashing import sha256_text
from sampling.identity import identity_key
from sampling.manifest import Manifest
from sampling.verify import verify_draw
from tests.service import later_world as world

HOME, API = "/evaluations/fujian-demo/draws/1", "/api/v1/evaluations/fujian-demo/draws/1"


def states(service, lead, evaluation):
    with service.database.reading() as session:
        progress = progress_of(session, service.store, lead.actor, evaluation, 1)
        return {each.parent: each.state for each in states_of(session, progress)}


def test_lists_are_bound_logged_and_drawn_from_and_the_chain_verifies(
    service, lead, evaluation, drawn, villages, bind, carry_on
):
    one, two, *others = villages
    assert set(states(service, lead, evaluation).values()) == {"waiting"}
    assert bind(world.list_file([one, two])) == tuple(sorted((one, two)))
    second = carry_on([one])
    assert states(service, lead, evaluation) == {one: "drawn", two: "bound", **dict.fromkeys(others, "waiting")}
    bind(world.list_file(others))
    last = carry_on()
    assert set(states(service, lead, evaluation).values()) == {"drawn"}
    with service.database.reading() as session:
        lines, chain = queries.log_lines(session), queries.manifests_of(session, drawn.id)
        frame = service.store.path(queries.frame_of_draw(session, drawn.id))
        units = queries.last_stage_units(session, drawn.id)
        actions = session.scalars(select(AuditRow.action).where(AuditRow.action.like("draw.%"))).all()
    assert chain == [drawn.manifest_sha256, second.manifest_sha256, last.manifest_sha256]
    texts = [service.store.get(each).decode() for each in chain]
    manifests = [Manifest.from_json(text) for text in texts]
    assert [each.continues for each in manifests[1:]] == [sha256_text(text) for text in texts[:2]]
    assert all(finding.ok for finding in verify_draw(manifests[-1], frame))
    assert read_chain(write_chain(lines)) == ChainReading(tuple(lines), ())
    kinds = ["draw.commitment", "draw.manifest", "draw.list", "draw.list", "draw.continuation"]
    assert [line.kind for line in lines] == [*kinds, "draw.list", "draw.list", "draw.continuation"]
    assert {line.subject: line.sha256 for line in lines if line.kind == "draw.list"} == {
        f"fujian-demo/1/list/{entry.parent}": entry.sha256 for entry in manifests[-1].lists
    }
    assert {unit.unit_id for unit in units} == {unit.id for unit in manifests[-1].stages[-1].units}
    assert {unit.parent for unit in units} == set(villages) and len(units) == 4 * 2 * 5
    assert all(unit.attributes["village"] and unit.top in ("351001", "352001") for unit in units)
    assert actions == ["draw.commit", "draw.run", *["draw.bind_lists", "draw.continue"] * 2]


WRONG = [
    ({"\n352002": "\n999"}, "draw.list_of_undrawn"),
    ({"352002-001": "351003-001"}, "frame.duplicate_unit"),
    ({"352002-001": "351003"}, "frame.id_on_two_levels"),
    ({"352002-001": "351001"}, "draw.list_same_id"),
    ({"persons": "人口"}, "frame.missing_column"),
    ({"351003,351003-001,脱贫户,是,2\n": "351003,,,,\n351003,351003-001,脱贫户,是,2\n"}, "frame.duplicate_unit"),
    ({"脱贫户,是,2": "脱贫户,是,0"}, "frame.household_value"),
    ({"脱贫户,是,2": "脱贫户,是,两"}, "frame.not_an_integer"),
    ({"脱贫户": "脱/贫户"}, "design.stratum_value_slash"),
]


@pytest.mark.parametrize(("change", "code"), WRONG)
def test_a_list_that_cannot_be_bound_leaves_nothing(service, villages, bind, change, code):
    one, two = villages[:2]
    text = world.list_file([one, two]).decode()
    for pair in change.items():
        old, new = (each.replace("351003", one).replace("352002", two) for each in pair)
        assert old in text
        text = text.replace(old, new)
    refused(service, bind, text, code)


@pytest.mark.parametrize(("rows", "code"), [("{0},,,,\n", "draw.list_empty"), (None, "design.too_few_units")])
def test_a_list_that_nothing_can_be_drawn_from_is_not_bound(service, villages, bind, rows, code):
    lines = world.list_rows(villages[0], 2) if rows is None else rows.format(villages[0])
    refused(service, bind, world.LIST_HEADER + lines, code)


def refused(service, bind, text, code):
    content = text.encode()
    with pytest.raises(InvalidError) as caught:
        bind(content)
    assert code in {each.code for each in caught.value.complaints}, caught.value.complaints
    with service.database.reading() as session:
        assert session.scalars(select(LaterList)).all() == []
        assert len(queries.log_lines(session)) == 2


def test_a_bound_list_stays_and_ids_are_unique_over_all_lists(service, drawn, villages, bind, carry_on):
    one, two = villages[:2]
    with pytest.raises(ConflictError, match="nothing_bound"):
        carry_on()
    bind(world.list_file([one]))
    with pytest.raises(InvalidError) as caught:
        bind(world.list_file([one]))
    assert [each.code for each in caught.value.complaints] == ["draw.list_already_bound"]
    with pytest.raises(InvalidError) as caught:
        bind(world.list_file([two]).replace(f"{two}-001".encode(), f"{one}-001".encode()))
    assert [(each.code, each.details["other"]) for each in caught.value.complaints] == [("draw.list_same_id", one)]
    with pytest.raises(InvalidError) as caught:
        bind(world.list_file([one, two]), only=two)
    assert "draw.list_of_another" in {each.code for each in caught.value.complaints}
    with pytest.raises(InvalidError) as caught:
        carry_on([two])
    assert [each.code for each in caught.value.complaints] == ["draw.list_not_pending"]
    with service.database.reading() as session:
        assert session.scalars(select(Continuation)).all() == []


def test_the_order_of_lists_changes_nothing(service, drawn, villages, bind, carry_on):
    for village in reversed(villages):
        bind(world.list_file([village]))
        carry_on([village])
    with service.database.reading() as session:
        units = {unit.unit_id for unit in queries.last_stage_units(session, drawn.id)}
        text = service.store.get(queries.manifests_of(session, drawn.id)[-1]).decode()
    other = Manifest.from_json(text)
    assert {unit.id for unit in other.stages[-1].units} == units
    assert [stratum.parent for stratum in other.stages[-1].strata] == sorted(villages * 2)


def test_fieldwork_waits_for_every_list(service, drawn, villages, bind, carry_on):
    bind(world.list_file(villages[:3]))
    carry_on()
    with service.database.reading() as session, pytest.raises(InvalidError) as caught:
        prepare(session, service.store, drawn.id)
    assert [(each.code, each.details["units"]) for each in caught.value.complaints] == [
        ("results.lists_missing", villages[3])
    ]
    bind(world.list_file(villages[3:]))
    with service.database.reading() as session, pytest.raises(InvalidError, match="lists_missing"):
        prepare(session, service.store, drawn.id)
    carry_on()
    with service.database.reading() as session:
        prepared = prepare(session, service.store, drawn.id)
    assert len(prepared.units) == 40 and prepared.plan is not None


def test_the_stage_of_the_draw_is_open_until_all_was_drawn_from(service, evaluation, drawn, villages, bind, carry_on):
    def stage():
        with service.database.reading() as session:
            return next(each.state for each in overview(session, evaluation.id).stages if each.name == "draw")

    assert stage() == "unsettled"
    bind(world.list_file(villages))
    assert stage() == "unsettled"
    carry_on()
    assert stage() == "done"


def test_before_the_release_no_list_is_bound_and_no_village_told(
    service, lead, drawn, villages, bind, client, sign_in, csrf_of
):
    with service.database.transaction() as session:
        session.get_one(Draw, drawn.id).release_at = now() + timedelta(hours=1)
    sign_in(client, lead)
    assert client.get(f"{HOME}/lists").status_code == 403
    assert client.get(f"{API}/lists", headers=lead.bearer).status_code == 403
    page = client.get(HOME).get_data(as_text=True)
    assert "抽中后列的名单" in page and "4 个待列表" in page and not any(village in page for village in villages)
    opened = client.post(f"{HOME}/units", data={"csrf_token": csrf_of(client), "reason": "准备列户"})
    assert opened.status_code == 200
    shown = client.get(f"{HOME}/lists").get_data(as_text=True)
    assert all(village in shown for village in villages)
    with pytest.raises(ConflictError, match="lists_before_release"):
        bind(world.list_file(villages[:1]))


def test_a_published_draw_gives_every_manifest_and_takes_no_list(
    client, service, lead, evaluation, drawn, villages, bind, carry_on
):
    bind(world.list_file(villages[:2]))
    last = carry_on()
    base = "/commitments/fujian-demo/1"
    assert client.get(f"{base}/manifests/{last.manifest_sha256}/draw-manifest.json").status_code == 404
    with service.database.transaction() as session:
        session.get_one(Draw, drawn.id).published_at = now()
    assert client.get(f"{base}/draw-manifest.json").json["continues"] == drawn.manifest_sha256
    for each in (drawn, last):
        answer = client.get(f"{base}/manifests/{each.manifest_sha256}/draw-manifest.json")
        assert answer.get_data() == service.store.get(each.manifest_sha256)
        assert each.manifest_sha256 in client.get("/commitments").get_data(as_text=True)
    assert client.get(f"{base}/manifests/{'0' * 64}/draw-manifest.json").status_code == 404
    with pytest.raises(ConflictError, match="already_published"):
        bind(world.list_file(villages[2:]))


def test_of_two_who_go_on_at_once_the_second_is_told(service, lead, drawn, villages, bind, carry_on, monkeypatch):
    one, two, *_others = villages
    keep = binding.keep_sources

    def meanwhile(*given):
        monkeypatch.setattr(binding, "keep_sources", keep)
        bind(world.list_file([one]))
        return keep(*given)

    monkeypatch.setattr(binding, "keep_sources", meanwhile)
    with pytest.raises(ConflictError, match="lists_moved"):
        bind(world.list_file([two]))
    bind(world.list_file([two]))
    draw = continuing.continue_draw

    def before(*given, **named):
        monkeypatch.setattr(continuing, "continue_draw", draw)
        carry_on([two])
        return draw(*given, **named)

    monkeypatch.setattr(continuing, "continue_draw", before)
    with pytest.raises(ConflictError, match="lists_moved"):
        carry_on([one])
    carry_on([one])
    with service.database.reading() as session:
        assert len(queries.manifests_of(session, drawn.id)) == 3
        assert [row.number for row in session.scalars(select(Continuation).order_by(Continuation.number))] == [1, 2]


def test_a_filled_form_and_a_parquet_file_are_lists(service, drawn, villages, bind, tmp_path):
    one, two, *_others = villages
    rows = [line.split(",") for line in world.list_rows(one).splitlines()]
    book = tmp_path / "一村.xlsx"
    book.write_bytes(table_as_xlsx("household", world.LIST_HEADER.strip().split(","), rows))
    assert bind(b"", sources=[book]) == (one,)
    table = pa.table(
        {
            "village_code": [two] * 10,
            "household_id": [f"{two}-{number}" for number in range(10)],
            "household_class": ["脱贫户", "一般农户"] * 5,
            "registered": ["是", "否"] * 5,
            "persons": list(range(1, 11)),
        }
    )
    pq.write_table(table, tmp_path / "二村.parquet")
    with service.database.reading() as session:
        mapping = list_mapping(open_frame(service.store.path(queries.committed_frame(session, drawn.id))), "")
    assert bind(b"", sources=[tmp_path / "二村.parquet"], mapping_text=mapping) == (two,)
    with pytest.raises(InvalidError) as caught:
        bind(b"", mapping_text=world.MAPPING)
    assert [each.code for each in caught.value.complaints] == ["draw.list_levels"]


def test_identity_numbers_of_lists_are_hashed_as_those_of_the_frame(
    config, database, store, lead, evaluation, tmp_path
):
    key = tmp_path / "identity.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    service = Service(replace(config, identity_key_file=key), database, store)
    world.draw_villages(service, lead.actor, evaluation, tmp_path, head="identity")
    village = world.drawn_villages(service, evaluation)[0]
    path = tmp_path / "list.csv"
    header, *lines = world.list_file([village]).decode().splitlines()
    numbers = [world.identity_number(place) for place in range(len(lines))]
    path.write_text("\n".join([f"{header},head", *(f"{a},{b}" for a, b in zip(lines, numbers, strict=True))]))
    wish = {"number": 1, "sources": [path], "mapping_text": ""}
    bind_sent(service, lead.actor, evaluation, **wish)
    go_on(service, lead.actor, evaluation, number=1)
    with database.reading() as session:
        draw = queries.draw_by_number(session, evaluation.id, 1)
        heads = {unit.attributes["head"] for unit in queries.last_stage_units(session, draw.id)}
        row = session.scalars(select(LaterList)).one()
    known = identity_key(key.read_bytes())
    assert heads <= {known.hashed(number) for number in numbers} and len(heads) == 10
    # Of the file as it was sent nothing but its hash is kept.
    with pytest.raises(NotFoundError):
        store.get(row.source_sha256)
    key.write_bytes(b"x" * 32)
    with pytest.raises(InvalidError) as caught:
        bind_sent(service, lead.actor, evaluation, **wish)
    assert [each.code for each in caught.value.complaints] == ["draw.list_identity_key"]
