"""What the server knows of an interview beside its answers; the names of these variables begin with `ev_`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forms.dataset.variables import Cell, Variable, VariableKind

INSTANCE, ROW, PARENT, UNFIT = "ev_instance", "ev_row", "ev_parent_row", "ev_unfit"
UNIT, VILLAGE, COUNTY, VERSION = "ev_unit", "ev_village", "ev_county", "ev_form_version"
RECEIVED, STARTED, ENDED, MINUTES = "ev_received_at", "ev_started_at", "ev_ended_at", "ev_minutes"
STATE, OUTCOME, COMPLAINTS = "ev_state", "ev_disposition", "ev_complaints"


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
    _variable("ev_stratum", "text", "层", "Stratum"),
    _variable("ev_sample_type", "text", "样本类型", "Sample type"),
    _variable("ev_weight", "decimal", "抽样权重（未作无应答调整）", "Weight of the draw, before adjustment"),
    _variable(VERSION, "text", "问卷版本", "Version of the form"),
    _variable(RECEIVED, "datetime", "收到时间（世界时）", "Received at (UTC)"),
    _variable(STARTED, "datetime", "开始时间（世界时）", "Started at (UTC)"),
    _variable(ENDED, "datetime", "结束时间（世界时）", "Ended at (UTC)"),
    _variable(MINUTES, "decimal", "访谈用时（分钟）", "Duration in minutes"),
    _variable(STATE, "text", "审核状态", "State of the review"),
    _variable(OUTCOME, "text", "访问结果", "Disposition"),
    _variable(COMPLAINTS, "integer", "检查问题数", "Complaints of the checks"),
)
OF_ROWS: tuple[Variable, ...] = (
    _variable(INSTANCE, "text", "答卷编号", "Instance of the interview"),
    _variable(ROW, "integer", "行号（从 1 起）", "Row within the interview, from 1"),
    _variable(PARENT, "integer", "上一层重复组的行号", "Row of the repeat around it"),
)
UNFIT_ANSWERS = _variable(
    UNFIT, "text", "与变量类型不符的原文（JSON）", "Answers that are no values of their variables (JSON)"
)


def metadata_row(envelope: Envelope, started: datetime | None, ended: datetime | None) -> list[Cell]:
    """Give the cells of OF_INTERVIEWS."""
    minutes = None if started is None or ended is None else round((ended - started).total_seconds() / 60, 2)
    return [
        envelope.instance_id,
        envelope.unit_id,
        envelope.village,
        envelope.county,
        envelope.stratum,
        envelope.sample_type,
        envelope.weight,
        envelope.version,
        envelope.received_at,
        started,
        ended,
        minutes,
        envelope.state,
        envelope.disposition,
        envelope.complaints,
    ]
