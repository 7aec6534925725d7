"""`manage.py check --deploy` says what is wrong with the settings of a portal, in a sentence each."""

import pytest

from portal.checks import check_deployment

KEY = "k" * 20 + "0123456789" * 4


@pytest.fixture
def production(settings, tmp_path, monkeypatch):
    """Settings of a portal in production that need no message."""
    monkeypatch.delenv("GRANIAN_WORKERS", raising=False)
    monkeypatch.delenv("GRANIAN_HOST", raising=False)
    monkeypatch.delenv("GRANIAN_PORT", raising=False)
    for name in ("media", "static"):
        (tmp_path / name).mkdir(mode=0o700)
    database = tmp_path / "laurel.sqlite3"
    database.touch(mode=0o600)
    for name, value in {
        "PRODUCTION": True,
        "SITE_URL": "https://laurel.example",
        "ALLOWED_HOSTS": ["laurel.example"],
        "SECRET_KEY": KEY,
        "SECRET_KEY_FALLBACKS": [],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": 31_536_000,
        "TRUSTED_PROXIES": 1,
        "REQUIRE_SECOND_FACTOR": True,
        "SINGLE_EDITOR": False,
        "METRICS_PORT": 0,
        "EMAIL_TRANSPORT": "django.core.mail.backends.smtp.EmailBackend",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
    }.items():
        setattr(settings, name, value)
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "portal.databases.sqlite", "NAME": str(database)})
    return settings


def found():
    messages = check_deployment(None)
    assert all(message.msg.endswith(".") and message.hint for message in messages), messages
    return [message.id for message in messages]


def test_good_settings_need_no_message(production):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PRODUCTION", False, "laurel.E001"),
        ("SITE_URL", "http://laurel.example", "laurel.E002"),
        ("ALLOWED_HOSTS", ["laurel.example", "*"], "laurel.E003"),
        ("SECURE_PROXY_SSL_HEADER", None, "laurel.W004"),
        ("TRUSTED_PROXIES", 0, "laurel.E005"),
        ("SECURE_HSTS_SECONDS", 60, "laurel.W006"),
        ("SECRET_KEY", "short", "laurel.E010"),
        ("SECRET_KEY", "ab" * 40, "laurel.E010"),
        ("SECRET_KEY_FALLBACKS", [KEY, "short"], "laurel.E010"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "laurel.W020"),
        ("METRICS_PORT", 8000, "laurel.E025"),
        ("REQUIRE_SECOND_FACTOR", False, "laurel.W030"),
        ("SINGLE_EDITOR", True, "laurel.W031"),
        ("EMAIL_TRANSPORT", "django.core.mail.backends.console.EmailBackend", "laurel.E032"),
    ],
)
def test_bad_value_is_named(production, name, value, told):
    setattr(production, name, value)
    assert found() == [told]


def test_one_worker_needs_no_shared_cache(production, monkeypatch):
    production.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setenv("GRANIAN_WORKERS", "1")
    assert found() == []


def test_sqlite_is_for_one_machine(production, monkeypatch):
    for host, told in (("127.0.0.1", []), ("10.0.0.11", ["laurel.W021"]), ("0.0.0.0", ["laurel.W021"])):
        monkeypatch.setenv("GRANIAN_HOST", host)
        assert found() == told


def test_an_upgrade_must_not_replace_the_database(production, monkeypatch):
    monkeypatch.setitem(production.DATABASES["default"], "NAME", str(production.BASE_DIR / "nothing.sqlite3"))
    assert found() == ["laurel.W022"]


def test_uploads_are_not_among_static_files(production, tmp_path):
    production.MEDIA_ROOT = str(tmp_path / "static" / "media")
    assert found() == ["laurel.E040"]


def test_nobody_else_can_read_uploads_and_database(production, tmp_path):
    (tmp_path / "media").chmod(0o755)
    (tmp_path / "laurel.sqlite3").chmod(0o640)
    assert found() == ["laurel.W041", "laurel.W042"]


@pytest.mark.parametrize(("name", "told"), [(":memory:", "laurel.E023"), ("media", "laurel.E024")])
def test_a_database_is_a_file(production, tmp_path, monkeypatch, name, told):
    path = name if name == ":memory:" else str(tmp_path / name)
    monkeypatch.setitem(production.DATABASES["default"], "NAME", path)
    assert told in found()


def test_folders_that_cannot_be_made_are_named(production, tmp_path, monkeypatch):
    (tmp_path / "file").touch(mode=0o600)
    production.MEDIA_ROOT = str(tmp_path / "file" / "media")
    assert found() == ["laurel.E043"]
    production.MEDIA_ROOT = str(tmp_path / "media" / "made" / "later")
    monkeypatch.setitem(production.DATABASES["default"], "NAME", str(tmp_path / "file" / "laurel.sqlite3"))
    assert found() == ["laurel.E043"]
