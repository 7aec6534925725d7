"""An approval covers the content of a result. Any change of the content before the reveal withdraws the approval."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contests import results
from contests.admin.ceremony import slides, to_be_shown
from contests.approval import changes_since, hold
from contests.models import Award, Category, Credit, CreditRole, Recognition, Step, Submission, Work
from people.models import Person
from record.merging import merge
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def editor():
    return make.UserFactory(editor=True)


@pytest.fixture
def won(editor):
    """Create a grand prize that was approved together with its contest. The reveal is in an hour."""
    contest = make.ContestFactory(sealed=True)
    row = make.RecognitionFactory(
        award__contest=contest,
        award__name="Grand Prize",
        submission__title="Alpha",
        submission__categories=[make.CategoryFactory(contest=contest, name="Shorts")],
        presenters=[make.PersonFactory()],
        approved_at=None,
    )
    make.CreditFactory(submission=row.submission, person__name="Ada Nowak", role="director")
    contest = results.approve(contest, actor=editor)
    results.reveal(contest, actor=editor, at=NOW() + timedelta(hours=1))
    return Recognition.objects.get()


def is_shown(row, at) -> bool:
    return Recognition.objects.public(Viewpoint(at)).filter(pk=row.pk).exists()


def add_credit(row):
    make.CreditFactory(submission=row.submission, person__name="Bo Lind", role="editor")


def merge_maker(row):
    friend = make.PersonFactory(name="Friend")
    merge(friend, row.submission.credits.get().person, {"name": "kept"}, actor=None)


# For each part of a result: how the test changes it, and how the portal describes the change.
CHANGES = {
    "award": (lambda row: Award.objects.update(name="Second"), "award: “Grand Prize” → “Second”"),
    "kind": (lambda row: Award.objects.update(kind="mention"), "kind: Prize → Mention"),
    "work": (lambda row: Submission.objects.update(title="Beta"), "work: “Alpha” → “Beta, Alpha”"),
    "original title": (lambda row: Submission.objects.update(original_title="Älva"), "original title: — → “Älva”"),
    "status": (
        lambda row: Submission.objects.update(status="withdrawn"),
        "status of the entry: Eligible → Withdrawn",
    ),
    "no category": (lambda row: row.submission.categories.clear(), "categories: “Shorts” → —"),
    "another category": (
        lambda row: row.submission.categories.add(make.CategoryFactory(contest=row.award.contest, name="Long")),
        "categories: “Shorts” → “Long, Shorts”",
    ),
    "category": (lambda row: Category.objects.update(name="Long"), "categories: “Shorts” → “Long”"),
    "maker": (
        lambda row: Person.objects.filter(name="Ada Nowak").update(name="Ida Nowak"),
        "credits: Ada Nowak, Director → Ida Nowak, Director",
    ),
    "credit": (
        lambda row: Credit.objects.update(role=make.role("cast")),
        "credits: Ada Nowak, Director → Ada Nowak, Cast",
    ),
    "credit added": (add_credit, "credits: Ada Nowak, Director → Ada Nowak, Director; Bo Lind, Editor"),
    "credit gone": (lambda row: Credit.objects.all().delete(), "credits: Ada Nowak, Director → —"),
    "merge": (merge_maker, "credits: Ada Nowak, Director → Friend, Director"),
    "standing": (lambda row: Recognition.objects.update(standing="nominee"), "standing: Winner → Nominee"),
    "place": (lambda row: Recognition.objects.update(rank=2), "place: — → “2”"),
    "tied": (lambda row: Recognition.objects.update(is_tied=True), "tied: — → yes"),
    "shared": (lambda row: Recognition.objects.update(is_shared=True), "shared prize: — → yes"),
    "who counts as an author": (
        lambda row: CreditRole.objects.filter(slug="director").update(is_author=True),
        "authors: — → “Ada Nowak”",
    ),
    "another work": (
        lambda row: Recognition.submissions.through.objects.update(
            submission=make.SubmissionFactory(contest=row.award.contest, title="Gamma")
        ),
        "work: “Alpha” → “Gamma”; categories: “Shorts” → —; credits: Ada Nowak, Director → —",
    ),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_what_an_approval_covers_is_changed_and_nobody_sees_it_before_it_is_approved_anew(won, editor, change, told):
    contest, film = won.award.contest, won.submission
    at = contest.reveal_at + timedelta(minutes=1)
    assert is_shown(won, at)
    change(won)
    won.refresh_from_db()
    assert (won.approved_at, won.approval_is_withdrawn) == (None, True)
    assert changes_since([won]) == {won.pk: told}
    # Neither a scheduled nor an immediate reveal shows the result, and the ceremony view doesn't either.
    assert not is_shown(won, at)
    assert not to_be_shown(contest).exists()
    assert len(slides(contest)) == 1
    results.reveal(contest, actor=editor)
    assert not is_shown(won, NOW())
    Submission.objects.filter(pk=film.pk).update(status="eligible")
    won.refresh_from_db()
    results.approve_recognition(won, actor=editor)
    assert is_shown(won, NOW())


def test_the_history_says_that_an_approval_was_withdrawn_and_keeps_the_presenters(won):
    Award.objects.update(name="Second")
    entry = won.history.first()
    assert (entry.step, entry.history_user, entry.approved_at) == (Step.WITHDRAWN, None, None)
    assert entry.history_change_reason == "Approval withdrawn: something that it covers was changed"
    assert [link.person for link in entry.presenters.all()] == list(won.presenters.all())
    assert abs(entry.history_date - NOW()) < timedelta(seconds=5)


@pytest.mark.parametrize("changed", [{"citation": "Quiet."}, {"order": 30_001}, {"source": None}])
def test_what_an_approval_does_not_cover_leaves_it(won, changed):
    for name, value in changed.items():
        setattr(won, name, value)
    won.save()
    Submission.objects.update(logline="One line", runtime=60)
    Person.objects.update(headline="A line")
    Award.objects.update(description="What it is", name="Grand Prize")
    won.refresh_from_db()
    assert (won.approved_at is not None, changes_since([won])) == (True, {})


def test_a_row_that_was_read_before_brings_no_approval_back(won):
    stale = Recognition.objects.get(pk=won.pk)
    Award.objects.update(name="Second")
    stale.citation = "Quiet."
    stale.save()
    assert Recognition.objects.values_list("approved_at", "citation").get() == (None, "Quiet.")
    assert stale.history.first().approved_at is None


def test_what_was_changed_and_changed_back_waits_all_the_same(won):
    for name in ("Second", "Grand Prize"):
        Award.objects.update(name=name)
    won.refresh_from_db()
    assert changes_since([won]) == {won.pk: "a value was changed and later restored"}


def test_two_awards_that_are_renamed_into_each_other_are_not_revealed(editor):
    contest = make.ContestFactory(sealed=True)
    rows = [make.RecognitionFactory(award__contest=contest, award__name=name, approved_at=None) for name in "AB"]
    results.reveal(results.approve(contest, actor=editor), actor=editor, at=NOW() + timedelta(hours=1))
    for row in rows:
        row.award.name = {"A": "B", "B": "A"}[row.award.name]
        row.award.save()
    assert not Recognition.objects.public(Viewpoint(NOW() + timedelta(hours=2))).exists()


def test_a_work_that_was_to_be_shown_ahead_waits_with_its_award(won, editor):
    moment = NOW() + timedelta(minutes=5)
    results.reveal_recognition(won, actor=editor, at=moment)
    Award.objects.update(name="Second")
    won.refresh_from_db()
    assert (won.reveal_at, Submission.objects.get().reveal_at) == (None, None)


def test_after_the_reveal_a_change_is_a_correction(won, editor):
    results.reveal(won.award.contest, actor=editor)
    for name in ("award", "kind", "work", "category", "maker", "credit added", "credit gone"):
        CHANGES[name][0](won)
    Submission.objects.update(status="eligible")
    assert is_shown(won, NOW())


def test_what_was_shown_ahead_stays_though_the_others_wait(won, editor):
    results.reveal_recognition(won, actor=editor)
    Award.objects.update(name="Second")
    assert is_shown(won, NOW())


@pytest.mark.parametrize("of_all", [True, False])
def test_a_seal_forgets_what_was_approved(won, editor, of_all):
    results.seal(won.award.contest, actor=editor) if of_all else results.seal_recognition(won, actor=editor)
    Award.objects.update(name="Second")
    won.refresh_from_db()
    assert (won.approved_as, won.approval_is_withdrawn) == (None, False)
    assert Recognition.objects.filter(approved_as__isnull=True).count() == 1


def test_what_a_fixture_approved_is_approved_and_has_nothing_written_down(nextgen):
    assert set(Recognition.objects.values_list("approved_as", flat=True)) == {None}
    assert Recognition.objects.public(Viewpoint.now()).count() == Recognition.objects.count() == 3


def test_what_has_changed_is_read_at_the_result_the_contest_the_step_and_the_desk(won, client, editor):
    Award.objects.update(name="Second")
    client.force_login(editor)
    said = "Changed since approval: Second: Alpha (award: “Grand Prize” → “Second”)."
    contest = won.award.contest
    for address in (page(won), page(contest)):
        assert said in client.get(address).content.decode()
    for row, name in ((contest, "reveal"), (contest, "approve"), (won, "approve")):
        address = f"{page(type(row), 'changelist')}steps/{name}/?row={row.pk}"
        assert said in client.get(address).content.decode()
    assert "changed since the approval" in client.get(page(Recognition, "changelist")).content.decode()
    (panel, *_others) = client.get("/admin/").context["dashboard"]["panels"]
    assert (str(panel.title), panel.number) == ("Results changed since their approval", "1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["credit", "title"])
def test_what_is_being_approved_waits_for_the_approval(change):
    """On PostgreSQL, nobody adds a credit to a work, or changes its title, between its description and the approval."""
    row = make.RecognitionFactory(award__contest__sealed=True, submission__title="Alpha", approved_at=None)
    work, person, role = row.submission.work, make.PersonFactory(), make.role("editor")
    changed = Event()

    def alter():
        try:
            if change == "credit":
                Credit.objects.create(work=work, person=person, role=role, order=9)
            else:
                Work.objects.filter(pk=work.pk).update(title="Beta")
        finally:
            connection.close()
            changed.set()

    other = Thread(target=alter)
    with transaction.atomic():
        hold([row])
        if connection.vendor == "postgresql":
            other.start()
            assert not changed.wait(1)
    if connection.vendor == "sqlite":  # It has one writer at a time.
        other.start()
    other.join(60)
    assert changed.is_set()
    assert Work.objects.filter(title="Beta").exists() or Credit.objects.filter(order=9).exists()
