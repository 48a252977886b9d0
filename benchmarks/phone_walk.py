"""Walk through every screen of the enumerator's application as somebody uses it; `look` is told the name of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Locator, Page
from sqlalchemy import select

from benchmarks.phone_filling import Pen, card_of, fill_form, paths_on
from benchmarks.phone_interviews import fill_kinds, household_answers, refusal_answers
from benchmarks.phone_stage import Stage
from benchmarks.phone_world import Enumerator
from evalsvc.interviews.models import Interview
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.moves import RETURN, Comment, Wish
from evalsvc.people import operations as people
from evalsvc.people.actor import SUPERVISOR, SYSTEM, Actor
from evalsvc.people.models import Token

PIN = "示例-246810"
PATIENCE = 20_000
"""Milliseconds."""
COMMENTED = {
    "/data/visit/attempt": "入户登记本写的是第二次上门，请核对。",
    "/data/visit/refusal_reason": "请写明对方的原话属于哪一种。",
}
TOO_LARGE = 413
KINDS_TITLE = "题型示例"
WORDING = re.compile(r"_[abc]$")
NEWER = "\n// A newer version.\n"
FULL = """(() => { const store = IDBObjectStore.prototype; window.keptPut = store.put;
    store.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; })()"""
ROOM_AGAIN = "(() => { IDBObjectStore.prototype.put = window.keptPut; })()"
"""What a browser does whose disk is full; Chromium's own setting of a quota does not reach IndexedDB."""
AHEAD = """(() => { const now = Date.now, ahead = 25 * 60000; Date.now = () => now() + ahead; })()"""


@dataclass(frozen=True)
class Walk:
    """One enumerator on one phone, on the way through the application."""

    stage: Stage
    context: BrowserContext
    page: Page
    pen: Pen
    who: Enumerator

    def look(self, name: str) -> None:
        """Tell that a screen is shown."""
        self.pen.look(name)

    def go(self, name: str) -> None:
        """Open a screen by its address."""
        self.page.goto(f"{self.stage.url}#/{name}")
        self.page.locator("h1").first.wait_for()

    def say(self, code: str, **details: object) -> str:
        return self.pen.say(code, **details)

    def button(self, code: str) -> Locator:
        return self.page.get_by_role("button", name=self.say(code), exact=True).first


def walk(stage: Stage, context: BrowserContext, who: Enumerator, look: Callable[[str], None], language: str) -> None:
    """Go through all screens; afterwards the phone is locked and its sign-in is revoked."""
    way = begun(stage, context, who, look, language)
    sign_in(way)
    households(way)
    walk_beside(way)


def begun(stage: Stage, context: BrowserContext, who: Enumerator, look: Callable[[str], None], language: str) -> Walk:
    """Take up a phone; its buttons have the words of a language."""
    page = context.pages[0]
    page.set_default_timeout(PATIENCE)
    return Walk(stage, context, page, Pen(page, language, stage.props / "house.jpg", look), who)


def walk_beside(way: Walk) -> None:
    """Go through everything but the sign-in and the long form of a household."""
    kinds_walk(way)
    outbox(way)
    returned(way)
    settings(way)
    full(way)
    notices(way)
    locked(way)


def sign_in(way: Walk) -> None:
    """Scan in vain, mistype, then paste the address and choose a PIN."""
    page = way.page
    page.goto(way.stage.url)
    page.locator(f".segments input[value={way.pen.language}]").check()
    way.button("phone.sign_in.scan").wait_for()
    way.look("sign-in")
    way.button("phone.sign_in.scan").click()
    page.locator("video").wait_for()
    page.wait_for_timeout(600)
    way.look("sign-in-scanning")
    way.button("phone.scanner.close").click()
    page.locator("textarea").fill("https://example.org")
    way.button("phone.sign_in.go_on").click()
    page.get_by_role("alert").wait_for()
    way.look("sign-in-no-code")
    page.locator("textarea").fill(way.who.address)
    way.button("phone.sign_in.go_on").click()
    pins = page.locator("input[type=password]")
    pins.first.fill(PIN)
    pins.last.fill(PIN[:-1] + "1")
    way.look("pin")
    pins.last.fill(PIN)
    way.button("phone.sign_in.finish").click()
    page.get_by_text(way.say("phone.other_forms.title")).wait_for()


def households(way: Walk) -> None:
    """Visit a household, as far as the end of its form, and keep it as a draft."""
    page, unit = way.page, way.who.units[1]
    open_household(way, unit)
    way.look("household")
    page.locator("main .block").first.click()
    page.locator("main[data-page]").wait_for()
    answers = household_answers(unit)
    told: set[str] = set()

    def look(_title: str) -> None:
        # Which of three wordings is due differs from interview to interview.
        name = WORDING.sub("", paths_on(page)[0].rpartition("/")[2])
        if name not in told:
            told.add(name)
            way.look(f"form-{name}")

    pen = Pen(page, way.pen.language, way.pen.photo, look)
    fill_form(pen, {name: given for name, given in answers.items() if name != "observed_agreement"})
    way.look("form-end-objections")
    page.locator("main .line").first.click()
    card_of(page, "/observed_agreement").wait_for()
    way.look("form-objection")
    card_of(page, "/observed_agreement").locator("input").first.check()
    page.locator(".form-header .sections").click()
    way.look("form-contents")
    page.locator("main .line").last.click()
    page.get_by_text(way.say("phone.form.end_ready")).wait_for()
    way.look("form-end")
    way.button("phone.form.later").click()
    page.locator(".tag").first.wait_for()
    way.look("household-draft")


def open_household(way: Walk, unit: str) -> None:
    way.go("")
    way.page.locator("a.line", has_text=unit).click()
    way.page.locator("h1", has_text=unit).wait_for()


def kinds_walk(way: Walk) -> None:
    """Fill a form about a village that has the other kinds of questions, and leave it as a draft."""
    way.go("other-forms")
    way.page.locator("a.line", has_text=KINDS_TITLE).click()
    way.page.locator("main[data-page]").wait_for()
    fill_kinds(way.pen)
    way.page.locator(".out").click()
    way.page.locator(".place-bar").wait_for()


def outbox(way: Walk) -> None:
    """Refusals are recorded offline, one is refused by something on the way, then all arrive."""
    page = way.page
    way.context.set_offline(offline=True)
    for unit in way.who.units[2:4]:
        open_household(way, unit)
        page.locator("main .block").last.click()
        page.locator("main[data-page]").wait_for()
        fill_form(Pen(page, way.pen.language, way.pen.photo, lambda _title: None), refusal_answers())
        way.button("phone.form.finish").click()
        page.locator(".place-bar").wait_for()
    way.look("household-finished")
    way.go("outbox")
    page.locator(".entry").first.wait_for()
    way.look("outbox-offline")
    refusing = f"**/{way.who.token}/**/submission"
    page.route(refusing, lambda route: route.fulfill(status=TOO_LARGE))
    way.context.set_offline(offline=False)
    page.locator(".entry .bad").first.wait_for()
    way.look("outbox-failed")
    page.unroute(refusing)
    way.button("phone.outbox.send").click()
    page.get_by_text(way.say("phone.outbox.none")).wait_for()
    way.look("outbox-sent")
    page.locator("main .list a.line").first.click()
    page.locator("[data-path]").first.wait_for()
    way.look("reading")


def returned(way: Walk) -> None:
    """A supervisor returns a refusal with comments at two questions; it is opened and left as a draft."""
    page = way.page
    send_back(way)
    way.go("returned")
    way.look("returned-none")
    way.button("phone.households.refresh").click()
    page.locator(".returned").wait_for()
    way.look("returned")
    way.go("")
    page.locator("a.line").first.wait_for()
    way.look("households")
    way.go("returned")
    page.locator(".returned .button").click()
    page.locator("main[data-page]").wait_for()
    way.look("form-returned")
    page.locator("main details .line").first.click()
    page.wait_for_timeout(300)
    way.look("form-comment")
    card_of(page, "/attempt").locator("input").fill("2")
    page.locator(".out").click()
    page.locator(".place-bar").wait_for()
    way.go("drafts")
    page.locator(".with-button").first.wait_for()
    way.look("drafts")
    way.button("phone.drafts.remove").click()
    page.locator("dialog").wait_for()
    way.look("drafts-remove")
    page.keyboard.press("Escape")


def send_back(way: Walk) -> None:
    """A supervisor asks the enumerator about two answers."""
    evaluation_id = way.stage.world.evaluation_id
    with way.stage.service.database.transaction() as session:
        person = people.add_person(session, SYSTEM, f"supervisor-{way.who.person_id[:8]}", "示例督导")
        people.grant_role(session, SYSTEM, person.id, SUPERVISOR, evaluation_id)
        actor = Actor(person.id, person.id, frozenset({SUPERVISOR}))
        interview = session.scalars(select(Interview).where(Interview.unit_id == way.who.units[2])).one()
        comments = tuple(Comment(path, words) for path, words in COMMENTED.items())
        wish = Wish(RETURN, interview.state, words="请再核实后发回。", comments=comments)
        reviewing.review(session, actor, evaluation_id, interview.id, wish, places=frozenset(COMMENTED))


def settings(way: Walk) -> None:
    for name in ("settings", "settings/pin", "settings/code", "settings/help", "other-forms"):
        way.go(name)
        way.page.wait_for_timeout(200)
        way.look(name.replace("/", "-"))
    way.go("settings")
    way.button("phone.forget.title").click()
    way.page.locator("dialog").wait_for()
    way.look("settings-forget")
    way.page.keyboard.press("Escape")


def full(way: Walk) -> None:
    """The phone's storage is full while a draft is filled; when there is room again, it is saved once more."""
    page = way.page
    way.go("drafts")
    page.locator("a.line", has_text=way.who.units[2]).click()
    card_of(page, "/attempt").wait_for()
    page.evaluate(FULL)
    card_of(page, "/attempt").locator("input").fill("3")
    card_of(page, "/attempt").locator("input").blur()
    page.locator("main .banner.bad").first.wait_for()
    page.locator("main .banner.bad").first.scroll_into_view_if_needed()
    way.look("form-storage-full")
    page.evaluate(ROOM_AGAIN)
    way.button("phone.form.save_again").click()
    page.get_by_text(way.say("phone.form.saved"), exact=True).wait_for()
    page.locator(".out").click()
    page.locator(".place-bar").wait_for()


def notices(way: Walk) -> None:
    """The clock is wrong, and a newer application waits; then the sign-in is revoked."""
    page = way.page
    newer(way)
    page.evaluate(AHEAD)
    way.go("")
    way.button("phone.households.refresh").click()
    page.locator(".notices .bad").first.wait_for()
    way.look("notices")
    way.go("settings")
    page.get_by_text(way.say("phone.settings.update_means")).scroll_into_view_if_needed()
    way.look("settings-update")
    with way.stage.service.database.transaction() as session:
        token = session.scalars(select(Token).where(Token.person_id == way.who.person_id)).one()
        people.revoke_token(session, SYSTEM, way.who.person_id, token.id)
    way.go("")
    way.button("phone.households.refresh").click()
    page.get_by_role("alert").first.wait_for()
    way.look("households-revoked")


def newer(way: Walk) -> None:
    """Put a newer version of the application on the service, and let the phone find it."""
    for name in ("sw.js.gz", "sw.js.br"):
        (way.stage.bundle / name).unlink(missing_ok=True)
    worker = way.stage.bundle / "sw.js"
    worker.write_text(worker.read_text(encoding="utf-8") + NEWER, encoding="utf-8")
    way.page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => true)")


def locked(way: Walk) -> None:
    """The phone is locked, somebody mistypes the PIN, then has forgotten it."""
    page = way.page
    way.go("settings")
    way.button("phone.settings.lock").click()
    page.locator("input[type=password]").fill("wrong-pin")
    way.look("unlock")
    way.button("phone.unlock.open").click()
    page.get_by_role("alert").wait_for()
    way.look("unlock-wrong")
    way.button("phone.unlock.forgotten").click()
    way.look("unlock-by-code")
