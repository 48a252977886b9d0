"""Every code of forms/ has its sentences, every sentence its code, and the documentation names every function."""

import re
import tomllib
from pathlib import Path

from forms.functions.registry import FUNCTIONS

ROOT = Path(__file__).parents[3]
PACKAGE = re.compile(r'"((?:xml|form|instance|check|fill|workbook)\.[a-z_]+)"')


def test_codes_and_sentences_agree() -> None:
    raised = {code for file in (ROOT / "forms").rglob("*.py") for code in PACKAGE.findall(file.read_text("utf-8"))}
    sentences = tomllib.loads((ROOT / "evalsvc/translations/codes/forms.toml").read_text("utf-8"))
    assert raised == set(sentences)
    for code, words in sentences.items():
        assert set(words) == {"zh", "en"}, code
        places = [set(re.findall(r"%\((\w+?)(?:_en)?\)s", words[language])) for language in ("zh", "en")]
        assert places[0] == places[1], code


def test_the_documentation_names_every_function() -> None:
    text = (ROOT / "docs/instruments.md").read_text("utf-8")
    assert {name for name in FUNCTIONS if f"`{name}`" not in text} == {"primary"}
