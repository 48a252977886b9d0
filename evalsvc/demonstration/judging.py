"""The expert step: two experts judge every suspected case by itself, with reason and evidence; a few stay open."""

from collections.abc import Callable
from dataclasses import dataclass

from evalsvc.cases.judging import hand_in
from evalsvc.cases.operations import collect_cases
from evalsvc.cases.queries import cases_of_draw, counts_of
from evalsvc.cases.values import CONFIRM, EXCLUDE, CaseCounts, CaseRecord, Evidence
from evalsvc.demonstration.answers import chance_of
from evalsvc.demonstration.institute import Institute, Member
from evalsvc.demonstration.media import draw_photo
from evalsvc.demonstration.world import Home, World
from evalsvc.service import Service

DISAGREE, STILL_WAITING = 0.02, 0.015
"""Shares of the cases on which the experts differ, and which the second expert has not come to."""
REASONS = {
    CONFIRM: "复核入户记录、照片和佐证材料，{standard}确未达到标准，疑点成立",
    EXCLUDE: "复核入户记录、照片和佐证材料，{standard}符合标准，疑点不成立",
}
STANDARDS = {
    "income": "收入",
    "food_clothing": "吃穿",
    "education": "义务教育",
    "health": "基本医疗",
    "housing": "住房安全",
    "water": "饮水安全",
    "exclusion": "识别排除条件",
}


@dataclass(frozen=True)
class JudgingDone:
    """What the judging came to."""

    counts: CaseCounts
    judgements: int


def judge_cases(
    service: Service, institute: Institute, world: World, draw_id: str, tell: Callable[[int, int], None]
) -> JudgingDone:
    """Collect the cases, then let both experts judge each, every judgement in a transaction of its own."""
    evaluation = institute.evaluation
    with service.database.transaction() as session:
        collect_cases(session, institute.member("demo-supervisor").actor, evaluation)
        cases = cases_of_draw(session, draw_id)
    experts = institute.member("demo-expert-1"), institute.member("demo-expert-2")
    judgements = 0
    for place, case in enumerate(cases, start=1):
        verdicts = verdicts_of(world.home(case.unit_id), case.kind)
        for expert, verdict in zip(experts, verdicts, strict=False):
            _judge(service, expert, case, verdict)
        judgements += len(verdicts)
        tell(place, len(cases))
    with service.database.reading() as session:
        return JudgingDone(counts_of(session, evaluation.id), judgements)


def verdicts_of(home: Home, kind: str) -> tuple[str, ...]:
    """Return what the experts say of a case, one after the other; a few cases the second has not come to."""
    chance = chance_of(home.unit_id, "judgement").random()
    verdict = CONFIRM if home.suspicion == kind else EXCLUDE
    if chance < STILL_WAITING:
        return (verdict,)
    differs = chance < STILL_WAITING + DISAGREE
    return verdict, _other(verdict) if differs else verdict


def _judge(service: Service, expert: Member, case: CaseRecord, verdict: str) -> None:
    reason = REASONS[verdict].format(standard=STANDARDS[case.standard])
    picture = draw_photo(chance_of(case.unit_id, f"evidence of {expert.sign_in_name}"))
    hand_in(
        service,
        expert.actor,
        case.evaluation_id,
        case.id,
        verdict=verdict,
        reason=reason,
        evidence=Evidence("佐证照片（模拟）.png", picture),
    )


def _other(verdict: str) -> str:
    return EXCLUDE if verdict == CONFIRM else CONFIRM
