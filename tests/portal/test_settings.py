"""Production does not start without its secrets, and passes Django's deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "LAUREL_ENV": "production",
    "SECRET_KEY": "k" * 20 + "0123456789" * 4,
    "ALLOWED_HOSTS": "laurel.example",
    "EMAIL_URL": "smtp://127.0.0.1",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """
    Run `manage.py` with these environment variables. An empty string unsets a variable, whatever a local `.env` file
    contains.
    """
    inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_CONFIG")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL"])
def test_production_does_not_start_without(name):
    run = manage("check", **(PRODUCTION | {name: ""}))
    assert run.returncode == 1
    assert f"In production, set {name} in the environment." in run.stderr


def test_production_does_not_start_with_debug():
    run = manage("check", **PRODUCTION, DEBUG="true")
    assert run.returncode == 1
    assert "DEBUG shows secrets to visitors" in run.stderr


def test_an_unknown_environment_is_refused():
    run = manage("check", LAUREL_ENV="staging")
    assert run.returncode == 1
    assert "it can be 'local' or 'production'" in run.stderr


@pytest.mark.parametrize("command", ["check", "migrate", "createsuperuser"])
def test_a_wrong_setting_is_one_sentence_and_no_traceback(command):
    run = manage(command, LAUREL_ENV="staging")
    assert run.stderr == "LAUREL_ENV is 'staging'; it can be 'local' or 'production'.\n"


def test_a_database_that_is_away_is_one_sentence_and_no_traceback():
    run = manage("migrate", DATABASE_URL="postgres://laurel@127.0.0.1:1/laurel")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("The database of DATABASE_URL can't be used: connection failed")


def test_a_file_that_is_no_database_is_one_sentence_and_no_traceback(tmp_path):
    (tmp_path / "text").write_text("This is no database. " * 100)
    run = manage("migrate", DATABASE_URL=f"sqlite:///{tmp_path / 'text'}")
    assert run.returncode == 1
    assert run.stderr.startswith("The database of DATABASE_URL can't be used: file is not a database")


def test_an_unknown_place_for_background_tasks_is_refused():
    run = manage("check", TASKS="redis")
    assert run.returncode == 1
    assert "TASKS is 'redis'; it can be 'database', or not set." in run.stderr
    assert manage("check", TASKS="database").returncode == 0


@pytest.mark.parametrize(
    ("hosts", "site", "said"),
    [
        ("laurel.example,other.example", "", "https://laurel.example"),
        (".example,laurel.example", "", "https://laurel.example"),
        ("laurel.example", "https://other.example:8443/", "https://other.example:8443"),
        ("*", "http://laurel.example", "http://laurel.example"),
    ],
)
def test_e_mails_lead_to_the_configured_host(hosts, site, said):
    asked = ("shell", "-v", "0", "-c", "from django.conf import settings; print(settings.SITE_URL)")
    run = manage(*asked, **(PRODUCTION | {"ALLOWED_HOSTS": hosts, "SITE_URL": site}))
    assert (run.returncode, run.stdout.strip()) == (0, said), run.stderr


@pytest.mark.parametrize(
    ("hosts", "site"), [("*", ""), (".example", ""), ("a.example", "a.example"), ("a.example", "https://a.example/b")]
)
def test_production_does_not_start_where_e_mails_would_lead_nowhere(hosts, site):
    run = manage("check", **(PRODUCTION | {"ALLOWED_HOSTS": hosts, "SITE_URL": site}))
    assert run.returncode == 1
    assert "SITE_URL" in run.stderr


def test_the_deployment_check_is_clean():
    complete = {
        "DATABASE_URL": "postgres://laurel:password@127.0.0.1/laurel",
        "CACHE_URL": "redis://127.0.0.1:6379/0",
        "BEHIND_PROXY": "true",
    }
    run = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, **complete)
    assert (run.returncode, run.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), run.stderr


def test_the_deployment_check_says_what_to_do():
    run = manage("check", "--deploy", "--fail-level", "ERROR", **(PRODUCTION | {"EMAIL_URL": "consolemail://"}))
    assert run.returncode == 1
    assert "laurel.E032" in run.stderr
    assert "Set EMAIL_URL=smtp+tls://user:password@mail.example.org:587." in run.stderr


def test_every_static_file_that_a_page_or_style_names_is_there(tmp_path):
    """Collecting static files with hashed names fails if a style sheet refers to a missing file."""
    run = manage("collectstatic", "--noinput", **PRODUCTION, STATIC_ROOT=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "staticfiles.json").is_file()
    assert (tmp_path / "css/bundle_public.css").is_file()


def test_connections_stay_open_between_requests(settings):
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] == 60


def test_sqlite_is_set_up_for_several_readers_and_one_writer(settings):
    from django.db import connection

    if connection.vendor != "sqlite":
        assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True
        return
    options = settings.DATABASES["default"]["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    assert "journal_mode=WAL" in options["init_command"]
    assert "foreign_keys=ON" in options["init_command"]
