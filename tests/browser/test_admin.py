"""The admin in a real browser with the strict Content-Security-Policy: no page logs anything to the console."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

from accounts.models import User
from contests.models import Contest, Submission
from people.models import Person
from tests import factories as make
from tests.record.test_slugs import NAMES

ADDRESSES = [
    "/admin/",
    "/admin/contests/",
    "/admin/contests/submission/",
    "/admin/contests/submission/add/",
    "/admin/people/person/add/?_popup=1",
    "/admin/record/formerslug/",
    "/admin/accounts/user/",
    "/admin/auth/group/add/",
    "/admin/accounts/invitation/",
    "/admin/accounts/invitation/add/",
    "/admin/history/",
    "/admin/keyboard/",
    "/admin/record/merge/",
    "/admin/contests/previewlink/",
]


#: The axe rules that a page can break in the dark colour scheme or on a small screen, although it passes them in the
#: light one on a large screen.
OF_COLOURS_AND_SIZES = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]


@pytest.fixture
def desk(new_page, live_server):
    """Return a browser in which an editor is signed in. The portal has the NextGen contest."""
    call_command("loaddata", "nextgen", verbosity=0)
    make.UserFactory(editor=True, email="ada@example.org")

    def sign_in(**options):
        page = new_page(base_url=live_server.url, **options)
        page.goto("/admin/")
        page.get_by_label("E-mail address").fill("ada@example.org")
        page.get_by_label("Password").fill(make.PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/admin/")
        return page

    return sign_in


def rows_and_steps():
    contest, submission, person = Contest.objects.get(), Submission.objects.first(), Person.objects.first()
    person.headline = "Changed"
    person.save()
    waiting = make.ContestFactory(approved_future=True)
    return [
        f"/admin/contests/contest/{contest.pk}/change/",
        f"/admin/contests/event/{contest.events.first().pk}/change/",
        f"/admin/contests/submission/{submission.pk}/change/",
        f"/admin/contests/submission/{submission.pk}/delete/",
        f"/admin/people/person/{person.pk}/history/",
        f"/admin/people/person/{person.pk}/history/{person.history.first().pk}/",
        f"/admin/contests/contest/steps/schedule/?row={waiting.pk}",
        f"/admin/contests/contest/steps/preview/?row={waiting.pk}",
        f"/admin/people/person/merge/?keep={person.pk}&merge={make.PersonFactory().pk}",
        f"/admin/accounts/invitation/{make.InvitationFactory().pk}/change/",
        f"/admin/accounts/user/{User.objects.get(email='ada@example.org').pk}/second-factor/",
    ]


RUNNING = """document.getAnimations().filter(each => each.playState === "running").map(
    each => [each.animationName ?? each.transitionProperty, each.effect.target.outerHTML.slice(0, 200)])"""


def wait_for_animations(page):
    """
    Wait until all animations have ended. The promises of animations can't be used, because that of a cancelled
    animation never resolves.
    """
    for _each in range(100):
        if not (running := page.evaluate(RUNNING)):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"Still moving: {running}")


def test_every_kind_of_page_is_silent_accessible_and_fits_the_screen(desk):
    page = desk(color_scheme="light")
    for address in ADDRESSES + rows_and_steps():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address, wait_until="load")
        for scheme, widths in (("light", (375, 1280)), ("dark", (1280, 375))):
            page.emulate_media(color_scheme=scheme)
            for width in widths:
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert (address, scheme, width, wide) == (address, scheme, width, False)
            # Wait, because buttons change their colour gradually.
            wait_for_animations(page)
            # Without this option, axe would add copies of the style sheets, which the Content-Security-Policy blocks.
            rules = {} if scheme == "light" else {"runOnly": OF_COLOURS_AND_SIZES}
            found = Axe().run(page, options={"preload": False} | rules).response["violations"]
            assert (address, scheme, [(rule["id"], rule["nodes"][0]["html"]) for rule in found]) == (
                address,
                scheme,
                [],
            )


def test_no_list_of_the_record_is_wider_than_a_desk_s_screen(desk):
    """The demo contest contains names and sources of the maximum length."""
    page = desk(viewport={"width": 1280, "height": 900})
    call_command("create_demo_contest", stage="revealed", submissions=60, verbosity=0)
    beyond = {}
    for address in set(re.findall(r'href="(/admin/(?:contests|people)/[a-z]+/)"', page.content())):
        page.goto(address)
        for rows in page.locator(".results").all():
            beyond[address] = rows.evaluate("rows => rows.scrollWidth - rows.clientWidth")
    assert len(beyond) > 15
    assert {address: width for address, width in beyond.items() if width} == {}


def test_form_works_without_a_word_on_the_console(desk):
    page = desk()
    page.goto("/admin/contests/submission/add/")
    page.locator(".field-contest .select2-selection").click()
    page.locator(".select2-results__option", has_text="NextGen").click()
    page.locator("#id_title").press_sequentially("I’m Not a Robot & Łódź")
    page.keyboard.press("Tab")
    assert page.locator("#id_slug").input_value() == "im-not-a-robot-and-lodz"
    page.locator("#credits-group .add-row a").click()
    page.locator("#credits-0 .field-person .select2-selection").click()
    page.locator(".select2-results__option", has_text="Tim Yip").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/contests/submission/")
    assert Submission.objects.get(slug="im-not-a-robot-and-lodz").credits.get().person.name == "Tim Yip"


def test_date_is_picked_without_a_word_on_the_console(desk):
    page = desk()
    page.goto(f"/admin/contests/contest/{Contest.objects.get().pk}/change/")
    page.locator("#calendarlink0").click()
    page.locator("#calendarin0 td a").first.click()
    assert page.locator("#id_opens_at_0").input_value() != ""


def test_slug_is_the_same_in_the_browser_as_on_the_server(desk):
    page = desk()
    page.goto("/admin/people/person/add/")
    made = {name: page.evaluate("name => URLify(name, 100, false)", name) for name in NAMES}
    assert made == NAMES
    assert page.evaluate("URLify('  ', 100, false)") == ""
