"""The monitoring in conftest.py detects what it should."""

import time

import pytest


def heard_on(page, complaints, count=1):
    """
    Wait until there are `count` complaints, because an event may arrive after the page has loaded. Return and clear
    them.
    """
    end = time.monotonic() + 10
    while len(complaints) < count and time.monotonic() < end:
        page.wait_for_timeout(20)
    heard = list(complaints)
    complaints.clear()
    return heard


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<script>console.log('left behind')</script>", "console log: left behind"),
        ("<script>throw new Error('broken')</script>", "page error: broken"),
        (
            "<img src='http://elsewhere.invalid/pixel.png'>",
            "request to another machine: http://elsewhere.invalid/pixel.png",
        ),
    ],
)
def test_complaint_is_heard(new_page, complaints, html, complaint):
    page = new_page()
    page.set_content(html, wait_until="load")
    # A blocked host name is reported two more times: as a failed request, and on the console.
    heard = heard_on(page, complaints, count=3 if "elsewhere" in html else 1)
    assert heard[0] == complaint


def test_request_to_another_machine_does_not_get_there(new_page, complaints):
    page = new_page()
    page.set_content("<img src='http://elsewhere.invalid/pixel.png'>", wait_until="load")
    heard = heard_on(page, complaints, count=3)
    assert heard[0] == "request to another machine: http://elsewhere.invalid/pixel.png"
    assert any(line.startswith("request failed: http://elsewhere.invalid/pixel.png") for line in heard)


def test_quiet_page_has_no_complaint(new_page):
    new_page().set_content("<h1>Laurel</h1>", wait_until="load")
