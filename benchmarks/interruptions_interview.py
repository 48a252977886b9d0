"""An enumerator who goes on with an interview wherever it opens, and gives no answer twice that was shown as saved."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from playwright.sync_api import Locator

from benchmarks.phone_filling import (
    BACK,
    MOST_PAGES,
    ON,
    ROW,
    Answers,
    Pen,
    answer,
    answer_at,
    card_of,
    go_on,
    paths_on,
    shown,
)

SAVED = "document.querySelector('.saving-state.saved') !== null"
ANSWER, FILE, STEP, FINISH, SENDING = MOMENTS = (
    "an answer is being saved", "a photo or a signature is being saved", "to another page or row",
    "the interview is being finished", "the interview is being sent",
)  # fmt: skip
Danger = Callable[[str], AbstractContextManager[None]]
"""What may happen around a moment."""


@dataclass
class Interview:
    """What was answered, by the paths of the questions, and what of that was shown as saved."""

    unit: str
    answers: Answers
    given: dict[str, str] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    unsure: dict[str, str] = field(default_factory=dict)
    """What was answered before a blow and not shown as saved: it may be lost, but not be another."""
    walked: set[str] = field(default_factory=set)
    """Lists whose rows were gone through since the form was opened."""

    def begin_again(self) -> None:
        """Know only of what was shown as saved: the rest is given anew, where the form opens before it."""
        self.walked.clear()
        self.unsure |= {path: given for path, given in self.given.items() if path not in self.saved}
        self.given = {path: given for path, given in self.given.items() if path in self.saved}

    def note(self, pen: Pen) -> None:
        """Look whether the screen says that all is saved."""
        if pen.page.evaluate(SAVED):
            self.saved |= self.given.keys()


def fill_on(pen: Pen, interview: Interview, danger: Danger) -> None:
    """Answer what is open, page by page and row by row, as far as the end of the form."""
    interview.begin_again()
    for _ in range(MOST_PAGES):
        if shown(pen.page) == "end":
            return
        answer_page(pen, interview, danger)
        interview.note(pen)
        with danger(STEP):
            step(pen, interview)
    raise RuntimeError(f"the end of {interview.unit} does not come: {shown(pen.page)}")


def answer_page(pen: Pen, interview: Interview, danger: Danger) -> None:
    """Answer what this page asks, and what it asks then; what was shown as saved is there and is not given again."""
    looked: set[str] = set()
    while paths := [path for path in paths_on(pen.page) if path not in looked]:
        looked |= set(paths)
        for path in paths:
            given, card = answer_at(interview.answers, path), card_of(pen.page, path)
            if given is None or path in interview.saved or not card.count():
                continue
            with danger(FILE if is_file(card) else ANSWER):
                if not is_there(pen, card):
                    answer(pen, card, given)
                interview.given[path] = str(given)
                interview.unsure.pop(path, None)
            interview.note(pen)


def is_file(card: Locator) -> bool:
    return card.locator("canvas, input[type=file], img").count() > 0


def is_there(pen: Pen, card: Locator) -> bool:
    """Tell whether a picture or a position, which is not taken twice, survived without having been shown as saved."""
    return card.locator("img").count() > 0 or card.get_by_text(pen.say("phone.position.coordinates")).count() > 0


def step(pen: Pen, interview: Interview) -> None:
    """Go on: through the rows of a list first, then to the next page."""
    page = pen.page
    rows = [found for path in paths_on(page) if (found := ROW.search(path))]
    in_row = page.get_by_role("button", name=pen.say("phone.form.back_to_list"), exact=True).count() > 0
    wanted = interview.answers.get(rows[0][1]) if rows else None
    if in_row and isinstance(wanted, list):
        number = int(rows[0][0].rpartition("[")[2].rstrip("]/"))
        page.locator(ON if number < len(wanted) else BACK).click()
    elif page.locator(".repeat").count() and shown(page) not in interview.walked:
        interview.walked.add(shown(page))
        page.locator(".repeat .line, .repeat button.block").first.click()
    else:
        go_on(pen)
