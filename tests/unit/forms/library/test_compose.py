"""Forms are composed of items: rows, words, kinds and lists come from the bank."""

import pytest

from forms import FormsError, convert, library
from forms.library import Bank, compose
from forms.library.tables import read_tables

ITEM = """
| survey |
| | type | name | label | relevant |
| | select_one degree | satisfaction_{{about}} | What of {{words}} | {{relevant}} |
| | amount | paid_{{about}} | How much | |

| choices |
| | list_name | name | label |
| | degree | good | Good |
| | degree | bad | Bad |
| | unused | a | A |
"""
KINDS = "| kinds |\n| | kind | type | constraint |\n| | amount | integer | . >= 0 |\n"
FORM = """
| settings |
| | form_title | form_id | version |
| | T | t | 1 |
| survey |
| | type | name | label | with |
| | include | satisfaction | | about=team; words=the team; relevant= |
| | include | satisfaction | | about=helper; words=the helper; relevant=${paid_team} > 0 |
"""
BANK = Bank.of({"satisfaction": ITEM, "kinds": KINDS})


def test_an_item_is_taken_over_with_its_words_its_kinds_and_its_lists() -> None:
    assert compose(FORM, BANK) == (
        "| settings |\n| | form_title | form_id | version |\n| | T | t | 1 |\n\n"
        "| survey |\n| | type | name | relevant | constraint | label |\n"
        "| | select_one degree | satisfaction_team |  |  | What of the team |\n"
        "| | integer | paid_team |  | . >= 0 | How much |\n"
        "| | select_one degree | satisfaction_helper | ${paid_team} > 0 |  | What of the helper |\n"
        "| | integer | paid_helper |  | . >= 0 | How much |\n\n"
        "| choices |\n| | list_name | name | label |\n| | degree | good | Good |\n| | degree | bad | Bad |\n"
    )
    assert convert(compose(FORM, BANK).encode(), "t.md").complaints == ()


def test_a_form_keeps_some_of_the_choices_and_has_lists_of_its_own() -> None:
    kept = compose(FORM + "| kept |\n| | list_name | names |\n| | degree | bad |\n", BANK)
    assert "| degree | good |" not in kept
    assert "| degree | bad |" in kept
    own = compose(FORM + "| choices |\n| | list_name | name | label |\n| | degree | so_so | So so |\n", BANK)
    assert "| degree | so_so | So so |" in own
    assert "| degree | bad |" not in own


def test_an_institute_adds_items_and_replaces_them() -> None:
    own = Bank.of({"satisfaction": "| survey |\n| | type | name | label |\n| | text | told_{{about}} | Tell |\n"})
    assert "| text | told_team | Tell |" in compose(FORM, BANK.extended(own))


def test_a_bar_in_a_cell_stays_one() -> None:
    item = Bank.of({"satisfaction": "| survey |\n| | type | name | label |\n| | note | n_{{about}} | a \\| b |\n"})
    assert "| note | n_team | a \\| b |" in compose(FORM, item)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("示范评估中心", "'示范评估中心'"),
        ("  two\n lines ", "'two lines'"),
        ("the Women's Institute", '"the Women\'s Institute"'),
        ('the "best" Women\'s', '"the ”best” Women\'s"'),
        (" ", "''"),
    ],
)
def test_a_blank_takes_the_words_that_are_given(words: str, written: str) -> None:
    item = "| survey |\n| | type | name | calculation | bind::evalsvc:fill |\n| | calculate | who | '' | institute |\n"
    composed = compose(FORM, Bank.of({"satisfaction": item}), {"institute": words, "another": "x"})
    assert f"| calculate | who | {written} | institute |" in composed


@pytest.mark.parametrize(
    ("form", "items", "code"),
    [
        (FORM, {}, "form.library_item_unknown"),
        (FORM, {"satisfaction": "| survey |\n| | type | name |\n| | include | satisfaction |\n"},
         "form.library_item_unknown"),
        (FORM.replace("words=the team; ", ""), {"satisfaction": ITEM}, "form.library_word_missing"),
        (FORM, {"satisfaction": ITEM.split("| choices |", maxsplit=1)[0]}, "form.library_list_unknown"),
        (FORM + "| kept |\n| | list_name | names |\n| | degre | bad |\n", {"satisfaction": ITEM},
         "form.library_list_unknown"),
        (FORM, {"satisfaction": ITEM, "another": ITEM}, "form.library_list_twice"),
        (FORM, {"satisfaction": ITEM + "| | a | b | c | too | many |\n"}, "form.library_row_long"),
        (FORM.replace("| settings |", "| setting |"), {"satisfaction": ITEM}, "form.library_sheet_missing"),
        ("| settings |", {}, "form.library_sheet_missing"),
        (FORM.replace("about=team; words", "about team; words"), {"satisfaction": ITEM}, "form.library_word_missing"),
    ],
)  # fmt: skip
def test_what_the_bank_does_not_have_is_named(form: str, items: dict[str, str], code: str) -> None:
    with pytest.raises(FormsError) as refused:
        compose(form, Bank.of(items))
    assert refused.value.code == code


def test_every_item_of_the_shipped_bank_is_used() -> None:
    used = {row["name"] for rows in library.bank().items.values() for row in rows if row["type"] == "include"}
    for name in library.names():
        text = library.FORMS.joinpath(f"{name}.md").read_text("utf-8")
        used |= {row["name"] for row in read_tables(text)["survey"] if row["type"] == "include"}
    assert set(library.bank().items) == used
