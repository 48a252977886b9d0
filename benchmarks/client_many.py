"""Time the application at the end of a long fieldwork: 300 drafts and 200 unsent interviews with photos.

    .venv/bin/python -m benchmarks.client_many [--drafts 300] [--unsent 200] [--slow-down 4] [--short]

One draft and one finished interview are filled by the shipped household form, with photo, signatures and position; the
same steps are timed then, and once more when each of the other households has a copy of one of them. At the end all are
sent and counted on the server. Needs the bundle (make bundle), its Node and Chromium.
"""

import argparse
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

from playwright.sync_api import BrowserContext
from sqlalchemy import select

from benchmarks.client_form import DRAFT, METER, NEW, opened
from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.phone_filling import Pen, card_of, fill_form
from benchmarks.phone_interviews import household_answers
from benchmarks.phone_stage import Stage, phone, set_stage
from benchmarks.phone_walk import PIN, Walk, begun, open_household, sign_in
from evalsvc.interviews.models import Interview

STUDY = Study(
    page="client-many",
    title="The enumerator's application with many interviews",
    question="Does the application stay usable with hundreds of drafts and unsent interviews on the phone?",
    module="benchmarks.client_many",
    libraries=("playwright",),
)
CLIENT = ROOT / "evalsvc" / "client"
MULTIPLIED = CLIENT / "src" / "vault" / "multiplied_for_benchmarks.ts"
SUBMISSION = "**/submission"
SCRIPT = "assets/multiplied.js"
SHORT = (6, 4)
LOOKS = 3
"""How often each step is timed."""
ANSWERS, PAUSE = 12, 200
"""How often a question of the draft is answered anew each time, and milliseconds between two answers."""
MULTIPLY = """([pin, wanted]) => import('/app/assets/multiplied.js').then(({ multiply }) => multiply(pin, wanted))"""
USED = "navigator.storage.estimate().then(({ usage }) => usage)"
SENDING = 600
"""Seconds that the sending of all may take."""


@dataclass
class Steps:
    """Seconds of each step, as often as it was timed; milliseconds of answers; megabytes on the phone."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    megabytes: float = 0.0


@dataclass(frozen=True)
class Sent:
    """How long sending took, and how many interviews the server held then, of how many households."""

    seconds: float
    interviews: int
    households: int


def main() -> None:
    given = arguments()
    drafts, unsent = SHORT if given.short else (given.drafts, given.unsent)
    with set_stage(drafts + unsent) as stage, phone(stage) as context:
        few, many, sent = measured(stage, context, drafts, unsent, given.slow_down)
    publish(STUDY, given, sections(few, many, sent, (drafts, unsent), given.slow_down))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--drafts", type=int, default=300)
    given.add_argument("--unsent", type=int, default=200)
    given.add_argument("--slow-down", type=float, default=4)
    return given.parse_args()


def measured(
    stage: Stage, context: BrowserContext, drafts: int, unsent: int, slow_down: float
) -> tuple[Steps, Steps, Sent]:
    """Time the steps with one interview of each kind and with all, then send."""
    context.pages[0].add_init_script(METER)
    way = begun(stage, context, stage.world.enumerators[0], lambda _name: None, "zh")
    sign_in(way)
    units = list(way.who.units)
    way.context.set_offline(offline=True)
    for unit, press in zip(units[:2], ("phone.form.later", "phone.form.finish"), strict=True):
        fill(way, unit)
        way.button(press).click()
        way.page.locator(".place-bar").wait_for()
    with slowed(way, slow_down):
        few = timed(way, units[0])
    multiply(way, units[2 : drafts + 1], units[drafts + 1 :])
    with slowed(way, slow_down):
        many = timed(way, units[0])
    return few, many, send(way, unsent)


def fill(way: Walk, unit: str) -> None:
    """Fill the household's form to its end."""
    open_household(way, unit)
    way.page.locator(NEW).first.click()
    way.page.locator("main[data-page]").wait_for()
    fill_form(Pen(way.page, "zh", way.pen.photo, lambda _title: None), household_answers(unit))


@contextmanager
def slowed(way: Walk, rate: float) -> Iterator[None]:
    session = way.context.new_cdp_session(way.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def timed(way: Walk, unit: str) -> Steps:
    """Time what an enumerator does all day; the draft of the household is opened and changed."""
    found = Steps(megabytes=way.page.evaluate(USED) / 2**20)
    for _ in range(LOOKS):
        for name, seconds in look(way, unit):
            found.seconds.setdefault(name, []).append(seconds)
        found.answers += [float(each) for each in way.page.evaluate("window.answers")]
    return found


def look(way: Walk, unit: str) -> Iterator[tuple[str, float]]:
    """Open the application and its lists, then a draft, in which a few questions are answered."""
    page = way.page
    page.reload()
    page.locator("input[type=password]").fill(PIN)
    yield "unlock, until the day's households are there", shown(way, "phone.unlock.open", "a.line")
    for name, place, there in (("the drafts", "drafts", ".with-button"), ("the outbox", "outbox", ".entry")):
        yield name, went(way, place, there)
    yield "back to the households", went(way, "", "a.line")
    yield "a draft of the household form, from the household", opened(way, unit, DRAFT)
    page.locator(".form-header .sections").click()
    page.locator("main .line").first.click()
    attempt = card_of(page, "/attempt").locator("input")
    for number in range(ANSWERS):
        attempt.fill(str(1 + number % 3))
        attempt.blur()
        page.wait_for_timeout(PAUSE)
    page.locator(".saving-state.saved").wait_for()
    page.locator(".out").click()
    page.locator(".place-bar").wait_for()


def shown(way: Walk, code: str, there: str) -> float:
    """Press a button; seconds until something is there."""
    began = time.monotonic()
    way.button(code).click()
    way.page.locator(there).first.wait_for()
    return time.monotonic() - began


def went(way: Walk, place: str, there: str) -> float:
    """Go to a screen; seconds until it shows what it lists."""
    began = time.monotonic()
    way.page.evaluate("hash => { location.hash = hash; }", f"#/{place}")
    way.page.locator(there).first.wait_for()
    return time.monotonic() - began


def multiply(way: Walk, drafted: Sequence[str], finished: Sequence[str]) -> None:
    """Give every other household a copy of the draft or of the finished interview, by the application's own vault."""
    command = [
        "node_modules/.bin/rolldown",
        str(MULTIPLIED),
        "--format",
        "esm",
        "--file",
        str(way.stage.bundle / SCRIPT),
    ]
    subprocess.run(command, check=True, cwd=CLIENT, capture_output=True)
    # The script comes over the network, and meanwhile nothing must be sent.
    way.context.route(SUBMISSION, lambda route: route.abort())
    way.context.set_offline(offline=False)
    way.page.evaluate(MULTIPLY, [PIN, {"draft": list(drafted), "finished": list(finished)}])
    way.context.set_offline(offline=True)
    way.context.unroute(SUBMISSION)


def send(way: Walk, unsent: int) -> Sent:
    """Have all sent, as fast as the phone can, and count what the server holds."""
    began = time.monotonic()
    way.page.locator("a.line").first.wait_for()
    way.context.set_offline(offline=False)
    went(way, "outbox", ".entry, .empty")
    way.page.get_by_text(way.say("phone.outbox.none")).wait_for(timeout=1000 * SENDING)
    seconds = time.monotonic() - began
    with way.stage.service.database.reading() as session:
        units = session.scalars(select(Interview.unit_id)).all()
    if len(units) != unsent:
        raise RuntimeError(f"{len(units)} interviews arrived of {unsent}")
    return Sent(seconds, len(units), len(set(units)))


def sections(few: Steps, many: Steps, sent: Sent, counts: tuple[int, int], slow_down: float) -> list[str]:
    """Write the page: the same steps with two interviews on the phone and with all of them."""
    rows = [
        *((name, *(f"{median(each.seconds[name]):.2f} s" for each in (few, many))) for name in few.seconds),
        ("an answer, until the screen shows it: 95 of 100 within", *(_last(each.answers) for each in (few, many))),
        ("the largest that any step took", *(f"{max(map(max, each.seconds.values())):.2f} s" for each in (few, many))),
        ("stored on the phone", *(f"{each.megabytes:.1f} MB" for each in (few, many))),
    ]
    drafts, unsent = counts
    header = ("Step", "A draft and an unsent interview", f"{drafts} drafts and {unsent} unsent interviews")
    words = (
        f"The shipped household form, whole, with a photo, three signatures and a position in each; medians of {LOOKS},"
        f" CPU slowed {slow_down:g} times, one phone with {drafts + unsent} households."
    )
    arrived = (
        f"All {sent.interviews} unsent interviews with their files were sent one after the other, each with its receipt"
        f" checked, in {sent.seconds:.0f} s (CPU not slowed, service and phone on one machine); the server held"
        f" {sent.interviews} interviews of {sent.households} households."
    )
    return ["## The same day with few and with many", words, table(header, rows), "## Sending", arrived]


def _last(answers: Sequence[float]) -> str:
    return f"{quantiles(answers, n=20)[-1]:.0f} ms"


if __name__ == "__main__":
    main()
