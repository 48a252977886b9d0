"""The kinds of reports, each a folder of texts in every language that it is written in."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("zh", "en")
GENERAL, COUNTY, PROBLEMS, SAMPLE, QUALITY, CASES, LETTER = (
    "总报告", "分县报告", "问题清单", "抽样附件", "质量附件", "个案卷", "反馈函",
)  # fmt: skip
FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        GENERAL: "general",
        COUNTY: "county",
        PROBLEMS: "problems",
        SAMPLE: "sample",
        QUALITY: "quality",
        CASES: "cases",
        LETTER: "letter",
    }
)
"""The folder of a kind below that of its language; the kind is named as the cover names it in Chinese."""
SHARED = "shared"
"""The folder of texts that several kinds use."""
OF_ONE_COUNTY = frozenset({COUNTY, LETTER})
"""Kinds that are about one county: the edition's head names it."""
