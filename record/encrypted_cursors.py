"""Encryption of pagination cursors in URLs, so that visitors can neither read nor forge them."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac


@cache
def _box(secret: str) -> AESSIV:
    # AES-SIV (RFC 5297) is deterministic: the same text gives the same token. So the URL of a page does not change.
    return AESSIV(salted_hmac("record.encrypted_cursors", "", secret=secret, algorithm="sha512").digest())


def seal(text: str) -> str:
    """
    Encrypt `text` with a key derived from `SECRET_KEY` and return a URL-safe token. The same text always gives the same
    token.
    """
    return urlsafe_b64encode(_box(settings.SECRET_KEY).encrypt(text.encode(), None)).decode().rstrip("=")


def unseal(token: str) -> str | None:
    """
    Return the text that `seal` encrypted as `token`, with `SECRET_KEY` or one of `SECRET_KEY_FALLBACKS`. Return None if
    `token` is invalid.
    """
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
