"""Press kits that are kept, and made by a worker."""

import io
import os
import re
from datetime import timedelta
from threading import Thread
from zipfile import ZipFile

import pytest
import time_machine
from django.conf import settings
from django.core.files import locks
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from contests.models import Contest, Recognition, Submission
from publishing import press_kit, tasks
from publishing.press_kit import kept
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.accounts.test_admin_roles import in_role
from tests.test_reveal_sweep import client
from tests.worker import worker

__all__ = ["client", "worker"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
KIT = "/contests/contest/press-kit.zip"
FILM = "/contests/contest/submissions/film/press-kit.zip"


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """Replace drawings by the name on them, and list the kits that are made."""
    made = []
    monkeypatch.setattr("publishing.press_kit.laurels.laurels.drawn", lambda texts, file: texts.honouree.encode())
    for of in ("of_contest", "of_work"):
        original = getattr(press_kit, of)
        monkeypatch.setattr(
            press_kit, of, lambda row, request, original=original: (made.append(str(row)), original(row, request))[1]
        )
    return made


@pytest.fixture
def film(drawn):
    contest = make.ContestFactory(title="Contest", slug="contest", revealed=True)
    film = make.SubmissionFactory(contest=contest, title="Film", slug="film", logline="Firstword.")
    make.RecognitionFactory(award__contest=contest, award__name="Prize", submission=film)
    return film


def words(client, address=KIT, **headers):
    """Return all texts in the press kit at `address`, and the names of its files."""
    response = client.get(address, **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    archive = ZipFile(io.BytesIO(response.getvalue()))
    texts = [archive.read(name).decode() for name in archive.namelist() if not name.endswith(("pdf", "png"))]
    return "\n".join([*archive.namelist(), *texts])


def files(pattern="*"):
    return sorted(path.name for path in kept.folder().glob(pattern))


def test_a_kit_is_made_once_and_kept(client, film, drawn):
    assert words(client) == words(client)
    assert words(client, FILM) == words(client, FILM)
    assert drawn == ["Contest", "Film"]


@pytest.mark.parametrize(
    "change",
    [
        lambda film: Submission.objects.filter(pk=film.pk).update(logline="Secondword."),
        lambda film: Submission.objects.filter(pk=film.pk).update(status=Submission.Status.WITHDRAWN),
        lambda film: Contest.objects.update(approved_at=None),
    ],
    ids=["edited", "withdrawn", "sealed"],
)
def test_after_a_change_the_former_kit_is_never_served(client, film, change):
    assert "Firstword" in words(client)
    change(film)
    assert "Firstword" not in words(client)
    assert len(files()) == 1


def test_after_a_revocation_the_laurel_is_in_no_kit(client, film):
    assert all("laurels/prize-film/" in words(client, address) for address in (KIT, FILM))
    Recognition.objects.update(revoked_on=timezone.localdate(), revocation_reason="Not their own work.")
    for address in (KIT, FILM):
        assert "Not their own work." in (found := words(client, address))
        assert "laurels/prize" not in found


def test_a_reveal_by_time_alone_makes_a_new_kit(client, film):
    later = timezone.now() + timedelta(hours=1)
    Contest.objects.update(reveal_at=later)
    with time_machine.travel(later - timedelta(seconds=1), tick=False):
        assert "Firstword" not in words(client)
    with time_machine.travel(later, tick=False):
        assert "Firstword" in words(client)
    # The clock has been set back.
    with time_machine.travel(later - timedelta(seconds=1), tick=False):
        assert "Firstword" not in words(client)


def test_each_language_has_its_own_kit_whatever_the_host_header(client, film, settings, drawn):
    settings.ALLOWED_HOSTS, settings.SITE_URL = [".example"], "https://laurel.example"
    assert "https://laurel.example/contests/contest/" in words(client, headers={"host": "laurel.example"}, secure=True)
    # Each of them would be another kit, so a visitor could fill the disk.
    for host in ("laurel.example", "laurel.example:8080", "made-up.example", "LAUREL.example."):
        assert set(re.findall(r"https?://[\w.:-]*example[.:\w]*", words(client, headers={"host": host}))) == {
            "https://laurel.example"
        }
    assert "https://laurel.example/pl/contests/contest/" in words(client, f"/pl{KIT}", headers={"host": host})
    assert len(files()) == len(drawn) == 2
    settings.SITE_URL = "https://moved.example"
    assert "https://moved.example/contests/contest/" in words(client, headers={"host": host})


def test_a_kit_has_the_same_bytes_as_one_made_for_the_request(client, film, rf):
    with time_machine.travel(timezone.now(), tick=False):
        found = client.get(FILM).getvalue()
        request = rf.get(FILM)
        request.viewpoint = Viewpoint.now()
        row = Submission.objects.public(request.viewpoint).for_page(request.viewpoint).get()
        assert found == b"".join(press_kit.stream(press_kit.of_work(row, request), request.viewpoint.at))


def test_a_failed_kit_leaves_nothing_and_the_next_request_makes_it(client, film, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("publishing.press_kit.texts.submissions", lambda *rows: 1 / 0)
        assert client.get(KIT).status_code == 500
        assert files() == []
    assert "Firstword" in words(client)


def test_a_kit_during_which_the_record_changes_is_not_kept(client, film, monkeypatch):
    def edited(*rows):
        Submission.objects.update(logline="Secondword.")
        return ["Firstword."]

    with monkeypatch.context() as patch:
        patch.setattr("publishing.press_kit.texts.submissions", edited)
        response = client.get(KIT)
    assert (response.status_code, response["Refresh"], response["Retry-After"]) == (202, "10", "10")
    assert response["Cache-Control"] == "no-store"
    assert files() == []
    assert "Firstword" not in words(client)


def test_only_one_request_makes_a_kit(client, film, drawn):
    """Another process holds the lock of the unfinished file."""
    words(client)
    (kit,) = files()
    name = kept.folder() / f"{kit.partition('-')[0]}.part"
    (kept.folder() / kit).unlink()
    with name.open("wb") as other:
        other.write(b"half a press kit")
        other.flush()
        assert locks.lock(other, locks.LOCK_EX | locks.LOCK_NB)
        assert client.get(KIT).status_code == 202
        assert files() == [name.name]
    assert drawn == ["Contest"]
    # That process was stopped.
    assert "Firstword" in words(client)
    assert [file.partition("-")[0] for file in files()] == [kit.partition("-")[0]]


def test_two_threads_make_one_file():
    made = []

    def parts(_state):
        made.append(1)
        other = Thread(target=lambda: made.append(_entered()))
        other.start()
        other.join()
        yield b"content"

    def _entered():
        with kept._unfinished(kept.folder() / f"{kept._digest('key')}.part") as file:
            return file

    kept.make("key", parts)
    assert made == [1, None]
    with kept.find("key") as file:
        assert file.read() == b"content"


def test_old_kits_are_deleted(client, film, monkeypatch):
    words(client)
    words(client, FILM)
    assert len(files()) == 2
    film.save()
    stray = kept.folder() / "abandoned.part"
    stray.touch()
    os.utime(stray, (0, 0))
    words(client)
    assert len(files()) == 1
    monkeypatch.setattr(kept, "MOST", 10)
    words(client, FILM)
    assert len(files()) == 1  # The new one is kept, however large.
    assert words(client, FILM)


def test_what_else_is_in_the_folder_stops_nothing(client, film):
    """Odd names, folders, links to nowhere, and links to other files, which must survive."""
    kept.folder().mkdir(parents=True)
    other = kept.folder().parent / "other.zip"
    other.write_bytes(b"Other.")
    for name in (".zip", "a.zip", "a-1-2-x.zip", f"a-1-2-{10**30}.zip", "é\n-1-2-3.zip"):
        (kept.folder() / name).touch()
    (kept.folder() / "folder-1-2-3.zip").mkdir()
    (kept.folder() / "folder.part").mkdir()
    os.utime(kept.folder() / "folder.part", (0, 0))
    (kept.folder() / "nowhere-1-2-3.zip").symlink_to("nowhere")
    (kept.folder() / "link-1-2-3.zip").symlink_to(other)
    assert "Firstword" in words(client)
    assert other.read_bytes() == b"Other."


def test_a_full_disk_is_said_in_the_admin_and_leaves_nothing(client, film, worker, monkeypatch):
    def full(*rows):
        yield "Firstword."
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("publishing.press_kit.texts.submissions", full)
        assert client.get(KIT).status_code == 202
        worker()
    assert files() == []
    assert "No space left on device" in DBTaskResult.objects.get().traceback


def test_a_revocation_while_a_kit_is_made_is_in_the_kit(client, film, worker, monkeypatch):
    def revoked(*rows):
        Recognition.objects.update(revoked_on=timezone.localdate(), revocation_reason="Not their own work.")
        return ["Firstword."]

    now = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr("publishing.press_kit.texts.submissions", revoked)
        client.get(KIT)
        worker()
    assert files() == []
    with time_machine.travel(now + timedelta(seconds=20), tick=False):
        worker()
        assert "Not their own work." in (found := words(client))
    assert "laurels/prize" not in found


def test_a_reveal_while_a_kit_is_made_is_in_the_kit(client, film, monkeypatch):
    later = timezone.now() + timedelta(hours=1)
    Contest.objects.update(reveal_at=later)
    with time_machine.travel(later - timedelta(seconds=1), tick=False) as clock:

        def meanwhile(*rows):
            clock.shift(2)
            return []

        with monkeypatch.context() as patch:
            patch.setattr("publishing.press_kit.texts.submissions", meanwhile)
            assert client.get(KIT).status_code == 202
        assert files() == []
        assert "Firstword" in words(client)


def test_nobody_else_can_read_the_files(client, film):
    words(client)
    (name,) = files()
    assert (kept.folder() / name).stat().st_mode & 0o777 == 0o600
    assert kept.folder().stat().st_mode & 0o777 == 0o700
    assert kept.folder().parent == settings.MEDIA_ROOT
    client.force_login(make.UserFactory(editor=True))
    assert client.get(f"/media/press-kits/{name}").status_code == 404


def test_a_worker_makes_the_kit_while_the_visitor_reads_a_page(client, film, worker, drawn):
    for address in (KIT, KIT, f"/pl{KIT}"):
        response = client.get(address)
        assert response.status_code == 202
    assert "Materiały prasowe są przygotowywane" in response.content.decode()
    assert drawn == []
    assert [row.status for row in DBTaskResult.objects.all()] == ["READY", "READY"]
    worker()
    assert "http://testserver/contests/contest/" in words(client)
    assert "http://testserver/pl/contests/contest/" in words(client, f"/pl{KIT}")
    assert drawn == ["Contest", "Contest"]
    assert {row.status for row in DBTaskResult.objects.all()} == {"SUCCESSFUL"}


def test_a_second_run_for_the_same_record_does_nothing(client, film, worker, drawn):
    client.get(KIT)
    task = DBTaskResult.objects.get()
    worker()
    tasks.make_press_kit.enqueue(**task.args_kwargs["kwargs"])
    worker()
    assert drawn == ["Contest"]
    Contest.objects.update(published_at=None)
    tasks.make_press_kit.enqueue(**task.args_kwargs["kwargs"])
    worker()
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"] * 3
    assert len(files()) == 1


def test_after_three_failures_the_visitor_gets_an_error(client, film, worker, monkeypatch):
    now = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr("publishing.press_kit.texts.submissions", lambda *rows: 1 / 0)
        for seconds in (0, 11, 35):
            with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
                assert client.get(KIT).status_code == 202
                worker()
    assert files() == []
    with time_machine.travel(now + timedelta(seconds=90), tick=False):
        assert client.get(KIT).status_code == 500
    with time_machine.travel(now + timedelta(minutes=12), tick=False):
        assert client.get(KIT).status_code == 202
        worker()
        assert "Firstword" in words(client)


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("editor", 403)])
def test_administrators_see_the_tasks_and_change_nothing(client, film, worker, role, status):
    client.get(KIT)
    client.force_login(in_role(role))
    page = "/admin/django_tasks_database/dbtaskresult/"
    row = f"{page}{DBTaskResult.objects.get().pk}/change/"
    assert [client.get(address).status_code for address in (page, row)] == [status, status]
    if status == 200:
        assert "Press kit" in client.get(page).content.decode()
        assert 'name="_save"' not in client.get(row).content.decode()
    for address in (f"{page}add/", row.replace("change", "delete")):
        assert client.get(address).status_code == 403
