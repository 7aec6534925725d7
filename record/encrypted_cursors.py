"""Encryption for cursors: texts that a URL carries and that only the portal can read or write."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac


@cache
def _box(secret: str) -> AESSIV:
    # AES-SIV (RFC 5297) is deterministic: the same position gives the same token, so URLs stay stable.
    return AESSIV(salted_hmac("record.encrypted_cursors", "", secret=secret, algorithm="sha512").digest())


def seal(text: str) -> str:
    """Encrypt `text` with a key derived from `SECRET_KEY`, as URL-safe text. The same text gives the same result."""
    return urlsafe_b64encode(_box(settings.SECRET_KEY).encrypt(text.encode(), None)).decode().rstrip("=")


def unseal(token: str) -> str | None:
    """Decrypt what `seal` returned, with `SECRET_KEY` or one of its fallbacks; None if it is not from `seal`."""
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
