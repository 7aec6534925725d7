"""The watch over each page (conftest.py) sees what it is there to see."""

import pytest


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
    page.wait_for_timeout(50)  # an event may trail the load that it belongs to
    heard = list(complaints)
    complaints.clear()
    assert heard[0] == complaint


def test_request_to_another_machine_does_not_get_there(new_page, complaints):
    page = new_page()
    page.set_content("<img src='http://elsewhere.invalid/pixel.png'>", wait_until="load")
    page.wait_for_timeout(50)
    heard = list(complaints)
    complaints.clear()
    assert heard[0] == "request to another machine: http://elsewhere.invalid/pixel.png"
    assert any(line.startswith("request failed: http://elsewhere.invalid/pixel.png") for line in heard)


def test_quiet_page_has_no_complaint(new_page):
    new_page().set_content("<h1>Laurel</h1>", wait_until="load")
