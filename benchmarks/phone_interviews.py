"""What an invented enumerator answers: a whole interview, a refusal, and every other kind of question."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from benchmarks.phone_filling import Answers, Pen, card_of, fill_page, go_on, take_photo
from evalsvc.demonstration.answers import answer as simulated
from evalsvc.demonstration.register import EXITED
from evalsvc.demonstration.world import COMPLETED, Home

STAMPED = frozenset({"started", "ended", "visit_date", "unit_id", "household_class", "registered"})
"""What the phone and the assignment fill by themselves."""
CHINA = ZoneInfo("Asia/Shanghai")
VILLAGE = "350125100200"
KINDS: Answers = {
    "unit_id": VILLAGE,
    "remark": "主路是水泥路，村东头有一段三百米左右的土路，下雨天车开不进去。",
    "area": "1286.5",
    "budget": "236000",
    "built": "2021-10-08",
    "bus": "06:40",
    "seen": "2026-11-23T09:15",
    "degree": "4",
    "damage": "hole drain",
    "sketch": "drawn",
    "meter": "EXAMPLE-METER-0001",
}


def household_answers(unit: str) -> Answers:
    """Answer the whole form for a household that exited, with two enumerators who sign."""
    home = Home(unit, unit.partition("-")[0], EXITED, True, 4, COMPLETED, False, False, False, True, True, True)
    answers = {name: given for name, given in simulated(home, datetime.now(UTC), "photo", "signature").items()}
    here = {"attempt": 1, "position": "here", "enumerator_signature": "drawn"}
    second = {"second_enumerator": "A07", "second_signature": "drawn"}
    return {name: given for name, given in answers.items() if name not in STAMPED} | here | second


def refusal_answers() -> Answers:
    """Answer the record of a visit at which nobody wanted to talk."""
    return {
        "attempt": 1,
        "disposition": "refused",
        "refusal_stage": "at_door",
        "refusal_reason": "busy",
        "no_photo_reason": "objection",
        "position": "here",
        "visit_made": [{"visit_at": f"{datetime.now(CHINA).date()}T08:20", "visit_met": "nobody"}],
        "other_ways": "neighbours",
        "lived_in": "yes",
        "guide_pointed": "no",
    }


def fill_kinds(pen: Pen) -> None:
    """Meet every kind of question that the household form does not have, each control in what it can show."""
    for show in (_written, _times, _chosen, _kept, _devices, _places):
        fill_page(pen, KINDS)
        show(pen)
        go_on(pen)


def _written(pen: Pen) -> None:
    card_of(pen.page, "/remark").locator("summary").click()
    card_of(pen.page, "/score").get_by_role("button").last.click()
    card_of(pen.page, "/lamps").locator("select").select_option("12")
    pen.look("kinds-written")


def _times(pen: Pen) -> None:
    for name in ("/repaired", "/planned"):
        card_of(pen.page, name).locator("input").fill("2025")
        card_of(pen.page, name).locator("input").blur()
    card_of(pen.page, "/repaired").locator("select").select_option("6")
    pen.look("kinds-times")


def _chosen(pen: Pen) -> None:
    page = pen.page
    card_of(page, "/wish").locator("button.block").click()
    card_of(page, "/told").locator("input").check()
    page.locator("main h2").scroll_into_view_if_needed()
    pen.look("kinds-chosen")
    card_of(page, "/hamlet").locator("button").click()
    page.locator("dialog label").nth(3).wait_for()
    pen.look("kinds-long-list")
    page.locator("dialog label").nth(3).click()


def _kept(pen: Pen) -> None:
    page = pen.page
    take_photo(pen, card_of(page, "/photo"))
    with page.expect_file_chooser() as chooser:
        card_of(page, "/marked").locator("button.primary").click()
    chooser.value.set_files(pen.photo)
    card_of(page, "/marked").locator("canvas").wait_for()
    card_of(page, "/photo").scroll_into_view_if_needed()
    pen.look("kinds-photo")
    card_of(page, "/photo").locator("button.danger").click()
    pen.look("kinds-photo-remove")
    page.keyboard.press("Escape")
    card_of(page, "/film").scroll_into_view_if_needed()
    pen.look("kinds-files")


def _devices(pen: Pen) -> None:
    page = pen.page
    pen.look("kinds-devices")
    pen.press("phone.sound.begin")
    page.locator("meter").wait_for()
    page.wait_for_timeout(1200)
    pen.look("kinds-recording")
    pen.press("phone.sound.stop")
    page.locator("audio").wait_for()
    pen.press("phone.barcode.again")
    page.locator("video").wait_for()
    page.wait_for_timeout(600)
    page.locator("video").scroll_into_view_if_needed()
    pen.look("kinds-scanning")
    pen.press("phone.scanner.close")


def _places(pen: Pen) -> None:
    page = pen.page
    for name in ("/position", "/way"):
        card_of(page, name).locator("button.primary").click()
        card_of(page, name).locator(".card").wait_for()
        page.wait_for_timeout(300)
    pen.look("kinds-places")
