"""
The ceremony view shows one award after the other on a screen. Each press shows a winner, and may also reveal the
result.
"""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from contests import results
from contests.models import Contest, Recognition, Submission
from contests.visibility import Results
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import inline_in, page, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    """
    Create an approved contest with a grand prize, a selection of two works, and rows that the ceremony does not show.
    """
    contest = make.ContestFactory(title="NextGen", approved_future=True)
    grand = make.AwardFactory(contest=contest, name="Grand Prize", precedence=1)
    selection = make.AwardFactory(contest=contest, name="Selection", precedence=2)
    for award, title, order in ((grand, "Alpha", 1), (selection, "Beta", 1), (selection, "Gamma", 2)):
        won = make.RecognitionFactory(award=award, submission__title=title, order=order, citation=f"Jury on {title}")
        make.CreditFactory(submission=won.submission, person__name=f"Maker of {title}", person__country="PL")
    make.RecognitionFactory(award=selection, submission__title="Unapproved", approved_at=None)
    make.RecognitionFactory(award=selection, submission__title="Revoked", revoked=True)
    make.RecognitionFactory(award=selection, submission__title="Withdrawn", submission__status="withdrawn")
    return contest


NAMES = ("Alpha", "Beta", "Gamma", "Unapproved", "Revoked", "Withdrawn")


def ceremony_url(contest) -> str:
    return f"/admin/contests/contest/{contest.pk}/ceremony/"


def named_in(response) -> list[str]:
    return [name for name in NAMES if name in response.content.decode()]


def shown(contest) -> list[str]:
    """Return the winners that the public can see."""
    rows = Recognition.objects.public(Viewpoint.now()).in_force().filter(award__contest=contest)
    return [row.submission.title for row in rows.order_by("award__precedence", "order")]


def confirm(desk, contest):
    return desk.post(desk.get(ceremony_url(contest)).context["confirm"])


def run(desk, contest, way):
    """
    Return every page from the first press to the last, as triples of heading, names on the page, and public winners at
    that time.
    """
    if way:
        confirm(desk, contest)
    address = desk.get(ceremony_url(contest)).context["first"] + way
    seen = []
    response = desk.get(address)
    while True:
        heading = re.search(r"<h1[^>]*>([^<]*)</h1>", response.content.decode())[1]
        seen.append((heading, named_in(response), shown(contest)))
        following = response.context["forward"]
        if not following:
            return seen
        assert inline_in(response) == []
        assert re.search(r"\d+ ?/ ?\d+", re.sub(r"<[^>]*>", "", response.content.decode())) is None
        warned = "“Next” makes" in response.content.decode()
        assert warned is bool(response.context["press_reveals"])
        press = desk.post if response.context["press_reveals"] else desk.get
        response = press(following, follow=True)


def test_winners_come_one_by_one_the_highest_last_and_no_name_before_its_press(desk, contest):
    assert run(desk, contest, "") == [
        ("Selection", [], []),
        ("Gamma", ["Gamma"], []),
        ("Beta", ["Beta"], []),
        ("Grand Prize", [], []),
        ("Alpha", ["Alpha"], []),
        ("NextGen", [], []),
    ]
    assert Contest.objects.get().results(Viewpoint.now()) is Results.APPROVED


def test_the_press_makes_public_what_it_shows_and_the_last_one_everything(desk, editor, contest):
    assert run(desk, contest, "?live=1") == [
        ("Selection", [], []),
        ("Gamma", ["Gamma"], ["Gamma"]),
        ("Beta", ["Beta"], ["Beta", "Gamma"]),
        ("Grand Prize", [], ["Beta", "Gamma"]),
        ("Alpha", ["Alpha"], ["Alpha", "Beta", "Gamma"]),
        ("NextGen", [], ["Alpha", "Beta", "Gamma"]),
    ]
    assert Contest.objects.get().results(Viewpoint.now()) is Results.PUBLIC
    assert Recognition.objects.get(submissions__title="Alpha").history.first().history_user == editor


def slide(contest, title) -> str:
    won = Recognition.objects.get(submissions__title=title)
    return f"{ceremony_url(contest)}winner/{won.pk}/?live=1"


def test_a_slide_tells_who_made_it_where_and_what_the_jury_said(desk, contest):
    confirm(desk, contest)
    told = desk.get(slide(contest, "Alpha")).content.decode()
    for words in ("Grand Prize", "Alpha", "Maker of Alpha", "Poland", "Jury on Alpha"):
        assert words in told


def test_a_press_that_is_sent_twice_does_no_harm(desk, contest):
    confirm(desk, contest)
    for _press in range(2):
        assert desk.post(slide(contest, "Gamma"))["Location"] == slide(contest, "Gamma")
    won = Recognition.objects.get(submissions__title="Gamma")
    assert won.history.filter(history_change_reason__startswith="Reveal").count() == 1


def test_a_slide_never_says_public_of_what_is_not(desk, contest):
    confirm(desk, contest)
    assert "Not public" in desk.get(slide(contest, "Gamma")).content.decode()
    desk.post(slide(contest, "Gamma"))
    assert "Not public" not in desk.get(slide(contest, "Gamma")).content.decode()


def test_a_press_that_is_refused_says_why_and_shows_no_winner(desk, contest):
    confirm(desk, contest)
    Contest.objects.update(published_at=None)
    response = desk.post(slide(contest, "Gamma"))
    assert (response.status_code, named_in(response)) == (409, [])
    assert "must be published before its results are revealed" in response.content.decode()
    assert shown(contest) == []


def test_what_is_approved_during_the_ceremony_takes_no_other_winner_s_place(desk, contest):
    confirm(desk, contest)
    response = desk.get(f"{ceremony_url(contest)}award/{contest.awards.get(name='Selection').pk}/?live=1")
    following = response.context["forward"]
    late = Recognition.objects.get(submissions__title="Unapproved")
    results.approve_recognition(late, actor=None)
    assert named_in(desk.post(following, follow=True)) == ["Gamma"]
    assert shown(contest) == ["Gamma"]


def test_start_offers_to_go_public_only_where_that_can_be(desk, contest):
    assert "Reveal on stage" in desk.get(ceremony_url(contest)).content.decode()
    for values in ({"published_at": None}, {"reveal_at": timezone.now()}, {"approved_at": None}):
        changed = make.ContestFactory(approved_future=True, **values)
        make.RecognitionFactory(award__contest=changed)
        assert "Reveal on stage" not in desk.get(ceremony_url(changed)).content.decode()
        for asked in (desk.get, desk.post):
            assert asked(f"{ceremony_url(changed)}reveal/")["Location"] == ceremony_url(changed)
    sealed = desk.get(ceremony_url(make.ContestFactory(sealed=True))).content.decode()
    assert "approve the results first" in sealed


def test_what_is_not_on_stage_has_no_slide(desk, contest):
    other = make.RecognitionFactory(award__contest=make.ContestFactory(approved_future=True))
    hidden = Recognition.objects.get(submissions__title="Unapproved")
    for kind, key in (("winner", hidden.pk), ("winner", other.pk), ("winner", 987654), ("curtain", 1), ("end", 1)):
        address = f"{ceremony_url(contest)}{kind}/{key}/"
        assert (desk.get(address).status_code, desk.post(address).status_code) == (404, 404)
    assert desk.get("/admin/contests/contest/987654/ceremony/").status_code == 404


def test_nobody_else_sees_the_stage_or_presses(client, contest):
    addresses = [ceremony_url(contest), slide(contest, "Alpha")]
    for address in addresses:
        for answer in (client.get(address), client.post(address)):
            assert answer["Location"].startswith("/admin/login/")
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_contest", "approve_results"]))
    client.force_login(viewer)
    for address in addresses:
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert "Stage view" not in client.get(page(contest)).content.decode()
    assert shown(contest) == []


def test_no_other_site_presses(editor, contest):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    assert browser.post(slide(contest, "Alpha")).status_code == 403
    assert shown(contest) == []


def test_nothing_becomes_public_before_the_warning_was_agreed_to(desk, contest):
    warning = f"{ceremony_url(contest)}reveal/"
    assert desk.get(slide(contest, "Gamma"))["Location"] == warning
    assert desk.post(slide(contest, "Gamma"))["Location"] == warning
    assert desk.post(f"{ceremony_url(contest)}end/0/?live=1")["Location"] == warning
    asked = desk.get(warning)
    assert "3 results are not public yet" in asked.content.decode()
    assert (named_in(asked), inline_in(asked), shown(contest)) == ([], [], [])
    begun = desk.post(warning)
    assert begun["Location"] == desk.get(ceremony_url(contest)).context["first"] + "?live=1"
    desk.post(slide(contest, "Gamma"))
    assert shown(contest) == ["Gamma"]
    # A confirmation for one contest does not cover other contests.
    other = make.RecognitionFactory(award__contest=make.ContestFactory(approved_future=True))
    there = ceremony_url(other.award.contest)
    assert desk.post(f"{there}winner/{other.pk}/?live=1")["Location"] == f"{there}reveal/"


def test_a_slide_takes_the_same_statements_however_many_winners_there_are(desk, contest):
    confirm(desk, contest)
    before = statements(desk, slide(contest, "Gamma"))
    for _ in range(10):
        make.CreditFactory(submission=make.RecognitionFactory(award__contest=contest).submission)
    assert statements(desk, slide(contest, "Gamma")) == before


def test_the_start_counts_results_rather_than_winners(desk, contest):
    make.RecognitionFactory(award__contest=contest, standing="mention", submission__title="Mentioned")
    said = desk.get(ceremony_url(contest)).content.decode()
    assert "4 results, from the last award to the highest." in said
    assert "winner" not in re.sub(r"<[^>]*>", "", said).lower()


@pytest.mark.parametrize(
    ("published", "why"),
    [
        (None, "the contest is not published. Set “published from” in its form first."),
        (datetime(2090, 12, 20, 17, tzinfo=UTC), "the contest is published on 20 December 2090, 17:00 UTC."),
    ],
)
def test_the_start_says_why_nothing_can_be_revealed_there(desk, published, why):
    changed = make.ContestFactory(approved_future=True, time_zone="UTC", published_at=published)
    make.RecognitionFactory(award__contest=changed)
    assert f"You can’t reveal results here yet: {why}" in desk.get(ceremony_url(changed)).content.decode()


def test_the_warning_says_where_every_result_is_public_already(desk, contest):
    assert "You can’t reveal results here yet" not in desk.get(ceremony_url(contest)).content.decode()
    Recognition.objects.filter(award__contest=contest).update(reveal_at=timezone.now())
    Submission.objects.filter(contest=contest).update(reveal_at=timezone.now())
    said = desk.get(f"{ceremony_url(contest)}reveal/").content.decode()
    assert "All results are public already" in said
    assert "0 results" not in said
    assert "From now on" not in said
