"""The ceremony view by keyboard: each press shows one thing, and a press without a response shows no winner."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone

from contests.models import Contest, Recognition
from contests.visibility import Results
from record.viewpoint import Viewpoint
from tests import factories as make


@pytest.fixture
def page(new_page, live_server, client):
    """Open a page in a browser in which an editor is signed in."""
    client.force_login(make.UserFactory(editor=True))
    page = new_page(base_url=live_server.url)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


@pytest.fixture
def contest():
    contest = make.ContestFactory(title="Shown on stage", approved_future=True)
    award = make.AwardFactory(contest=contest, name="Grand Prize")
    for title, order in (("Alpha", 1), ("Beta", 2)):
        make.RecognitionFactory(award=award, submission__title=title, order=order)
    return contest


def stop_clock(page) -> None:
    """Stop the timers of the page, so that it does not end its retries before a slow computer has checked it."""
    page.clock.install()
    page.clock.pause_at(timezone.now() + timedelta(minutes=1))


def public() -> set[str]:
    return {row.submission.title for row in Recognition.objects.public(Viewpoint.now())}


def test_keys_lead_from_winner_to_winner_and_each_press_makes_it_public(page, contest, complaints):
    page.goto(f"/admin/contests/contest/{contest.pk}/ceremony/")
    page.get_by_role("link", name="Reveal on stage").click()
    page.get_by_role("button", name="Start, and make results public").click()
    heading = page.locator("h1")
    for key, name, shown in (
        (None, "Grand Prize", set()),
        (" ", "Beta", {"Beta"}),
        ("ArrowLeft", "Grand Prize", {"Beta"}),
        ("ArrowRight", "Beta", {"Beta"}),
    ):
        if key:
            page.keyboard.press(key)
        page.locator("h1", has_text=name).wait_for()
        assert public() == shown
        assert Axe().run(page).response["violations"] == []
    # Without a response, the screen stays the same and shows a message. The next press works again.
    stop_clock(page)
    page.route("**/ceremony/**", lambda route: route.abort())
    page.keyboard.press("Enter")
    page.locator(".fault", has_text="No answer yet").wait_for()
    assert (heading.inner_text(), "Alpha" in page.content(), public()) == ("Beta", False, {"Beta"})
    page.unroute("**/ceremony/**")
    page.clock.resume()
    page.locator("h1", has_text="Alpha").wait_for()
    assert public() == {"Alpha", "Beta"}
    complaints.clear()
    page.mouse.click(400, 100)
    page.locator("h1", has_text="Shown on stage").wait_for()
    assert Contest.objects.get(pk=contest.pk).results(Viewpoint.now()) is Results.PUBLIC
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/admin/contests/contest/{contest.pk}/change/")


def test_the_hall_sees_nothing_that_is_for_the_operator(page, contest, complaints):
    """For the audience, no text appears and nothing changes until the operator opens the bar."""
    page.goto(f"/admin/contests/contest/{contest.pk}/ceremony/")
    page.get_by_role("link", name="Reveal on stage").click()
    page.get_by_role("button", name="Start, and make results public").click()
    page.locator("h1", has_text="Grand Prize").wait_for()
    bar, warning = page.locator(".controls"), page.get_by_text("“Next” makes the next result public.")
    seen = "bar => bar.checkVisibility({opacityProperty: true}) && getComputedStyle(bar).opacity !== '0'"
    assert (warning.is_visible(), bar.locator("summary").evaluate(seen)) == (False, False)
    page.keyboard.press("c")
    warning.wait_for()
    page.keyboard.press(" ")
    page.locator("h1", has_text="Beta").wait_for()
    assert page.locator(".controls .state").inner_text() == "Public"
    page.keyboard.press("c")
    # Without a response, a mark appears in the corner. The message appears when the operator opens the bar.
    stop_clock(page)
    page.route("**/ceremony/**", lambda route: route.abort())
    page.keyboard.press("Enter")
    fault = page.locator(".fault", has_text="No answer yet")
    fault.wait_for()
    assert (fault.bounding_box()["width"] <= 1, bar.locator("summary").evaluate(seen)) == (True, True)
    page.keyboard.press("c")
    assert fault.bounding_box()["width"] > 100
    page.unroute("**/ceremony/**")
    page.clock.resume()
    page.locator("h1", has_text="Alpha").wait_for()
    assert not page.locator(".fault").is_visible()
    complaints.clear()


def test_without_scripts_the_bar_opens_all_the_same(new_page, live_server, client, contest):
    client.force_login(make.UserFactory(editor=True))
    page = new_page(base_url=live_server.url, java_script_enabled=False)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"/admin/contests/contest/{contest.pk}/ceremony/")
    page.get_by_role("link", name="Show only").click()
    following = page.get_by_role("link", name="Next")
    assert not following.is_visible()
    page.locator(".controls summary").click()
    following.click()
    page.locator("h1", has_text="Beta").wait_for()
