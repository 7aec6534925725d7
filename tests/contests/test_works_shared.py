"""A work with a public entry in one contest, and an entry in another that the public must not see or that changes."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contests import results
from contests.four_eyes import hands_of
from contests.models import Submission, Work
from record.merging import merge, undo
from record.merging.planning import Plan
from record.models import FormerSlug
from tests import factories as make
from tests.admin_pages import filled, page, saved
from tests.public_pages import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def won():
    """Return the public win of an entry in the contest "c". The work is by Honest, another work by Other."""
    contest = make.ContestFactory(published=True, slug="c")
    work, other = make.WorkFactory(title="Winner", slug="winner"), make.WorkFactory(title="Loser", slug="loser")
    make.CreditFactory(work=work, person__name="Honest")
    make.CreditFactory(work=other, person__name="Other")
    entry = make.SubmissionFactory(contest=contest, work=work, title="Winner", sources=[make.SourceFactory()])
    recognition = make.RecognitionFactory(award__contest=contest, submission=entry, approved_at=None)
    editor = make.UserFactory(editor=True)
    results.approve(contest, actor=editor)
    results.reveal(contest, actor=editor)
    return recognition


@pytest.mark.parametrize(("state", "status"), [("sealed", "eligible"), ("revealed", "withdrawn")])
def test_statistics_count_no_credits_through_a_hidden_entry(client, state, status):
    alpha, beta = make.ContestFactory(slug="alpha", revealed=True), make.ContestFactory(slug="beta", **{state: True})
    shown = make.SubmissionFactory(contest=alpha)
    make.CreditFactory(submission=shown, person__country="IS")
    make.RecognitionFactory(award__contest=alpha, submission=shown)
    asked = ("/api/v1/statistics", "/api/v1/statistics?contest=beta", "/api/v1/statistics?contest=alpha")
    before = [client.get(url).json()["counted"] for url in asked]
    assert "IS" in json.dumps(before[2]["by_country"])
    make.SubmissionFactory(contest=beta, work=shown.work, status=status)
    assert [client.get(url).json()["counted"] for url in asked] == before
    assert "Iceland" not in body(client, "/statistics/?contest=beta")


def test_the_work_of_a_public_entry_cannot_be_changed(desk, won):
    entry = won.submission
    other = Work.objects.get(slug="loser")
    response = desk.post(page(entry), filled(desk.get(page(entry)), work=other.pk))
    assert list(response.context["adminform"].form.errors) == ["work"]
    entry.refresh_from_db()
    assert entry.work.slug == "winner"
    entry = type(entry).objects.get(pk=entry.pk)
    entry.work = other
    with pytest.raises(ValidationError):
        entry.full_clean()


def test_corrections_tell_nothing_of_a_work_from_before_it_had_the_entry(client, won):
    kept, gone = Work.objects.get(slug="loser"), Work.objects.get(slug="winner")
    kept.credits.all().delete()  # A merge must not give a public award to other authors.
    merge(kept, gone, {}, actor=None)
    assert client.get("/works/winner/").status_code == 301
    told = body(client, "/contests/c/corrections/")
    assert "Loser" not in told


def test_a_title_of_the_work_that_its_page_shows_is_approved_too():
    contest = make.ContestFactory(published=True)
    work = make.WorkFactory(title="Approved title")
    entry = make.SubmissionFactory(contest=contest, work=work, title="Approved title")
    make.SubmissionFactory(contest__sealed=True, work=work)
    recognition = make.RecognitionFactory(award__contest=contest, submission=entry, approved_at=None)
    editor, other = make.UserFactory(editor=True), make.UserFactory(editor=True)
    results.approve(contest, actor=editor)
    work.title, work._history_user = "Another title", other
    work.save()
    recognition.refresh_from_db()
    assert recognition.approval_is_withdrawn
    assert other.pk in hands_of([recognition])[recognition.pk]


@pytest.mark.parametrize("decade", ["١٩٣0", "９９９0", "1930\n", "193", "x"])
def test_a_decade_is_four_plain_digits(client, decade):
    make.SubmissionFactory(contest__revealed=True)
    assert client.get("/works/", {"decade": decade}).status_code == 200


def test_the_slug_of_a_hidden_work_leads_nowhere_after_a_merge_until_its_entry_is_public(client):
    kept, gone = make.WorkFactory(slug="kept"), make.WorkFactory(title="Secret", slug="secret")
    make.RecognitionFactory(submission__work=kept, award__contest__revealed=True)
    make.SubmissionFactory(contest__sealed=True, work=gone)
    make.CreditFactory(work=gone, role="cast")
    make.WorkIdentifierFactory(work=gone)
    merge(kept, gone, {}, actor=None)
    assert FormerSlug.objects.filter(slug="secret").exists()
    assert client.get("/works/secret/").status_code == 404


def entered(desk, contest, **values):
    """Enter a work in the form of entries, and return the response."""
    return desk.post(page(Submission, "add"), filled(desk.get(page(Submission, "add")), contest=contest.pk, **values))


def test_the_first_public_entry_of_a_work_shows_nothing_from_a_hidden_one(desk, client):
    secret, known = make.SourceFactory(title="Secret winners"), make.SourceFactory(title="Known winners")
    hidden = {"title": "Film (Cut for Sealed)", "year": 1999, "countries": ["IS"], "sources": [secret.pk]}
    saved(entered(desk, make.ContestFactory(sealed=True), **hidden, status="eligible"))
    work = Work.objects.get()
    old = make.ContestFactory(revealed=True, public_entries="all")
    shown = {"title": "Film", "year": 1999, "sources": [known.pk]}
    saved(entered(desk, old, **shown, work=work.pk, status="submitted"))
    Submission.objects.filter(contest=old).update(status="eligible")
    work.refresh_from_db()
    assert (work.title, work.slug, work.year_from, list(work.countries)) == ("Film", "film", 1999, [])
    told = body(client, "/works/film/")
    assert "Known winners" in told
    for word in ("Secret", "Cut for Sealed", "Iceland"):
        assert word not in told + body(client, "/sources/")
    assert client.get(f"/sources/{secret.slug}/").status_code == 404
    assert client.get("/works/film-cut-for-sealed/").status_code == 404


def test_two_hidden_entries_of_a_work_have_the_same_titles(desk):
    first = make.SubmissionFactory(contest__sealed=True, title="Cut for Sealed", year=1999, work__year_from=1999)
    Work.objects.update(title="Cut for Sealed", slug="former-secret-title")
    answer = entered(desk, make.ContestFactory(sealed=True), title="Film", work=first.work_id)
    assert "is that of a hidden entry" in answer.content.decode()
    assert list(answer.context["adminform"].form.errors) == ["work"]
    saved(entered(desk, make.ContestFactory(sealed=True), title="Cut for Sealed", work=first.work_id))
    work = Work.objects.get()
    assert (work.title, work.year_from, work.slug) == ("Cut for Sealed", None, "cut-for-sealed")


def test_an_entry_of_a_public_work_changes_nothing_in_it(desk, won):
    work = won.submission.work
    saved(entered(desk, make.ContestFactory(sealed=True), title="Secret cut", work=work.pk, year=1999))
    stored = Work.objects.get(pk=work.pk)
    assert (stored.title, stored.slug, stored.year_from) == ("Winner", "winner", None)


def test_the_page_of_a_hidden_entry_says_when_its_credits_are_public(desk, won):
    hidden = make.SubmissionFactory(contest__sealed=True, work=won.submission.work)
    told = desk.get(page(hidden)).content.decode()
    assert f"This work is public through its entry in {won.award.contest}" in told
    assert told.index("This work is public through") < told.index('id="credits-group"')
    assert "This work is public" not in desk.get(page(won.submission)).content.decode()
    other = make.SubmissionFactory(contest__sealed=True, work=make.SubmissionFactory(contest__sealed=True).work)
    assert "public as soon as one of its entries is" in desk.get(page(other)).content.decode()


def test_a_reason_that_may_be_about_a_hidden_entry_is_in_no_correction(desk, client, won):
    hidden = make.SubmissionFactory(contest__sealed=True, work=won.submission.work)
    opened = filled(desk.get(page(hidden)))
    person = make.PersonFactory(name="Added")
    more = {"credits-TOTAL_FORMS": 2, "credits-1-person": person.pk, "credits-1-role": make.role("cast").pk}
    saved(desk.post(page(hidden), opened | more | {"change_reason": "The jury list of Beta"}))
    told = body(client, "/contests/c/corrections/")
    assert "Added" in told
    assert "jury list" not in told
    hidden.delete()
    assert "jury list" not in body(client, "/contests/c/corrections/")


def test_the_reason_of_a_change_to_a_work_without_hidden_entries_is_public(desk, client, won):
    work = won.submission.work
    values = filled(desk.get(page(work))) | {"disambiguation": "film of 1956", "change_reason": "As printed"}
    saved(desk.post(page(work), values))
    assert "As printed" in body(client, "/contests/c/corrections/")


def test_the_recipients_of_a_hidden_shared_recognition_are_in_no_correction(client, won):
    shared = make.RecognitionFactory(award__contest=won.award.contest, submission=won.submission, approved_at=None)
    shared.submissions.add(make.SubmissionFactory(contest=won.award.contest, status="eligible"))
    parties = [make.PartyFactory(recognition=shared, part=part) for part in ("Seen", "Unseen")]
    results.approve_recognition(shared, actor=None)
    parties[0].delete()
    assert "Recipient" in body(client, "/contests/c/corrections/")
    Submission.objects.exclude(pk=won.submission.pk).update(status="withdrawn")
    parties[1].delete()
    assert "Recipient" not in body(client, "/contests/c/corrections/")


def credited(work, *names, role="creator"):
    return [make.CreditFactory(work=work, person__name=name, role=role) for name in names]


@pytest.mark.parametrize("hidden_state", ["sealed", "revealed"])
def test_a_merge_gives_a_public_award_that_names_nobody_to_no_other_author(won, hidden_state):
    credited(won.submission.work, "Ann")
    gone = make.SubmissionFactory(**{f"contest__{hidden_state}": True}).work
    credited(gone, "Bob")
    with pytest.raises(ValidationError, match="belongs to the authors of its works"):
        merge(won.submission.work, gone, {}, actor=None)
    with pytest.raises(ValidationError, match="belongs to the authors of its works"):
        merge(gone, won.submission.work, {}, actor=None)
    assert Work.objects.filter(pk=gone.pk).exists()


def test_works_with_the_same_authors_are_merged_and_the_merge_is_undone(won):
    person = credited(won.submission.work, "Ann Quill")[0].person
    gone = make.SubmissionFactory(contest__sealed=True).work
    make.CreditFactory(work=gone, person=person, role="creator")
    credited(gone, "An Actress", role="cast")
    undo(merge(won.submission.work, gone, {}, actor=None), actor=None)
    assert [credit.party.name for credit in Work.objects.get(pk=gone.pk).credits.order_by("order")] == [
        "Ann Quill",
        "An Actress",
    ]


def test_an_award_that_names_its_recipients_does_not_depend_on_the_authors(won):
    make.PartyFactory(recognition=won)
    credited(won.submission.work, "Ann")
    gone = make.WorkFactory()
    credited(gone, "Bob")
    merge(won.submission.work, gone, {}, actor=None)


def test_a_merge_of_roles_makes_nobody_an_author_of_a_public_win(won):
    roles = [make.CreditRoleFactory(is_author=is_author) for is_author in (True, False)]
    make.CreditFactory(work=won.submission.work, role=roles[1])
    with pytest.raises(ValidationError, match="belongs to the authors of its works"):
        merge(*roles, {}, actor=None)


def test_the_plan_of_a_merge_names_the_credits_that_it_makes_public(desk, won):
    gone = make.SubmissionFactory(contest__sealed=True).work
    credited(gone, "Bob", "Eve", role="cast")
    make.WorkIdentifierFactory(work=gone)
    plan = Plan(won.submission.work, gone, timezone.now())
    assert sorted(plan.shown_with_it) == [("credits", 2), ("identifiers", 1)]


def test_people_of_one_name_are_merged_although_one_is_credited_otherwise(won):
    kept, gone = make.PersonFactory(name="Ann Quill"), make.PersonFactory(name="Ann Quill", slug="quill")
    make.PartyFactory(recognition=won, person=kept)
    make.PartyFactory(recognition=won, person=gone, credited_as="A. Quill")
    merge(kept, gone, {}, actor=None)
    assert [(party.person, party.credited_as) for party in won.parties.all()] == [(kept, "A. Quill")]
