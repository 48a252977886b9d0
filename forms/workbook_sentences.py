"""The sentences of pyxform that carry no code of its own: what each means, and of which sheet and column it speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """A pattern of pyxform's words with our code; names of groups become details of the complaint."""

    pattern: re.Pattern[str]
    code: str
    sheet: str | None
    column: str | None


def _sentence(pattern: str, code: str, sheet: str | None = "survey", column: str | None = None) -> Sentence:
    return Sentence(re.compile(pattern, re.DOTALL), code, sheet, column)


SENTENCES = (
    _sentence(
        r"Language '(?P<language>.*?)' is missing the (?P<sheet>\w+) (?P<header>.*?) column\.",
        "workbook.language_column", None,
    ),
    _sentence(
        r"Language '(?P<language>.*?)' is missing the (?P<sheet>\w+) columns (?P<header>.*)\.",
        "workbook.language_column", None,
    ),
    _sentence(r"Question with no type", "workbook.no_type", column="type"),
    _sentence(r"Question or group with no name", "workbook.no_name", column="name"),
    _sentence(r"Missing calculation", "workbook.no_calculation", column="calculation"),
    _sentence(
        r"List name not in (?:choices|external choices|columns) sheet: ?(?P<list>.*)",
        "workbook.list_missing", column="type",
    ),
    _sentence(r"There should be a choices sheet", "workbook.no_choices", "choices"),
    _sentence(
        r"Choice names with spaces cannot be added.*See \[(?P<name>.*?)\] in \[(?P<list>.*?)\]",
        "workbook.choice_with_space", "choices", "name",
    ),
    _sentence(r"Unknown question type '?(?P<type>[^'\n]*)'?", "workbook.unknown_type", column="type"),
    _sentence(r"The survey element named '(?P<name>[^']*)' has no label or hint", "workbook.no_label", column="label"),
    _sentence(r"external[_ ]choices sheet|select one external", "workbook.external_choices", column="type"),
    _sentence(r"max-pixels parameter to speed up", "workbook.no_max_pixels", column="parameters"),
    _sentence(r"Audits must always be named", "workbook.audit_name", column="name"),
    _sentence(
        r"For '(?P<type>[^']*)' questions, the '(?P<header>[^']*)' column must be empty", "workbook.cell_not_empty"
    ),
    _sentence(
        r"For '(?P<type>[^']*)' questions, the '(?P<header>[^']*)' column must not be empty", "workbook.cell_empty"
    ),
    _sentence(r"same instance id will be generated.*Instance name: '(?P<name>[^']*)'", "workbook.table_twice"),
    _sentence(r"Instance names must be unique within a form\. The name '(?P<name>[^']*)'", "workbook.table_twice"),
    _sentence(r"File name for '(?P<type>[^']*)' should end with", "workbook.file_ending", column="type"),
    _sentence(r"multiple survey elements named '(?P<q>[^']*)'", "workbook.reference_ambiguous"),
    _sentence(
        r"Question '(?P<name>[^']*)' is a select from file type, using 'search",
        "workbook.search_of_file", column="type",
    ),
    _sentence(
        r"Question '(?P<name>[^']*)' uses 'search\(\)', and its select type references the choice list name "
        r"'(?P<list>[^']*)'", "workbook.search_shares_list", column="type",
    ),
    _sentence(
        r"specify an image for the survey element named (?P<name>.*?)\.?$",
        "workbook.big_image", column="media::big-image",
    ),
    _sentence(r"Choice filter not supported with or_other", "workbook.or_other_filter", column="choice_filter"),
    _sentence(
        r"The question \$\{(?P<q>[^}]*)\} is not user-visible so it can't be used as a calculation trigger for "
        r"question \$\{(?P<name>[^}]*)\}", "workbook.trigger_unseen", column="trigger",
    ),
    _sentence(r"This form uses or_other and translations", "workbook.or_other_languages", column="type"),
    _sentence(r"This section has not been included", "workbook.include", column="type"),
    _sentence(r"Invalid value for quality", "workbook.quality", column="parameters"),
    _sentence(r"(?P<name>[a-z-]+) must have an integer value", "workbook.parameter_whole", column="parameters"),
    _sentence(r"(?P<name>[a-z-]+) must be set to true or false", "workbook.parameter_truth", column="parameters"),
    _sentence(
        r"Parameter (?P<name>[a-z-]+) must be greater than or equal to (?P<least>[^.]*)",
        "workbook.parameter_least", column="parameters",
    ),
    _sentence(r"To include location information in the audit", "workbook.audit_location", column="parameters"),
    _sentence(r"seed value must be a number", "workbook.seed", column="parameters"),
    _sentence(r"must include randomize=true to use a seed", "workbook.seed_alone", column="parameters"),
    _sentence(
        r"(?P<name>[a-z-]+) must be set to (?P<allowed>[^:]*)", "workbook.parameter_choice", column="parameters"
    ),
    _sentence(
        r"must have an integer value|must be set to|[Pp]arameter|Invalid value for|seed value must be",
        "workbook.parameters", column="parameters",
    ),
    _sentence(r"(?:Group|Repeat) has no label", "workbook.group_without_label", column="label"),
    _sentence(r"Row without name, text, or label is being skipped", "workbook.row_skipped", column="name"),
    _sentence(r"You must have a sheet named 'survey'", "workbook.no_survey"),
)  # fmt: skip
