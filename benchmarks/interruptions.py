"""Kill the phone in the middle of interviews, and look on the server what is lost, doubled or changed.

    .venv/bin/python -m benchmarks.interruptions [--interruptions 200] [--seed 1] [--short]

One enumerator fills the shipped household form offline in Chromium, with photo, signatures, position and roster, and
sends each interview; the phone is interrupted at random moments: every process killed as by an empty battery, the tab
alone as by a full memory, the page loaded anew or closed, the network cut in the middle of sending, or the server's
answers lost on the way. An answer that was shown as saved is not given again afterwards; one that had reached the disk
without being shown as saved has to be the one that was given. Needs the bundle and Chromium.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from benchmarks.evidence import Study, parser, publish, table, tell
from benchmarks.interruptions_fate import BATTERY, CLOSED, CUT, KINDS, MUTE, TAB, Course, Fate, StruckError, plan
from benchmarks.interruptions_interview import FINISH, MOMENTS, SENDING, Interview, fill_on
from benchmarks.interruptions_look import Held, faults, held, kept_unseen
from benchmarks.interruptions_phone import Phone
from benchmarks.phone_interviews import household_answers
from benchmarks.phone_props import photograph
from benchmarks.phone_stage import serving
from benchmarks.phone_world import Enumerator, prepare_world
from benchmarks.wire import Wire, wire_to
from evalsvc import phone_pages
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of
from evalsvc.service import Service, open_service

STUDY = Study(
    page="interruptions",
    title="Interruptions of the enumerator's application",
    question=(
        "When the phone dies, the tab is killed or the network breaks at random moments of filling and sending, is"
        " every answer that was shown as saved, and every file, on the server afterwards, once and bit for bit?"
    ),
    module="benchmarks.interruptions",
    libraries=("playwright",),
)
AFTERLIFE = 0.5
"""Seconds between a tab's end and its browser's."""
SHORT = 8
FORM = "main[data-page] h2"
PATIENCE = 90
"""Seconds that an interview may take to arrive when nothing is in the way any more."""


@dataclass(frozen=True)
class Day:
    """A day of fieldwork: the enumerator, the phone, the server, and what may happen."""

    who: Enumerator
    phone: Phone
    wire: Wire
    service: Service
    fate: Fate
    course: Course


def main() -> None:
    given = parser(__doc__)
    given.add_argument("--interruptions", type=int, default=200)
    given.add_argument("--seed", type=int, default=1)
    arguments = given.parse_args()
    course = study(SHORT if arguments.short else arguments.interruptions, random.Random(arguments.seed))
    publish(STUDY, arguments, sections(course, arguments))
    if course.faults:
        raise SystemExit("\n".join(course.faults))


def study(interruptions: int, chance: random.Random) -> Course:
    """Fill and send interviews until there were so many interruptions."""
    course, began = Course(), time.monotonic()
    with begun(interruptions, course) as day:
        for unit in day.who.units:
            interview = Interview(unit, household_answers(unit))
            day.fate.plan = plan(chance)
            fill(day, interview)
            settle(day, interview)
            tell(course.number, interruptions, began)
            if course.number >= interruptions:
                break
        course.faults += day.phone.faults
    return course


@contextmanager
def begun(interruptions: int, course: Course) -> Iterator[Day]:
    """Start a service and a phone; between them a wire that can be cut."""
    with tempfile.TemporaryDirectory() as name, wire_to(port := free_port(), gzip_alone=False) as wire:
        folder = Path(name)
        config = read_config(settings_of(folder / "service", wire.url))
        world = prepare_world(config, enumerators=1, households=interruptions, other=("not_visited", "village"))
        photograph(folder)
        service = open_service(config)
        with serving(config, port, phone_pages.FOLDER), sync_playwright() as playwright:
            phone = Phone(playwright, folder / "profile", f"{wire.url}{phone_pages.ROOT}", folder / "house.jpg")
            phone.switch_on()
            phone.sign_in(world.enumerators[0].address)
            yield Day(world.enumerators[0], phone, wire, service, Fate(phone, wire, course), course)
            phone.off()
        service.database.close()


def fill(day: Day, interview: Interview) -> None:
    """Fill an interview offline to its end, however often the phone dies."""
    day.fate.reachable(server=False)
    while True:
        try:
            if is_finished(day, interview):
                return
            fill_on(day.phone.pen, interview, day.fate.danger)
            with day.fate.danger(FINISH):
                day.phone.pen.press("phone.form.finish")
                day.phone.page.locator(".place-bar").wait_for()
        except (Error, StruckError):
            recover(day)


def recover(day: Day) -> None:
    """Take the phone up again after what struck it; an error without a blow is one of the application."""
    struck = day.fate.recovered()
    if struck is None:
        raise RuntimeError(f"no interruption, and yet: {day.phone.page.locator('body').inner_text()}")
    if struck.kind == TAB:
        # The browser lives on and ends what it was writing; it is started anew, for Playwright survives no crash.
        time.sleep(AFTERLIFE)
    if struck.kind in (BATTERY, TAB):
        day.phone.off()
        day.phone.switch_on()
    elif struck.kind == CLOSED:
        day.phone.open()
    if struck.kind not in (CUT, MUTE):
        day.phone.unlock()


def is_finished(day: Day, interview: Interview) -> bool:
    """Open the household's form where it was left, or anew; whether it is finished already."""
    phone, pen = day.phone, day.phone.pen
    if is_open(day):
        return False
    phone.go("")
    phone.page.locator(".segments input[value=all]").check()
    phone.page.locator("a.line", has_text=interview.unit).click()
    phone.page.locator("h1", has_text=interview.unit).wait_for()
    tags = phone.page.locator("main li .tag").all_inner_texts()
    if len(tags) > 1:
        day.course.faults.append(f"{interview.unit}: {len(tags)} interviews on the phone")
    if tags and tags[0] != pen.say("phone.interview.state_draft"):
        return True
    if not tags and interview.saved:
        day.course.faults.append(f"{interview.unit}: the draft with {len(interview.saved)} saved answers is gone")
        interview.saved.clear()
    phone.page.locator("main li a.line" if tags else "main .block").first.click()
    phone.page.locator(FORM).first.wait_for()
    return False


def is_open(day: Day) -> bool:
    """Tell whether the form is on the screen: a page that was loaded anew shows it again."""
    day.phone.page.locator(f"{FORM}, .place-bar").first.wait_for()
    return day.phone.page.locator(FORM).count() > 0


def settle(day: Day, interview: Interview) -> None:
    """Send what was finished, and look what the server holds of it."""
    while any(each.moment == SENDING for each in day.fate.plan):
        try:
            with day.fate.danger(SENDING):
                send(day)
        except (Error, StruckError):
            pass
        recover(day)
    found = arrived(day, interview)
    course = day.course
    course.interviews += 1
    course.answers += len(interview.given) + len(kept_unseen(interview, found))
    course.files += len(found.files)
    course.faults += faults(interview, day.phone.sealed, found)


def send(day: Day) -> None:
    """Go online, and ask that everything is sent now."""
    phone, pen = day.phone, day.phone.pen
    day.fate.reachable(server=True)
    phone.go("outbox")
    wanted = phone.page.get_by_role("button", name=pen.say("phone.outbox.send"), exact=True)
    if wanted.count():
        wanted.click()


def arrived(day: Day, interview: Interview) -> Held:
    """Wait until the phone has the receipt of everything; then the server holds it."""
    phone, deadline = day.phone, time.monotonic() + PATIENCE
    none = day.phone.pen.say("phone.outbox.none")
    while True:
        send(day)
        phone.page.wait_for_timeout(500)
        if phone.page.get_by_text(none).count() and (found := held(day.service, interview.unit)) is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{interview.unit} does not arrive: {phone.page.locator('main').inner_text()}")


def sections(course: Course, given: argparse.Namespace) -> list[str]:
    """Write the page."""
    kinds = [kind for kind in KINDS if any(each == kind for _, each in course.struck)]
    rows = [(moment, *(str(course.struck[moment, kind]) for kind in kinds)) for moment in MOMENTS]
    return [
        "## What was there afterwards",
        f"{course.number} interruptions of {course.interviews} interviews by the shipped household form, filled offline"
        f" in Chromium with a profile on the disk, seed {given.seed}. Every answer was compared with what the server"
        " holds, the XML and every file with the hashes of what the application had put on the phone's disk. An answer"
        " beside which 已保存 was shown was not given again after the interruption.",
        table(
            ("Interviews", "Answers", "Files", "Lost, doubled or other than on the phone"),
            [(f"{course.interviews:,}", f"{course.answers:,}", f"{course.files:,}", str(len(course.faults)))],
        ),
        *listed(course.faults),
        "## When and how",
        table(("Moment", *kinds), rows),
        "An interruption falls at random within a quarter of a second of the beginning of an answer or a step, 0.8 s of"
        " a photo or a signature, 0.6 s of finishing and 1.2 s of sending. Killed processes are those of Chromium: what"
        " the operating system holds for the disk outlives that, as it does when a phone ends an application.",
    ]


def listed(found: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {each}" for each in found)] if found else []


if __name__ == "__main__":
    main()
