"""The setting CACHES. This module needs no Redis client, which is installed only where it is used."""

from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def configuration(env: Any) -> dict[str, Any]:
    """
    Return the configuration of Django's cache that CACHE_URL describes, without it that of a cache in the memory of
    each process. Raise ImproperlyConfigured, with one sentence, if the URL is wrong.
    """
    if not env.str("CACHE_URL", default=""):
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": ""}
    try:
        found: dict[str, Any] = env.cache_url("CACHE_URL")
    except Exception as error:
        # django-environ raises many kinds. The URL may have a password, so don't repeat it.
        raise ImproperlyConfigured("CACHE_URL has to be like redis://127.0.0.1:6379/0.") from error
    if "redis" in found["BACKEND"]:
        if not find_spec("redis"):
            raise ImproperlyConfigured(
                "CACHE_URL names Redis, but the package redis is missing. "
                "Run: .venv/bin/pip install --require-hashes -r requirements/production.txt"
            )
        found["BACKEND"] = "portal.redis_cache.RedisCache"
    return found
