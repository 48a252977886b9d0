"""Fill a form on the phone as an enumerator does: page by page, by the names of its questions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from playwright.sync_api import Locator, Page

from evalsvc.words import sentence

Answers = Mapping[str, object]
ON = ".form-footer .primary"
BACK = ".form-footer .ways button:not(.primary)"
PATHS = "cards => cards.map(card => card.dataset.path)"
STEP = re.compile(r"/(\w+)(?:\[(\d+)\])?")
ROW = re.compile(r"/(\w+)\[\d+\]/")
SHOWN = "document.querySelector('main')?.dataset.page ?? ''"
MOST_PAGES = 80
STROKES = ((0.12, 0.62, 0.3, 0.25), (0.3, 0.25, 0.4, 0.7), (0.45, 0.4, 0.62, 0.45), (0.52, 0.22, 0.56, 0.78),
           (0.66, 0.6, 0.88, 0.35), (0.7, 0.3, 0.84, 0.72))  # fmt: skip
"""Of a signature, as shares of the pad."""
UNSTEADY = 0.06
"""How far a stroke ends from there, by whose signature it is."""


@dataclass(frozen=True)
class Pen:
    """What is needed to answer: the page, the language of its buttons, a photo, and whom to tell of each page."""

    page: Page
    language: str
    photo: Path
    look: Callable[[str], None]

    def say(self, code: str, **details: object) -> str:
        """Return the words of a button."""
        return sentence(code, details, self.language)

    def press(self, code: str, within: Locator | None = None, **details: object) -> None:
        """Press the button with these words."""
        where = self.page.locator("body") if within is None else within
        where.get_by_role("button", name=self.say(code, **details), exact=True).first.click()


def fill_form(pen: Pen, answers: Answers, until: str = "end") -> None:
    """Answer what is asked and go on, up to the page (or panel) of this name; `pen.look` is told every page's title."""
    for _ in range(MOST_PAGES):
        if until == shown(pen.page):
            return
        fill_page(pen, answers)
        pen.look(title_of(pen.page))
        go_on(pen)
    raise RuntimeError(f"{until} does not come: {shown(pen.page)}")


def fill_page(pen: Pen, answers: Answers) -> None:
    """Answer what this page asks, and what it asks then, and add the rows of its list."""
    answered: set[str] = set()
    while paths := [path for path in paths_on(pen.page) if path not in answered]:
        answered |= set(paths)
        for path in paths:
            given, card = answer_at(answers, path), card_of(pen.page, path)
            # Another answer may have taken the question away.
            if given is not None and card.count():
                answer(pen, card, given)
    if pen.page.locator(".repeat button.block").count():
        add_rows(pen, answers)


def add_rows(pen: Pen, answers: Answers) -> None:
    """Fill as many rows of the page's list as there are answers for; a list may begin with one."""
    page = pen.page
    page.locator(".repeat .line, .repeat button.block").first.click()
    rows = next(answers[found[1]] for path in paths_on(page) if (found := ROW.search(path)))
    number = len(rows) if isinstance(rows, list) else 0
    for place in range(number):
        fill_page(pen, answers)
        pen.look(title_of(page))
        page.locator(BACK if place == number - 1 else ON).click()


def answer_at(answers: Answers, path: str) -> object:
    """Find the answer for a question by its path; None where it is left without one."""
    found: object = answers
    for name, number in STEP.findall(path):
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        if number and isinstance(found, list):
            found = found[int(number) - 1]
    return None if isinstance(found, Mapping) else found


def answer(pen: Pen, card: Locator, given: object) -> None:
    """Answer one question by the control that it has."""
    wanted = str(given)
    if card.locator("canvas").count():
        sign(card)
    elif card.locator("input[type=file]").count():
        take_photo(pen, card)
    elif card.locator("input[type=radio], input[type=checkbox]").count():
        for value in wanted.split() if card.locator("input[type=checkbox]").count() else [wanted]:
            card.locator(f'input[value="{value}"]').check()
    elif card.locator("input:not([readonly]), textarea").count():
        card.locator("input, textarea").first.fill(wanted)
        card.locator("input, textarea").first.blur()
    elif wanted == "here":
        pen.press("phone.position.begin", card)
        card.get_by_text(pen.say("phone.position.coordinates")).wait_for()


def take_photo(pen: Pen, card: Locator) -> None:
    with pen.page.expect_file_chooser() as chooser:
        card.locator("button.primary").click()
    chooser.value.set_files(pen.photo)
    card.locator("img").wait_for()


def sign(card: Locator) -> None:
    """Draw a few strokes on the pad, as a finger does: each question's signature in a hand of its own."""
    pad, mouse, hand = card.locator("canvas"), card.page.mouse, Random(card.get_attribute("data-path"))
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    if box is None:
        raise RuntimeError("the pad is not shown")
    for stroke in STROKES:
        left, top, right, bottom = (share + hand.uniform(-UNSTEADY, UNSTEADY) for share in stroke)
        mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
        mouse.down()
        mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=6)
        mouse.up()


def go_on(pen: Pen) -> None:
    """Press the button that leads on, a second time where a question holds one back."""
    before = shown(pen.page)
    for _ in range(2):
        pen.page.locator(ON).click()
        if shown(pen.page) != before:
            return


def shown(page: Page) -> str:
    """Name the page or panel that the form shows."""
    return str(page.evaluate(SHOWN))


def title_of(page: Page) -> str:
    return page.locator("main h2").first.inner_text()


def paths_on(page: Page) -> list[str]:
    """Name the questions that are asked on the page, in their order."""
    return [str(path) for path in page.locator("main [data-path]").evaluate_all(PATHS)]


def card_of(page: Page, path: str) -> Locator:
    """Find a question by its path, or by its end."""
    return page.locator(f'main [data-path$="{path}"]')
