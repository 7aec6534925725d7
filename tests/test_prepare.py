"""`manage.py prepare`, which `make run` runs before every start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from contests.models import Contest
from people.models import Organisation
from portal import file_permissions

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.django_db


def prepare(capsys):
    call_command("prepare")
    return capsys.readouterr().out.splitlines()


def test_empty_database_gets_the_contest_and_an_editor_who_can_sign_in(capsys):
    lines = prepare(capsys)
    assert lines[0] == "Loaded the NextGen contest"
    assert Contest.objects.count() == 1
    editor = get_user_model().objects.get()
    _, _, password = lines[1].partition("password ")
    assert authenticate(email=editor.email, password=password.split()[0]) == editor
    assert editor.is_staff
    assert editor.is_superuser


def test_second_time_changes_and_says_nothing(capsys):
    prepare(capsys)
    Contest.objects.update(title="As an editor has it")
    passwords = list(get_user_model().objects.values_list("password"))
    assert prepare(capsys) == []
    assert Contest.objects.get().title == "As an editor has it"
    assert list(get_user_model().objects.values_list("password")) == passwords


def test_contest_that_an_editor_has_deleted_stays_away(capsys):
    organiser = Organisation.objects.create(name="A studio", slug="a-studio")
    Contest.objects.create(title="One", slug="one", organiser=organiser).delete()
    get_user_model().objects.create_user(email="someone@example.org")
    assert prepare(capsys) == []
    assert Contest.objects.count() == 0


def test_no_editor_is_made_where_there_are_accounts(capsys):
    get_user_model().objects.create_user(email="someone@example.org")
    prepare(capsys)
    assert get_user_model().objects.get().email == "someone@example.org"


def prepare_alone(database):
    """Run the command in a separate process with its own database."""
    return subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_database_that_is_not_there_yet_is_made(tmp_path):
    database = tmp_path / "new" / "folder" / "laurel.sqlite3"
    first = prepare_alone(f"sqlite:///{database}")
    assert first.returncode == 0, first.stderr
    migrated, loaded, editor = first.stdout.splitlines()
    assert migrated.startswith("Brought the database up to date (")
    assert loaded == "Loaded the NextGen contest"
    assert editor.startswith("Made an editor account: editor@example.org, password ")
    second = prepare_alone(f"sqlite:///{database}")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_what_was_open_to_others_is_closed_to_them(tmp_path, settings, capsys):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "var" / "media"
    settings.STATIC_ROOT, settings.BASE_DIR = tmp_path / "var" / "static", tmp_path
    paths = ["var/laurel.sqlite3", "var/laurel.sqlite3-wal", "var/media/originals/a.png", "var/static/a.css", ".env"]
    for name in paths:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a")
        path.chmod(0o644)
    for folder in ("var", "var/media", "var/media/originals"):
        (tmp_path / folder).chmod(0o755)
    (tmp_path / "var" / "elsewhere").symlink_to("/etc/hostname")
    file_permissions.restrict_files()
    modes = {name: oct((tmp_path / name).stat().st_mode & 0o777) for name in [*paths, "var", "var/media/originals"]}
    assert modes == dict.fromkeys(paths, "0o600") | {
        "var/static/a.css": "0o644",
        "var": "0o700",
        "var/media/originals": "0o700",
    }


def test_a_new_database_is_for_the_portal_alone_whatever_the_umask(tmp_path):
    database = tmp_path / "new" / "laurel.sqlite3"
    code = (
        "import os; os.umask(0); import django; django.setup(); from django.db import connection; "
        "connection.cursor().execute('CREATE TABLE a (b)'); "
        f"print(*(oct(os.stat(path).st_mode & 0o777) for path in ({str(database)!r}, {str(database) + '-wal'!r})))"
    )
    database.parent.mkdir()
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.stdout.split() == ["0o600", "0o600"], made.stderr


def test_uploads_are_for_the_portal_alone_whatever_the_umask(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    before = os.umask(0)
    try:
        name = default_storage.save("originals/a.png", ContentFile(b"a"))
    finally:
        os.umask(before)
    path = tmp_path / "media" / name
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert {oct(folder.stat().st_mode & 0o777) for folder in (path.parent, path.parent.parent)} == {"0o700"}


def test_database_that_does_not_answer_is_one_line():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        prepared = prepare_alone(f"postgres://laurel@127.0.0.1:{silent.getsockname()[1]}/laurel")
    assert prepared.returncode == 1
    assert prepared.stdout == ""
    assert prepared.stderr.startswith("CommandError: The database does not answer: ")
    assert len(prepared.stderr.splitlines()) == 1
