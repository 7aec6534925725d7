"""The path of a change form: its hooks, in order, and that `save_model` always saves."""

import pytest
from django.db.models.signals import post_save

from people.admin.people import PersonAdmin
from people.models import Person
from record.admin.change_form import ChangeFormAdmin
from tests import admin_pages
from tests import factories as make

pytestmark = pytest.mark.django_db

HOOKS = ("prepare_version", "before_save", "after_save", "add_to_page")


@pytest.fixture
def called(monkeypatch):
    """The hooks that a request calls, in order, each with the name that the row has in the database at that time."""
    calls = []

    def noting(name):
        hook = getattr(PersonAdmin, name)

        def noted(self, request, *args):
            calls.append((name, list(Person.objects.values_list("name", flat=True))))
            return hook(self, request, *args)

        return noted

    for name in HOOKS:
        monkeypatch.setattr(PersonAdmin, name, noting(name))
    return calls


def test_hooks_run_before_and_after_the_save(desk, called):
    page = admin_pages.page(make.PersonFactory(name="Ann"))
    admin_pages.saved(desk.post(page, admin_pages.filled(desk.get(page), name="Bo")))
    assert called == [("add_to_page", ["Ann"]), ("before_save", ["Ann"]), ("after_save", ["Bo"])]


def test_form_that_may_not_be_saved_only_shows_its_page_again(desk, called):
    page = admin_pages.page(make.PersonFactory(name="Ann"))
    assert desk.post(page, admin_pages.filled(desk.get(page), name="")).status_code == 200
    assert called == [("add_to_page", ["Ann"]), ("add_to_page", ["Ann"])]


def test_old_version_is_prepared_before_it_is_restored(desk, called):
    person = make.PersonFactory(name="Ann")
    person.name = "Bo"
    person.save()
    page = admin_pages.version_page(person, 0)
    filled = admin_pages.filled(desk.get(page), change_reason="A test")
    called.clear()
    assert desk.post(page, filled).status_code == 302
    assert called == [("prepare_version", ["Bo"]), ("before_save", ["Bo"]), ("after_save", ["Ann"])]


def test_unchanged_row_is_saved_without_a_history_entry(desk):
    person, saves = make.PersonFactory(name="Ann"), []

    def note(instance, **kwargs):
        saves.append(instance.pk)

    page = admin_pages.page(person)
    filled = admin_pages.filled(desk.get(page))
    before = person.history.count()
    post_save.connect(note, sender=Person)
    try:
        admin_pages.saved(desk.post(page, filled))
    finally:
        post_save.disconnect(note, sender=Person)
    assert (saves, person.history.count()) == ([person.pk], before)


def test_base_class_documents_every_hook():
    assert all(f"`{name}(" in ChangeFormAdmin.__doc__ for name in ("zone_of", *HOOKS))
