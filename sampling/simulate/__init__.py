"""Repeat a draw on its frame with an assumed pattern of true rates, and count what comes of it."""

from sampling.simulate.pattern import (
    Indicator,
    Pattern,
    PatternReading,
    RateLine,
    RateRule,
    check_pattern,
    load_pattern,
)
from sampling.simulate.population import Population, Quantity
from sampling.simulate.records import Found, RunRecord, StateReading, complete_text, read_state, record_line
from sampling.simulate.run import Simulator
from sampling.simulate.summary import DomainReport, Report, Share, Spread, summarise

__all__ = [
    "DomainReport",
    "Found",
    "Indicator",
    "Pattern",
    "PatternReading",
    "Population",
    "Quantity",
    "RateLine",
    "RateRule",
    "Report",
    "RunRecord",
    "Share",
    "Simulator",
    "Spread",
    "StateReading",
    "check_pattern",
    "complete_text",
    "load_pattern",
    "read_state",
    "record_line",
    "summarise",
]
