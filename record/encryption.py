"""Encryption of secrets in the database, so that a copy of the database does not reveal them."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def cipher(purpose: str) -> MultiFernet:
    """
    Return a cipher that encrypts with a key derived from `SECRET_KEY` and `purpose`. It can also decrypt with keys
    derived from `SECRET_KEY_FALLBACKS`.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac(purpose, "", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
