"""The texts of the admin: rows have names, filters have titles, and errors say what to do."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils import timezone

from contests.models import Recognition
from tests import factories as make
from tests.admin_pages import page, version_page
from tests.record.test_admin import LISTS, hang_on, named

pytestmark = pytest.mark.django_db

FIELD = re.compile(r"(?i)\b(content type|\w+_\w+|\w+ at|\w+ on|synthetic|what it needs|superuser status)$")


def test_every_row_has_a_name_in_words():
    for model in apps.get_models(include_auto_created=True):
        assert model.__str__ is not Model.__str__, model
        if model._meta.auto_created:
            assert "relationship" not in str(model._meta.verbose_name)
            assert "object" not in str(model(pk=9))
            assert str(model(pk=9)).startswith("Link between ")


@pytest.mark.parametrize("factory", LISTS, ids=named)
def test_no_page_names_an_object_or_a_field(desk, factory):
    row = factory()
    hang_on(row, 2)
    for what in ("changelist", "change", "history", "delete"):
        response = desk.get(page(type(row) if what == "changelist" else row, what))
        if response.status_code == 403:
            continue
        text = unescape(response.content.decode())
        assert " object (" not in text, what
        assert "relationship" not in text, what
        titles = [title.strip() for title in re.findall(r"(?s)<summary>(.*?)</summary>", text)]
        assert [title for title in titles if FIELD.search(title) or title.startswith("By ")] == [], what
        assert ">Empty<" not in text
        assert ">Not empty<" not in text


def test_filters_of_a_missing_value_say_what_is_missing(desk):
    kept, other = make.RecognitionFactory.create_batch(2)
    Recognition.objects.filter(pk=kept.pk).update(approved_at=None)
    Recognition.objects.filter(pk=other.pk).update(approved_at=timezone.now())
    text = desk.get("/admin/contests/recognition/").content.decode()
    assert "<summary>Approval</summary>" in text
    for value, choice, row in (("0", "Approved", other), ("1", "Not approved", kept)):
        assert f'?approved_at__isempty={value}">{choice}</a>' in text
        listed = desk.get(f"/admin/contests/recognition/?approved_at__isempty={value}")
        assert list(listed.context["cl"].result_list) == [row]
        assert f'class="selected"><a href="?approved_at__isempty={value}">{choice}</a>' in listed.content.decode()


def test_kinds_are_named_without_the_app(desk):
    make.FormerSlugFactory()
    make.FormerSlugFactory(object=make.SourceFactory())
    spec = desk.get("/admin/record/formerslug/").context["cl"].filter_specs[0]
    assert spec.title == "kind"
    assert all("|" not in label for _key, label in spec.lookup_choices)


def test_refused_deletion_says_what_to_do(desk):
    person = make.CreditFactory().person
    for response in (
        desk.get(page(person, "delete")),
        desk.post(page(type(person), "changelist"), {"action": "delete_selected", "_selected_action": [person.pk]}),
    ):
        text = response.content.decode()
        assert "Change those first." in text
        assert "protected related objects" not in text


def test_deletion_lists_rows_and_leaves_links_out(desk):
    person = make.PersonFactory(name="Ada", sources=make.SourceFactory.create_batch(2))
    make.PastWorkFactory(person=person, title="Engine")
    text = desk.get(page(person, "delete")).content.decode()
    assert "Delete “Ada”? Everything listed here will be deleted." in text
    assert "Engine" in text
    assert "ink between" not in text


def test_every_list_has_its_own_words_for_a_missing_value():
    for desk in admin.site._registry.values():
        for spec in desk.list_filter:
            assert not (isinstance(spec, tuple) and spec[1] is admin.EmptyFieldListFilter), (desk, spec)


def test_history_and_old_versions_are_told_in_plain_words(desk):
    person = make.PersonFactory(name="Ada", headline="Student")
    person.headline = "Artist"
    person.save()
    history = desk.get(page(person, "history")).content.decode()
    assert (
        "Choose a date to see the record as it was at that time. On the next page, you can restore that version."
        in history
    )
    version = desk.get(version_page(person, 0)).content.decode()
    assert 'value="Bring this version back"' in version
    assert "<h1>Old version of “Ada”</h1>" in version
    for shown in (history, version):
        assert re.findall(r"(?i)\brevert|this object|Choose a date from", shown) == []


def test_a_merge_of_somebody_hidden_says_what_stays_hidden_in_plain_words(desk):
    contest = make.ContestFactory(sealed=True)
    seen = make.AppearanceFactory(event__contest=contest, person__name="Seen", role="panellist").person
    hidden = make.CreditFactory(submission__contest=contest, person__name="Hidden").person
    for kept, gone in ((seen, hidden), (hidden, seen)):
        shown = desk.get(f"/admin/people/person/merge/?keep={kept.pk}&merge={gone.pk}").content.decode()
        assert "Results that are not revealed yet stay hidden." in shown
        text = "Until the results of “Hidden” are public, its URL shows nothing. Then the URL redirects to “Seen”."
        assert (text in shown) is (gone == hidden)
