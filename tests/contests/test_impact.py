"""The page of a step finds out what the step changes for the public by reading alone, and it is right."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import results
from contests.admin import impact
from contests.admin.impact import KINDS, Scope, cited_in, keys_of, outlook
from contests.models import Contest, Credit, Recognition, Submission
from contests.step_saving import Trial
from record.viewpoint import Viewpoint
from tests import factories as make

from .test_admin_results import filled_contest, step

pytestmark = pytest.mark.django_db


def contest(state, **values):
    """
    A contest with results in `state`, public from an hour ago if they are "ahead": two works share a creator, an
    organisation is credited, one recognition waits for approval, one is revoked, and one is of a person. Another work
    has no award.
    """
    whole = filled_contest(**({"approved_future": True} if state == "ahead" else {state: True}), **values)
    won = Recognition.objects.get()
    make.CreditFactory(submission=won.submission, person__name="Ada", source=make.SourceFactory())
    make.CreditFactory(submission=won.submission, person=None, organisation=make.OrganisationFactory(name="Dee House"))
    other = make.AwardFactory(contest=whole, name="Other award")
    make.RecognitionFactory(award=other, submission=won.submission, standing="mention")
    make.RecognitionFactory(award=won.award, approved_at=None, presenters=[make.PersonFactory(name="Bo")])
    make.RecognitionFactory(award=won.award, of_person=True, person__name="Cy")
    make.RecognitionFactory(award=won.award, revoked=True)
    make.SubmissionFactory(contest=whole, title="Without an award", is_selected=False)
    make.SubmissionFactory(contest=whole, title="Submitted", status="submitted")
    if state == "sealed":
        Recognition.objects.update(approved_at=None)
    if state == "ahead":
        moment = timezone.now() - timedelta(hours=1)
        Recognition.objects.filter(pk=won.pk).update(reveal_at=moment)
        Submission.objects.filter(pk=won.submission.pk).update(reveal_at=moment)
    return whole


def winner():
    return Recognition.objects.order_by("pk").first()


# For each step: the state before it, its function, its row (by default the contest) and its other arguments.
STEPS = {
    "approve": ("sealed", results.approve, None, {}),
    "approve the rest": ("approved_future", results.approve, None, {}),
    "approve one, before": ("approved_future", results.approve_recognition, "waiting", {}),
    "approve one, after": ("revealed", results.approve_recognition, "waiting", {}),
    "reveal": ("approved_future", results.reveal, None, {}),
    "reveal the rest": ("ahead", results.reveal, None, {}),
    "reveal one": ("approved_future", results.reveal_recognition, "winner", {}),
    "reveal one of a person": ("approved_future", results.reveal_recognition, "of person", {}),
    "seal": ("approved_future", results.seal, None, {}),
    "seal one": ("approved_future", results.seal_recognition, "winner", {}),
    "seal one beside one that is shown": ("ahead", results.seal_recognition, "mention", {}),
    "revoke": ("revealed", results.revoke, "winner", {"reason": "Not theirs"}),
    "restore": ("revealed", results.restore, "revoked", {"reason": "Theirs"}),
    "winners only": ("revealed", results.show_entries, None, {"entries": "winners"}),
    "selected entries": ("approved_future", results.show_entries, None, {"entries": "selected"}),
    "show an entry": ("revealed", results.show_entry, "submitted", {}),
    "hide an entry": ("selected", results.hide_entry, "unawarded", {}),
}
ROWS = {
    "winner": winner,
    "waiting": lambda: Recognition.objects.get(approved_at=None),
    "mention": lambda: Recognition.objects.get(standing="mention"),
    "of person": lambda: Recognition.objects.get(parties__person__name="Cy"),
    "revoked": lambda: Recognition.objects.get(revoked_on__isnull=False),
    "submitted": lambda: Submission.objects.get(title="Submitted"),
    "unawarded": lambda: Submission.objects.get(title="Without an award"),
}


def prepared(name):
    state, act, row, values = STEPS[name]
    whole = contest("revealed" if state == "selected" else state)
    if state == "selected":
        whole.public_entries = "selected"
        whole.save()
        Submission.objects.filter(title="Without an award").update(is_selected=True)
    return whole, partial(act, ROWS[row]() if row else whole, actor=None, **values)


def public(whole, at, trial=None):
    viewpoint = Viewpoint(at) if at else Viewpoint.now()
    scope = Scope.of([Contest.objects.get(pk=whole.pk)], viewpoint, cited_in([whole.pk]), trial)
    found = keys_of([kind.public(scope) for kind in KINDS], trial)
    return {str(kind.name): keys for kind, keys in zip(KINDS, found, strict=True)}


@pytest.mark.parametrize("later", [False, True], ids=["now", "at the reveal"])
@pytest.mark.parametrize("name", STEPS)
def test_a_trial_shows_the_public_what_the_step_itself_shows(name, later):
    whole, act = prepared(name)
    # A sealed contest has no reveal.
    at = (whole.reveal_at or timezone.now() + timedelta(days=1)) if later else None
    before = public(whole, at)
    trial = Trial()
    act(trial=trial)
    tried = public(whole, at, trial)
    assert public(whole, at) == before, "the trial has written nothing"
    shown = outlook([whole], lambda trial: act(trial=trial), at)
    act()
    after = public(whole, at)
    assert tried == after
    assert {str(each.kind): (each.before, each.after) for each in shown.differences} == {
        kind: (len(before[kind]), len(after[kind])) for kind in before if before[kind] != after[kind]
    }


KINDS_CHANGED = {
    "reveal": set(map(str, (kind.name for kind in KINDS))),
    "seal": set(map(str, (kind.name for kind in KINDS))),
    "revoke": {"recognitions"},
}


@pytest.mark.parametrize("name", KINDS_CHANGED)
def test_the_steps_above_change_what_is_compared(name):
    """Otherwise the test before would compare nothing."""
    whole, act = prepared(name)
    at = whole.reveal_at if name == "seal" else None
    before, trial = public(whole, at), Trial()
    act(trial=trial)
    after = public(whole, at, trial)
    assert {kind for kind in before if before[kind] != after[kind]} == KINDS_CHANGED[name]


def test_two_steps_of_one_trial_see_each_other():
    whole = contest("approved_future")
    won, mention = winner(), ROWS["mention"]()
    trial = Trial()
    later = timezone.now() + timedelta(hours=1)
    results.reveal_recognition(won, actor=None, at=later, trial=trial)
    results.reveal_recognition(mention, actor=None, trial=trial)
    work = trial.changed[Submission][won.submission.pk]
    assert work.reveal_at == trial.changed[Recognition][mention.pk].reveal_at < later
    assert won.submission.pk in public(whole, None, trial)["works"]


PAGES = {
    "sealed": ["approve"],
    "approved_future": ["reveal", "schedule", "seal", "entries-winners"],
    "revealed": ["entries-selected"],
}


@pytest.mark.parametrize(("state", "name"), [(state, name) for state, names in PAGES.items() for name in names])
def test_the_page_of_a_step_only_reads_and_locks_nothing(desk, state, name):
    whole = contest(state)
    assert_only_reads(desk, step(whole, name))


@pytest.mark.parametrize(
    ("state", "row", "name"),
    [
        ("approved_future", "waiting", "approve"),
        ("approved_future", "winner", "reveal"),
        ("approved_future", "winner", "seal"),
        ("revealed", "winner", "revoke"),
        ("revealed", "revoked", "restore"),
        ("revealed", "submitted", "show"),
    ],
)
def test_the_page_of_a_step_of_one_row_only_reads_too(desk, state, row, name):
    contest(state)
    assert_only_reads(desk, step(ROWS[row](), name))


def assert_only_reads(desk, address):
    with CaptureQueriesContext(connection) as captured:
        response = desk.get(address)
    assert response.status_code == 200
    assert response.context["outlook"].refusals == []
    statements = [query["sql"].lstrip("( \n") for query in captured]
    assert len(statements) >= 8
    assert [sql for sql in statements if not sql.startswith(("SELECT", "WITH")) or "FOR UPDATE" in sql] == []


def test_a_step_of_one_recognition_compares_only_the_rows_that_it_can_reach(monkeypatch):
    def compared(others):
        whole = filled_contest(revealed=True, slug=f"with-{others}")
        source = make.SourceFactory()
        for number in range(others):
            work = make.SubmissionFactory(contest=whole, title=f"Other {number}")
            make.CreditFactory(submission=work, source=source)
        found = []

        def spy(*arguments):
            keys = keys_of(*arguments)
            found.append(keys)
            return keys

        won = Recognition.objects.get(award__contest=whole)
        with monkeypatch.context() as patched, CaptureQueriesContext(connection) as captured:
            patched.setattr(impact, "keys_of", spy)
            shown = outlook([whole], lambda trial: results.revoke(won, actor=None, reason="Not theirs", trial=trial))
        assert [(str(each.kind), each.before, each.after) for each in shown.differences] == [("recognitions", 1, 0)]
        return [len(keys) for several in found for keys in several], len(captured)

    assert compared(1) == compared(7)


def test_people_who_are_public_through_another_contest_do_not_appear():
    whole = contest("approved_future")
    known = Credit.objects.get(person__name="Ada").person
    make.CreditFactory(submission=make.SubmissionFactory(contest=make.ContestFactory(revealed=True)), person=known)
    shown = outlook([whole], lambda trial: results.reveal(whole, actor=None, trial=trial))
    people = next(each for each in shown.differences if str(each.kind) == "people")
    assert "Ada" not in [name for name, _url in people.appear]
    assert (people.after - people.before, people.leaving) == (people.appearing, 0)


def test_nobody_is_said_to_disappear_if_there_are_more_works_than_are_read(monkeypatch):
    whole = contest("revealed", public_entries="all")
    other = make.SubmissionFactory(contest=make.ContestFactory(revealed=True), title="Elsewhere")
    make.CreditFactory(submission=other, person=Credit.objects.get(person__name="Ada").person)
    make.CreditFactory(submission=Submission.objects.get(title="Without an award"), person__name="Dee")

    def people():
        hide = partial(results.show_entries, whole, actor=None, entries="winners")
        shown = outlook([whole], lambda trial: hide(trial=trial))
        return [
            (each.is_more, [name for name, _url in each.leave]) for each in shown.differences if each.kind == "people"
        ]

    assert people() == [(False, ["Dee"])]
    monkeypatch.setattr(impact, "MOST", 1)
    assert all(is_more and not leaving for is_more, leaving in people())


def test_sources_of_a_large_contest_are_read_up_to_a_limit(monkeypatch):
    whole = contest("revealed")
    monkeypatch.setattr(impact, "MOST", 1)
    for _number in range(4):
        make.CreditFactory(submission=winner().submission, source=make.SourceFactory())
    with CaptureQueriesContext(connection) as captured:
        cited_in([whole.pk])
    assert len(captured) == 1
    assert captured[0]["sql"].count("LIMIT 2") == len(
        impact._TO_CONTEST
    )  # Parties have no source; one more reads the sources.


def test_organisations_that_a_step_makes_public_are_named():
    whole = make.ContestFactory(approved_future=True)
    studio, house, school, elsewhere = (
        make.OrganisationFactory(name=name) for name in ("Studio", "House", "School", "Elsewhere")
    )
    won = make.RecognitionFactory(award__contest=whole, submission__contest=whole)
    make.PartyFactory(recognition=won, person=None, organisation=studio, order=5)
    made = make.CreditFactory(submission=won.submission)
    make.CreditFactory(submission=won.submission, person=None, organisation=house)
    make.CreditFactory(submission=won.submission, person=None, organisation=elsewhere)
    make.AffiliationFactory(person=made.person, organisation=school)
    make.ContestFactory(revealed=True, organiser=elsewhere)  # So it is public already.
    shown = outlook([whole], lambda trial: results.reveal(whole, actor=None, trial=trial))
    [found] = [each for each in shown.differences if str(each.kind) == "organisations"]
    assert sorted(name for name, _url in found.appear) == ["House", "School", "Studio"]
    assert "/organisations/" in shown.lists
