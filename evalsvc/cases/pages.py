"""Pages of cases: the list, one case with its facts, and the judging."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import ORDINARY_LIMIT, body, page
from evalsvc.cases import operations, queries
from evalsvc.cases.judging import hand_in
from evalsvc.cases.values import KINDS, LARGEST_EVIDENCE, STATES, VERDICTS, CaseFilters, Evidence
from evalsvc.fieldwork.queries import areas
from evalsvc.incoming import plain_name
from evalsvc.interviews import queries as interviews
from evalsvc.interviews.presentation import Reader
from evalsvc.interviews.values import InterviewDetail
from evalsvc.people.actor import EXPERT
from evalsvc.sending import send_stored
from evalsvc.words import sentence

blueprint = flask.Blueprint("cases", __name__, template_folder="templates")
READERS = ("expert", "lead", "supervisor", "auditor", "reviewer")


@blueprint.get("/evaluations/<evaluation>/cases")
@page(*READERS)
def cases(evaluation: str) -> ResponseReturnValue:
    """List the cases, open ones first."""
    filters, actor = filters_of_request(), web.current_actor()
    number = flask.request.args.get("page", 1, type=int)
    with web.database().reading() as session:
        shown = queries.page_of_cases(session, flask.g.evaluation.id, actor, filters, number)
        counts = queries.counts_of(session, flask.g.evaluation.id)
        counties = areas(session, flask.g.evaluation.id)
    return flask.render_template(
        "cases/cases.html",
        evaluation=evaluation,
        shown=shown,
        counts=counts,
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        counties=counties,
        kinds=KINDS,
        states=STATES,
        is_expert=EXPERT in actor.roles,
        may_collect=actor.has("supervisor", "lead"),
    )


def filters_of_request() -> CaseFilters:
    """Read what the list is to show; what is not among the known values filters nothing."""
    given = flask.request.args
    state, kind = given.get("state", ""), given.get("kind", "")
    return CaseFilters(
        state=state if state in STATES else "",
        kind=kind if kind in KINDS else "",
        county=given.get("county", ""),
        waiting_for_reader=bool(given.get("waiting_for_reader")),
    )


@blueprint.post("/evaluations/<evaluation>/cases")
@page("supervisor", "lead")
def collect(evaluation: str) -> ResponseReturnValue:
    """Make the cases that interviews suspect and that are not made yet."""
    with web.database().transaction() as session:
        made = operations.collect_cases(session, web.current_actor(), flask.g.evaluation)
    flask.flash(_("新登记 %(number)s 个疑似个案。", number=made), "good")
    return web.see_other("cases.cases", evaluation=evaluation)


@blueprint.get("/evaluations/<evaluation>/cases/<identifier>")
@page(*READERS)
def case(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one case; what others judged stays hidden from those who may still judge."""
    actor = web.current_actor()
    reader = Reader(web.language(), sees_facts())
    with web.database().reading() as session:
        detail = queries.detail(session, actor, flask.g.evaluation.id, identifier)
        facts = interviews.detail(session, web.store(), flask.g.evaluation.id, detail.case.interview_id, reader)
    return flask.render_template(
        "cases/case.html",
        evaluation=evaluation,
        detail=detail,
        facts=facts,
        standard=standard_of(facts, detail.case.standard),
        sees_facts=reader.sees_personal,
        why_not=sentence(detail.why_not, {}, web.language()) if detail.why_not else "",
        verdicts=VERDICTS,
        is_expert=EXPERT in actor.roles,
    )


def standard_of(facts: InterviewDetail, standard: str) -> str:
    """Return the failed standard in the form's words, the bare choice where the form has none for it."""
    question = operations.pack_of(flask.g.evaluation).questions.standard
    return next((line.answer for line in facts.lines if line.name == question and line.answer), standard)


def sees_facts() -> bool:
    """Tell whether the reader may see what the household said: judges must, auditors need not."""
    return web.current_actor().has("expert", "supervisor", "lead")


@blueprint.post("/evaluations/<evaluation>/cases/<identifier>")
@body(LARGEST_EVIDENCE + ORDINARY_LIMIT)
@page("expert")
def judge(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Take one expert's judgement."""
    form = flask.request.form
    state = hand_in(
        web.service(),
        web.current_actor(),
        flask.g.evaluation.id,
        identifier,
        verdict=form.get("verdict", ""),
        reason=form.get("reason", ""),
        evidence=evidence_of_request(),
    )
    words = {"open": _("判定已提交，等待另一名专家。"), "confirmed": _("判定已提交，两人一致：认定。")}
    flask.flash(words.get(state, _("判定已提交，两人一致：排除。")), "good")
    return web.see_other("cases.case", evaluation=evaluation, identifier=identifier)


def evidence_of_request() -> Evidence | None:
    """Return the file that was handed in, if there is one."""
    given = flask.request.files.get("evidence")
    if given is None or not given.filename:
        return None
    data = given.stream.read(LARGEST_EVIDENCE + 1)
    return Evidence(plain_name(given.filename, "evidence"), data)


@blueprint.get("/evaluations/<evaluation>/cases/<identifier>/evidence/<sha256>")
@page(*READERS)
def evidence(evaluation: str, identifier: str, sha256: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send a judge's evidence to those who may see the judgement."""
    with web.database().reading() as session:
        name = queries.may_open_evidence(session, web.current_actor(), flask.g.evaluation.id, identifier, sha256)
    return send_stored(sha256, name)


@blueprint.get("/evaluations/<evaluation>/cases/<identifier>/files/<path:name>")
@page("expert", "supervisor", "lead")
def file(evaluation: str, identifier: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send a file of the interview that the case comes from."""
    with web.database().reading() as session:
        detail = queries.detail(session, web.current_actor(), flask.g.evaluation.id, identifier)
        line = interviews.file_of(session, flask.g.evaluation.id, detail.case.interview_id, name)
    return send_stored(line.sha256, line.name, line.content_type)
