"""
Two editors change the same record: the second form shows the first editor's changes, asks what to keep, and loses
nothing.
"""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.text import capfirst

from contests import results
from contests.models import Contest, Credit
from people.models import Affiliation, Person
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


MAIN = {
    # For each model: a field that both editors change, and one for each that only that editor changes.
    make.ContestFactory: ("tagline", "about", "city"),
    make.SubmissionFactory: ("title", "logline", "tools"),
    make.AwardFactory: ("name", "description", "precedence"),
    make.RecognitionFactory: ("citation", "order", "standing"),
    make.EventFactory: ("title", "venue", "description"),
    make.QuoteFactory: ("text", "context", "language"),
    make.CategoryFactory: ("name", "description", "order"),
    make.FigureFactory: ("label", "note", "value"),
    make.SeriesFactory: ("name", "description", "slug"),
    make.LeadingRegionFactory: ("rank", "country", "source"),
    make.CreditFactory: ("order", "role", "source"),
    make.CreditRoleFactory: ("name", "name_pl", "order"),
    make.AppearanceFactory: ("order", "role", "source"),
    make.PersonFactory: ("name", "headline", "biography"),
    make.OrganisationFactory: ("name", "description", "website"),
    make.SourceFactory: ("title", "note", "publisher"),
    make.AffiliationFactory: ("role", "organisation", "source"),
    make.PastWorkFactory: ("title", "description", "year"),
    make.NextProjectFactory: ("description", "title", "year"),
}


VALUES = {
    "order": ("31001", "31002"),
    "rank": ("31001", "31002"),
    "standing": ("finalist", "nominee"),
    "language": ("ja", "ko"),
    "country": ("SE", "NO"),
    "website": ("https://example.org/1", "https://example.org/2"),
    "year": ("2024", "2025"),
    "value": ("17", "18"),
    "slug": ("one", "two"),
    "precedence": ("31001", "31002"),
}


NAMES = {factory._meta.model.__name__: factory for factory in MAIN}


def values_for(row, field: str) -> tuple[str, str]:
    """Return two valid values for the field of `row` that differ from its current value."""
    if field == "source":
        return tuple(str(make.SourceFactory().pk) for _ in range(2))
    if field == "organisation":
        return tuple(str(make.OrganisationFactory().pk) for _ in range(2))
    if field == "role" and isinstance(row, make.AppearanceFactory._meta.model):
        return "presenter", "winner"
    if field == "role" and isinstance(row, Credit):
        return tuple(str(make.role(role).pk) for role in ("producer", "editor"))
    if field == "role" and isinstance(row, Affiliation):
        return "Founder", "Adviser"
    return VALUES.get(field, ("Theirs", "Mine"))


def told(row, field: str) -> str:
    value = row._meta.get_field(field).value_from_object(type(row).objects.get(pk=row.pk))
    return str(getattr(value, "code", value)).removesuffix(".00")


@pytest.fixture
def grace():
    return make.UserFactory(editor=True, name="Grace")


@pytest.fixture
def other(grace):
    """Return the browser of a second editor."""
    client = Client()
    client.force_login(grace)
    return client


@pytest.fixture
def ada():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(ada):
    client = Client()
    client.force_login(ada)
    return client


def label(row, field: str) -> str:
    return str(capfirst(row._meta.get_field(field).verbose_name))


@contextmanager
def tried():
    """Roll back what is saved inside the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_either_editor_is_lost_and_what_both_changed_is_asked(desk, other, name):
    # Approved results can't be changed.
    row = NAMES[name](**({"approved_at": None} if name == "Recognition" else {}))
    both, theirs, mine = MAIN[NAMES[name]]
    (first, second), taken, typed = values_for(row, both), values_for(row, theirs)[0], values_for(row, mine)[1]
    opened = desk.get(page(row))
    changes = {both: first, theirs: taken, "change_reason": "Why"}
    saved(other.post(page(row), filled(other.get(page(row)), **changes)))
    shown = desk.post(page(row), filled(opened, **{both: second, mine: typed}))
    assert (shown.status_code, told(row, mine) == typed) == (200, False)
    (met,) = shown.context["merged_edits"].rows
    told_of = {one.label: one.question for one in met.differences}
    assert told_of == {label(row, both): f"choose:{both}", label(row, theirs): ""}
    assert [(str(by.history_user), by.history_change_reason) for by in met.records] == [("Grace", "Why")]
    content = shown.content.decode()
    assert all(text in content for text in ("Grace", "“Why”", f'name="choose:{both}" value="mine"'))
    unanswered = desk.post(page(row), filled(shown))
    assert (unanswered.status_code, unanswered.context["merged_edits"].asked) == (200, [both])
    for choice, stands in (("mine", second), ("theirs", first)):
        with tried():
            saved(desk.post(page(row), filled(unanswered, **{f"choose:{both}": choice})))
            assert (told(row, both), told(row, theirs), told(row, mine)) == (stands, taken, typed)


def test_what_two_editors_changed_in_different_fields_stands_both(desk, other):
    person = make.PersonFactory()
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), headline="Artist")))
    shown = desk.post(page(person), filled(opened, biography="Born"))
    assert (shown.context["merged_edits"].asked, told(person, "biography")) == ([], "")
    saved(desk.post(page(person), filled(shown)))
    assert (told(person, "headline"), told(person, "biography")) == ("Artist", "Born")


def test_nothing_is_asked_where_nobody_came_in_between(desk):
    person = make.PersonFactory()
    opened = desk.get(page(person))
    saved(desk.post(page(person), filled(opened, headline="Artist")))
    assert told(person, "headline") == "Artist"


def test_same_change_by_both_is_no_question(desk, other):
    person = make.PersonFactory()
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), headline="Artist")))
    saved(desk.post(page(person), filled(opened, headline="Artist")))
    assert told(person, "headline") == "Artist"


def test_third_editor_in_between_is_asked_about_too(desk, other):
    person = make.PersonFactory(headline="0")
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), headline="1")))
    shown = desk.post(page(person), filled(opened, headline="mine"))
    saved(other.post(page(person), filled(other.get(page(person)), headline="2")))
    again = desk.post(page(person), filled(shown, **{"choose:headline": "theirs"}))
    (difference,) = again.context["merged_edits"].rows[0].differences
    assert (difference.was, difference.theirs, difference.mine) == ("0", "2", "mine")
    saved(desk.post(page(person), filled(again, **{"choose:headline": "mine"})))
    assert told(person, "headline") == "mine"


def test_choice_is_not_asked_again_after_another_mistake(desk, other):
    person = make.PersonFactory()
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), headline="1")))
    shown = desk.post(page(person), filled(opened, headline="mine"))
    mistaken = desk.post(page(person), filled(shown, name="", **{"choose:headline": "mine"}))
    assert (mistaken.status_code, mistaken.context["adminform"].form.errors) == (
        200,
        {"name": ["This field is required."]},
    )
    saved(desk.post(page(person), filled(mistaken, name="Ann")))
    assert (told(person, "headline"), told(person, "name")) == ("mine", "Ann")


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_sources_that_both_chose_are_asked(desk, other, choice):
    first, second, third = make.SourceFactory.create_batch(3)
    person = make.PersonFactory(sources=[first])
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), sources=[first.pk, second.pk])))
    shown = desk.post(page(person), filled(opened, sources=[third.pk]))
    (difference,) = shown.context["merged_edits"].rows[0].differences
    assert (difference.was, sorted(difference.theirs.split(", ")), difference.mine) == (
        first.title,
        sorted([first.title, second.title]),
        third.title,
    )
    saved(desk.post(page(person), filled(shown, **{"choose:sources": choice})))
    assert set(person.sources.all()) == ({third} if choice == "mine" else {first, second})


def test_presenters_that_somebody_else_chose_stay(desk, other):
    presenter = make.PersonFactory()
    recognition = make.RecognitionFactory()
    opened = desk.get(page(recognition))
    saved(other.post(page(recognition), filled(other.get(page(recognition)), presenters=[presenter.pk])))
    shown = desk.post(page(recognition), filled(opened, citation="Exactly this"))
    saved(desk.post(page(recognition), filled(shown)))
    recognition.refresh_from_db()
    assert (list(recognition.presenters.all()), recognition.citation) == ([presenter], "Exactly this")


def test_revocation_meanwhile_is_not_undone_by_its_page(desk, grace):
    contest = make.ContestFactory(revealed=True)
    work = make.SubmissionFactory(contest=contest, status="eligible")
    recognition = make.RecognitionFactory(submission=work, award__contest=contest)
    opened = desk.get(page(recognition))
    results.revoke(recognition, actor=grace, reason="Withdrawn")
    shown = desk.post(page(recognition), filled(opened, citation="Words"))
    saved(desk.post(page(recognition), filled(shown)) if shown.status_code == 200 else shown)
    recognition.refresh_from_db()
    assert (recognition.is_revoked, recognition.citation) == (True, "Words")


def test_approval_meanwhile_is_not_undone_by_the_page_of_the_contest(desk, grace):
    contest = make.ContestFactory(published=True)
    opened = desk.get(page(contest))
    results.approve(contest, actor=grace)
    saved(desk.post(page(contest), filled(opened, city="Tokyo")))
    contest.refresh_from_db()
    assert (contest.approved_by, contest.city) == (grace, "Tokyo")


def test_time_zone_set_meanwhile_leaves_the_moments_as_they_are(desk, other):
    contest = make.ContestFactory(time_zone="UTC")
    opened = desk.get(page(contest))
    saved(other.post(page(contest), filled(other.get(page(contest)), time_zone="Asia/Tokyo")))
    shown = desk.post(page(contest), filled(opened, opens_at_0="2026-10-27", opens_at_1="09:30"))
    assert 'name="opens_at_1" value="18:30"' in shown.content.decode()
    saved(desk.post(page(contest), filled(shown)))
    contest = Contest.objects.get()
    assert (contest.time_zone, contest.opens_at.isoformat()) == ("Asia/Tokyo", "2026-10-27T09:30:00+00:00")


def test_row_deleted_meanwhile_is_told_with_what_was_typed_and_can_be_entered_again(desk, other):
    person = make.PersonFactory(name="Ann")
    make.AffiliationFactory(person=person, role="Founder", organisation__name="AI Talk")
    opened = desk.get(page(person))
    saved(other.post(page(person, "delete"), {"post": "yes"}))
    gone = desk.post(page(person), filled(opened, headline="Artist"))
    assert gone.context["record"].history_type == "-"
    content = gone.content.decode()
    assert all(text in content for text in ("Grace", "Ann", "Artist", "Founder", "AI Talk"))
    values = dict(gone.context["again"]) | {"_continue": "1"}
    saved(desk.post(gone.context["add"], values))
    again = Person.objects.get(name="Ann")
    assert (again.headline, again.affiliations.get().role) == ("Artist", "Founder")


def test_page_of_nobody_that_no_portal_opened_leads_back_to_the_index(desk):
    assert desk.post("/admin/people/person/987654/change/", {"name": "Ann"})["Location"] == "/admin/"


@pytest.mark.parametrize("sign", ["", "x", "\x00", "a" * 10_000, None])
def test_page_without_a_valid_sign_saves_nothing_over_what_differs(desk, sign):
    person, stranger = make.PersonFactory(headline="0"), make.PersonFactory()
    values = filled(desk.get(page(person)), headline="1")
    values["opened_with"] = filled(desk.get(page(stranger)))["opened_with"] if sign is None else sign
    shown = desk.post(page(person), values)
    (difference,) = shown.context["merged_edits"].rows[0].differences
    assert (difference.theirs, difference.mine) == ("0", "1")
    saved(desk.post(page(person), filled(shown, **{"choose:headline": "mine"})))
    assert told(person, "headline") == "1"


def test_change_without_a_trace_in_the_history_is_found_too(desk):
    person = make.PersonFactory(headline="0")
    opened = desk.get(page(person))
    Person.objects.update(headline="1")
    shown = desk.post(page(person), filled(opened, headline="2"))
    assert "The history does not show this change: it was made by a command or a fixture." in shown.content.decode()
    assert told(person, "headline") == "1"


@pytest.mark.parametrize(("waits", "lost"), [(False, ["ann.png"]), (True, [])])
def test_file_that_was_chosen_is_asked_for_again_unless_it_waits(desk, other, monkeypatch, waits, lost):
    monkeypatch.setattr("record.admin.three_way_merge._waits", lambda field: waits)
    person = make.PersonFactory()
    opened = desk.get(page(person))
    saved(other.post(page(person), filled(other.get(page(person)), headline="Artist")))
    upload = SimpleUploadedFile("ann.png", b"no picture", "image/png")
    shown = desk.post(page(person), filled(opened) | {"portrait": upload})
    assert shown.context["merged_edits"].lost_files == lost
    assert ("Files to choose again:" in shown.content.decode()) is bool(lost)


def test_who_may_only_look_gets_no_sign_and_changes_nothing():
    person = make.PersonFactory(headline="0")
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_person"))
    client = Client()
    client.force_login(viewer)
    shown = client.get(page(person))
    assert shown.context["adminform"].form["opened_with"].value() is None
    assert client.post(page(person), {"headline": "1"}).status_code == 403
    assert told(person, "headline") == "0"
