"""The dashboard in a real browser: usable by keyboard alone, without console messages, and accessible."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from contests.models import Credit, Submission
from people.models import Person
from record.models import Source
from tests import factories as make


@pytest.fixture
def desk(new_page, live_server, settings):
    """Return a browser in which an editor is signed in."""
    signed_in = Client()
    signed_in.force_login(make.UserFactory(editor=True))

    def sign_in(**options):
        page = new_page(base_url=live_server.url, **options)
        cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return sign_in


@pytest.fixture
def waiting(transactional_db):
    """Create at least one row for each panel of the dashboard."""
    contest = make.ContestFactory(approved_future=True, title="NextGen", time_zone="Asia/Tokyo")
    make.RecognitionFactory(award__contest=contest, source=None)
    make.RecognitionFactory(award__contest=make.ContestFactory(published=True))
    work = make.SubmissionFactory(contest=contest, title="Alzheimer", synopsis="Told", key="synthetic-alzheimer")
    make.CreditFactory.create_batch(6, source=None, submission=work)
    Person.objects.filter(pk=make.PersonFactory(name="Ann Lee").pk).update(portrait="a.png")
    make.PersonFactory(name="Lee, Ann", slug="another")
    Source.objects.filter(pk=make.SourceFactory().pk).update(link_state="gone")
    person = make.PersonFactory(name="Bo")
    person.headline = "Changed"
    person._history_user = make.UserFactory(name="Cem", editor=True)
    person.save()


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.innerText")


def tab_to(page, selector: str, key: str = "Tab") -> None:
    """Press Tab until an element that matches `selector` has the focus. Fail if that never happens."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never reaches {selector}")


def past_the_head(page) -> None:
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")


def test_work_is_found_changed_and_saved_with_the_keyboard_alone(desk):
    make.SubmissionFactory(title="Alzheimer")
    make.SubmissionFactory(title="Lost & Found")
    page = desk()
    page.goto("/admin/contests/submission/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("/")
    assert focused(page) == "searchbar"
    page.keyboard.type("lost/found & lost")
    assert page.locator("#searchbar").input_value() == "lost/found & lost"
    page.keyboard.press("Control+a")
    page.keyboard.type("alz")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=alz**")
    assert page.locator("#result_list tbody tr").count() == 1
    past_the_head(page)
    tab_to(page, "#result_list .field-title a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    page.locator("#id_title").wait_for()
    past_the_head(page)
    tab_to(page, "#id_logline")
    page.keyboard.type("A mind that forgets.")
    page.keyboard.press("Control+s")
    page.locator(".messagelist .success").wait_for()
    assert "/change/" in page.url
    assert Submission.objects.get(title="Alzheimer").logline == "A mind that forgets."


def test_many_rows_are_changed_with_the_keyboard_alone(desk):
    source = make.SourceFactory(title="Report")
    make.CreditFactory.create_batch(2, source=None)
    page = desk()
    page.goto("/admin/contests/credit/?needs=source")
    past_the_head(page)
    tab_to(page, "#action-toggle")
    page.keyboard.press("Space")
    tab_to(page, "[name=action]", "Shift+Tab")
    page.keyboard.type("Name")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # The URL fragment moves the focus past the page head.
    page.get_by_role("heading", name="Name the source").wait_for()
    page.wait_for_load_state()
    tab_to(page, ".select2-selection")
    page.keyboard.press("Enter")
    page.locator(".select2-results__option", has_text="Report").wait_for()
    page.keyboard.press("Enter")
    tab_to(page, "#id_reason")
    page.keyboard.type("Found")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="2 rows will change").wait_for()
    page.wait_for_load_state()
    tab_to(page, "[name=apply]")
    page.keyboard.press("Enter")
    page.locator(".messagelist .success").wait_for()
    assert set(Credit.objects.values_list("source", flat=True)) == {source.pk}


def test_slash_can_be_switched_off_and_on_again(desk):
    page = desk()

    def leads_to_the_search():
        page.goto("/admin/people/person/")
        page.keyboard.press("/")
        return focused(page) == "searchbar"

    make.PersonFactory()
    assert leads_to_the_search()
    page.goto("/admin/keyboard/")
    page.get_by_label("The / key").uncheck()
    assert not leads_to_the_search()
    page.goto("/admin/keyboard/")
    page.get_by_label("The / key").check()
    assert leads_to_the_search()


def test_time_zone_of_the_browser_is_offered_and_kept_with_one_press(desk, waiting):
    page = desk(timezone_id="Europe/Warsaw")
    page.goto("/admin/")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your time zone is Europe/Warsaw.").wait_for()
    assert page.locator(".reveal .when").inner_text().count("Europe/Warsaw, your time") == 1


@pytest.mark.parametrize(
    ("width", "scheme", "addresses"),
    [
        (375, "dark", ["/admin/", "/admin/contests/credit/?needs=source", "/admin/keyboard/"]),
        (1280, "light", ["/admin/", "/admin/people/person/export/", "/admin/people/person/?q=zzzz"]),
    ],
)
def test_pages_of_the_desk_are_accessible_and_fit_the_screen(desk, waiting, width, scheme, addresses):
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    for address in addresses:
        page.goto(address, wait_until="load")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        # Without this option, axe would add copies of the style sheets, which the Content-Security-Policy blocks.
        rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
        found = Axe().run(page, options={"preload": False, "runOnly": rules})
        violations = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found.response["violations"]]
        assert (address, wide, violations) == (address, False, [])
