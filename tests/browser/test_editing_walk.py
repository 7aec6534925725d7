"""
An editor enters a result, an administrator publishes and revokes it, and a visitor looks at it, all in real browsers.
"""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from contests.models import Recognition, Submission
from tests import factories as make
from tests.record.test_image_sanitizing import encoded

FILM = "The Lighthouse Keeper"
REASON = "The work had been entered by somebody else."
PICTURE = encoded("JPEG", Image.new("RGB", (400, 600), "#456"))
POSTER = {"name": "poster.jpg", "mimeType": "image/jpeg", "buffer": PICTURE}


@pytest.fixture
def contest(transactional_db, settings):
    """
    Create a published contest with an award, a person and results that are not approved. The test does everything else
    in the browser.
    """
    settings.REQUIRE_SECOND_FACTOR, settings.SINGLE_EDITOR = True, False
    call_command("roles", verbosity=0)
    contest = make.ContestFactory(sealed=True, title="Night of Shorts", slug="shorts", time_zone="Asia/Tokyo")
    make.AwardFactory(contest=contest, name="Grand Prize", kind="grand_prize")
    make.PersonFactory(name="Ada Nowak")
    make.SourceFactory(title="Programme of the evening")
    return contest


@pytest.fixture
def sign_in(new_page, live_server):
    """
    Return a function: `sign_in(User.Role.EDITOR)` returns a page of a user with that role, signed in with password and
    app.
    """

    def signed_in(role):
        account = make.UserFactory(is_staff=True)
        account.groups.add(Group.objects.get(name=role))
        secret = generate_totp_secret()
        TOTP.activate(account, secret)
        page = new_page(base_url=live_server.url, reduced_motion="reduce")
        page.goto("/admin/")
        page.fill("[name=login]", account.email)
        page.fill("[name=password]", make.PASSWORD)
        page.click("button.main")
        if time.time() % 30 > 27:  # Wait for a new code if the current one might expire before it is sent.
            time.sleep(3)
        page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
        page.click("button.main")
        page.wait_for_url("**/admin/")
        return page

    return signed_in


def choose(page, field, name):
    """Choose `name` in an autocomplete field."""
    page.locator(f"{field} .select2-selection").click()
    page.locator(".select2-search__field").last.fill(name)
    page.locator(".select2-results__option[aria-selected]", has_text=name).first.click()


def open_contest(page):
    page.goto("/admin/contests/contest/")
    page.get_by_role("link", name="Night of Shorts").click()
    page.wait_for_url("**/change/")


def test_from_the_form_to_the_public_and_back(contest, sign_in, new_page, live_server):
    editor = sign_in(User.Role.EDITOR)
    editor.goto("/admin/contests/submission/add/")
    choose(editor, ".field-contest", "Night of Shorts")
    editor.fill("#id_title", FILM)
    editor.select_option("#id_status", "eligible")
    editor.set_input_files("#id_poster", POSTER)
    editor.fill("#id_poster_alt", "A lighthouse at night")
    editor.fill("#id_poster_credit", "Ada Nowak")
    editor.locator("#credits-group").get_by_text("Add another").click()
    choose(editor, "#credits-0 .field-person", "Ada Nowak")
    editor.get_by_role("button", name="Save and continue editing").click()
    editor.get_by_text("was added successfully").wait_for()
    film = Submission.objects.get(title=FILM)
    editor.locator("[aria-labelledby=recognition-left-out]").get_by_role("link", name="Add").click()
    # The contest and the work are already chosen.
    choose(editor, ".field-award", "Grand Prize")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text("was added successfully").wait_for()
    assert film.recognitions.get().award.name == "Grand Prize"
    assert (bool(film.poster), film.credits.get().person.name) == (True, "Ada Nowak")
    # Editors can't publish.
    open_contest(editor)
    expect(editor.get_by_role("link", name="Approve results")).to_have_count(0)

    publisher = sign_in(User.Role.PUBLISHER)
    open_contest(publisher)
    publisher.get_by_role("link", name="Make a preview link").click()
    publisher.fill("#id_note", "the presenter")
    publisher.get_by_role("button", name="Make a preview link").click()
    link = publisher.locator(".field-url a").get_attribute("href")

    guest = new_page()
    guest.goto(link)
    assert "noindex" in guest.goto(link).headers["x-robots-tag"]
    guest.get_by_role("link", name="Winners").first.click()
    guest.get_by_role("link", name=FILM).first.click()
    expect(guest.locator("h1")).to_have_text(FILM)
    assert "/preview/" in guest.url

    visitor = new_page(base_url=live_server.url)
    public = f"/contests/shorts/submissions/{film.slug}/"
    # The test requests this URL without the browser, because the browser would log the status 404 to the console.
    assert visitor.request.get(public).status == 404

    open_contest(publisher)
    publisher.get_by_role("link", name="Approve results").click()
    publisher.get_by_role("button", name="Approve results").click()
    publisher.get_by_text("Night of Shorts are approved.").wait_for()
    assert visitor.request.get(public).status == 404
    publisher.get_by_role("link", name="Reveal now").click()
    publisher.get_by_text(FILM).first.wait_for()
    with publisher.expect_navigation():
        publisher.get_by_role("button", name="Reveal now").click()
    revealed = time.monotonic()
    assert visitor.goto(public).status == 200
    # The portal promises one second, but the computer that runs the test may be busy.
    assert time.monotonic() - revealed < 5
    assert visitor.locator("h1").inner_text() == FILM
    visitor.goto("/contests/shorts/winners/")
    assert visitor.get_by_role("link", name=FILM).count() > 0

    publisher.goto(f"/admin/contests/recognition/{Recognition.objects.get().pk}/change/")
    publisher.get_by_role("link", name="Revoke").click()
    publisher.fill("#id_reason", REASON)
    publisher.get_by_role("button", name="Revoke").click()
    publisher.get_by_text("is revoked.").wait_for()
    visitor.goto(public)
    assert re.search(REASON, visitor.inner_text("main"))
    visitor.goto("/contests/shorts/winners/")
    assert visitor.get_by_role("link", name=FILM).count() == 0
