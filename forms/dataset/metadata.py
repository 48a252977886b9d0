"""What the server knows of an interview beside its answers; the names of these variables begin with `ev_`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from forms.dataset.variables import Cell, Missing, Variable, VariableKind

INSTANCE, ROW, PARENT, UNFIT = "ev_instance", "ev_row", "ev_parent_row", "ev_unfit"
UNIT, VILLAGE, COUNTY, VERSION = "ev_unit", "ev_village", "ev_county", "ev_form_version"
RECEIVED, STARTED, ENDED, MINUTES = "ev_received_at", "ev_started_at", "ev_ended_at", "ev_minutes"
STATE, OUTCOME, COMPLAINTS = "ev_state", "ev_disposition", "ev_complaints"
COUNTS, DRAW, STRATUM, SAMPLE_TYPE, WEIGHT = "ev_counts", "ev_draw", "ev_stratum", "ev_sample_type", "ev_weight"
AREA_COARSE, PSU_COARSE, CLASS_COARSE = "ev_area_coarse", "ev_psu_coarse", "ev_class_coarse"
WEIGHT_COARSE = "ev_weight_coarse"
STAGE = "ev_stage"
"""Role of the columns of a stage, whatever they are called."""
STAGE_COLUMNS = 6


@dataclass(frozen=True)
class Stage:
    """How the unit of one stage was drawn, and what a program that knows strata, units and fractions is given."""

    stratum: str
    probability: float
    """Given the unit of the stage before."""
    population: int
    unit: str | None
    """Unique over the whole sample, as the stratum of variance; None where the stage adds no variance of its own."""
    variance_stratum: str | None
    fraction: float | None


@dataclass(frozen=True)
class Coarse:
    """What may be told of a household's place in the sample without telling the village."""

    area: str
    """The group of first-stage units that it lies in."""
    unit: str | None
    """Its first-stage unit, or several taken as one; None where there are too few."""
    household_class: str | None
    """Its stratum at the last stage, where enough first-stage units have it."""
    weight: float
    """Mean of the weights of its class in the area."""


@dataclass(frozen=True)
class Envelope:
    """What is known of one interview from outside of it; what is not known is None."""

    instance_id: str
    version: str
    unit_id: str | None = None
    village: str | None = None
    county: str | None = None
    stratum: str | None = None
    sample_type: str | None = None
    weight: float | None = None
    draw: int | None = None
    stages: tuple[Stage, ...] = ()
    coarse: Coarse | None = None
    counts: bool | None = None
    """Whether it is the interview that gave the household's outcome; None where it hangs on no household."""
    received_at: datetime | None = None
    state: str | None = None
    disposition: str | None = None
    complaints: int | None = None


def _variable(name: str, kind: VariableKind, zh: str, en: str) -> Variable:
    return Variable(name, "", kind, {"zh": zh, "en": en}, role=name)


OF_INTERVIEWS: tuple[Variable, ...] = (
    _variable(INSTANCE, "text", "答卷编号", "Instance of the interview"),
    _variable(UNIT, "text", "样本单位编号", "Unit of the frame"),
    _variable(VILLAGE, "text", "村编号", "Village"),
    _variable(COUNTY, "text", "县编号", "County"),
    _variable(DRAW, "integer", "第几次抽样", "Number of the draw"),
    _variable(STRATUM, "text", "层（末级）", "Stratum of the last stage"),
    _variable(SAMPLE_TYPE, "text", "样本类型", "Sample type"),
    _variable(
        WEIGHT,
        "decimal",
        "抽样权重（含启用的备选户，未作无应答调整）",
        "Weight of the draw with its opened reserves, before adjustment",
    ),
    _variable(
        AREA_COARSE,
        "text",
        "粗化的层（几个村一组，方差用）",
        "Coarse stratum for variances: a group of first-stage units",
    ),
    _variable(
        PSU_COARSE, "text", "初级单位的化名（方差用）", "First-stage unit for variances, possibly several taken as one"
    ),
    _variable(CLASS_COARSE, "text", "末级的层（太少见的合并）", "Stratum of the last stage, rare ones joined"),
    _variable(
        WEIGHT_COARSE,
        "decimal",
        "粗化的抽样权重（组内同类户的平均，不是确切权重）",
        "Coarse weight: mean of its class in the group, not the exact weight",
    ),
    _variable(
        COUNTS, "flag", "是否计入本户结果（1 是，0 否）", "Whether it is the interview that counts for its household"
    ),
    _variable(VERSION, "text", "问卷版本", "Version of the form"),
    _variable(RECEIVED, "datetime", "收到时间（世界时）", "Received at (UTC)"),
    _variable(STARTED, "datetime", "开始时间（世界时）", "Started at (UTC)"),
    _variable(ENDED, "datetime", "结束时间（世界时）", "Ended at (UTC)"),
    _variable(MINUTES, "decimal", "访谈用时（分钟）", "Duration in minutes"),
    _variable(STATE, "text", "审核状态", "State of the review"),
    _variable(OUTCOME, "text", "访问结果", "Disposition"),
    _variable(COMPLAINTS, "integer", "检查问题数", "Complaints of the checks"),
)


def of_interviews(stages: int) -> tuple[Variable, ...]:
    """Give the columns of an interview, those of the stages of the draw last."""
    return (*OF_INTERVIEWS, *(each for number in range(1, stages + 1) for each in _of_stage(number)))


def _of_stage(number: int) -> Iterator[Variable]:
    kinds: Sequence[tuple[str, VariableKind, str, str]] = (
        ("stratum", "text", "第 {} 级抽样的层", "Stratum of stage {}"),
        ("probability", "decimal", "第 {} 级的入样概率（给定上一级）", "Probability at stage {}, given the one before"),
        ("population", "integer", "第 {} 级本层的单位总数", "Units of the stratum at stage {}"),
        ("r_unit", "text", "方差：第 {} 级单位", "For variances: unit of stage {}"),
        ("r_stratum", "text", "方差：第 {} 级的层", "For variances: stratum of stage {}"),
        ("r_fraction", "decimal", "方差：第 {} 级抽样比", "For variances: fraction of stage {}"),
    )
    for name, kind, zh, en in kinds:
        labels = {"zh": zh.format(number), "en": en.format(number)}
        yield Variable(f"ev_{name}_{number}", "", kind, labels, role=STAGE)


OF_ROWS: tuple[Variable, ...] = (
    _variable(INSTANCE, "text", "答卷编号", "Instance of the interview"),
    _variable(ROW, "integer", "行号（从 1 起）", "Row within the interview, from 1"),
    _variable(PARENT, "integer", "上一层重复组的行号", "Row of the repeat around it"),
)
UNFIT_ANSWERS = _variable(
    UNFIT, "text", "与变量类型不符的原文（JSON）", "Answers that are no values of their variables (JSON)"
)


def metadata_row(envelope: Envelope, started: datetime | None, ended: datetime | None, stages: int) -> list[Cell]:
    """Give the cells of `of_interviews`."""
    minutes = None if started is None or ended is None else round((ended - started).total_seconds() / 60, 2)
    return [
        envelope.instance_id,
        envelope.unit_id,
        envelope.village,
        envelope.county,
        envelope.draw,
        envelope.stratum,
        envelope.sample_type,
        Missing.NO_CHANCE if envelope.weight is None else envelope.weight,
        *_coarse(envelope.coarse),
        None if envelope.counts is None else int(envelope.counts),
        envelope.version,
        envelope.received_at,
        started,
        ended,
        minutes,
        envelope.state,
        envelope.disposition,
        envelope.complaints,
        *_stages(envelope.stages, stages),
    ]


def _coarse(coarse: Coarse | None) -> list[Cell]:
    if coarse is None:
        return [Missing.NO_CHANCE] * 4
    return [coarse.area, coarse.unit, coarse.household_class, coarse.weight]


def _stages(found: tuple[Stage, ...], stages: int) -> list[Cell]:
    """Give the cells of all stages; a draw of fewer stages leaves those of the others empty."""
    cells: list[Cell] = []
    for each in found:
        cells += [each.stratum, each.probability, each.population, each.unit, each.variance_stratum, each.fraction]
    return cells + [Missing.NO_CHANCE] * (STAGE_COLUMNS * (stages - len(found)))
