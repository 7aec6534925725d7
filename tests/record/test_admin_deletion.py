"""A row to which other rows refer can't be deleted in the admin, and a message always says why."""

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from people.models import NextProject, Person
from record.admin import counting, deletion
from record.admin.deletion import PROTECTED_SHOWN
from record.models import Source
from tests import factories as make
from tests.admin_pages import account_that_may, page

pytestmark = pytest.mark.django_db


def quote_of(person):
    return make.QuoteFactory(speaker=person, text="I think you can do anything.")


DELETIONS = [
    pytest.param(make.PersonFactory, quote_of, "Quote: ", "I think you can do anything.", id="person with a quote"),
    pytest.param(
        make.ContestFactory,
        lambda contest: make.AwardFactory(contest=contest, name="Grand Prize"),
        "Award: ",
        "Grand Prize",
        id="contest with an award",
    ),
    pytest.param(
        make.ContestFactory,
        lambda contest: make.EventFactory(contest=contest, title="Ceremony"),
        "Event: ",
        "Ceremony",
        id="contest with an event",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.FigureFactory(source=source, label="submissions", value=3),
        "Figure: ",
        "exactly 3 submissions",
        id="source of a fact",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.PersonFactory(sources=[source], name="Tim Yip"),
        "Person: ",
        "Tim Yip",
        id="source of a biography",
    ),
    pytest.param(
        make.SourceFactory,
        lambda source: make.SubmissionFactory(sources=[source], title="Alzheimer"),
        "Submission: ",
        "Alzheimer",
        id="source of a synopsis",
    ),
    pytest.param(
        make.OrganisationFactory,
        lambda organisation: make.AffiliationFactory(organisation=organisation, role="Founder"),
        "Affiliation: ",
        "Founder",
        id="organisation with people",
    ),
]


@pytest.mark.parametrize(("factory", "user_of", "kind", "name"), DELETIONS)
def test_what_is_in_use_is_not_deleted_and_the_page_says_by_what(desk, factory, user_of, kind, name):
    row = factory()
    user = user_of(row)
    select = {"action": "delete_selected", "_selected_action": [row.pk]}
    for response in (
        desk.get(page(row, "delete")),
        desk.post(page(row, "delete"), {"post": "yes"}),
        desk.post(page(type(row), "changelist"), select),
        desk.post(page(type(row), "changelist"), {**select, "post": "yes"}),
    ):
        assert response.context["title"].startswith("Cannot delete")
        (link,) = response.context["protected"]
        assert link.startswith(kind)
        assert name in link
        assert f'href="{page(user)}"' in link
        assert "relationship" not in response.content.decode()
    with pytest.raises(ProtectedError):
        row.delete()
    with pytest.raises(ProtectedError):
        type(row).objects.filter(pk=row.pk).delete()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_who_uses_a_thing_in_several_ways_is_named_once(desk):
    source = make.SourceFactory()
    person = make.PersonFactory(sources=[source])
    make.AffiliationFactory(person=person, source=source)
    links = desk.get(page(source, "delete")).context["protected"]
    assert [link.split(":")[0] for link in links] == ["Affiliation", "Person"]


def test_long_list_of_uses_is_cut_and_says_how_long_it_is(desk):
    source = make.SourceFactory()
    make.PersonFactory.create_batch(PROTECTED_SHOWN + 3, sources=[source])
    links = desk.get(page(source, "delete")).context["protected"]
    assert (len(links), links[-1]) == (PROTECTED_SHOWN + 1, "and 3 more")


def test_uses_are_counted_up_to_a_limit(desk, monkeypatch):
    monkeypatch.setattr(deletion, "PROTECTED_SHOWN", 2)
    for module in (deletion, counting):
        monkeypatch.setattr(module, "COUNTED", 3)
    contest = make.ContestFactory()
    make.SubmissionFactory.create_batch(5, contest=contest)
    assert desk.get(page(contest, "delete")).context["protected"][2:] == ["and 3 more"]
    make.AwardFactory.create_batch(2, contest=contest)
    with CaptureQueriesContext(connection) as captured:
        links = desk.get(page(contest, "delete")).context["protected"]
    assert (len(links), links[-1]) == (3, "and more than 3 more")
    # Ordered, all works of the contest would be sorted.
    lists = [query["sql"] for query in captured if 'WHERE "contests_submission"."contest_id" IN' in query["sql"]]
    assert lists
    assert [sql for sql in lists if "ORDER BY" in sql] == []


def test_what_nothing_uses_is_deleted_with_what_is_only_its_own(desk, editor):
    project = make.NextProjectFactory()
    response = desk.get(page(project.person, "delete"))
    assert project.description in response.content.decode()
    desk.post(page(project.person, "delete"), {"post": "yes"})
    assert not Person.objects.exists()
    assert not NextProject.objects.exists()
    assert Source.objects.exists()
    assert Person.history.first().history_user == editor


def test_several_are_deleted_at_once_and_recorded(desk):
    people = make.PersonFactory.create_batch(3)
    selected = {"action": "delete_selected", "_selected_action": [row.pk for row in people], "post": "yes"}
    assert desk.post(page(Person, "changelist"), selected).status_code == 302
    assert Person.history.filter(history_type="-").count() == 3


def test_a_refusal_to_delete_leads_back(desk):
    person = make.PersonFactory()
    make.QuoteFactory(speaker=person)
    selected = {"action": "delete_selected", "_selected_action": [person.pk]}
    for response, back in (
        (desk.get(page(person, "delete")), page(person)),
        (desk.post(page(Person, "changelist"), selected), page(Person, "changelist")),
    ):
        assert f'<a href="{back}" class="button cancel-link">Go back</a>' in response.content.decode()


def test_a_refusal_to_delete_what_goes_with_it_leads_back(client):
    project = make.NextProjectFactory()
    client.force_login(account_that_may("view_person", "delete_person"))
    response = client.get(page(project.person, "delete"))
    assert response.context["perms_lacking"]
    assert f'<a href="{page(project.person)}" class="button cancel-link">Go back</a>' in response.content.decode()
