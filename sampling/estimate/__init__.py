"""Design-based estimation: one design object, one variance routine, estimators that supply scores."""

from sampling.estimate.errors import Complaint, DataRefusedError, EstimateError
from sampling.estimate.layers import Sample
from sampling.estimate.plan import PlanReading, load_plan
from sampling.estimate.remarks.unanswered import Unanswered, unanswered
from sampling.estimate.remarks.unplaced import Unplaced, unplaced
from sampling.estimate.result import EstimateRow, Results, ThresholdRow
from sampling.estimate.run import answer_plan, plan_sample, run_plan
from sampling.estimate.statement import Plan, Statement
from sampling.estimate.summary import DesignSummary, summarize
from sampling.estimate.table import Table
from sampling.estimate.table_file import read_table

__all__ = [
    "Complaint",
    "DataRefusedError",
    "DesignSummary",
    "EstimateError",
    "EstimateRow",
    "Plan",
    "PlanReading",
    "Results",
    "Sample",
    "Statement",
    "Table",
    "ThresholdRow",
    "Unanswered",
    "Unplaced",
    "answer_plan",
    "load_plan",
    "plan_sample",
    "read_table",
    "run_plan",
    "summarize",
    "unanswered",
    "unplaced",
]
