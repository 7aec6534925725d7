"""Uploads in a bucket: everything that is stored, two processes, and a storage that does not respond."""

import io
import threading
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

from contests.exchange.pending import CHECKED, PendingImport
from people.models import Person
from publishing.press_kit import kept
from record.images import pending_uploads
from record.media import StorageAwayError, files_in, overwrite
from record.media.s3 import S3MediaStorage
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload
from tests.s3_server import BUCKET, bucket, bucket_away, names_in, s3_client, s3_server

__all__ = ["bucket", "bucket_away", "s3_client", "s3_server"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RED, BLUE = (encoded("PNG", Image.new("RGB", (60, 90), color)) for color in ("red", "blue"))


def stored(client):
    return {name.removeprefix("laurel/") for name in names_in(client)}


def files_of(person):
    image = Person.objects.get(pk=person.pk).portrait
    return {image.name, image.original, f"{image.name}.60.avif", f"{image.name}.60.webp"}


def test_an_upload_is_stored_shown_replaced_and_removed(save, desk, client, bucket, s3_client, settings):
    person = make.PersonFactory(slug="ann")
    admin_pages.saved(save(person, portrait=upload(RED), portrait_alt="Ann"))
    first = files_of(person)
    assert stored(s3_client) == first
    image = Person.objects.get(pk=person.pk).portrait
    assert image.url == f"/media/{image.name}"
    assert image.size_in_px == (60, 90)
    for name in (image.name, f"{image.name}.60.avif"):
        answer = desk.get(f"/media/{name}")
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.content)).size == (60, 90)
    original = desk.get(admin_pages.page(person).replace("change/", "original/portrait/"))
    assert b"".join(original.streaming_content) == RED
    assert desk.get("/media/portraits/missing.png").status_code == 404
    client.logout()
    assert client.get(f"/media/{image.name}").status_code == 404
    client.force_login(make.UserFactory(editor=True))
    admin_pages.saved(save(person, portrait=upload(BLUE)))
    assert stored(s3_client) == files_of(person)
    assert not first & files_of(person)
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_an_upload_waits_for_a_valid_form(save, desk, bucket, s3_client):
    person = make.PersonFactory()
    response = save(person, name="", portrait=upload(RED))
    assert [name.split("/")[0] for name in stored(s3_client)] == ["kept"]
    token = response.context["adminform"].form.fields["portrait"].widget.waiting.token
    admin_pages.saved(save(person, **{"portrait-waiting": token}))
    assert stored(s3_client) == files_of(person)


def test_a_card_and_a_press_kit_are_kept_in_the_bucket(client, bucket, s3_client, settings):
    contest = make.ContestFactory(slug="contest", revealed=True)
    make.RecognitionFactory(award__contest=contest, submission__contest=contest, submission__slug="film")
    first = client.get("/contests/contest/submissions/film/card.png")
    assert [name.split("/")[0] for name in stored(s3_client)] == ["cards"]
    assert client.get("/contests/contest/submissions/film/card.png").content == first.content
    made = []
    kit = b""
    for _time in range(2):
        answer = client.get("/contests/contest/submissions/film/press-kit.zip")
        kit = answer.getvalue()
        assert (answer.status_code, int(answer.headers["Content-Length"])) == (200, len(kit))
        made.append({file.name for file in files_in(bucket, kept.FOLDER)})
    assert ZipFile(io.BytesIO(kit)).testzip() is None
    assert made[0] == made[1]
    assert len(made[0]) == 1
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()], "only unfinished kits are here"
    contest.title = "Another title"
    contest.save()
    client.get("/contests/contest/submissions/film/press-kit.zip").close()
    assert len(files_in(bucket, kept.FOLDER)) == 1
    assert {file.name for file in files_in(bucket, kept.FOLDER)} != made[0]


def test_an_archive_import_has_one_state_for_all_machines(bucket):
    account = make.UserFactory()
    pending = PendingImport.start(account.pk, upload(b"archive", "contest.zip"), "en")
    told = PendingImport(account.pk, pending.token).read()
    assert (told.name, told.state) == ("contest.zip", "checking")
    with pending.open() as file:
        assert file.read() == b"archive"
    # Two processes have read the same state: only one of them may go on.
    assert sorted(PendingImport(account.pk, pending.token).change(told, state=CHECKED) for _ in range(2)) == [
        False,
        True,
    ]
    pending.forget()
    assert pending.read() is None
    assert files_in(bucket, f"kept/archive-{account.pk}") == []


def test_two_processes_never_store_two_files_under_one_name(bucket, monkeypatch):
    """Both find the name free, because they ask before either has stored its file."""
    names, both = {}, threading.Barrier(2)
    ask = S3MediaStorage.get_available_name

    def asked(self, name, max_length=None):
        found = ask(self, name, max_length)
        if not names:
            both.wait(10)
        return found

    def store(content):
        names[bucket.save("posters/a.png", ContentFile(content))] = content

    monkeypatch.setattr(S3MediaStorage, "get_available_name", asked)
    threads = [threading.Thread(target=store, args=[content]) for content in (b"first", b"second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 2
    assert "posters/a.png" in names
    for name, content in names.items():
        with bucket.open(name) as file:
            assert file.read() == content


def test_a_file_that_can_be_made_again_is_replaced(bucket):
    overwrite(bucket, "cards/a.png", b"old")
    overwrite(bucket, "cards/a.png", b"newer")
    with bucket.open("cards/a.png") as file:
        assert file.read() == b"newer"
    assert [(file.name, file.size) for file in files_in(bucket, "cards")] == [("cards/a.png", 5)]
    assert files_in(bucket, "cards", "b") == files_in(bucket, "nothing") == []


def test_stray_files_in_the_bucket_are_found(bucket, capsys, monkeypatch):
    person = make.PersonFactory()
    person.portrait.save("face.png", upload(RED))
    overwrite(bucket, "portraits/lost.png", RED)
    monkeypatch.setattr("record.management.commands.stray_images.YOUNG", timedelta(hours=-1))
    call_command("stray_images", remove=True)
    assert capsys.readouterr().out == "portraits/lost.png\n"
    assert {file.name for file in files_in(bucket, "portraits")} == {person.portrait.name}


def test_a_storage_that_is_away_is_no_missing_file(client, bucket_away):
    contest = make.ContestFactory(slug="contest", revealed=True)
    film = make.RecognitionFactory(award__contest=contest, submission__contest=contest).submission
    type(film).objects.filter(pk=film.pk).update(poster="posters/a.png", poster_width=60, poster_height=90)
    client.raise_request_exception = False
    for _time in range(2):
        answer = client.get("/media/posters/a.png")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/media/posters/unknown.png").status_code == 404
    # Pages don't need the storage, and a card is drawn.
    assert client.get("/contests/contest/").status_code == 200
    assert client.get(f"/contests/contest/submissions/{film.slug}/card.png").status_code == 200
    assert client.get("/contests/contest/press-kit.zip").status_code == 503
    with pytest.raises(StorageAwayError):
        bucket_away.exists("posters/a.png")


def test_an_editor_keeps_the_form_if_the_storage_is_away(save, desk, bucket_away):
    person = make.PersonFactory(name="Ann")
    response = save(person, name="Anna", portrait=upload(RED), portrait_alt="Typed.")
    form = response.context["adminform"].form
    assert "does not respond" in form.errors["portrait"][0]
    assert 'value="Typed."' in response.content.decode()
    assert Person.objects.get(pk=person.pk).name == "Ann"
    # An upload that was kept before stays with the form.
    token = pending_uploads.signing.dumps(
        [f"kept/{desk.session['_auth_user_id']}/a", "face.png"], salt=pending_uploads._SALT
    )
    response = save(person, name="Anna", **{"portrait-waiting": token})
    assert "does not respond" in response.context["adminform"].form.errors["portrait"][0]
    assert f'value="{token}" checked' in response.content.decode()
    # A form without a picture is saved.
    admin_pages.saved(save(person, name="Anna"))


def test_a_bucket_that_refuses_is_away_too(bucket, s3_client, client):
    for name in names_in(s3_client):
        s3_client.delete_object(Bucket=BUCKET, Key=name)
    bucket.bucket_name = "unknown-bucket"
    with pytest.raises(StorageAwayError, match="NoSuchBucket"):
        bucket.open("posters/a.png")
