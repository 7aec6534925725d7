"""The portal's own URL, as its e-mails name it. What a visitor's browser says in `Host` has no part in it."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """The whole URL of `path`, which begins with a slash."""
    return urljoin(settings.SITE_URL, path)


def host() -> str:
    """The host, with its port where it has one: "laurel.example.org"."""
    return urlsplit(settings.SITE_URL).netloc
