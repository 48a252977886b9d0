"""The two designs of the demonstration: four judged counties, and the whole province beside them."""

from typing import Any

import yaml

from evalsvc.demonstration.export import mapping_text
from evalsvc.demonstration.scenario import EVALUATION, JUDGED, Scale, Sizes
from sampling.documents import document_text

NO_PUBLIC_VALUE = {"source": None, "round": None, "form": None}
"""A demonstration ends before any public value could appear; every output says so."""


def judged_design(scale: Scale) -> str:
    """Write the design (YAML) that judges four counties, each by itself."""
    sizes = scale.sizes
    codes = [county.county_code for county in JUDGED]
    stages = [_village_stage(["county_code", "village_kind"], sizes), _household_stage(sizes)]
    only = [{"level": "county", "column": "county_code", "values": codes}]
    return _write(1, "四县退出评估抽样方案（模拟数据）", stages, only)


def province_design(scale: Scale) -> str:
    """Write the design (YAML) that takes counties in proportion to their households, then villages, then households."""
    sizes = scale.province
    counties = {
        "name": "county",
        "strata": [],
        "method": "pps_systematic",
        "size": {"count": "household"},
        "take": {"each": sizes.counties, "by": []},
    }
    villages = _village_stage(["village_kind"], Sizes(sizes.villages, sizes.villages, *sizes.households, reserves=2))
    households = _household_stage(Sizes(sizes.villages, sizes.villages, *sizes.households, reserves=2))
    return _write(2, "全省巩固成果评估抽样方案（模拟数据，只抽取与核验，不入户）", [counties, villages, households], [])


def _village_stage(strata: list[str], sizes: Sizes) -> dict[str, Any]:
    return {
        "name": "village",
        "strata": strata,
        "method": "pps_systematic",
        "order": "ticket",
        "size": {"count": "household"},
        "joint_method": "hartley-rao",
        "take": {
            "each": sizes.other_villages,
            "by": [{"when": {"village_kind": "脱贫村"}, "take": sizes.poor_villages}],
        },
    }


def _household_stage(sizes: Sizes) -> dict[str, Any]:
    by = [
        {"when": {"household_class": "脱贫户"}, "take": sizes.exited},
        {"when": {"household_class": "监测户"}, "take": sizes.monitored},
    ]
    return {
        "name": "household",
        "strata": ["household_class"],
        "method": "equal",
        "take": {"each": sizes.ordinary, "by": by},
        "reserves": sizes.reserves,
        # A village with fewer households of a class than wanted is taken whole: its weight says so.
        "when_short": "take_all",
    }


def _write(draw: int, title: str, stages: list[dict[str, Any]], only: list[dict[str, Any]]) -> str:
    design = {
        "version": 1,
        "evaluation": EVALUATION,
        "draw": draw,
        "title": title,
        "frame": {"levels": yaml.safe_load(mapping_text())["levels"]},
        "only": only,
        "exclude": [
            {"level": "village", "column": "committee", "values": ["居委会"], "reason": "居委会不在评估范围"},
        ],
        "public": NO_PUBLIC_VALUE,
        "prn_from": None,
        "stages": stages,
    }
    return document_text(design, width=160)
