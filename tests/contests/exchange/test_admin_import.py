"""The pages of the admin that import an archive, without a worker and with one."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from accounts.roles import Role
from contests.exchange import pending, tasks
from contests.models import Contest, Work
from tests.admin_pages import page
from tests.contests.exchange import archives
from tests.contests.exchange.archives import may
from tests.contests.exchange.test_admin import contest, told
from tests.worker import worker

__all__ = ["contest", "worker"]
pytestmark = pytest.mark.django_db
IMPORT = "/admin/contests/contest/import/"


def upload(content):
    return {"file": SimpleUploadedFile("gala.zip", content, content_type="application/zip")}


def send(client, content):
    """Upload an archive, and return the page with its preview."""
    return client.post(IMPORT, upload(content), follow=True)


def confirm(client, preview, **given):
    """Confirm the import of a preview."""
    return client.post(preview.request["PATH_INFO"], given or {"seen": preview.context["found"]["seen"]}, follow=True)


def kept_files(account):
    return default_storage.listdir(f"kept/archive-{account.pk}")[1]


def test_a_file_is_previewed_and_then_imported(client, contest):
    content = archives.exported(contest, with_sealed=True)
    archives.empty()
    editor = may(Role.EDITOR)
    client.force_login(editor)
    before = archives.state()
    assert IMPORT in client.get(page(Contest, "changelist")).content.decode()
    assert client.get(IMPORT).status_code == 200
    preview = send(client, content)
    assert archives.state() == before
    text = " ".join(preview.content.decode().split())
    assert "not public when it was exported" in text
    assert "They arrive without approval" in text
    assert preview.context["found"]["new_count"] == sum(archives.manifest(content)["counts"].values())
    done = confirm(client, preview)
    arrived = Contest.objects.get()
    assert done.redirect_chain[-1][0] == page(arrived)
    assert "Imported from gala.zip." in told(done)[0]
    assert arrived.approved_at is None
    assert Contest.history.get().history_user == editor
    assert kept_files(editor) == []
    assert "This preview has expired. Upload the file again." in told(confirm(client, preview))


def test_a_preview_shows_each_field_that_changes(desk, contest):
    Contest.objects.update(tagline="As it was")
    content = archives.exported(contest, with_sealed=True)
    Contest.objects.update(tagline="As it is")
    text = send(desk, content).content.decode()
    assert "<del>As it is</del> <ins>As it was</ins>" in text
    assert Contest.objects.get().tagline == "As it is"


def test_a_preview_shows_the_names_of_countries_that_change(desk, contest):
    Work.objects.update(countries=["JP", "FR"])
    content = archives.exported(contest, with_sealed=True)
    Work.objects.update(countries=["DE"])
    assert "<del>Germany</del> <ins>France, Japan</ins>" in send(desk, content).content.decode()


def test_a_preview_of_what_is_there_offers_no_import(desk, contest):
    response = send(desk, archives.exported(contest, with_sealed=True))
    assert "has everything in the file already" in response.content.decode()
    assert 'value="Import"' not in response.content.decode()


def test_a_change_after_the_preview_is_told_and_shown(desk, contest):
    content = archives.exported(contest, with_sealed=True)
    Contest.objects.update(tagline="A")
    preview = send(desk, content)
    Contest.objects.update(tagline="B")
    response = confirm(desk, preview)
    assert "the record has changed since the preview" in response.content.decode()
    assert "<del>B</del>" in response.content.decode()
    assert Contest.objects.get().tagline == "B"
    confirm(desk, response)
    assert Contest.objects.get().tagline == ""


def test_only_the_preview_that_was_seen_is_imported(desk, contest):
    content = archives.exported(contest, with_sealed=True)
    Contest.objects.update(tagline="A")
    response = confirm(desk, send(desk, content), seen="another")
    assert "has changed in the meantime" in told(response)[0]
    assert Contest.objects.get().tagline == "A"


def test_a_damaged_file_is_refused_with_the_reason_and_not_kept(desk, editor, contest):
    response = send(desk, archives.exported(contest)[:-40])
    assert "damaged or incomplete" in response.content.decode()
    assert "Nothing was imported" in response.content.decode()
    assert not [name for name in kept_files(editor) if name.endswith(".zip")]
    assert "required" in desk.post(IMPORT, {}).content.decode()


def test_a_file_that_is_not_imported_is_private_and_can_be_deleted(client, contest):
    account = may(Role.EDITOR)
    client.force_login(account)
    preview = send(client, archives.exported(contest, with_sealed=True))
    for name in kept_files(account):
        assert client.get(f"/media/kept/archive-{account.pk}/{name}").status_code == 404
    assert confirm(client, preview, forget="1").status_code == 200
    assert kept_files(account) == []


def test_a_file_is_kept_for_a_day_and_another_upload_replaces_it(client, contest, monkeypatch):
    first, second = may(Role.EDITOR), may(Role.EDITOR)
    content = archives.exported(contest)
    client.force_login(first)
    earlier = set(kept_files(first) if send(client, content) else ())
    preview = send(client, content)
    assert not earlier & set(kept_files(first))
    assert len([name for name in kept_files(first) if name.endswith(".zip")]) == 1
    monkeypatch.setattr(pending, "KEPT_FOR", timedelta(seconds=-1))
    assert told(client.get(preview.request["PATH_INFO"], follow=True)) == [
        "This preview has expired. Upload the file again."
    ]
    client.force_login(second)
    send(client, content)
    assert kept_files(first) == []


def test_nobody_imports_what_another_account_has_uploaded(client, contest):
    content = archives.exported(contest, with_sealed=True)
    archives.empty()
    client.force_login(may(Role.EDITOR))
    preview = send(client, content)
    client.force_login(may(Role.EDITOR))
    assert told(confirm(client, preview)) == ["This preview has expired. Upload the file again."]
    assert not Contest.objects.exists()
    assert client.get(f"{IMPORT}no-token/").status_code == 404


def test_a_worker_makes_the_preview_and_the_import(desk, contest, worker):
    Contest.objects.update(tagline="As it was")
    content = archives.exported(contest, with_sealed=True)
    Contest.objects.update(tagline="As it is")
    waiting = send(desk, content)
    url = waiting.request["PATH_INFO"]
    assert "Waiting for its turn" in waiting.content.decode()
    assert 'http-equiv="refresh"' in waiting.content.decode()
    worker()
    preview = desk.get(url)
    assert "<ins>As it was</ins>" in preview.content.decode()
    assert "Waiting for its turn" in confirm(desk, preview).content.decode()
    assert "has changed in the meantime" in told(confirm(desk, preview))[0]  # a second click
    assert Contest.objects.get().tagline == "As it is"
    worker()
    assert told(desk.get(url, follow=True)) == ["Imported from gala.zip. New rows: 0. Changed rows: 1."]
    assert Contest.objects.get().tagline == "As it was"


def test_what_a_busy_database_does_not_let_begin_can_be_begun_again(desk, editor, contest, worker, monkeypatch):
    def refuse(*_given, **_named):
        raise OperationalError("database is locked")

    with monkeypatch.context() as busy:
        busy.setattr(tasks, "start", refuse)
        with pytest.raises(OperationalError):
            send(desk, archives.exported(contest))
    assert kept_files(editor) == []
    Contest.objects.update(tagline="As it was")
    content = archives.exported(contest)
    Contest.objects.update(tagline="As it is")
    url = send(desk, content).request["PATH_INFO"]
    worker()
    preview = desk.get(url)
    with monkeypatch.context() as busy:
        busy.setattr(tasks, "start", refuse)
        with pytest.raises(OperationalError):
            confirm(desk, preview)
    assert desk.get(url).context["found"]["seen"] == preview.context["found"]["seen"]
    assert "Waiting for its turn" in confirm(desk, preview).content.decode()
    worker()
    assert Contest.objects.get().tagline == "As it was"


def test_progress_is_shown_while_a_worker_is_busy(desk, editor, contest, worker, monkeypatch):
    url = send(desk, archives.exported(contest)).request["PATH_INFO"]
    token = url.split("/")[-2]
    import_ = pending.PendingImport(editor.pk, token)
    progress = pending.Progress(import_, import_.read())
    progress("trying", 3, 10)
    progress("trying", 4, 10)  # too soon after the last one
    shown = " ".join(desk.get(url).content.decode().split())
    assert "Trying out the changes: 10 rows" in shown
    assert '<progress max="10" value="3"' in shown
    # The file of a busy import is neither deleted nor replaced, until its process has probably been stopped.
    confirm(desk, desk.get(url), forget="1")
    send(desk, archives.exported(contest))
    assert f"{token}.zip" in kept_files(editor)
    monkeypatch.setattr(pending, "PATIENCE", timedelta(0))
    assert "probably stopped" in desk.get(url).content.decode()
    confirm(desk, desk.get(url), forget="1")
    assert f"{token}.zip" not in kept_files(editor)


def test_an_error_of_the_portal_is_told(desk, editor, contest, monkeypatch):
    def fail(*_given, **_named):
        raise RuntimeError

    monkeypatch.setattr(tasks, "import_archive", fail)
    response = send(desk, archives.exported(contest))
    assert "because of an error in the portal" in response.content.decode()
    assert not [name for name in kept_files(editor) if name.endswith(".zip")]


def test_two_processes_cannot_begin_the_same_step(contest):
    upload = SimpleUploadedFile("gala.zip", b"content")
    import_ = pending.PendingImport.start(1, upload, "en")
    told = import_.read()
    assert import_.change(told, state="checked")
    assert not import_.change(told, state="running")
    assert import_.change(import_.read(), phase="a")
    assert import_.change(import_.read(), phase="b")
    assert not import_.change(told, state="running")
    assert import_.read().state == "checked"


def test_another_upload_leaves_one_alone_that_is_just_being_kept(monkeypatch):
    save, others = pending.default_storage.save, []

    def slow(name, content):
        stored = save(name, content)
        if name.endswith(".zip") and not others:
            others.append(name)
            pending.PendingImport.start(1, SimpleUploadedFile("other.zip", b"other"), "en")
        return stored

    monkeypatch.setattr(pending.default_storage, "save", slow)
    import_ = pending.PendingImport.start(1, SimpleUploadedFile("gala.zip", b"content"), "en")
    assert import_.read().state == "checking"
    with import_.open() as file:
        assert file.read() == b"content"


@pytest.mark.parametrize("roles", [(Role.VIEWER,), (Role.PUBLISHER,), (Role.ADMINISTRATOR,)])
def test_only_editors_import(client, roles):
    client.force_login(may(*roles))
    assert client.get(IMPORT).status_code == 403
    assert IMPORT not in client.get(page(Contest, "changelist")).content.decode()
