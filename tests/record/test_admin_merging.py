"""Merging in the admin: the two rows side by side, the choice for each field, and undoing the merge."""

import re

import pytest
from django.contrib.auth.models import Permission

from contests.models import Party
from people.models import Organisation, Person
from record.models import Merge, Source
from tests import factories as make
from tests.admin_pages import inline_in, page, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    contest = make.ContestFactory(revealed=True)
    source = make.SourceFactory(title="Report")
    ann = make.PersonFactory(name="Ann", slug="ann", headline="One line", sources=[source])
    anna = make.PersonFactory(name="Anna", slug="anna", biography="A life", sources=[make.SourceFactory(title="Paper")])
    for person in (ann, anna):
        make.AppearanceFactory(person=person, event__contest=contest)
    return ann, anna


def side_by_side(kept, gone):
    return f"{page(type(kept), 'merge')}?keep={kept.pk}&merge={gone.pk}"


def sent(response, **changes):
    """Return the data that a browser would send: the choices on the page, with `changes`."""
    html = response.content.decode()
    chosen = dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]* checked>', html))
    shown = re.search(r'name="shown" value="(\w+)"', html).group(1)
    return {**chosen, "shown": shown, "reason": "", **changes}


def test_the_page_shows_both_and_what_will_move_and_merges_as_chosen(desk, two):
    ann, anna = two
    response = desk.get(side_by_side(ann, anna))
    html = response.content.decode()
    assert inline_in(response) == []
    for text in ("One line", "A life", "Report", "Paper", "Appearances (1)", "Anna, Panellist"):
        assert text in html
    assert sent(response)["take_biography"] == "gone"
    assert sent(response)["take_sources"] == "both"
    response = desk.post(side_by_side(ann, anna), sent(response, take_name="gone", reason="Same person"), follow=True)
    ann = Person.objects.get()
    assert (ann.name, ann.headline, ann.biography, ann.slug) == ("Anna", "One line", "A life", "ann")
    assert (ann.sources.count(), ann.appearances.count()) == (2, 2)
    done = Merge.objects.get()
    assert (done.reason, done.merged_by.name) == ("Same person", "Ada")
    assert f'href="{page(done)}"' in response.content.decode()


def test_the_list_of_merges_leads_to_the_undo_which_says_what_it_does(desk, two):
    ann, anna = two
    desk.post(side_by_side(ann, anna), sent(desk.get(side_by_side(ann, anna))))
    done = Merge.objects.get()
    assert f'href="{page(done)}"' in desk.get(page(Merge, "changelist")).content.decode()
    shown = desk.get(page(done)).content.decode()
    assert f'href="{page(done, "undo")}"' in shown
    assert "Appearances: 1 moved to “Ann”" in shown
    assert ("dropped" in shown, "People:" in shown) == (False, False)
    response = desk.get(page(done, "undo"))
    assert "Appearances: 1 will be restored" in response.content.decode()
    assert inline_in(response) == []
    assert Person.objects.count() == 1
    desk.post(page(done, "undo"))
    assert Person.objects.get(pk=anna.pk).appearances.count() == 1
    assert f'href="{page(done, "undo")}"' not in desk.get(page(done)).content.decode()
    response = desk.get(page(done, "undo"), follow=True)
    assert "undone already" in response.content.decode()


@pytest.mark.parametrize(
    ("made", "model"),
    [(make.PersonFactory, Person), (make.OrganisationFactory, Organisation), (make.SourceFactory, Source)],
)
def test_from_a_change_page_another_is_chosen(desk, made, model):
    one, other = made(), made()
    assert f'href="{page(one, "merge_with")}"' in desk.get(page(one)).content.decode()
    response = desk.get(page(one, "merge_with"))
    assert inline_in(response) == []
    assert "admin-autocomplete" in response.content.decode()
    response = desk.post(page(one, "merge_with"), {"other": other.pk})
    assert response["Location"] == side_by_side(one, other)
    assert desk.get(response["Location"]).status_code == 200
    for wrong in ("", one.pk, "x", 10**30, "\0", made(key=f"synthetic-x:{model.__name__}").pk):
        response = desk.post(page(one, "merge_with"), {"other": wrong})
        assert response.status_code == 200, wrong
        assert response.context["form"].errors, wrong
    assert model.objects.count() == 3


def test_the_action_wants_exactly_two_and_keeps_the_one_that_is_public(desk, two):
    ann, anna = two
    older = make.PersonFactory()
    action = {"action": "merge"}
    for rows in ([ann.pk], [ann.pk, anna.pk, older.pk]):
        response = desk.post(page(Person, "changelist"), {**action, "_selected_action": rows}, follow=True)
        assert "Choose exactly two" in response.content.decode()
    response = desk.post(page(Person, "changelist"), {**action, "_selected_action": [older.pk, ann.pk]})
    assert response["Location"] == side_by_side(ann, older)
    response = desk.post(page(Person, "changelist"), {**action, "_selected_action": [anna.pk, ann.pk]})
    assert response["Location"] == side_by_side(ann, anna)


@pytest.mark.parametrize("query", ["", "?keep=x&merge=1", "?keep=1&merge=99999999999999999999", "?keep=%00&merge=²"])
def test_an_address_that_names_no_two_is_not_found(desk, query):
    assert desk.get(page(Person, "merge") + query).status_code == 404
    assert desk.get("/admin/record/merge/x/undo/").status_code == 404
    assert desk.get("/admin/record/merge/x/change/").status_code == 302


@pytest.mark.parametrize("held", [["change_person"], ["delete_person"], ["view_person", "view_merge"], []])
def test_who_may_not_change_and_delete_can_neither_merge_nor_undo(client, two, editor, held):
    from record.merging import merge

    ann, anna = two
    done = merge(make.PersonFactory(), make.PersonFactory(), actor=editor)
    user = make.UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=held))
    client.force_login(user)
    for address in (side_by_side(ann, anna), page(ann, "merge_with"), page(done, "undo")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"other": anna.pk, "shown": "x"}).status_code == 403
    response = client.get(page(Person, "changelist"))
    assert response.status_code != 200 or 'value="merge"' not in response.content.decode()
    assert Person.objects.filter(pk__in=[ann.pk, anna.pk]).count() == 2
    done.refresh_from_db()
    assert done.undone_at is None


def test_a_page_that_was_opened_before_a_change_merges_nothing(desk, two):
    ann, anna = two
    form = sent(desk.get(side_by_side(ann, anna)))
    make.QuoteFactory(speaker=anna)
    response = desk.post(side_by_side(ann, anna), form, follow=True)
    assert "Something has changed" in response.content.decode()
    assert Person.objects.filter(pk=anna.pk).exists()


def test_a_merge_that_would_show_something_hidden_says_so(desk, two):
    ann, _anna = two
    hidden = make.PersonFactory(name="Winner", biography="Won.")
    make.PastWorkFactory(person=hidden)
    response = desk.get(side_by_side(ann, hidden))
    html = response.content.decode()
    assert "“Winner” is not public yet" in html
    assert "past works (1)" in html
    assert set(sent(response).values()) - {sent(response)["shown"], ""} == {"kept"}


def test_a_contradiction_is_named_and_not_merged(desk, monkeypatch):
    monkeypatch.setattr(Party._meta.get_field("credited_as"), "editable", False)
    won = make.RecognitionFactory(approved_at=None)
    one, other = (make.PartyFactory(recognition=won, credited_as=name).person for name in ("A. Lis", ""))
    response = desk.get(side_by_side(one, other))
    assert "Make them the same first" in response.content.decode()
    assert "Why these records are the same" in response.content.decode()
    form = sent(response)
    assert desk.post(side_by_side(one, other), form).status_code == 200
    assert Person.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("rows", [2, 12])
def test_the_pages_need_the_same_statements_whatever_points_at_both(desk, two, editor, rows):
    from record.merging import merge

    ann, anna = two
    for _ in range(rows):
        make.QuoteFactory(speaker=anna)
        make.CreditFactory(person=anna)
        make.CreditFactory(person=ann)
        merge(make.PersonFactory(), make.PersonFactory(), actor=editor)
    done = Merge.objects.first()
    counts = {
        "merge": statements(desk, side_by_side(ann, anna)),
        "merge with": statements(desk, page(ann, "merge_with")),
        "list": statements(desk, page(Merge, "changelist")),
        "merged": statements(desk, page(done)),
    }
    assert counts == {"merge": 53, "merge with": 3, "list": 6, "merged": 4}
