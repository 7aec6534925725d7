"""Renditions made by the worker: an editor does not wait for them, and pages show the image itself until then."""

import pytest
from django.core.files.base import ContentFile
from django_tasks_db.models import DBTaskResult

from record.images import renditions, tasks
from tests import factories as make
from tests.admin_pages import filled, page, saved
from tests.record.test_image_sanitizing import encoded, upload
from tests.record.test_renditions import portrait_of, stored
from tests.worker import worker

__all__ = ["worker"]
pytestmark = pytest.mark.django_db
ENDS = {"", ".60.avif", ".60.webp"}


def ends(settings, person):
    return {name.removeprefix(person.portrait.name) for name in stored(settings) if "originals/" not in name}


def test_the_worker_makes_them_and_until_then_the_image_is_served(desk, client, settings, worker, at_once):
    person = make.PersonFactory(name="Ann")
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True))
    picture = upload(encoded("JPEG", size=(60, 40)))
    saved(desk.post(page(person), filled(desk.get(page(person)), portrait=picture)))
    person.refresh_from_db()
    assert ends(settings, person) == {""}
    assert [row.args_kwargs["kwargs"] for row in DBTaskResult.objects.all()] == [{"image": person.portrait.name}]
    client.logout()
    rendition = f"{person.portrait.url}.60.avif"
    before = client.get(rendition)
    # The original image, which nobody may keep under this URL.
    assert (before.status_code, before["Content-Type"]) == (200, "image/jpeg")
    assert before["Cache-Control"].startswith("private")
    worker()
    assert ends(settings, person) == ENDS
    assert client.get(rendition)["Content-Type"] == "image/avif"


def test_a_worker_killed_while_it_stores_a_file_leaves_no_broken_rendition(settings, monkeypatch):
    person = portrait_of()

    def killed(*arguments):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("record.media.local.os.replace", killed)
        with pytest.raises(SystemExit):
            tasks.make_renditions.call(image=person.portrait.name)
    assert not ends(settings, person) & {".60.avif", ".60.webp"}
    tasks.make_renditions.call(image=person.portrait.name)
    assert ends(settings, person) == ENDS


def test_two_workers_at_the_same_image_leave_one_file_each(settings, monkeypatch):
    person = portrait_of()
    storage, original = person.portrait.storage, renditions.overwrite

    def meanwhile(storage, name, content):
        original(storage, name, b"of the other worker")
        original(storage, name, content)

    monkeypatch.setattr(renditions, "overwrite", meanwhile)
    renditions.make(storage, person.portrait.name)
    assert ends(settings, person) == ENDS


def test_an_image_deleted_before_its_task_leaves_nothing(settings, worker, at_once):
    person = portrait_of()
    person.portrait.delete()
    worker()
    assert stored(settings) == {}
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"]


def test_an_image_deleted_during_its_task_leaves_nothing(settings, monkeypatch):
    person = portrait_of()
    original = renditions.overwrite

    def deleted(storage, name, content):
        storage.delete(person.portrait.name)
        original(storage, name, content)

    monkeypatch.setattr(renditions, "overwrite", deleted)
    tasks.make_renditions.call(image=person.portrait.name)
    assert stored(settings) == {}


def test_a_file_that_is_no_image_fails_visibly(worker, at_once):
    make.PersonFactory().portrait.save("face.png", ContentFile(b"no picture"))
    worker()
    assert "UnreadableImageError" in DBTaskResult.objects.get().traceback
