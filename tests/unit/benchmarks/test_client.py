"""The study of the application: a first visit is counted on its way, and the one after it needs no way."""

from benchmarks.client import chromium, running, sections, visits


def test_a_first_visit_is_counted_and_the_next_one_needs_no_network() -> None:
    with running() as port, chromium() as browser:
        packed, plain = (visits(browser, port, 1, 1, gzip_alone=alone) for alone in (True, False))
    assert 100_000 < plain[0].received < packed[0].received
    assert 0 < packed[0].filled <= packed[0].ready
    assert packed[0].opened_offline > 0
    page = "\n".join(sections({"gzip": packed, "Brotli": plain}, 1))
    assert page.count(" KB |") == 4
