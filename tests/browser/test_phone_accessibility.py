"""Every screen of the enumerator's application, in both languages, judged by axe-core on a walk through it."""

import pytest

from benchmarks.axe import Fault, faults_of
from benchmarks.phone_stage import phone, set_stage
from benchmarks.phone_walk import begun, households, sign_in, walk_beside

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll(
        "button, summary, select, input, a.button, a.line, label:has([type=radio], [type=checkbox])")]
    .filter(each => !each.closest("label:has([type=radio], [type=checkbox])") || each.tagName === "LABEL")
    .filter(each => each.checkVisibility() && !["file", "range"].includes(each.type))
    .map(each => [each, each.getBoundingClientRect()])
    .filter(([each, box]) => box.height > 0 && (box.height < 47.5 || box.width < 47.5))
    .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
"""What is touched and is smaller than a thumb: 48 px in each direction."""
SCREENS = {"zh": 70, "en": 35}
"""At least so many are looked at; a walk that ends early has judged little."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_every_screen(language: str) -> None:
    found: dict[str, list[Fault]] = {}
    wide: list[str] = []
    small: list[str] = []
    with set_stage() as stage, phone(stage, language) as context:
        page = context.pages[0]

        def judge(name: str) -> None:
            found[name] = faults_of(page)
            if page.evaluate(OVERFLOW) > 0:
                wide.append(name)
            small.extend(f"{name}: {each}" for each in page.evaluate(SMALL))

        way = begun(stage, context, stage.world.enumerators[0], judge, language)
        sign_in(way)
        # The pages of the long form are built alike in both languages.
        if language == "zh":
            households(way)
        walk_beside(way)
    assert len(found) >= SCREENS[language]
    assert wide == []
    assert small == []
    faults = [f"{name}: {fault}" for name, all_of_it in found.items() for fault in all_of_it]
    assert faults == [], "\n".join(faults)
