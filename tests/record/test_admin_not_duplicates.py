"""
Two similar records may be different. A record is never offered for merging with itself, and an editor's note stops the
suggestion.
"""

import pytest

from people.models import Person
from record.admin.lists import ALIKE
from record.models import Distinct
from tests import factories as make
from tests.admin_pages import account_that_may, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return make.PersonFactory(name="Ada Nowak"), make.PersonFactory(name="Nowak Ada")


def alike():
    return set(ALIKE.of(Person.objects.all()))


def merge_page(one, other):
    return f"{page(Person, 'changelist')}merge/?keep={one.pk}&merge={other.pk}"


def test_nobody_is_offered_to_be_merged_with_themselves(desk, pair):
    one, other = pair
    shown = desk.get(f"{page(Person, 'changelist')}{one.pk}/merge/").content.decode()
    assert f'data-except="{one.pk}"' in shown
    where = {"app_label": "contests", "model_name": "credit", "field_name": "person", "term": "Nowak"}
    found = desk.get("/admin/autocomplete/", {**where, "except": one.pk}).json()["results"]
    assert [each["id"] for each in found] == [str(other.pk)]
    response = desk.post(f"{page(Person, 'changelist')}{one.pk}/merge/", {"other": one.slug})
    assert "other" in response.context["form"].errors


def test_event_is_not_offered_as_a_part_of_itself(desk):
    event = make.EventFactory()
    assert f'data-except="{event.pk}"' in desk.get(page(event)).content.decode()


def test_two_that_are_different_are_asked_about_no_more_until_the_note_is_deleted(desk, editor, pair):
    assert alike() == set(pair)
    response = desk.post(merge_page(*pair), {"distinct": "1"}, follow=True)
    assert "are different. You won’t be asked about them again." in response.content.decode()
    assert alike() == set()
    note = Distinct.objects.get()
    assert {note.one, note.other} == {row.key for row in pair}
    assert (note.noted_by, note.history.get().history_user) == (editor, editor)
    assert Person.objects.count() == 2
    # The note does not apply to a third record with the same name.
    third = make.PersonFactory(name="Ada Nowak", slug="third")
    assert alike() == {*pair, third}
    third.delete()
    assert desk.post(page(note, "delete"), {"post": "yes"}).status_code == 302
    assert alike() == set(pair)
    assert Distinct.history.first().history_type == "-"


def test_several_are_noted_from_the_list_each_two_of_them(desk, pair):
    make.PersonFactory(name="Ada Nowak", slug="third")
    keys = list(Person.objects.values_list("pk", flat=True))
    chosen = {"action": "distinct", "_selected_action": keys}
    for _again in range(2):
        desk.post(page(Person, "changelist"), chosen)
        assert (Distinct.objects.count(), alike()) == (3, set())
    desk.post(page(Person, "changelist"), {**chosen, "_selected_action": keys[:1]})
    assert Distinct.objects.count() == 3


def test_organisations_and_sources_have_notes_of_their_own(desk, pair):
    for factory in (make.OrganisationFactory, make.SourceFactory):
        one, other = factory(), factory()
        desk.post(
            page(factory._meta.model, "changelist"), {"action": "distinct", "_selected_action": [one.pk, other.pk]}
        )
    assert sorted(Distinct.objects.values_list("content_type__model", flat=True)) == ["organisation", "source"]
    assert alike() == set(pair)


def test_who_may_not_merge_notes_nothing(client, pair):
    client.force_login(account_that_may("view_person", "change_person"))
    assert client.post(merge_page(*pair), {"distinct": "1"}).status_code == 403
    client.post(page(Person, "changelist"), {"action": "distinct", "_selected_action": [row.pk for row in pair]})
    assert not Distinct.objects.exists()
