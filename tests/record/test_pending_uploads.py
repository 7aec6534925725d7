"""If a form has an error in another field, its upload is kept for the same account for one day."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from people.models import Person
from record.images import clean_image, pending_uploads
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

CONTENT = encoded("PNG")


def waiting(settings):
    return sorted(path for path in (Path(settings.MEDIA_ROOT) / "kept").rglob("*") if path.is_file())


def token_in(response):
    found = re.findall(
        r'name="portrait-waiting" id="id_portrait_waiting" value="([^"]+)" checked', response.content.decode()
    )
    return found[0] if found else None


@pytest.fixture
def person():
    return make.PersonFactory(name="Ann")


@pytest.fixture
def send(desk, person):
    def post(**changes):
        return desk.post(admin_pages.page(person), admin_pages.filled(desk.get(admin_pages.page(person)), **changes))

    return post


def test_nothing_entered_is_lost_when_another_field_is_wrong(
    send, person, settings, django_capture_on_commit_callbacks
):
    response = send(name="", portrait=upload(CONTENT, "<b>face.png"), portrait_focus_x=20, portrait_alt="Ann")
    assert list(response.context["adminform"].form.errors) == ["name"]
    page = response.content.decode()
    assert 'src="data:image/webp;base64,' in page
    assert "Use &lt;b&gt;face.png, the file that you chose before" in page
    assert admin_pages.inline_in(response) == []
    assert [path.read_bytes() for path in waiting(settings)] == [CONTENT]
    with django_capture_on_commit_callbacks(execute=True):
        values = {**admin_pages.filled(response), "name": "Ann", "portrait-waiting": token_in(response)}
        admin_pages.saved(send(**values))
    stored = Person.objects.get(pk=person.pk).portrait
    assert (stored.size_in_px, stored.focus, stored.alt) == ((60, 40), (20, 50), "Ann")
    with stored.storage.open(stored.original) as original:
        assert original.read() == CONTENT
    assert waiting(settings) == []


def test_it_waits_on_through_a_second_mistake(send, settings):
    response = send(name="", portrait=upload(CONTENT))
    again = send(name="", **{"portrait-waiting": token_in(response)})
    assert token_in(again)
    assert len(waiting(settings)) == 1


def test_another_file_or_none_can_be_chosen_instead(send, person, settings):
    response = send(name="", portrait=upload(CONTENT))
    other = encoded("JPEG")
    admin_pages.saved(send(portrait=upload(other), **{"portrait-waiting": token_in(response)}))
    with default_storage.open(Person.objects.get(pk=person.pk).portrait.original) as original:
        assert original.read() == other
    admin_pages.saved(send(**{"portrait-clear": "on", "portrait-waiting": token_in(response)}))
    assert Person.objects.get(pk=person.pk).portrait.name == ""
    admin_pages.saved(send())
    assert Person.objects.get(pk=person.pk).portrait.name == ""


def test_refused_picture_does_not_wait_and_the_present_one_is_still_shown(send, desk, person, settings):
    admin_pages.saved(send(portrait=upload(CONTENT)))
    response = send(name="", portrait=upload(b"no picture"))
    assert sorted(response.context["adminform"].form.errors) == ["name", "portrait"]
    assert (token_in(response), waiting(settings)) == (None, [])
    assert f'src="{Person.objects.get(pk=person.pk).portrait.url}"' in response.content.decode()


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\0", "x" * 10_000])
def test_token_that_stands_for_nothing_is_no_picture(send, person, token):
    admin_pages.saved(send(**{"portrait-waiting": token}))
    assert Person.objects.get(pk=person.pk).portrait.name == ""


def test_nobody_else_gets_it(send, person, client):
    token = token_in(send(name="", portrait=upload(CONTENT)))
    client.force_login(make.UserFactory(editor=True))
    admin_pages.saved(send(**{"portrait-waiting": token}))
    assert Person.objects.get(pk=person.pk).portrait.name == ""
    assert (
        client.get(
            f"/media/{pending_uploads.signing.loads(token, salt='record.images.pending_uploads')[0]}"
        ).status_code
        == 404
    )


def test_after_a_day_it_is_gone(send, person, settings, monkeypatch, capsys):
    token = token_in(send(name="", portrait=upload(CONTENT)))
    call_command("stray_images", remove=True)
    assert len(waiting(settings)) == 1
    monkeypatch.setattr(pending_uploads, "KEPT_FOR", timedelta(seconds=-1))
    admin_pages.saved(send(**{"portrait-waiting": token}))
    assert Person.objects.get(pk=person.pk).portrait.name == ""
    call_command("stray_images", remove=True)
    assert waiting(settings) == []


def test_only_so_many_wait_for_one_account(settings):
    other = pending_uploads.keep(default_storage, "2", clean_image(upload(CONTENT)))
    tokens = [
        pending_uploads.keep(default_storage, "1", clean_image(upload(CONTENT))).token
        for _ in range(pending_uploads.MOST_PER_ACCOUNT + 2)
    ]
    taken = [pending_uploads.take(default_storage, "1", token) is not None for token in tokens]
    assert (sum(taken), taken[-1]) == (pending_uploads.MOST_PER_ACCOUNT, True)
    assert pending_uploads.take(default_storage, "2", other.token).read() == CONTENT
