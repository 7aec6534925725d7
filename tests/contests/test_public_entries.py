"""Which entries are public after the reveal, who decides that, and who may see the link to a work."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from contests import results
from contests.models import Contest, Credit, Quote, Recognition, Submission
from people.models import Person
from record.viewpoint import Viewpoint
from search import index
from tests import factories as make
from tests.admin_pages import account_that_may, filled, page, saved, version_page
from tests.contests.test_corrections import told as corrections
from tests.public_pages import text_of
from tests.test_reveal_sweep import crawl

pytestmark = pytest.mark.django_db

WINNERS, SELECTED, ALL = Contest.PublicEntries.values
WORKS = "/admin/contests/submission/"


def entries(contest):
    """
    Create entries with an award in each state, one that is selected, one that is only eligible, and one that is not.
    """
    award = make.AwardFactory(contest=contest)
    film = {name: make.SubmissionFactory(contest=contest, title=name) for name in ("won", "nominated", "revoked")}
    film["waits"] = make.SubmissionFactory(contest=contest, title="waits")
    film["selected"] = make.SubmissionFactory(contest=contest, title="selected", is_selected=True)
    film["eligible"] = make.SubmissionFactory(contest=contest, title="eligible")
    make.SubmissionFactory(contest=contest, title="submitted", status="submitted", is_selected=True)
    make.RecognitionFactory(award=award, submission=film["won"])
    make.RecognitionFactory(award=award, submission=film["nominated"], standing="nominee")
    make.RecognitionFactory(award=award, submission=film["revoked"], revoked=True)
    make.RecognitionFactory(award=award, submission=film["waits"], approved_at=None)
    return film


def shown(viewpoint=None):
    return set(Submission.objects.public(viewpoint or Viewpoint.now()).values_list("title", flat=True))


AWARDED = {"won", "nominated", "revoked"}
SHOWN = {WINNERS: AWARDED, SELECTED: AWARDED | {"selected"}, ALL: AWARDED | {"selected", "waits", "eligible"}}


@pytest.mark.parametrize("which", SHOWN)
def test_the_public_sees_after_the_reveal_what_the_contest_shows_of_its_entries(which):
    contest = make.ContestFactory(approved_future=True, public_entries=which)
    films = entries(contest)
    just_before = contest.reveal_at - timedelta(microseconds=1)
    assert shown(Viewpoint(just_before)) == set()
    assert shown(Viewpoint(contest.reveal_at)) == SHOWN[which]
    # People in the credits of a work and quotes about it are public exactly if the work is.
    for film in films.values():
        make.CreditFactory(submission=film, person__name=film.title)
        make.QuoteFactory(event__contest=contest, submission=film, text=film.title)
    people = set(Person.objects.public(Viewpoint(contest.reveal_at)).values_list("name", flat=True))
    assert people & set(films) == SHOWN[which]
    assert set(Quote.objects.public(Viewpoint(contest.reveal_at)).values_list("text", flat=True)) == SHOWN[which]
    assert Recognition.objects.public(Viewpoint(contest.reveal_at)).count() == 3


def test_a_new_contest_shows_only_entries_with_an_award_and_a_new_link_is_for_the_jury():
    assert Contest().public_entries == WINNERS
    assert (Submission().is_selected, Submission().work_url_audience) == (False, "jury")


def test_a_result_ahead_of_the_rest_shows_its_entry_and_no_other():
    contest = make.ContestFactory(approved_future=True, public_entries=SELECTED)
    films = entries(contest)
    results.reveal_recognition(films["won"].recognitions.get(), actor=None)
    assert shown() == {"won"}


def test_a_preview_shows_what_the_reveal_will_show():
    contest = make.ContestFactory(sealed=True, public_entries=WINNERS)
    entries(contest)
    # In a preview, every result counts as approved.
    assert shown(Viewpoint(timezone.now(), preview=contest.pk)) == AWARDED | {"waits"}


def test_an_approval_after_the_reveal_shows_its_entry():
    contest = make.ContestFactory(revealed=True, public_entries=WINNERS)
    films = entries(contest)
    results.approve_recognition(films["waits"].recognitions.get(), actor=None)
    assert shown() == AWARDED | {"waits"}


def test_saving_an_entry_never_publishes_it(desk):
    contest = make.ContestFactory(revealed=True, public_entries=ALL)
    for status in ("submitted", "draft"):
        film = make.SubmissionFactory(contest=contest, status=status)
        refused = desk.post(page(film), {**filled(desk.get(page(film))), "status": "eligible"})
        assert "would make it public at once" in refused.content.decode()
    values = {"action": "set_status", "_selected_action": [film.pk], "preview": "1", "status": "eligible"}
    plan = desk.post(WORKS, {**values, "reason": "Checked"}).context["plan"]
    assert "would make it public at once" in plan[0].errors[0]
    assert shown() == set()
    with pytest.raises(ValidationError, match="public at once"):
        Submission(contest=contest, title="New", slug="new", status="eligible").clean()
    # An entry that does not become public can be saved.
    Contest.objects.update(public_entries=WINNERS)
    assert desk.post(page(film), {**filled(desk.get(page(film))), "status": "eligible"}).status_code == 302
    assert shown() == set()
    # A public entry stays public.
    Contest.objects.update(public_entries=ALL)
    assert desk.post(page(film), {**filled(desk.get(page(film))), "title": "Now"}).status_code == 302
    assert shown() == {"Now"}


def test_an_entry_does_not_become_public_by_moving_to_a_contest_that_shows_it():
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, public_entries=ALL))
    film.contest = make.ContestFactory(revealed=True, public_entries=ALL)
    with pytest.raises(ValidationError, match="public at once"):
        film.clean()
    selected = make.SubmissionFactory(contest=make.ContestFactory(), is_selected=True)
    selected.contest = make.ContestFactory(approved_future=True, public_entries=SELECTED)
    with pytest.raises(ValidationError, match="Show to the public"):
        selected.clean()


def test_an_entry_with_a_known_award_is_not_made_eligible_in_passing():
    film = make.SubmissionFactory(
        contest=make.ContestFactory(revealed=True, public_entries=WINNERS), status="submitted"
    )
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    film.status = "eligible"
    with pytest.raises(ValidationError, match="public at once"):
        film.clean()
    results.show_entry(film, actor=None)
    assert shown() == {film.title}


@pytest.mark.parametrize("state", ["approved_future", "revealed"])
def test_after_the_approval_only_steps_change_what_is_shown(desk, state):
    contest = make.ContestFactory(**{state: True}, public_entries=SELECTED)
    film = make.SubmissionFactory(contest=contest)
    for row, field in ((contest, "public_entries"), (film, "is_selected")):
        assert field not in filled(desk.get(page(row)))
    contest.public_entries, film.is_selected = ALL, True
    with pytest.raises(ValidationError, match="results are approved"):
        contest.clean()
    with pytest.raises(ValidationError, match="Show to the public"):
        film.clean()
    values = {"action": "set_is_selected", "_selected_action": [film.pk], "preview": "1", "is_selected": "on"}
    plan = desk.post(WORKS, {**values, "reason": "Chosen"}).context["plan"]
    assert "Show to the public" in plan[0].errors[0]


def test_before_the_approval_the_forms_do(desk):
    contest = make.ContestFactory(sealed=True, public_entries=WINNERS)
    film = make.SubmissionFactory(contest=contest)
    assert desk.post(page(contest), {**filled(desk.get(page(contest))), "public_entries": SELECTED}).status_code == 302
    values = {"action": "set_is_selected", "_selected_action": [film.pk], "is_selected": "on", "reason": "Chosen"}
    seen = desk.post(WORKS, {**values, "preview": "1"}).context["seen"]
    assert desk.post(WORKS, {**values, "apply": "1", "seen": seen}).status_code == 302
    film.refresh_from_db()
    contest.refresh_from_db()
    assert (contest.public_entries, film.is_selected) == (SELECTED, True)
    with pytest.raises(ValidationError, match="not approved yet"):
        results.show_entries(contest, actor=None, entries=ALL)
    with pytest.raises(ValidationError, match="not approved yet"):
        results.hide_entry(film, actor=None)


def test_a_step_shows_what_becomes_public_and_needs_the_right_to_reveal(desk):
    contest = make.ContestFactory(revealed=True, public_entries=SELECTED)
    entries(contest)
    address = f"/admin/contests/contest/steps/entries-all/?row={contest.pk}"
    client = Client()
    client.force_login(account_that_may("change_contest", "view_contest", "change_submission", "approve_results"))
    assert client.get(address).status_code == client.post(address).status_code == 403
    film = Submission.objects.get(title="eligible")
    assert client.post(f"{WORKS}steps/show/?row={film.pk}").status_code == 403
    assert shown() == SHOWN[SELECTED]

    asked = desk.get(address)
    films = next(each for each in asked.context["outlook"].differences if str(each.kind) == "works")
    assert (films.before, films.after) == (4, 6)
    assert {name for name, _address in films.appear} == {"waits", "eligible"}
    assert shown() == SHOWN[SELECTED]
    assert desk.post(address).status_code == 302
    assert shown() == SHOWN[ALL]
    contest.refresh_from_db()
    assert contest.history.first().history_change_reason == "Entries that the public sees: all"


def test_single_entries_are_shown_and_hidden_by_steps(desk):
    contest = make.ContestFactory(revealed=True, public_entries=SELECTED)
    films = entries(contest)
    submitted = Submission.objects.get(title="submitted")
    desk.post(f"{WORKS}steps/show/?row={films['eligible'].pk}&row={submitted.pk}")
    assert shown() == SHOWN[SELECTED] | {"eligible", "submitted"}
    desk.post(f"{WORKS}steps/hide/?row={films['eligible'].pk}")
    assert shown() == SHOWN[SELECTED] | {"submitted"}
    draft = make.SubmissionFactory(contest=contest, draft=True)
    with pytest.raises(ValidationError, match="neither submitted nor eligible"):
        results.show_entry(draft, actor=None)
    results.show_entries(contest, actor=None, entries=WINNERS)
    with pytest.raises(ValidationError, match="only entries with an award"):
        results.show_entry(films["eligible"], actor=None)
    with pytest.raises(ValidationError, match="is not selected"):
        results.hide_entry(films["eligible"], actor=None)
    with pytest.raises(ValidationError, match="already"):
        results.show_entries(contest, actor=None, entries=WINNERS)


@pytest.mark.parametrize("audience", ["jury", "public"])
def test_a_link_reaches_the_public_only_where_it_is_for_everybody(client, desk, audience):
    contest = make.ContestFactory(revealed=True, slug="c")
    film = make.SubmissionFactory(
        contest=contest, slug="f", work_url="https://films.example/f", work_url_audience=audience
    )
    make.RecognitionFactory(award__contest=contest, submission=film)
    index.refresh()
    page, work = film.get_absolute_url(), "/contests/c/submissions/f/"
    answers = {
        url: "films.example" in read(client.get(url))
        for url in (
            *(page, "/contests/c/winners/", "/", f"{work}press-kit.zip", "/contests/c/press-kit.zip"),
            *(f"/api/v1/submissions/{film.key}", "/api/v1/submissions", "/embed/contests/c/submissions/f/"),
            *(f"/oembed?url=http%3A//testserver{page}", "/winners/feed.atom", "/winners/feed.json"),
            *(f"{work}citation.txt", "/search/?q=films", "/contests/c/submissions/"),
        )
    }
    shown_on = {url for url, there in answers.items() if there}
    assert shown_on == (
        set()
        if audience == "jury"
        else {
            *(page, "/contests/c/winners/", f"{work}press-kit.zip", "/contests/c/press-kit.zip"),
            *(f"/api/v1/submissions/{film.key}", "/api/v1/submissions"),
        }
    )
    export = desk.get(WORKS + "export/csv/")
    assert "films.example" in read(export)


def read(response):
    return text_of(response.getvalue())


@pytest.fixture
def revealed():
    """Create a contest that shows only winners and was revealed a day ago, with an entry that only editors can see."""
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        contest = make.ContestFactory(slug="c", revealed=True, public_entries=WINNERS)
        film = make.SubmissionFactory(contest=contest, title="Late", logline="Hiddenword")
        make.CreditFactory(submission=film, role="writer")
        make.RecognitionFactory(award__contest=contest, submission=film, approved_at=None)
    now = timezone.now()
    moments = {"published_at": now - timedelta(days=4), "approved_at": now - timedelta(days=3)}
    Contest.objects.filter(pk=contest.pk).update(**moments, reveal_at=now - timedelta(days=1))
    return Contest.objects.get()


def change(row, reason="", **values):
    for name, value in values.items():
        setattr(row, name, value)
    row._change_reason = reason
    row.save()


def test_what_was_corrected_while_an_entry_was_hidden_is_not_told(client, revealed):
    film, credit = Submission.objects.get(), Credit.objects.get()
    with time_machine.travel(timezone.now() - timedelta(minutes=9)):
        change(film, "Hiddenword", logline="As it was shown.")
        change(credit, "Hiddenword", role=make.role("director"))
    won = Recognition.objects.get()
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        results.approve_recognition(won, actor=None)
    assert [line.split(" Standing")[0] for line in corrections(client, revealed)] == [f"Award, Added {won}"]
    change(film, logline="As it is.")
    change(credit, role=make.role("editor"))
    assert corrections(client, revealed)[:2] == [
        "Credit, Changed Late Role before: Director now: Editor",
        "Film, Changed Late Logline before: As it was shown. now: As it is.",
    ]
    assert "Hiddenword" not in client.get("/contests/c/corrections/").content.decode()


def test_an_entry_that_is_shown_or_hidden_by_itself_is_told(client, revealed):
    film = Submission.objects.get()
    results.show_entries(revealed, actor=None, entries=SELECTED)
    results.show_entry(film, actor=None)
    assert corrections(client, revealed) == ["Film, Added Late"]
    results.hide_entry(film, actor=None)
    assert corrections(client, revealed)[:1] == ["Film, Removed"]


def test_a_link_for_the_jury_is_not_told_when_it_is_corrected(client, revealed):
    film = Submission.objects.get()
    results.show_entries(revealed, actor=None, entries=ALL)
    change(film, work_url="https://jury.example/1", work_url_audience="jury")
    change(film, work_url="https://jury.example/2", title="Later")
    assert corrections(client, revealed) == ["Film, Changed Later Title before: Late now: Later"]
    change(film, work_url_audience="public")
    assert corrections(client, revealed)[0] == "Film, Changed Later Link to the work now: https://jury.example/2"


def test_nextgen_shows_the_same_whether_its_winners_or_all_of_its_entries_are_shown(client, nextgen):
    assert Contest.objects.get(slug="nextgen").public_entries == WINNERS
    base = "/contests/nextgen/"
    urls = [
        base,
        f"{base}winners/",
        f"{base}submissions/",
        "/works/alzheimer/",
        "/",
        "/people/",
        "/quotes/",
    ]
    urls += ["/sources/", "/statistics/", "/search/?q=robot", "/sitemap-works.xml", f"{base}press-kit.zip"]
    urls += ["/api/v1/submissions", "/api/v1/people", "/api/v1/statistics", "/winners/feed.json"]
    with time_machine.travel(timezone.now(), tick=False):
        as_it_is = crawl(client, urls)
        assert {status for status, *_rest in as_it_is.values()} == {200}
        Contest.objects.update(public_entries=ALL)
        assert crawl(client, urls) == as_it_is


def test_an_old_version_is_put_back_without_what_steps_decided_since(desk):
    contest = make.ContestFactory(approved_future=True, public_entries="winners", tagline="First")
    results.show_entries(contest, entries="all", actor=None)
    contest = Contest.objects.get(pk=contest.pk)
    contest.tagline = "Second"
    contest.save()
    version = version_page(contest, 0)
    saved(desk.post(version, filled(desk.get(version), change_reason="As before")))
    contest.refresh_from_db()
    assert (contest.tagline, contest.public_entries) == ("First", "all")
