"""Choices are known wherever they stand: in a random order, or in a file beside the form."""

import pytest

from forms import FormDefinition
from forms.compiled import compile_form
from forms.dataset.schema import schema_of
from forms.listed import MOST_LISTED, with_listed_choices
from forms.structure import Choice

HEARD = (
    "list_name ; name ; label::zh ; label::en ; region\np ; credit ; 贷款 ; Credit ; a\np ; school ; 助学 ; School ; b"
)
SHUFFLED = (
    "randomize=true", "randomize=true, seed=5", "randomize=true, seed=${seed}",
)  # fmt: skip
TOWNS = "name,label,size\nx,西镇,10\ny,东镇,20\n".encode()
WELLS = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "w1", "properties": {"title": "Old well"},'
    b' "geometry": {"type": "Point", "coordinates": [117, 25]}}]}'
)


@pytest.mark.parametrize("parameters", SHUFFLED)
@pytest.mark.parametrize("condition", ["", "region != ''", "region = ${seed}"])
def test_choices_in_a_random_order_are_those_of_their_list(form, parameters: str, condition: str) -> None:
    definition = form(
        "type ; name ; label::zh ; label::en ; parameters ; choice_filter\ntext ; seed ; 数 ; N ; ;\n"
        f"select_multiple p ; heard ; 听说过 ; Heard ; {parameters} ; {condition}",
        HEARD,
    )
    heard = definition.by_path["/data/heard"]
    assert heard.choices == (
        Choice("credit", {"zh": "贷款", "en": "Credit"}),
        Choice("school", {"zh": "助学", "en": "School"}),
    )
    assert heard.itemset is not None
    assert (heard.itemset.instance, heard.itemset.filtered) == ("p", bool(condition))


def test_the_policies_of_the_household_form_are_columns_of_their_own(household: FormDefinition) -> None:
    assert all(node.choices for node in household.questions if node.is_select)
    variables = schema_of([household]).tables[0].variables
    heard = {each.part: each.kind for each in variables if each.path.endswith("/policies_heard") and each.part}
    assert heard["credit"] == "flag"


def test_choices_of_a_file_come_with_the_file(form) -> None:
    definition = form(
        "type ; name ; label ; parameters\nselect_one_from_file towns.csv ; town ; T ;\n"
        "select_one_from_file wells.geojson ; well ; W ; value=id"
    )
    assert definition.by_path["/data/town"].choices == ()
    listed = compile_form(definition, {"towns.csv": TOWNS, "wells.geojson": WELLS}).definition
    assert listed.by_path["/data/town"].choices == (Choice("x", {"": "西镇"}), Choice("y", {"": "东镇"}))
    assert listed.by_path["/data/well"].choices == (Choice("w1", {"": "Old well"}),)
    assert listed != definition
    town = next(each for each in schema_of([listed]).tables[0].variables if each.name == "town")
    assert (town.kind, [(each.value, dict(each.labels)) for each in town.values]) == (
        "choice", [("x", {"": "西镇"}), ("y", {"": "东镇"})],
    )  # fmt: skip


def test_the_label_of_a_choice_of_a_file_can_be_computed_with(form, verdict) -> None:
    definition = form(
        "type ; name ; label ; calculation\nselect_one_from_file towns.csv ; town ; T ;\n"
        "calculate ; named ; ; jr:choice-name(${town}, '${town}')"
    )
    data = {"towns.csv": TOWNS}
    assert verdict(definition, "<town>y</town><named>东镇</named>", data=data) == []
    wrong = verdict(definition, "<town>y</town><named>西镇</named>", data=data)
    assert wrong == [("calculate", "check.other_value", "/data/named")]


def test_a_register_is_no_list_of_choices(form) -> None:
    definition = form("type ; name ; label\nselect_one_from_file people.csv ; who ; W")
    rows = "name,label\n" + "".join(f"p{number},P {number}\n" for number in range(MOST_LISTED + 1))
    compiled = compile_form(definition, {"people.csv": rows.encode()})
    assert compiled.definition is definition
    assert with_listed_choices(definition, {}) is definition
