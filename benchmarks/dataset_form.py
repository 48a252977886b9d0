"""A form of two hundred columns and its submissions as text: what the study of datasets reads."""

import random
from collections.abc import Iterator

from forms.dataset.metadata import Envelope
from forms.definition import FormDefinition, parse_definition
from forms.instance import Instance, parse_instance

INTEGERS, DECIMALS, CHOICES, TEXTS = 90, 30, 45, 14
VALUES = ("never", "seldom", "often", "always", "not_known")
WORDS = ("没有困难", "路不好走", "希望修水渠", "孩子在县城上学", "都好")
HEAD = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>两百列的问卷</h:title><model><instance><data id="wide" version="1">{nodes}<meta><instanceID/></meta></data>
</instance>{binds}</model></h:head><h:body>{controls}</h:body></h:html>"""


def names() -> list[tuple[str, str]]:
    """List the questions with their types."""
    kinds = [("int", INTEGERS), ("decimal", DECIMALS), ("select1", CHOICES), ("string", TEXTS)]
    return [*((f"{kind}_{number}", kind) for kind, count in kinds for number in range(count)), ("kinds", "select")]


def definition() -> FormDefinition:
    """Make the form."""
    items = "".join(f"<item><label>标签 {value}</label><value>{value}</value></item>" for value in VALUES)
    nodes, binds, controls = [], [], []
    for name, kind in names():
        nodes.append(f"<{name}/>")
        binds.append(f'<bind nodeset="/data/{name}" type="{kind if kind in ("int", "decimal") else "string"}"/>')
        tag = kind if kind.startswith("select") else "input"
        inside = items if kind.startswith("select") else ""
        controls.append(f'<{tag} ref="/data/{name}"><label>问题 {name}</label>{inside}</{tag}>')
    return parse_definition(
        HEAD.format(nodes="".join(nodes), binds="".join(binds), controls="".join(controls)).encode()
    )


def submissions(count: int) -> Iterator[tuple[Instance, Envelope]]:
    """Give submissions one after the other; a tenth of the answers is missing."""
    numbers = random.Random(2026)
    asked = names()
    for place in range(count):
        body = "".join(f"<{name}>{_answer(numbers, kind)}</{name}>" for name, kind in asked)
        meta = f"<meta><instanceID>uuid:{place}</instanceID></meta>"
        xml = f'<data id="wide" version="1">{body}{meta}</data>'.encode()
        yield parse_instance(xml), Envelope(f"uuid:{place}", "1", unit_id=f"3501-{place}", weight=12.5)


def _answer(numbers: random.Random, kind: str) -> str:
    if numbers.random() < 0.1:
        return ""
    if kind == "int":
        return str(numbers.randrange(10_000))
    if kind == "decimal":
        return f"{numbers.random() * 1000:.2f}"
    if kind == "string":
        return numbers.choice(WORDS)
    return numbers.choice(VALUES) if kind == "select1" else " ".join(numbers.sample(VALUES, 2))
