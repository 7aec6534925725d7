"""Texts that leave the portal and come back, and that nobody else can read or write: the places in a list."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac


@cache
def _box(secret: str) -> AESSIV:
    # AES-SIV (RFC 5297) needs no random part: the same place has the same token, so a page stays the same.
    return AESSIV(salted_hmac("record.sealed_cursors", "", secret=secret, algorithm="sha512").digest())


def seal(text: str) -> str:
    """`text`, encrypted with a key made of `SECRET_KEY`, as it can stand in a URL; the same each time."""
    return urlsafe_b64encode(_box(settings.SECRET_KEY).encrypt(text.encode(), None)).decode().rstrip("=")


def unseal(token: str) -> str | None:
    """The text that `seal` made into `token`, with today's `SECRET_KEY` or a fallback; None where it made none."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _box(secret).decrypt(sealed, None).decode()
        except (InvalidTag, ValueError):
            continue
    return None
