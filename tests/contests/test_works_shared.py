"""A work with a public entry in one contest, and an entry in another that the public must not see or that changes."""

import json

import pytest
from django.core.exceptions import ValidationError

from contests import results
from contests.four_eyes import hands_of
from contests.models import Work
from record.merging import merge
from record.models import FormerSlug
from tests import factories as make
from tests.admin_pages import filled, page
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
    make.CreditFactory(work=gone)
    make.WorkIdentifierFactory(work=gone)
    merge(kept, gone, {}, actor=None)
    assert FormerSlug.objects.filter(slug="secret").exists()
    assert client.get("/works/secret/").status_code == 404
