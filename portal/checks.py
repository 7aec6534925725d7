"""
What `manage.py check --deploy` knows about Laurel's own settings. Each message says in a sentence what is wrong, and
its hint what to do. docs/operating.md describes the variables.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAL_CACHE = "django.core.cache.backends.locmem.LocMemCache"
SQLITE = "portal.databases.sqlite"
#: E-mail backends that send nothing.
UNSENT = {f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "locmem", "filebased")}
#: The least length of a secret key, and its least number of different characters, as in Django's own check.
LEAST_LENGTH, LEAST_DIFFERENT = 50, 5


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    return [*_of_site(), *_of_secrets(), *_of_processes(), *_of_accounts(), *_of_folders()]


def _of_site() -> Iterator[CheckMessage]:
    if not settings.PRODUCTION:
        yield Error(
            "LAUREL_ENV is not 'production'.",
            hint="Set LAUREL_ENV=production. It turns on secure cookies, HSTS and hashed names of static files.",
            id="laurel.E001",
        )
        return
    if urlsplit(settings.SITE_URL).scheme != "https":
        yield Error(
            "SITE_URL does not begin with https://, so links in e-mails would be sent without encryption.",
            hint="Set SITE_URL to the public URL, such as https://laurel.example.org.",
            id="laurel.E002",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS contains '*', so a visitor can choose the host name that pages contain.",
            hint="Name the hosts of the portal.",
            id="laurel.E003",
        )
    if settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        yield Warning(
            "BEHIND_PROXY is not set. If a proxy handles TLS, Laurel sees only HTTP and redirects without end.",
            hint="Set BEHIND_PROXY=true if a proxy in front sets X-Forwarded-Proto itself, as deploy/nginx does.",
            id="laurel.W004",
        )
    if settings.SECURE_PROXY_SSL_HEADER and settings.TRUSTED_PROXIES < 1:
        yield Error(
            "TRUSTED_PROXIES is 0 behind a proxy: all visitors have the proxy's address and share one limit.",
            hint="Set TRUSTED_PROXIES to the number of your proxies, or remove it: the default is 1.",
            id="laurel.E005",
        )
    if settings.SECURE_HSTS_SECONDS < 3600:
        yield Warning(
            "SECURE_HSTS_SECONDS is less than an hour, so browsers may use HTTP again.",
            hint="Once HTTPS works, remove SECURE_HSTS_SECONDS: the default is one year.",
            id="laurel.W006",
        )


def _of_secrets() -> Iterator[CheckMessage]:
    for name, key in (
        ("SECRET_KEY", settings.SECRET_KEY),
        *(("A key in SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS),
    ):
        if len(key) < LEAST_LENGTH or len(set(key)) < LEAST_DIFFERENT:
            yield Error(
                f"{name} has less than {LEAST_LENGTH} characters or too few different ones, so it can be guessed.",
                hint="Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
                id="laurel.E010",
            )


def _of_processes() -> Iterator[CheckMessage]:
    workers = os.environ.get("GRANIAN_WORKERS", "")
    if settings.CACHES["default"]["BACKEND"] == LOCAL_CACHE and workers != "1":
        yield Warning(
            "CACHE_URL is not set, so each worker process counts sign-in attempts separately, and accepts a one-time "
            "code that another one has accepted already.",
            hint="Set CACHE_URL=redis://host:port/0, or run one worker: GRANIAN_WORKERS=1.",
            id="laurel.W020",
        )
    if settings.METRICS_PORT and str(settings.METRICS_PORT) == os.environ.get("GRANIAN_PORT", "8000"):
        yield Error(
            "METRICS_PORT is the port of the portal itself, so there would be no metrics.",
            hint="Set another one, such as METRICS_PORT=9464.",
            id="laurel.E025",
        )
    database = settings.DATABASES["default"]
    if database["ENGINE"] == SQLITE and _is_elsewhere(os.environ.get("GRANIAN_HOST", "")):
        yield Warning(
            "The database is SQLite, which several machines can't share, but GRANIAN_HOST lets others connect.",
            hint="If this is one of several web machines, use PostgreSQL in DATABASE_URL.",
            id="laurel.W021",
        )
    if database["ENGINE"] == SQLITE and str(database["NAME"]) == ":memory:":
        yield Error(
            "DATABASE_URL names a database in memory, so everything is lost when the server stops.",
            hint="Set DATABASE_URL=sqlite:////var/lib/laurel/laurel.sqlite3.",
            id="laurel.E023",
        )
    elif database["ENGINE"] == SQLITE and Path(database["NAME"]).is_dir():
        yield Error(
            f"DATABASE_URL names a folder, {database['NAME']}, instead of a file.",
            hint="Set DATABASE_URL=sqlite:////var/lib/laurel/laurel.sqlite3.",
            id="laurel.E024",
        )
    elif database["ENGINE"] == SQLITE and Path(database["NAME"]).is_relative_to(settings.BASE_DIR):
        yield Warning(
            "The SQLite database is in the folder of the code, which an upgrade replaces.",
            hint="Set DATABASE_URL=sqlite:////var/lib/laurel/laurel.sqlite3, stop the server and move the file there.",
            id="laurel.W022",
        )


def _is_elsewhere(host: str) -> bool:
    return bool(host) and host not in ("localhost", "::1") and not host.startswith("127.")


def _of_accounts() -> Iterator[CheckMessage]:
    if not settings.REQUIRE_SECOND_FACTOR:
        yield Warning(
            "REQUIRE_SECOND_FACTOR is off, so a stolen password is enough to reveal results.",
            hint="Remove REQUIRE_SECOND_FACTOR: it is on in production.",
            id="laurel.W030",
        )
    if settings.SINGLE_EDITOR:
        yield Warning(
            "SINGLE_EDITOR is on, so one person can approve results that they entered alone.",
            hint="Remove SINGLE_EDITOR as soon as two people work on the portal.",
            id="laurel.W031",
        )
    if settings.EMAIL_TRANSPORT in UNSENT:
        yield Error(
            "EMAIL_URL names no mail server: invitations and password resets would be lost, or be in a log.",
            hint="Set EMAIL_URL=smtp+tls://user:password@mail.example.org:587.",
            id="laurel.E032",
        )


def _of_folders() -> Iterator[CheckMessage]:
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if media.is_relative_to(static) or static.is_relative_to(media):
        yield Error(
            "MEDIA_ROOT and STATIC_ROOT are in one another, so uploads that are not public could be served.",
            hint="Set them to two separate folders.",
            id="laurel.E040",
        )
    if _mode(media) & (stat.S_IRWXG | stat.S_IRWXO):
        yield Warning(
            "Other users of this machine can read MEDIA_ROOT, which has images that are not public.",
            hint=f"Run: chmod -R go= {media}",
            id="laurel.W041",
        )
    database = settings.DATABASES["default"]
    places = {"MEDIA_ROOT": media} if "OPTIONS" not in settings.STORAGES["default"] else {}
    if database["ENGINE"] == SQLITE:
        places["DATABASE_URL"] = Path(database["NAME"]).parent
    for name, folder in places.items():
        if not _can_be_written(folder):
            yield Error(
                f"{name} needs the folder {folder}, but this user can't make it or write to it.",
                hint="Make the folder, and let the portal's user own it, or set another one.",
                id="laurel.E043",
            )
    if database["ENGINE"] == SQLITE and _mode(Path(database["NAME"])) & (stat.S_IRWXG | stat.S_IRWXO):
        yield Warning(
            "Other users of this machine can read the database, which has results that are not public.",
            hint=f"Run: chmod go= {database['NAME']}",
            id="laurel.W042",
        )


def _can_be_written(folder: Path) -> bool:
    """Return whether this user can write to a folder, or make it if there is none."""
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _mode(path: Path) -> int:
    """Return the permissions of a file, or 0 if there is none."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
