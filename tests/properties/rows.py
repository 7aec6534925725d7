"""The rows, accounts and browsers of the property tests, and the requests that they send."""

from collections.abc import Iterable
from contextlib import contextmanager
from urllib.parse import quote, unquote, urlencode

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import resolve

from accounts import invitations, roles
from accounts.models import User
from portal.request_encoding import without_encoding
from search import index
from tests import factories as make
from tests.fixture_rows import bring_in
from tests.permissions.users_and_rows import Desks, addresses_of
from tests.reveal_urls import every_address

from .page_forms import Form, forms_of

#: Responses that are never an answer to a request, only a mistake of the portal.
MISTAKE = 500
NOT_IMPLEMENTED = {501, 503}


class Browser(Client):
    """A test client whose requests pass the WSGI layer around Django, as in production."""

    def request(self, **request):
        return super().request(**without_encoding(self._base_environ(**request)))


class Portal:
    """
    The NextGen contest and a row of every model; browsers of a visitor ("nobody"), of a superuser ("chief"), of
    somebody with an authenticator app who has given the password ("code") and of somebody at their account ("own").
    """

    def __init__(self):
        bring_in("nextgen")
        self.public = _few_of_each(url for url in every_address() if not url.startswith(("/admin/", "/account/")))
        desks = Desks()
        self.admin = [address for address, _values in addresses_of(desks)]
        self.cookies = {"nobody": {}, "chief": _cookies(desks.chief)}
        self.cookies["own"] = _cookies(self._at_account())
        self.cookies["code"] = _cookies(self._before_code())
        viewers = Group.objects.get(name=roles.Role.VIEWER.value)
        chief = User.objects.get(pk=desks.chief.session["_auth_user_id"])
        _invitation, self.token = invitations.invite("new@example.org", name="Neva", roles=[viewers], actor=chief)
        index.refresh()
        self._forms: dict[tuple[str, str], list[Form]] = {}

    @staticmethod
    def _at_account() -> Client:
        account, client = make.UserFactory(), Client()
        TOTP.activate(account, generate_totp_secret())
        RecoveryCodes.activate(account)
        client.force_login(account)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 4e9, "reauthenticated": True}]
        session.save()
        return client

    @staticmethod
    def _before_code() -> Client:
        account, client = make.UserFactory(), Client()
        TOTP.activate(account, generate_totp_secret())
        client.post("/account/sign-in/", {"login": account.email, "password": make.PASSWORD})
        return client

    def client(self, who: str) -> Client:
        """Return a browser, which is signed in as `who`. A request that signs out does not change other browsers."""
        client = Browser()
        for name, value in self.cookies[who].items():
            client.cookies[name] = value
        return client

    def forms(self, who: str, address: str) -> list[Form]:
        """Return the forms of the page at `address` as `who` sees it, or an empty list if there is no such page."""
        if (who, address) not in self._forms:
            with undone():  # Opening the sign-in page ends a sign-in that waits for the second factor.
                response = self.client(who).get(address)
            is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
            found = forms_of(response.request["PATH_INFO"], response.content.decode()) if is_page else []
            self._forms[who, address] = [form for form in found if not form.action.startswith("/admin/logout/")]
        return self._forms[who, address]


def _few_of_each(urls: Iterable[str]) -> list[str]:
    """
    Return two of the URLs of each view. Otherwise most examples would ask for the cards and archives of single works,
    which read no parameters and take long to draw.
    """
    found: dict[str, list[str]] = {}
    for url in urls:
        found.setdefault(resolve(unquote(url)).view_name or url, []).append(url)
    return [url for several in found.values() for url in several[:2]]


def _cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


@contextmanager
def undone():
    """Undo at the end what the requests in this block have changed in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def escaped(text: str) -> str:
    return quote(text, errors="surrogatepass", safe="")


def question(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogatepass")


def post(client: Client, address: str, pairs: list[tuple[str, object]], *, multipart: bool, **more) -> HttpResponse:
    """Send a form as a browser does, in the encoding for files or in the usual one."""
    if not multipart:
        texts = [(name, value) for name, value in pairs if isinstance(value, str)]
        return client.post(address, question(texts), content_type="application/x-www-form-urlencoded", **more)
    parts = [_part(name, value) for name, value in pairs]
    body = b"".join(parts) + b"--BoUnDaRyStRiNg--\r\n"
    return client.generic("POST", address, body, content_type=MULTIPART_CONTENT, **more)


def _part(name: str, value: object) -> bytes:
    def quoted(text: str) -> bytes:
        text = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        return text.encode(errors="surrogatepass")

    head = b'--BoUnDaRyStRiNg\r\nContent-Disposition: form-data; name="' + quoted(name) + b'"'
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
        head += b'; filename="' + quoted(getattr(value, "sent_as", value.name)) + b'"\r\nContent-Type: '
        return head + (value.content_type or "").encode() + b"\r\n\r\n" + value.read() + b"\r\n"
    return head + b"\r\n\r\n" + str(value).encode(errors="surrogatepass") + b"\r\n"


def is_answered(response: HttpResponse) -> None:
    """Fail if the portal answered with an error of its own. 503 tells about other requests, or a missing service."""
    assert response.status_code < MISTAKE or response.status_code in NOT_IMPLEMENTED, response.status_code
    if not response.streaming:
        response.content  # noqa: B018
    else:
        for _part_of_body in response.streaming_content:
            pass
