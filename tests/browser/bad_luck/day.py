"""An enumerator's day with a phone: a refusal is recorded, finished, sent; and what the server holds of it."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from playwright.sync_api import BrowserContext, Error, Locator, Page
from sqlalchemy import select

from benchmarks.phone_filling import card_of, fill_form
from benchmarks.phone_interviews import refusal_answers
from benchmarks.phone_stage import Stage
from benchmarks.phone_walk import PIN, Walk, begun
from benchmarks.phone_world import Enumerator
from evalsvc.interviews.models import Interview

PATIENCE = 60
"""Seconds."""
SUBMISSION = "**/submission"
ATTEMPT = "/attempt"


@dataclass(frozen=True)
class Day:
    """One enumerator on one phone, and the household that is visited."""

    walk: Walk
    unit: str

    @classmethod
    def begun(cls, stage: Stage, context: BrowserContext, unit: str, number: int = 0) -> "Day":
        """Take up a phone that nobody has used, and sign in."""
        walk = begun(stage, context, stage.world.enumerators[number], lambda _name: None, "zh")
        walk.page.goto(stage.url)
        sign_in(walk, walk.who)
        return cls(walk, unit)

    @property
    def page(self) -> Page:
        return self.walk.page

    def in_another_tab(self) -> "Day":
        """Open the application a second time on this phone."""
        page = self.walk.context.new_page()
        page.goto(self.walk.stage.url)
        other = replace(self, walk=replace(self.walk, page=page, pen=replace(self.walk.pen, page=page)))
        other.unlock()
        return other

    def unlock(self) -> None:
        self.page.locator("input[type=password]").fill(PIN)
        self.walk.button("phone.unlock.open").click()
        self.page.locator("input[type=password]").wait_for(state="detached")

    def open_household(self) -> None:
        self.walk.go("")
        self.page.locator(".segments input[value=all]").check()
        self.page.locator("a.line", has_text=self.unit).click()
        self.page.locator("h1", has_text=self.unit).wait_for()

    def begin(self) -> None:
        """Begin the record of a visit at which nobody wanted to talk."""
        self.open_household()
        self.page.locator("main .block").last.click()
        card_of(self.page, ATTEMPT).wait_for()

    def go_on(self) -> None:
        """Open the draft."""
        self.open_household()
        self.page.locator("main li a.line").first.click()

    def fill(self) -> None:
        """Answer up to the end of the form."""
        fill_form(self.walk.pen, refusal_answers())

    def finish(self) -> None:
        self.walk.button("phone.form.finish").click()
        self.page.locator(".place-bar").wait_for()

    def record(self) -> None:
        """Record the visit from beginning to end."""
        self.begin()
        self.fill()
        self.finish()

    def attempt_field(self) -> Locator:
        """On the first page of the form: which attempt it was."""
        return card_of(self.page, ATTEMPT).locator("input")

    def attempt(self, number: int) -> None:
        self.attempt_field().fill(str(number))
        self.attempt_field().blur()

    def saved(self) -> None:
        self.page.locator(".saving-state.saved").wait_for()

    def read(self, code: str, **details: object) -> None:
        """Wait for a sentence on the screen."""
        self.page.get_by_text(self.walk.say(code, **details)).first.wait_for()

    def send(self) -> None:
        """Ask for everything to be sent, and wait until the phone has the receipts."""
        self.walk.go("outbox")
        until(self.page, lambda: self._is_sent() or self._ask_to_send())

    def _is_sent(self) -> bool:
        return self.page.get_by_text(self.walk.say("phone.outbox.none")).count() > 0

    def _ask_to_send(self) -> None:
        # It also sends by itself, and the button may be gone before it is pressed.
        with suppress(Error):
            self.walk.button("phone.outbox.send").click(timeout=500)

    def received(self) -> list[Interview]:
        """What the server holds of the household."""
        with self.walk.stage.service.database.reading() as session:
            return list(session.scalars(select(Interview).where(Interview.unit_id == self.unit)))

    def answer(self, name: str) -> str:
        """Read an answer of the household's only interview from the bytes that were sent."""
        (interview,) = self.received()
        tree = ElementTree.fromstring(self.walk.stage.service.store.get(interview.sha256))
        return next(each.text or "" for each in tree.iter() if each.tag.rpartition("}")[2] == name)


def sign_in(walk: Walk, who: Enumerator) -> None:
    """Sign in on the screen that asks for a code, with the address beside it, and choose a PIN."""
    page = walk.page
    page.locator("textarea").fill(who.address)
    walk.button("phone.sign_in.go_on").click()
    pins = page.locator("input[type=password]")
    pins.last.wait_for()
    for place in range(2):
        pins.nth(place).fill(PIN)
    walk.button("phone.sign_in.finish").click()
    page.get_by_text(walk.say("phone.other_forms.title")).wait_for()


def until(page: Page, happens: Callable[[], object]) -> None:
    """Wait for what happens on the server, while the page goes on."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, page.locator("body").inner_text()
        page.wait_for_timeout(100)
