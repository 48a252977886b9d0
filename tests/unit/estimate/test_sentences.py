"""Every code of the estimation has its sentences, and every sentence its code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sampling.estimate.judge import FLAGS

ROOT = Path(__file__).parents[3]
CODE = re.compile(r'"((?:plan|estimate)\.[a-z_0-9]+)"')
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def test_codes_and_sentences_agree() -> None:
    raised = {
        code
        for source in (ROOT / "sampling/estimate").rglob("*.py")
        for code in CODE.findall(source.read_text(encoding="utf-8"))
    }
    sentences = tomllib.loads((ROOT / "evalsvc/translations/codes/estimate.toml").read_text(encoding="utf-8"))
    assert set(sentences) == raised | {f"estimate.flag.{flag}" for flag in FLAGS}
    for code, words in sentences.items():
        assert set(words) == {"zh", "en"}, code
        assert set(PLACEHOLDER.findall(words["zh"])) == set(PLACEHOLDER.findall(words["en"])), code
