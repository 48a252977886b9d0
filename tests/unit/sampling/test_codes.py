"""Every code that the code raises has its two sentences, every sentence is raised, and every one is tried by a test."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = re.compile(r"(frame|design|draw|document|chain|weight|size)\.[a-z_]+")


def strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def sentences_of_all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in (ROOT / "evalsvc/translations/codes").glob("sampling*.toml"):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def test_codes_and_sentences_belong_together() -> None:
    table = sentences_of_all()
    files = {"design.yaml", "frame.parquet"}
    own = [path for path in (ROOT / "sampling").rglob("*.py") if "estimate" not in path.parts]
    raised = {text for path in own for text in strings(path) if CODE.fullmatch(text)} - files
    assert raised == set(table)
    for code, sentences in table.items():
        assert set(sentences) == {"zh", "en"}, code
        placeholders = [sorted(set(re.findall(r"%\((\w+)\)s", sentences[language]))) for language in ("zh", "en")]
        assert placeholders[0] or code.startswith(("draw.", "frame.")), code


def test_every_code_is_tried() -> None:
    table = sentences_of_all()
    here = Path(__file__).parent
    tried = {text for path in here.rglob("test_*.py") for text in strings(path)}
    assert set(table) <= tried
