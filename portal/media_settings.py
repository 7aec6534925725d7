"""Where uploads are stored, from the environment variables `MEDIA_STORAGE` and `MEDIA_GRACE_HOURS`."""

import os
import re
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_EXAMPLE = "s3://bucket?endpoint=https://storage.example.org"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_STYLES = ("path", "virtual")


def storage(address: str) -> dict[str, Any]:
    """
    Return the entry of Django's `STORAGES` for uploads: the folder `MEDIA_ROOT` if `address` is blank, otherwise a
    bucket. Raise `ImproperlyConfigured` if anything is missing or unknown.
    """
    if not address:
        return {"BACKEND": "record.media.local.LocalMediaStorage"}
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ImproperlyConfigured(f"MEDIA_STORAGE is not a URL; it has to be like {_EXAMPLE}.") from None
    if parts.scheme != "s3":
        raise ImproperlyConfigured(f"MEDIA_STORAGE starts with {parts.scheme!r}; it has to be like {_EXAMPLE}.")
    if "@" in parts.netloc:
        raise ImproperlyConfigured(f"MEDIA_STORAGE has no password; set {' and '.join(_CREDENTIALS)}.")
    if not parts.netloc:
        raise ImproperlyConfigured(f"MEDIA_STORAGE names no bucket; it has to be like {_EXAMPLE}.")
    return {"BACKEND": "record.media.s3.S3MediaStorage", "OPTIONS": _options(parts.netloc, parts.path, dict(pairs))}


def _options(bucket: str, path: str, told: dict[str, str]) -> dict[str, Any]:
    if unknown := set(told) - {"endpoint", "region", "style"}:
        names = ", ".join(sorted(unknown))
        raise ImproperlyConfigured(f"MEDIA_STORAGE can have endpoint, region and style, but not {names}.")
    endpoint, region = told.get("endpoint", ""), told.get("region", "")
    if endpoint and (urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).hostname):
        raise ImproperlyConfigured("The endpoint in MEDIA_STORAGE has to be like https://storage.example.org.")
    if not endpoint and not region:
        raise ImproperlyConfigured("MEDIA_STORAGE needs an endpoint, or a region if the bucket is Amazon's.")
    style = told.get("style", "path" if endpoint else "virtual")
    if style not in _STYLES:
        raise ImproperlyConfigured(f"The style in MEDIA_STORAGE is {style!r}; it can be {' or '.join(_STYLES)}.")
    if missing := [name for name in _CREDENTIALS if not os.environ.get(name)]:
        raise ImproperlyConfigured(f"For MEDIA_STORAGE, set {' and '.join(missing)} in the environment.")
    if not find_spec("storages") or not find_spec("boto3"):
        raise ImproperlyConfigured(
            "MEDIA_STORAGE needs the packages django-storages and boto3. "
            "Run: .venv/bin/pip install --require-hashes -r requirements/production.txt"
        )
    key, secret = (os.environ[name] for name in _CREDENTIALS)
    return {
        "bucket_name": bucket,
        "location": unquote(path).strip("/"),
        "endpoint_url": endpoint or None,
        # Requests are signed with a region, also where the storage has none.
        "region_name": region or "us-east-1",
        "addressing_style": style,
        "access_key": key,
        "secret_key": secret,
        "security_token": os.environ.get("AWS_SESSION_TOKEN") or None,
    }


def grace(hours: str) -> timedelta:
    """Return how long files stay that no row refers to any more. Raise `ImproperlyConfigured` for a bad number."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", hours) or float(hours) > 24 * 366:
        raise ImproperlyConfigured(f"MEDIA_GRACE_HOURS is {hours!r}; it has to be a number from 0 to 8784.")
    return timedelta(hours=float(hours))
