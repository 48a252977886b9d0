"""A form of sixty questions and its answers: four kilobytes of XML with rules of every kind, as institutes ask them."""

from forms.definition import FormDefinition
from forms.filling import fill

QUESTIONS = 60
SECTIONS = 10
NAME = "sixty.md"
PHOTO = "photo.jpg"
SAID = "饮水、住房、医疗和上学都没有困难，家里今年添了一头牛，没有别的意见，也不愿多说。"
OUTCOMES = ("completed", "non_contact", "refused", "ineligible_vacant", "ineligible_deceased", "ineligible_duplicate")
COLUMNS = ("type", "name", "label", "required", "relevant", "constraint", "calculation", "choice_filter")
Row = tuple[str, ...]
OPENING: tuple[Row, ...] = (
    ("start", "started"),
    ("end", "ended"),
    ("begin_group", "visit", "The visit"),
    ("text", "unit_id", "Household", "yes", "", "regex(., '^[^ ]{1,64}$')"),
    ("select_one outcome", "disposition", "Outcome of the visit", "yes"),
    ("integer", "attempt", "Number of the visit", "yes", "", ". >= 1 and . <= 9"),
    ("image", "photo_house", "The house", "", "${disposition} = 'completed'"),
    ("geopoint", "position", "Position"),
    ("end_group",),
)
CLOSING: tuple[Row, ...] = (
    ("begin_group", "sums", "Sums", "", "${disposition} = 'completed'"),
    ("calculate", "income", "", "", "", "", " + ".join(f"coalesce(${{number_{at}}}, 0)" for at in range(9))),
    ("calculate", "income_each", "", "", "", "", "round(${income} div ${number_0}, 2)"),
    ("text", "remarks", "Remarks", "", "", "string-length(.) <= 200"),
    ("end_group",),
)


def form_text(sections: int = SECTIONS) -> bytes:
    """Write the form as an XLSForm in Markdown; of every section there are five questions."""
    lines = ["| settings |", "| | form_title | form_id | version |", "| | Sixty questions | sixty | 1 |", "| survey |"]
    lines.append(_line(COLUMNS))
    lines += [_line(row) for row in (*OPENING, *_sections(sections), *CLOSING)]
    lines += ["| choices |", "| | list_name | name | label | part |"]
    lines += [f"| | outcome | {each} | {each} | |" for each in OUTCOMES]
    lines += [f"| | scale | scale_{at} | Answer {at} | part_{at % 2} |" for at in range(1, 7)]
    lines += [f"| | part | part_{at} | Part {at} | |" for at in range(2)]
    return "\n".join(lines).encode() + b"\n"


def _line(cells: Row) -> str:
    return "| | " + " | ".join(cells + ("",) * (len(COLUMNS) - len(cells))) + " |"


def _sections(sections: int) -> list[Row]:
    """Write the questions between opening and closing: of every five one number, one text and three choices."""
    rows: list[Row] = []
    asked = "${disposition} = 'completed'"
    for at in range(sections):
        rows.append(("begin_group", f"section_{at}", f"Section {at}", "", asked))
        rows.append(("integer", f"number_{at}", f"Number {at}", "yes", "", ". >= 1 and . <= 100000"))
        rows.append(("select_one part", f"part_{at}", f"Part {at}", "yes"))
        chosen = f"part = ${{part_{at}}}"
        rows.append(("select_one scale", f"choice_{at}", f"Choice {at}", "yes", "", "", "", chosen))
        rows.append(("select_multiple scale", f"several_{at}", f"Several {at}", "", f"${{number_{at}}} > 2"))
        rows.append(("text", f"words_{at}", f"Words {at}", "", f"${{choice_{at}}} != ''", "string-length(.) <= 80"))
        rows.append(("end_group",))
    return rows


def submission(
    definition: FormDefinition, unit_id: str, *, photo: bool, instance_id: str = "", sections: int = SECTIONS
) -> bytes:
    """Fill the form for one household."""
    answers: dict[str, object] = {
        "unit_id": unit_id,
        "disposition": OUTCOMES[0],
        "attempt": 1,
        "position": "26.0745 119.2965 12 5",
        "remarks": "村民小组长带路，全程没有村干部在场。",
        **({"photo_house": PHOTO} if photo else {}),
    }
    for at in range(sections):
        answers |= {
            f"number_{at}": 3 + at,
            f"part_{at}": f"part_{at % 2}",
            f"choice_{at}": f"scale_{at % 2 + 2}",
            f"several_{at}": ["scale_1", "scale_4"],
            f"words_{at}": f"受访者说第 {at} 项与去年相比有所好转，{SAID}",
        }
    return fill(definition, answers, instance_id=instance_id or f"uuid:{unit_id}")
