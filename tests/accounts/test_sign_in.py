"""Sign-in and account pages don't reveal who has an account, and only the owner can change it."""

import re
import time
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from portal.settings import ACCOUNT_RATE_LIMITS
from tests import factories as make
from tests.admin_pages import inline_in
from tests.url_patterns import addresses

pytestmark = pytest.mark.django_db


SIGN_IN, CODE, RESET = "/account/sign-in/", "/account/second-factor/code/", "/account/password/reset/"


NEW = {"password1": "quiet lamp 7 orbit", "password2": "quiet lamp 7 orbit"}


@pytest.fixture(autouse=True)
def no_memory():
    """
    Clear the cache, which contains failed attempts and used codes, and stop the clock, because codes change every 30
    seconds.
    """
    cache.clear()
    with time_machine.travel(timezone.now(), tick=False):
        yield


def sign_in(client, account, password=make.PASSWORD, **more):
    return client.post(SIGN_IN, {"login": account.email, "password": password, **more})


def signed_in(client):
    return client.session.get("_auth_user_id")


def confirm_it_is_me(client):
    """Enter the password again, as pages that change an account require."""
    assert client.post("/account/reauthenticate/", {"password": make.PASSWORD}).status_code == 302


def code_of(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(account):
    """Give the account an authenticator app and recovery codes. Return the secret of the app and the codes."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret, RecoveryCodes.activate(account).get_unused_codes()


def body(response, account=""):
    """Return the page without its CSRF token and without the entered e-mail address."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return text.replace(account, "ADDRESS") if account else text


def test_password_leads_to_where_one_wanted_to_go_and_signing_out_ends_it(client):
    account = make.UserFactory(editor=True)
    response = sign_in(client, account, next="/admin/people/person/")
    assert (response.status_code, response["Location"]) == (302, "/admin/people/person/")
    assert client.get("/admin/people/person/").status_code == 200
    assert client.post("/admin/logout/").status_code == 302
    assert signed_in(client) is None
    sign_in(client, account)
    assert client.post("/account/sign-out/")["Location"] == "/"
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"]
)
def test_signing_in_leads_to_no_other_site(client, elsewhere):
    assert client.get("/admin/login/", {"next": elsewhere})["Location"] == f"{SIGN_IN}?next=/admin/"
    assert sign_in(client, make.UserFactory(editor=True), next=elsewhere)["Location"] == "/admin/"
    assert client.get("/admin/login/", {"next": elsewhere})["Location"] == "/admin/"


def test_the_admin_leads_to_the_one_place_for_signing_in_and_back(client):
    asked = client.get("/admin/people/person/?q=a")
    assert asked["Location"] == "/admin/login/?next=/admin/people/person/%3Fq%3Da"
    assert client.get(asked["Location"])["Location"] == f"{SIGN_IN}?next=/admin/people/person/%3Fq%3Da"
    client.force_login(make.UserFactory(editor=True))
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"


def test_account_without_a_desk_is_told_that_the_door_is_closed(client):
    client.force_login(make.UserFactory())
    assert client.get("/admin/", follow=True).status_code == 403


def test_nobody_learns_from_signing_in_who_has_an_account(client):
    known, inactive = make.UserFactory(), make.UserFactory(is_active=False)
    answers = {
        body(sign_in(client, account, password), account.email)
        for account, password in [
            (known, "not the password"),
            (inactive, "not the password"),
            (inactive, make.PASSWORD),
            (User(email="nobody@example.org"), make.PASSWORD),
        ]
    }
    assert len(answers) == 1
    assert "errorlist" in answers.pop()
    assert signed_in(client) is None


def test_nobody_can_sign_up(client):
    values = {"email": "new@example.org", "password1": make.PASSWORD}
    assert "by invitation" in client.post("/account/sign-up/", values).content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("word", ["\x00", "x" * 10_000, "a@b\x00.org", "<b>", "१२३४५६"])
def test_hostile_words_are_only_wrong(client, word):
    account = make.UserFactory()
    with_app(account)
    for address, values in [
        (SIGN_IN, {"login": word, "password": word}),
        (SIGN_IN, {"login": account.email, "password": word}),
        (RESET, {"email": word}),
    ]:
        assert (address, client.post(address, values).status_code) == (address, 200)
    sign_in(client, account)
    assert client.post(CODE, {"code": word}).status_code == 200
    assert client.post(CODE, {"credential": word}).status_code == 200
    assert client.post("/account/second-factor/passkeys/login/", {"credential": word}).status_code == 302
    assert signed_in(client) is None


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    account, other = make.UserFactory(), make.UserFactory()
    for _attempt in range(5):
        sign_in(client, account, "not the password")
    assert "Too many" in sign_in(client, account).content.decode()
    assert signed_in(client) is None
    # Another account from another IP address is not limited yet.
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), other).status_code == 302


def test_a_stranger_locks_nobody_out_but_themselves(client, settings):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    account, stranger = make.UserFactory(), Client(REMOTE_ADDR="192.0.2.7")
    for _attempt in range(20):
        sign_in(stranger, account, "not the password")
    assert "Too many" in sign_in(stranger, account).content.decode()
    assert sign_in(client, account).status_code == 302
    assert signed_in(client) == str(account.pk)


def test_another_port_in_the_host_gives_no_further_attempts(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}
    account = make.UserFactory()
    for number in range(5):
        sign_in(Client(headers={"host": f"testserver:{8000 + number}"}), account, "not the password")
    last = Client(headers={"host": "testserver:9000"})
    assert "Too many" in sign_in(last, account).content.decode()


def test_too_many_resets_are_refused_on_a_page_of_the_portal(client, settings):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    account = make.UserFactory()
    answers = [client.post(RESET, {"email": account.email}) for _attempt in range(21)]
    assert [response.status_code for response in answers] == [302] * 20 + [429]
    assert "You sent too many requests" in body(answers[-1])
    # The last of these links works as well as another one would.
    assert len(mail.outbox) == 5
    # Other users can still request an e-mail.
    assert Client(REMOTE_ADDR="192.0.2.7").post(RESET, {"email": account.email}).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [(2, "192.0.2.5"), (2, ""), (1, "nonsense"), (1, "[2001:db8::1]:443"), (1, "fe80::1%eth0"), (3, ", ,"), (0, "a")],
)
def test_any_address_of_a_visitor_can_sign_in(client, settings, proxies, forwarded):
    settings.ACCOUNT_RATE_LIMITS, settings.TRUSTED_PROXIES = ACCOUNT_RATE_LIMITS, proxies
    account = make.UserFactory()
    there = Client(headers={"x-forwarded-for": forwarded})
    assert sign_in(there, account).status_code == 302
    assert there.get("/account/sessions/").status_code == 200
    assert there.post("/account/password/", {"oldpassword": make.PASSWORD, **NEW}).status_code == 302


def test_an_account_without_a_known_address_of_its_visitor_can_sign_in(settings):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    there = Client(REMOTE_ADDR="")
    assert sign_in(there, make.UserFactory()).status_code == 302
    assert there.get("/account/sessions/").status_code == 200


def test_behind_a_proxy_each_visitor_has_a_limit_of_their_own(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    settings.TRUSTED_PROXIES = 1
    account = make.UserFactory()
    visitors = [Client(headers={"x-forwarded-for": f"203.0.113.9, 198.51.100.{number}"}) for number in (1, 2)]
    for _attempt in range(3):
        sign_in(visitors[0], account, "not the password")
    assert sign_in(visitors[0], account).status_code == 200
    assert sign_in(visitors[1], account).status_code == 302


def test_codes_can_not_be_guessed_for_long(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    account = make.UserFactory()
    secret, _codes = with_app(account)
    sign_in(client, account)
    for guess in range(5):
        client.post(CODE, {"code": f"{guess:06}"})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200
    assert signed_in(client) is None


def test_app_is_asked_for_its_code_which_counts_once(client):
    account = make.UserFactory(editor=True)
    secret, _codes = with_app(account)
    assert sign_in(client, account, next="/admin/people/")["Location"] == CODE
    assert signed_in(client) is None
    assert client.get("/admin/").status_code == 302
    assert client.post(CODE, {"code": code_of(secret, 100)}).status_code == 200
    code = code_of(secret)
    assert client.post(CODE, {"code": code})["Location"] == "/admin/people/"
    other = Client()
    sign_in(other, account)
    assert other.post(CODE, {"code": code}).status_code == 200
    assert signed_in(other) is None


def test_recovery_code_signs_in_once(client):
    account = make.UserFactory()
    _secret, codes = with_app(account)
    for browser, status in ((client, 302), (Client(), 200)):
        sign_in(browser, account)
        assert browser.post(CODE, {"code": codes[0]}).status_code == status


def test_app_is_set_up_after_the_password_was_asked_for_again(client, at_once):
    account = make.UserFactory()
    sign_in(client, account)
    address = "/account/second-factor/app/activate/"
    assert client.get(address)["Location"].startswith("/account/reauthenticate/")
    assert client.post(address, {"code": "123456"})["Location"].startswith("/account/reauthenticate/")
    confirm_it_is_me(client)
    secret = client.get(address).context["form"].secret
    assert client.post(address, {"code": code_of(secret, 100)}).status_code == 200
    done = client.post(address, {"code": code_of(secret)})
    assert done["Location"] == "/account/second-factor/recovery-codes/"
    assert [message.subject for message in mail.outbox] == ["An authenticator app was set up"]
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/account/second-factor/recovery-codes/").content.decode())
    assert len(set(codes)) == 10


@pytest.mark.parametrize(
    "address",
    [
        "/account/second-factor/app/deactivate/",
        "/account/second-factor/recovery-codes/",
        "/account/second-factor/recovery-codes/generate/",
        "/account/second-factor/recovery-codes/download/",
        "/account/second-factor/passkeys/add/",
    ],
)
def test_no_factor_is_shown_or_changed_by_whoever_finds_the_browser_open(client, address):
    account = make.UserFactory()
    with_app(account)
    client.force_login(account)
    before = list(Authenticator.objects.order_by("pk").values())
    for response in (client.get(address), client.post(address, {"name": "x", "credential": "{}"})):
        assert response.status_code in (302, 405)
        assert response.status_code == 405 or "reauthenticate" in response["Location"]
    assert list(Authenticator.objects.order_by("pk").values()) == before


def test_whoever_may_not_use_the_desk_comes_to_their_own_account(client):
    assert sign_in(client, make.UserFactory())["Location"] == "/account/sessions/"
    assert sign_in(Client(), make.UserFactory(is_staff=True))["Location"] == "/admin/"


def test_one_sees_where_one_is_signed_in_and_ends_it(client):
    account = make.UserFactory()
    others = [Client(headers={"user-agent": f"Browser {number}"}) for number in range(3)]
    for browser in (client, *others):
        sign_in(browser, account)
    page = client.get("/account/sessions/").content.decode()
    assert re.findall(r"Browser \d", page) == ["Browser 0", "Browser 1", "Browser 2"]
    first = UserSession.objects.get(user_agent="Browser 0")
    assert page.count("(UTC)") == 4
    account.time_zone = "Asia/Tokyo"
    account.save()
    UserSession.objects.filter(pk=first.pk).update(created_at=datetime(2026, 10, 27, 23, 30, tzinfo=UTC))
    assert "since 28 October 2026, 08:30 (Asia/Tokyo)" in client.get("/account/sessions/").content.decode()
    client.post("/account/sessions/", {"session": first.pk})
    assert [signed_in(browser) is None for browser in others] == [True, False, False]
    client.post("/account/sessions/")
    assert [signed_in(browser) is None for browser in others] == [True, True, True]
    assert signed_in(client) == str(account.pk)


@pytest.mark.parametrize("wanted", ["theirs", "x", "٣", "9" * 30, "\x00"])
def test_nobody_ends_the_session_of_somebody_else(client, wanted):
    victim = Client()
    sign_in(victim, make.UserFactory())
    theirs = UserSession.objects.get().pk
    sign_in(client, make.UserFactory())
    assert client.post("/account/sessions/", {"session": theirs if wanted == "theirs" else wanted}).status_code == 302
    assert signed_in(victim) is not None


def test_every_page_of_an_account_is_private_and_has_nothing_inline(client):
    account = make.UserFactory(editor=True)
    with_app(account)
    asked = [address for address in addresses({}, [], otherwise=["1"]) if address.startswith("/account/")]
    assert len(asked) > 25
    seen = 0
    for browser in (Client(), client):
        for address in asked:
            response = browser.get(address)
            assert response.status_code in (200, 302, 404, 405), address
            assert response["Cache-Control"] == "private, no-store", address
            assert response["X-Robots-Tag"] == "noindex", address
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                assert inline_in(response) == [], address
                assert body(response).count("<h1") == 1, address
                seen += 1
        client.force_login(account)
        confirm_it_is_me(client)
    assert seen > 15


def test_pages_of_an_account_speak_the_visitor_s_language_without_a_prefix(client):
    response = client.get(SIGN_IN, headers={"accept-language": "pl"})
    assert (response.status_code, response["Content-Language"]) == (200, "pl")
