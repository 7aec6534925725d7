"""The portal's own URL for e-mails. It comes from the settings, not from the `Host` header, which can be forged."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the absolute URL for `path`, which begins with a slash."""
    return urljoin(settings.SITE_URL, path)


def host() -> str:
    """Return the host, with the port if there is one: "laurel.example.org"."""
    return urlsplit(settings.SITE_URL).netloc
