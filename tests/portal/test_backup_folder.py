"""The command `backup`: its folder, how many backups it keeps, and what it does when something fails."""

import errno
import fcntl
import os
import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from contests.models import Submission
from portal.backup import folder, media
from portal.backup.container import Reader, Writer
from tests import factories as make
from tests.database_copy import copied, process
from tests.portal import backups

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def names(where):
    return sorted(path.name for path in where.iterdir() if path.name != ".laurel-backup.lock")


def test_only_the_newest_backups_are_kept_and_no_other_file_is_deleted(tmp_path):
    old = [f"laurel-2026-01-0{day}T00-00-00Z.zip" for day in range(1, 5)]
    others = ["laurel-before-restore-2026-01-01T00-00-00Z.zip", "laurel-2026-01-01.zip", "notes.txt"]
    for name in [*old, *others]:
        (tmp_path / name).touch()
    backups.backup(tmp_path, "--keep", "3")
    kept = names(tmp_path)
    assert set(others) < set(kept)
    assert [name for name in kept if name in old] == old[-2:]
    assert len(kept) == 3 + len(others)


def test_full_disk_leaves_everything_as_it_was(tmp_path, monkeypatch):
    backups.backup(tmp_path)
    before = names(tmp_path)

    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Writer, "finish", full)
    with pytest.raises(CommandError, match="is full"):
        call_command("backup", "--to", str(tmp_path), "--keep", "1")
    assert names(tmp_path) == before


def test_too_little_space_is_found_before_anything_is_written(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1))
    with pytest.raises(CommandError, match="not enough space for the backup"):
        call_command("backup", "--to", str(tmp_path))
    assert names(tmp_path) == []


def test_second_backup_at_the_same_time_is_refused(tmp_path):
    with folder.locked(tmp_path), pytest.raises(CommandError, match="Another process is making a backup"):
        call_command("backup", "--to", str(tmp_path))
    backups.backup(tmp_path)


def test_a_disk_without_locks_is_no_second_backup(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(folder.fcntl, "flock", refuse)
    backups.backup(tmp_path)
    assert len(folder.backups(tmp_path)) == 1


def test_what_a_killed_backup_left_is_removed(tmp_path):
    (tmp_path / ".unfinished-laurel-backup.zip").touch()
    made = backups.backup(tmp_path)
    assert names(tmp_path) == [made.name]


def test_missing_file_fails_the_first_backup_and_deletes_no_older_one(tmp_path):
    film = make.SubmissionFactory()
    old = tmp_path / "laurel-2026-01-01T00-00-00Z.zip"
    old.touch()
    gone = backups.picture(film)
    default_storage.delete(gone)
    with pytest.raises(CommandError, match="everything else"):
        call_command("backup", "--to", str(tmp_path), "--keep", "1")
    assert old.exists()
    # The next one knows of it.
    newest = backups.backup(tmp_path, "--keep", "1")
    assert not old.exists()
    with newest.open("rb") as file:
        found = Reader(file)
    assert found.manifest["missing_media"] == [gone]
    assert found.media == [f"originals/{gone}"]


def test_file_that_is_replaced_during_the_backup_is_no_error(tmp_path, monkeypatch, capsys):
    film = make.SubmissionFactory()
    first = backups.picture(film)
    opened = default_storage.open

    def replacing(name, *args):
        if name == first:
            second.append(backups.picture(film, b"another picture"))
            default_storage.delete(first)
        return opened(name, *args)

    second = []
    monkeypatch.setattr(default_storage._wrapped, "open", replacing)
    with backups.backup(tmp_path).open("rb") as file:
        found = Reader(file)
    assert second[0] in found.media
    assert first not in found.media
    assert Submission.objects.get().poster.name == second[0]


def test_files_that_the_undo_of_a_merge_needs_are_in_the_backup(tmp_path):
    kept = backups.picture(make.SubmissionFactory(), b"of a merge")
    Submission.objects.update(poster="", poster_original="")
    make.MergeFactory(files=f"{kept}\nposters/deleted.jpg")
    with backups.backup(tmp_path).open("rb") as file:
        assert Reader(file).media == [kept]


def test_backup_to_a_pipe_restores(tmp_path):
    backups.picture(make.SubmissionFactory())
    database = copied(tmp_path)
    started = process(database, "manage.py", "backup", "--to", "-") | {"text": False}
    done = subprocess.run(**started, capture_output=True, check=True)
    file = tmp_path / "piped.zip"
    file.write_bytes(done.stdout)
    assert b"stored files" in done.stderr
    checked = subprocess.run(
        **process(database, "manage.py", "check_backup", str(file)), capture_output=True, check=True
    )
    assert "restores: " in checked.stdout
    assert "and 2 stored files" in checked.stdout


def test_newest_backup_is_checked_and_a_damaged_one_fails(tmp_path):
    with pytest.raises(CommandError, match="no backup in"):
        call_command("check_backup", "--latest", str(tmp_path))
    file = backups.backup(tmp_path)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CommandError, match="damaged or incomplete"):
        call_command("check_backup", "--latest", str(tmp_path))


def test_check_does_not_use_settings_of_the_own_database_and_storage(tmp_path, monkeypatch):
    file = backups.backup(tmp_path)
    monkeypatch.setenv("DATABASE_POOL", "5")
    monkeypatch.setenv("MEDIA_STORAGE", "s3://bucket?region=nowhere")
    call_command("check_backup", str(file))


def test_second_restore_at_the_same_time_is_refused_and_deletes_nothing(tmp_path):
    name = backups.picture(make.SubmissionFactory())
    file = backups.backup(tmp_path)
    holder = os.open(default_storage.path(""), os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match=r"Another process is restoring a backup.*Nothing was changed"):
            call_command("restore", str(file), "--replace")
    finally:
        os.close(holder)
    assert default_storage.exists(name)


def test_a_missing_folder_is_named_without_the_number_of_the_error(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("check_backup", "--latest", str(tmp_path / "none"))
    assert str(refused.value) == f"The backup can't be read: {tmp_path / 'none'}: No such file or directory."


def test_file_that_a_full_disk_has_cut_is_restored(tmp_path):
    film = make.SubmissionFactory()
    name = backups.picture(film)
    made = backups.backup(tmp_path)
    Path(default_storage.path(name)).write_bytes(b"not really")
    with made.open("rb") as file:
        found = Reader(file)
        plan = media.compare(found)
        assert (plan.new, plan.different) == ([], [name])
        media.replace_different(found, plan)
    with default_storage.open(name) as file:
        assert file.read() == b"not really a picture"


def test_restore_that_fails_leaves_no_new_file(tmp_path):
    name = backups.picture(make.SubmissionFactory())
    made = backups.backup(tmp_path)
    default_storage.delete(name)
    with made.open("rb") as file:
        found = Reader(file)
        plan = media.compare(found)
        written = media.written(found, plan)
        written.__enter__()
        assert default_storage.exists(name)
        assert not written.__exit__(KeyError, KeyError(), None)
    assert not default_storage.exists(name)
