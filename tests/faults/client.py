"""A small HTTP client with cookies and a deadline, and the verdict on each answer: served, refused or failed."""

import http.client
import json
import os
import secrets
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

#: Seconds after which a visitor has given up. On a busy machine, FAULTS_DEADLINE makes it longer.
DEADLINE = float(os.environ.get("FAULTS_DEADLINE", "10"))
SERVED, REFUSED, FAILED = "served", "refused", "failed"
File = tuple[str, str, bytes]


@dataclass
class Answer:
    """The answer to a request. Without an answer, `status` is 0 and `error` says why."""

    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        return urlsplit(self.headers.get("location", "")).path

    def verdict(self) -> tuple[str, str]:
        """Return what the visitor got (served, refused, failed), and the reason if it is not served."""
        if self.error:
            return FAILED, self.error
        if self.status in (413, 429):
            return REFUSED, f"status {self.status}"
        if self.status == 503:
            if not self.headers.get("retry-after", "").isdigit():
                return FAILED, "503 without Retry-After"
            if self.path.startswith("/api/") and "json" not in self.headers.get("content-type", ""):
                return FAILED, "503 of the API is not JSON"
            return REFUSED, "status 503"
        if self.status >= 400 or self.status < 200:
            return FAILED, f"status {self.status}"
        if self.is_cut_off():
            return FAILED, "incomplete page"
        return SERVED, ""

    def is_cut_off(self) -> bool:
        """Return whether the page ends before its end."""
        if self.status != 200 or not self.body:
            return False
        kind = self.headers.get("content-type", "")
        if "html" in kind:
            return "</html>" not in self.text[-200:] and "<html" in self.text[:400]
        if "application/json" in kind:
            try:
                json.loads(self.body)
            except ValueError:
                return True
        return False


def secured(sock: socket.socket, host: str) -> ssl.SSLSocket:
    """Return the connection with TLS. The certificate is a throw-away one, so it is not checked."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(sock, server_hostname=host)


class _Secure(http.client.HTTPConnection):
    """A connection with TLS to a host name that is served on this computer."""

    def connect(self) -> None:
        address = ("127.0.0.1", self.port)
        self.sock = secured(socket.create_connection(address, self.timeout, self.source_address), self.host)


class Client:
    """A visitor with a cookie jar. Each request has a connection of its own."""

    def __init__(self, port: int, *, ip: str = "127.0.0.1", tls: bool = False, host: str = "127.0.0.1"):
        """`ip` is the loopback address that requests come from: rate limits count each one separately."""
        self.port, self.ip, self.tls, self.host = port, ip, tls, host
        self.cookies: dict[str, str] = {}

    def get(self, path: str, deadline: float = DEADLINE) -> Answer:
        return self.request("GET", path, deadline=deadline)

    def post(self, path: str, data: Mapping[str, str], files: Mapping[str, File] | None = None, **more) -> Answer:
        """Send a form, as multipart if there are files."""
        if files is None:
            return self.request(
                "POST", path, urlencode(data).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, **more
            )
        boundary = secrets.token_hex(12)
        body = multipart(data, files, boundary)
        return self.request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, **more)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        deadline: float = DEADLINE,
    ) -> Answer:
        """Send a request. An answer that is not there after `deadline` seconds is an error."""
        begun = time.monotonic()
        answer = Answer(path)
        connection = self._connection(deadline)
        try:
            connection.request(method, path, body, {**self._headers(), **(headers or {})})
            response = connection.getresponse()
            answer.status = response.status
            answer.headers = {name.lower(): value for name, value in response.getheaders()}
            answer.body = _read(response, begun + deadline)
            self._keep_cookies(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            answer.error = _reason(error)
        finally:
            connection.close()
        answer.seconds = time.monotonic() - begun
        return answer

    def _connection(self, deadline: float) -> http.client.HTTPConnection:
        if self.tls:
            return _Secure(self.host, self.port, timeout=deadline, source_address=(self.ip, 0))
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=deadline, source_address=(self.ip, 0))

    def _headers(self) -> dict[str, str]:
        kept = {"Accept": "text/html,*/*", "Host": self.host if self.tls else f"{self.host}:{self.port}"}
        if self.cookies:
            kept["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.tls:
            kept["Referer"] = f"https://{self.host}/"
        return kept

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()

    def sign_in(self, email: str, password: str, deadline: float = DEADLINE) -> Answer:
        """Sign in by the form. A status of 302 means success."""
        page = self.get("/account/sign-in/", deadline)
        if page.verdict()[0] != SERVED:
            return page
        form = Form.of(page.text, "sign-in") or {}
        return self.post("/account/sign-in/", {**form, "login": email, "password": password}, deadline=deadline)


def _read(response: http.client.HTTPResponse, end: float) -> bytes:
    parts = []
    while part := response.read(256 * 1024):
        parts.append(part)
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(parts)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected | http.client.IncompleteRead | socket.error):
        return "connection reset"
    return type(error).__name__


def multipart(data: Mapping[str, str], files: Mapping[str, File], boundary: str) -> bytes:
    """Return the body of a form with files, each as (file name, content type, content)."""
    parts = []
    for name, value in data.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file_name, kind, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts)


class Form(HTMLParser):
    """Collects what a browser would send for the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], dict[str, str]]] = []
        self._form: dict[str, str] | None = None
        self._name = ""
        self._text: list[str] | None = None
        self._select = ""
        self._without_scripts = False

    @classmethod
    def of(cls, page: str, mark: str) -> dict[str, str] | None:
        """Return the fields of the first POST form whose id or action contains `mark`."""
        parser = cls()
        parser.feed(page)
        for attributes, fields in parser.forms:
            if attributes.get("method", "").lower() == "post" and any(
                mark in attributes.get(name, "") for name in ("id", "action")
            ):
                return fields
        return None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        names = {name for name, _value in attrs}
        if tag == "form":
            self._form = {}
            self.forms.append((values, self._form))
        if tag == "noscript":
            self._without_scripts = True
        if self._form is None or self._without_scripts or ("disabled" in names and tag != "option"):
            return
        name = values.get("name", "")
        if tag == "input" and name:
            kind = values.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in names:
                    self._form[name] = values.get("value", "on")
            elif kind not in ("submit", "button", "image", "file", "reset"):
                self._form[name] = values.get("value", "")
        elif tag == "textarea":
            self._name, self._text = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in names:
                self._form[self._select] = values.get("value", "")
            elif self._select not in self._form and "multiple" not in names:
                self._form.setdefault(self._select, values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "noscript":
            self._without_scripts = False
        elif tag == "textarea" and self._text is not None and self._form is not None:
            self._form[self._name] = "".join(self._text).removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None
