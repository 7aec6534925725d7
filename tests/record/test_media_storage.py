"""The folder for uploads: files are complete or not there, also if the disk is full or a process was killed."""

import errno
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from PIL import Image

from people.models import Person
from record import after_response
from record.images import fields, sanitizing, tasks, unused_files
from record.media import StorageAwayError, files_in, local, overwrite
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

RED, BLUE = (encoded("PNG", Image.new("RGB", (60, 90), color)) for color in ("red", "blue"))


class TooLarge(ContentFile):
    """A file that no longer fits on the disk after its first half."""

    def chunks(self, chunk_size=None):
        yield self.read(self.size // 2)
        raise OSError(errno.ENOSPC, "No space left on device")


def stored(settings):
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def a_day_later(settings, time_machine):
    """Files stay for a day. Return a function that lets a little more than a day pass."""
    settings.MEDIA_GRACE = timedelta(days=1)
    moment = timezone.now()
    time_machine.move_to(moment)

    def pass_by():
        nonlocal moment
        moment += timedelta(hours=25)
        time_machine.move_to(moment)

    return pass_by


def test_a_full_disk_leaves_nothing(settings):
    with pytest.raises(OSError, match="No space left"):
        default_storage.save("posters/new.png", TooLarge(b"a" * 100))
    assert stored(settings) == set()
    default_storage.save("posters/old.png", ContentFile(b"old"))
    with pytest.raises(OSError, match="No space left"):
        default_storage.overwrite("posters/old.png", TooLarge(b"a" * 100))
    assert stored(settings) == {"posters/old.png"}
    assert (Path(settings.MEDIA_ROOT) / "posters/old.png").read_bytes() == b"old"


def test_a_file_gets_its_name_when_it_is_complete(settings):
    seen = []

    class Slow(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"first "
            seen.append((default_storage.exists("posters/a.png"), default_storage.listdir("posters")[1]))
            seen.append(files_in(default_storage, "posters"))
            yield b"second"

    assert default_storage.save("posters/a.png", Slow(b"")) == "posters/a.png"
    assert seen == [(False, []), []]
    path = Path(settings.MEDIA_ROOT) / "posters/a.png"
    assert path.read_bytes() == b"first second"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.stat().st_nlink == 1


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_never_replaces_another(settings, monkeypatch, has_links):
    """Another process takes the name while this one writes."""

    def no_links(*_paths):
        raise OSError(errno.EPERM, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr(local.os, "link", no_links)

    class Overtaken(ContentFile):
        def chunks(self, chunk_size=None):
            default_storage.save("posters/a.png", ContentFile(b"the faster one"))
            yield b"this one"

    name = default_storage.save("posters/a.png", Overtaken(b""))
    assert name != "posters/a.png"
    assert {path: (Path(settings.MEDIA_ROOT) / path).read_bytes() for path in stored(settings)} == {
        "posters/a.png": b"the faster one",
        name: b"this one",
    }


def test_a_temporary_file_is_moved(settings, tmp_path):
    class Temporary(File):
        def temporary_file_path(self):
            return self.name

    source = tmp_path / "finished"
    source.write_bytes(b"content")
    with source.open("rb") as file:
        assert default_storage.save("press-kits/a.zip", Temporary(file)) == "press-kits/a.zip"
    assert not source.exists()
    assert stored(settings) == {"press-kits/a.zip"}


def test_a_folder_that_can_not_be_read_is_no_missing_file(client, settings, monkeypatch):
    person = make.PersonFactory()
    Person.objects.filter(pk=person.pk).update(portrait="portraits/a.png")
    client.force_login(make.UserFactory(editor=True))
    assert client.get("/media/portraits/a.png").status_code == 404
    assert client.get(f"/media/portraits/{'a' * 300}.png").status_code == 404

    def gone(self, name, mode="rb"):
        raise StorageAwayError(errno.EIO, "Input/output error")

    monkeypatch.setattr(local.LocalMediaStorage, "_open", gone)
    client.raise_request_exception = False
    answer = client.get("/media/portraits/a.png")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")


def test_the_command_removes_what_a_killed_process_has_left(settings, capsys):
    folder = Path(settings.MEDIA_ROOT) / "originals" / "posters"
    folder.mkdir(parents=True)
    for name, age in (("." + "0" * 16 + ".part", 7200), ("." + "1" * 16 + ".part", 60), ("b.part", 60)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age,) * 2)
    call_command("stray_images", remove=True)
    assert capsys.readouterr().out == "originals/posters/.0000000000000000.part\n"
    assert len(stored(settings)) == 2


def test_empty_images_are_named_and_renditions_made_again(settings, capsys, client):
    person = make.PersonFactory()
    person.portrait.save("face.png", upload(RED))
    call_command("make_renditions")
    name, root = person.portrait.name, Path(settings.MEDIA_ROOT)
    rendition, other = root / f"{name}.60.avif", root / f"{name}.60.webp"
    whole, content = rendition.read_bytes(), other.read_bytes()
    rendition.write_bytes(b"")
    client.force_login(make.UserFactory(editor=True))
    assert client.get(f"/media/{name}.60.avif").content == (root / name).read_bytes(), "the full image instead"
    other.write_bytes(content[: len(content) // 2])
    capsys.readouterr()
    call_command("make_renditions")
    assert capsys.readouterr().out == "Looked at 1 images; made 1 renditions\n"
    assert rendition.read_bytes() == whole
    call_command("make_renditions", check=True)
    assert capsys.readouterr().out == "Looked at 1 images; made 1 renditions\n"
    assert other.read_bytes() == content
    (root / name).write_bytes(b"")
    Person.objects.filter(pk=person.pk).update(portrait_original="originals/portraits/a.png")
    overwrite(default_storage, "originals/portraits/a.png", b"")
    call_command("stray_images")
    assert capsys.readouterr().err == f"{name} is empty\noriginals/portraits/a.png is empty\nFound 0 stray files\n"


def test_an_editor_keeps_the_form_if_the_disk_is_full(save, settings, monkeypatch):
    person = make.PersonFactory(name="Ann")
    with monkeypatch.context() as patch:

        def full(*_arguments):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(local.os, "fsync", full)
        response = save(person, name="Anna", portrait=upload(RED), portrait_alt="Typed.")
    assert "no space left" in response.context["adminform"].form.errors["portrait"][0]
    assert 'value="Typed."' in response.content.decode()
    assert Person.objects.get(pk=person.pk).name == "Ann"
    assert stored(settings) == set()
    admin_pages.saved(save(person, name="Anna", portrait=upload(RED)))


def test_an_editor_keeps_the_form_if_the_disk_is_full_after_an_error(save, settings, monkeypatch):
    """The upload of an invalid form can't be kept."""
    person, kept = make.PersonFactory(name="Ann"), fields.ImageField.store

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    def store(self, image):
        picture = kept(self, image)
        monkeypatch.setattr(local.os, "fsync", full)
        return picture

    monkeypatch.setattr(fields.ImageField, "store", store)
    response = save(person, name="", portrait=upload(RED))
    form = response.context["adminform"].form
    assert "no space left" in form.non_field_errors()[0]
    assert stored(settings) == set()


@pytest.mark.parametrize("is_new", [True, False])
def test_images_are_decoded_and_stored_before_the_transaction(desk, monkeypatch, is_new, settings):
    """On SQLite, the transaction of a save makes all other editors wait."""
    person, outside = make.PersonFactory(), len(connection.atomic_blocks)
    page = admin_pages.page(Person, "add") if is_new else admin_pages.page(person)
    form = admin_pages.filled(desk.get(page), name="Ann", portrait=upload(RED))
    depths = []

    def noting(name, original):
        def noted(*arguments, **options):
            depths.append((name, len(connection.atomic_blocks) - outside))
            return original(*arguments, **options)

        return noted

    for owner, name in (
        (local.LocalMediaStorage, "_save"),
        (local.LocalMediaStorage, "_open"),
        (sanitizing, "bare"),
        (Image.Image, "save"),
    ):
        monkeypatch.setattr(owner, name, noting(name, getattr(owner, name)))
    admin_pages.saved(desk.post(page, form))
    assert {depth for _name, depth in depths} == {0}
    assert [name for name, _depth in depths].count("_save") == 2, "the original and the clean copy, once each"
    saved = Person.objects.get(name="Ann").portrait
    assert (saved.size_in_px, stored(settings)) == ((60, 90), {saved.name, saved.original})


def test_replaced_files_stay_for_a_day(save, desk, settings, capsys, a_day_later):
    person, other = make.PersonFactory(), make.PersonFactory()
    admin_pages.saved(save(person, portrait=upload(RED)))
    first = stored(settings)
    admin_pages.saved(save(person, portrait=upload(BLUE)))
    (note,) = (name for name in stored(settings) if name.startswith("unused/"))
    assert first < stored(settings)
    person.refresh_from_db()
    public = next(name for name in first if name.startswith("portraits/") and name.endswith(".png"))
    assert public != person.portrait.name
    call_command("stray_images", remove=True)
    assert capsys.readouterr().err == "Removed 0 stray files\n"
    assert first < stored(settings)
    a_day_later()
    # The next save that replaces an image removes them.
    admin_pages.saved(save(other, portrait=upload(RED)))
    admin_pages.saved(save(other, portrait=upload(BLUE)))
    assert not first & stored(settings)
    assert note not in stored(settings)
    a_day_later()
    call_command("stray_images", remove=True)
    assert stored(settings) == {
        name for row in Person.objects.all() for each in unused_files.pictures_of([row]) for name in each.files()
    }


def test_a_file_that_lost_its_row_in_another_way_stays_too(settings, capsys, a_day_later):
    person = make.PersonFactory()
    person.portrait.save("face.png", upload(RED))
    Person.objects.filter(pk=person.pk).update(portrait="")
    a_day_later()
    call_command("stray_images", remove=True)
    assert capsys.readouterr().err.startswith("Removed 0 stray files\n1 others stay")
    assert person.portrait.name in stored(settings)
    a_day_later()
    call_command("stray_images", remove=True)
    assert stored(settings) == set()


def test_an_image_that_got_its_row_back_is_not_removed(settings, a_day_later, save):
    person = make.PersonFactory()
    admin_pages.saved(save(person, portrait=upload(RED)))
    person.refresh_from_db()
    name, original = person.portrait.name, person.portrait.original
    admin_pages.saved(save(person, portrait=upload(BLUE)))
    (note,) = (each for each in stored(settings) if each.startswith("unused/"))
    Person.objects.filter(pk=person.pk).update(portrait=name, portrait_original=original)
    a_day_later()
    call_command("stray_images", remove=True)
    assert {name, original} < stored(settings)
    assert note not in stored(settings)


def test_a_server_makes_renditions_after_its_response(monkeypatch):
    done, begun, may_end = [], threading.Event(), threading.Event()

    def slow(work, **arguments):
        begun.set()
        assert may_end.wait(10)
        done.append(arguments["image"])
        if arguments["image"] == "a":
            raise OSError("This must not end the thread.")

    monkeypatch.setattr(after_response, "start", slow)
    monkeypatch.setattr(after_response, "_serving", threading.Event())
    monkeypatch.setattr(after_response.os, "register_at_fork", lambda **_calls: None)
    after_response.serve()
    for image in ("a", "b"):
        after_response.start_soon(tasks.make_renditions, image=image)
    assert begun.wait(10)
    assert done == []
    may_end.set()
    after_response._waiting.join()
    assert done == ["a", "b"]
