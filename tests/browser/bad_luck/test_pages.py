"""Two pages on one draft, two people on one phone, one household on two phones."""

from collections.abc import Iterator
from dataclasses import replace

from playwright.sync_api import BrowserContext, expect

from benchmarks.phone_stage import Stage, phone
from tests.browser.bad_luck.day import SUBMISSION, Day, sign_in


def test_a_draft_that_is_open_is_not_opened_in_another_page(day: Day) -> None:
    day.begin()
    day.attempt(2)
    day.saved()
    other = day.in_another_tab()
    other.go_on()
    other.read("phone.open_elsewhere")
    day.page.bring_to_front()
    day.attempt(3)
    day.fill()
    day.finish()
    day.send()
    assert len(day.received()) == 1
    other.page.bring_to_front()
    # Chromium without a window tells no page that it has come into sight.
    other.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.open_household()
    expect(other.page.locator("main li .tag")).to_have_text([day.walk.say("phone.interview.state_sent")])
    assert len(day.received()) == 1


def test_two_people_on_one_phone_see_and_send_each_their_own(stage: Stage, context: BrowserContext, day: Day) -> None:
    context.route(SUBMISSION, lambda route: route.abort())
    day.record()
    day.walk.go("settings")
    day.walk.button("phone.settings.lock").click()
    day.page.get_by_role("link", name=day.walk.say("phone.unlock.other_person")).click()
    second = stage.world.enumerators[1]
    sign_in(replace(day.walk, who=second), second)
    colleague = replace(day, walk=replace(day.walk, who=second), unit=second.units[0])
    day.walk.go("outbox")
    day.read("phone.outbox.none")
    context.unroute(SUBMISSION)
    colleague.record()
    colleague.send()
    assert [each.enumerator_id for each in colleague.received()] == [second.person_id]
    assert day.received() == []
    day.walk.go("settings")
    day.walk.button("phone.settings.lock").click()
    day.page.locator(".people label", has_text=day.walk.who.name).click()
    day.unlock()
    day.send()
    assert [each.enumerator_id for each in day.received()] == [day.walk.who.person_id]


def test_a_household_that_was_visited_with_another_phone_is_told_of_and_both_interviews_are_kept(
    stage: Stage, day: Day, units: Iterator[str]
) -> None:
    with phone(stage) as context:
        other = Day.begun(stage, context, day.unit)
        other.page.route(SUBMISSION, lambda route: route.abort())
        other.record()
        day.record()
        day.send()
        other.open_household()
        other.walk.go("")
        other.walk.button("phone.households.refresh").click()
        other.open_household()
        other.read("phone.household.elsewhere", number=1)
        other.page.unroute(SUBMISSION)
        other.send()
    assert len({each.instance_id for each in day.received()}) == 2
