"""How soon the application opens the shipped household form and shows an answer, on a phone that is slowed down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.evidence import table
from benchmarks.phone_filling import Answers, Pen, fill_form, paths_on
from benchmarks.phone_interviews import household_answers
from benchmarks.phone_stage import Stage, phone, set_stage
from benchmarks.phone_walk import Walk, begun, open_household, sign_in

MEMBERS = 10
SIMULATED_ROSTER = "member"
METER = """(() => {
    const ANSWERS = ['input', 'change', 'click'];
    window.answers = []; window.formAt = null; window.pressedAt = null;
    let begun = null;
    for (const kind of ANSWERS) addEventListener(kind, event => {
        window.pressedAt = event.timeStamp;
        if (begun !== null || !event.target.closest?.('main [data-path]')) return;
        begun = event.timeStamp;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => { window.answers.push(performance.now() - begun); begun = null; };
            channel.port2.postMessage(null);
        });
    }, true);
    new MutationObserver(() => {
        const there = document.querySelector('main[data-page] h2') !== null;
        if (there && window.formAt === null) requestAnimationFrame(() => { window.formAt = performance.now(); });
        if (!there) window.formAt = null;
    }).observe(document, { childList: true, subtree: true });
})()"""
OPENED = "window.formAt === null ? null : window.formAt - window.pressedAt"
NEW, DRAFT = "main .block", "main .line"
"""What is pressed on the household's screen."""
WARM = 3_000
"""Milliseconds that somebody looks at the households before a form is opened; the engine is compiled meanwhile."""


@dataclass
class Filled:
    """One interview: seconds to begin and to go on with it, milliseconds of each answer, and its questions."""

    begun: float = 0.0
    resumed: float = 0.0
    answers: list[float] = field(default_factory=list)
    questions: int = 0


def fillings(rounds: int, slow_down: float) -> list[Filled]:
    """Fill the form of a household with ten members on a new phone in each round."""
    with set_stage() as stage:
        return [filling(stage, slow_down) for _ in range(rounds)]


def filling(stage: Stage, slow_down: float) -> Filled:
    """Begin, fill, leave and go on with one interview."""
    found, asked = Filled(), set[str]()
    with phone(stage) as context:
        page = context.pages[0]
        page.add_init_script(METER)
        way = begun(stage, context, stage.world.enumerators[0], lambda _name: None, "zh")
        sign_in(way)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
        unit = way.who.units[1]
        found.begun = opened(way, unit, NEW)
        pen = Pen(page, "zh", way.pen.photo, lambda _title: asked.update(paths_on(page)))
        fill_form(pen, of_ten(household_answers(unit)))
        found.answers, found.questions = page.evaluate("window.answers"), len(asked)
        way.button("phone.form.later").click()
        page.locator(".tag").first.wait_for()
        found.resumed = opened(way, unit, DRAFT)
    return found


def opened(way: Walk, unit: str, press: str) -> float:
    """Open the household's form, or its draft; seconds from the press to the first page on the screen."""
    open_household(way, unit)
    way.page.wait_for_timeout(WARM)
    way.page.locator(press).first.click()
    way.page.locator("main[data-page] h2").first.wait_for(timeout=60_000)
    while (seconds := way.page.evaluate(OPENED)) is None:
        way.page.wait_for_timeout(50)
    return float(seconds) / 1000


def of_ten(answers: Answers) -> Answers:
    """Let the simulated household have ten members: grandchildren born one after the other."""
    known = answers[SIMULATED_ROSTER]
    if not isinstance(known, list):
        raise TypeError(SIMULATED_ROSTER)
    more = [{**known[-1], "m_birth_year": 2010 + number} for number in range(MEMBERS - len(known))]
    return {**answers, SIMULATED_ROSTER: [*known, *more], "registered_persons": MEMBERS, "resident_persons": MEMBERS}


def section(found: Sequence[Filled], slow_down: float) -> list[str]:
    """Write the part of the page about the form."""
    answers = [each for one in found for each in one.answers]
    rows = [
        ("begin", told([one.begun for one in found])),
        ("go on with the full draft", told([one.resumed for one in found])),
        ("an answer, until the screen shows it: median", f"{median(answers):.0f} ms"),
        ("an answer: 95 of 100 within", f"{quantiles(answers, n=20)[-1]:.0f} ms"),
        ("the slowest answer", f"{max(answers):.0f} ms"),
    ]
    words = (
        f"The shipped form of registered households with {MEMBERS} members: {found[0].questions} questions on its"
        f" pages, CPU slowed {slow_down:g} times, {len(found)} phones, {len(answers)} answers (presses and texts)."
        " From the press to the frame that follows it; saving goes on after that."
    )
    return ["## Filling the household form", words, table(("", "Took"), rows)]


def told(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s ({max(seconds):.2f})"
