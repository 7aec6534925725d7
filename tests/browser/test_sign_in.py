"""Sign-in in a real browser, with password and authenticator app, and with a passkey that the browser has created."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def site(new_page, live_server):
    """Open a page at the host name of the live server, because passkeys don't work with an IP address."""
    return new_page(base_url=live_server.url.replace("127.0.0.1", "localhost"), reduced_motion="reduce")


def enter(page, account):
    page.fill("[name=login]", account.email)
    page.fill("[name=password]", make.PASSWORD)
    page.click("button.main")


def confirm_it_is_me(page):
    page.fill("[name=password]", make.PASSWORD)
    page.click("button.main")


def assert_accessible(page):
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_editor_who_needs_a_second_factor_is_led_to_set_up_an_app(site):
    account = make.UserFactory(editor=True)
    site.goto("/admin/contests/contest/")
    enter(site, account)
    # The admin first requires a second factor.
    expect(site).to_have_url(re.compile("/account/second-factor/$"))
    assert_accessible(site)
    site.click("text=Set up the authenticator app")
    confirm_it_is_me(site)
    site.locator("img.qr").wait_for()
    assert_accessible(site)
    assert site.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    site.fill("[name=code]", now(site.inner_text("code.key")))
    site.click("button.main")
    expect(site.locator(".codes li")).to_have_count(10)
    assert_accessible(site)
    site.click("text=Continue to the admin")
    expect(site).to_have_title("Admin | Laurel")


def test_editor_signs_in_with_a_password_and_the_code_of_an_app(site):
    account = make.UserFactory(editor=True)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    site.goto("/admin/contests/contest/")
    assert_accessible(site)
    enter(site, account)
    site.fill("[name=code]", "a wrong one")
    site.click("button.main")
    expect(site.locator(".errorlist")).to_have_text("Incorrect code.")
    assert_accessible(site)
    site.fill("[name=code]", now(secret))
    site.click("button.main")
    site.wait_for_url("**/admin/contests/contest/")
    site.click("text=Log out")
    site.wait_for_url(lambda address: "/admin/" not in address)
    assert site.goto("/admin/contests/contest/").url.endswith("/account/sign-in/?next=/admin/contests/contest/")


def test_editor_adds_a_passkey_and_signs_in_with_nothing_else(site):
    account = make.UserFactory(editor=True)
    device = site.context.new_cdp_session(site)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    site.goto("/admin/")
    enter(site, account)
    site.click("text=Add a passkey")
    confirm_it_is_me(site)
    site.locator("[name=name]").wait_for()
    assert_accessible(site)
    site.fill("[name=name]", "The desk’s own")
    site.click("text=Add the passkey")
    site.wait_for_url("**/recovery-codes/")
    site.goto("/account/second-factor/")
    expect(site.locator("text=The desk’s own")).to_have_count(1)
    site.click("text=Sign out")
    site.wait_for_url(lambda address: "/second-factor/" not in address)
    site.goto("/admin/people/person/")
    site.click("text=Sign in with a passkey")
    site.wait_for_url("**/admin/**")
    expect(site.locator("#user-tools")).to_contain_text(account.name)


def test_passkey_that_is_not_there_is_told_on_the_page(site):
    device = site.context.new_cdp_session(site)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    site.goto("/account/sign-in/")
    site.click("text=Sign in with a passkey")
    site.locator(".trouble").wait_for()
    assert_accessible(site)


def now(secret):
    """Return the current code of the app. It stays valid for at least a few seconds."""
    if time.time() % 30 > 27:
        time.sleep(3)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
