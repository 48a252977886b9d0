"""Every code that the package raises or reports has its two sentences, and every sentence has its code."""

import ast
import re
import tomllib
from pathlib import Path

from reports.signing.roles import ROLES

ROOT = Path(__file__).resolve().parents[3]
CODE = re.compile(r"reports\.[a-z_.]+")


def strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_codes_and_sentences_belong_together() -> None:
    table = tomllib.loads((ROOT / "evalsvc/translations/codes/reports.toml").read_text(encoding="utf-8"))
    raised = {text for path in (ROOT / "reports").rglob("*.py") for text in strings(path) if CODE.fullmatch(text)}
    missing = "reports.signature_missing."
    assert missing in raised  # the beginning of a code that ends with the role
    raised = raised - {missing} | {missing + role.name for role in ROLES}
    assert raised == set(table)
    for code, sentences in table.items():
        names = [sorted(re.findall(r"%\((\w+)\)s", sentences[language])) for language in ("zh", "en")]
        assert names[0] == names[1], code
