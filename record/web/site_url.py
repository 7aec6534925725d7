"""
Absolute URLs of the portal, for e-mails and press kits. They use the setting `SITE_URL`, because a `Host` header can be
forged.
"""

from urllib.parse import urljoin, urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the absolute URL of `path`, which begins with a slash."""
    return urljoin(settings.SITE_URL, path)


def host() -> str:
    """Return the host name of the portal, with the port if there is one, such as "laurel.example.org"."""
    return urlsplit(settings.SITE_URL).netloc
