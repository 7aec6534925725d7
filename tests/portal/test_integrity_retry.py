"""
Editors add the same thing at the same time: a value that was unused when the form was checked is taken when it is
saved.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.db.models.signals import pre_save
from django.test import Client

from accounts.models import User
from people.models import Organisation, Person
from portal.integrity_retry import ATTEMPTS
from record.forms import RecordForm
from tests import factories as make
from tests.admin_pages import filled, page, saved
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

ADD = "/admin/people/organisation/add/"


def organisation(client: Client, slug: str = "") -> dict[str, object]:
    """Return the data of the form for a new organisation."""
    return filled(client.get(ADD), name="Kling AI", slug=slug)


@pytest.fixture
def overtaken(monkeypatch):
    """
    Return a function that makes the first `times` attempts to save a row of `model` fail, and calls `meanwhile` before
    the next attempt.
    """
    handlers = []

    def arrange(model, meanwhile, times=1):
        refused = []

        def refuse(sender, instance, **kwargs):
            if len(refused) < times and not arranging:
                refused.append(instance)
                raise IntegrityError("duplicate key value violates a unique constraint")

        arranging = []
        clean = RecordForm.clean

        def clean_after_the_other(form):
            if refused and type(form.instance) is model and not arranging:
                arranging.append(True)
                meanwhile()
                arranging.clear()
            return clean(form)

        pre_save.connect(refuse, sender=model, weak=False)
        handlers.append((refuse, model))
        monkeypatch.setattr(RecordForm, "clean", clean_after_the_other)
        return refused

    yield arrange
    for handler, model in handlers:
        pre_save.disconnect(handler, sender=model)


def test_slug_that_was_taken_in_the_meantime_gets_the_next_number(desk, overtaken):
    overtaken(Organisation, lambda: make.OrganisationFactory(slug="kling-ai"))
    saved(desk.post(ADD, organisation(desk)))
    assert sorted(Organisation.objects.values_list("slug", flat=True)) == ["kling-ai", "kling-ai-2"]


def test_typed_slug_that_was_taken_in_the_meantime_is_refused_at_its_field(desk, overtaken):
    overtaken(Organisation, lambda: make.OrganisationFactory(slug="kling-ai"))
    response = desk.post(ADD, organisation(desk, slug="kling-ai"))
    form = response.context["adminform"].form
    assert form.errors == {"slug": ["“kling-ai” is taken. Free: kling-ai-2."]}
    assert (form["name"].value(), Organisation.objects.count()) == ("Kling AI", 1)


def test_what_was_uploaded_is_there_in_the_next_attempt(desk, overtaken):
    overtaken(Person, lambda: None)
    values = filled(desk.get(page(Person, "add")), name="Ann", sort_name="Ann", slug="", kind="individual")
    saved(desk.post(page(Person, "add"), values | {"portrait": upload(encoded("JPEG"))}))
    assert Person.objects.get().portrait


def test_message_is_told_once_whatever_the_attempts(desk, overtaken):
    refused = overtaken(Organisation, lambda: None, times=3)
    response = desk.post(ADD, organisation(desk), follow=True)
    assert (len(refused), len(response.context["messages"])) == (3, 1)


def test_rule_that_no_form_knows_ends_in_a_message_and_what_was_typed_stays(desk, overtaken):
    overtaken(Organisation, lambda: None, times=ATTEMPTS)
    response = desk.post(ADD, organisation(desk, slug="kling"))
    form = response.context["adminform"].form
    assert form.non_field_errors() == [
        "Nothing was saved, because the database refused a value. Check your changes, or try again."
    ]
    assert (form["name"].value(), form["slug"].value(), Organisation.objects.exists()) == ("Kling AI", "kling", False)


def test_slug_that_is_taken_after_the_form_has_chosen_it_is_chosen_again(desk, monkeypatch):
    make.OrganisationFactory(name="Kling AI", slug="kling-ai")
    free, asked = RecordForm._free, []

    def just_taken(form, wanted):
        asked.append(wanted)
        return wanted if len(asked) == 1 else free(form, wanted)

    monkeypatch.setattr(RecordForm, "_free", just_taken)
    assert desk.post(ADD, organisation(desk)).status_code == 302
    assert asked == ["kling-ai", "kling-ai"]
    assert Organisation.objects.filter(slug="kling-ai-2").exists()


@pytest.mark.django_db(transaction=True)
def test_simultaneous_adds_of_one_name_all_get_a_slug():
    """On SQLite, the threads run one after the other, because they would share the only in-memory connection."""
    user = make.UserFactory(is_superuser=True, is_staff=True)

    def add(_number):
        client = Client()
        client.force_login(user)
        try:
            return client.post(ADD, organisation(client)).status_code
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    if connection.vendor == "postgresql":
        with ThreadPoolExecutor(4) as editors:
            answers = list(editors.map(add, range(4)))
    else:
        answers = [add(number) for number in range(4)]
    assert answers == [302] * 4
    slugs = sorted(Organisation.objects.values_list("slug", flat=True))
    assert slugs == ["kling-ai", "kling-ai-2", "kling-ai-3", "kling-ai-4"]
    assert User.objects.count() == 1
