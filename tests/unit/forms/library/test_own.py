"""An institute's own folder laid over the shipped library: it replaces and adds, and one fault stops all of it."""

import pytest

from forms import library
from forms.library import LibraryError, laid_over, shipped

OWN_FORM = """
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | 本省补充问卷 | extra | 1 | 中文 (zh) | evalsvc="https://evalsvc.org/xform/1" |
| survey |
| | type | name |
| | include | county_unit |
| | include | tea |
"""
TEA = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | integer | tea_income | 茶叶收入 | Income from tea |
"""


@pytest.fixture
def folder(tmp_path):
    def with_files(**texts):
        for part in ("bank", "forms"):
            (tmp_path / part).mkdir(exist_ok=True)
        for name, text in texts.items():
            part, _, stem = name.partition("_")
            (tmp_path / part / f"{stem}.md").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return tmp_path

    return with_files


def codes(found):
    return [(each.code, each.details["file"]) for each in found.complaints]


def test_own_forms_and_items_come_beside_the_shipped_ones(folder):
    found = laid_over(shipped(), folder(bank_tea=TEA, forms_extra=OWN_FORM))
    assert found.complaints == ()
    assert [*found.forms] == [*library.names(), "extra"]
    assert found.titles["extra"] == {"zh": "本省补充问卷", "en": "本省补充问卷"}
    assert "茶叶收入" in found.text_of("extra").decode() and "include" not in found.text_of("extra").decode()
    assert found.text_of("village") == library.text_of("village")


def test_what_has_a_shipped_name_comes_in_its_place_with_and_without_a_mark_of_utf8(folder):
    opening = "\ufeff| survey |\n| | type | name | label::中文 (zh) |\n| | note | welcome | 本省开场白 |\n"
    found = laid_over(shipped(), folder(bank_opening=opening))
    assert found.complaints == () and "本省开场白" in found.text_of("village").decode()
    replaced = laid_over(shipped(), folder(forms_village=OWN_FORM.replace("tea", "opening")))
    assert (replaced.complaints, replaced.titles["village"]["zh"]) == ((), "本省补充问卷")
    assert [*replaced.forms] == [*library.names()]


def test_every_fault_of_a_folder_is_told_with_its_file_and_no_form_is_given(folder):
    found = laid_over(
        shipped(),
        folder(
            bank_broken="| survey |\n| | type |\n| | note | one | two |\n",
            bank_words="no tables here",
            bank_latin="| survey |\n| | 问卷 |\n".encode("gb18030"),
            forms_extra=OWN_FORM,
        ),
    )
    assert codes(found) == [
        ("form.library_row_long", "bank/broken.md"),
        ("form.library_encoding", "bank/latin.md"),
        ("form.library_no_tables", "bank/words.md"),
    ]
    with pytest.raises(LibraryError):
        found.text_of("village")


def test_forms_that_cannot_be_composed_are_named(folder):
    listed = "| choices |\n| | list_name | name | label |\n| | tea | green | 绿茶 |\n"
    found = laid_over(shipped(), folder(forms_extra=OWN_FORM, forms_bare="| survey |\n| | type |\n| | note |\n"))
    assert codes(found) == [
        ("form.library_sheet_missing", "forms/bare.md"),
        ("form.library_item_unknown", "forms/extra.md"),
    ]
    assert codes(laid_over(shipped(), folder(bank_one=listed, bank_two=listed))) == [
        ("form.library_list_twice", "bank/two.md")
    ]


def test_an_empty_folder_is_no_library(tmp_path):
    assert codes(laid_over(shipped(), tmp_path)) == [("form.library_empty", tmp_path.name)]
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "._tea.md").write_bytes(b"\xff")
    assert codes(laid_over(shipped(), tmp_path)) == [("form.library_empty", tmp_path.name)]
