"""The page of corrections shows what was changed after the reveal, and nothing else."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import results
from contests.corrections import PER_PAGE
from contests.corrections.kinds import KINDS
from contests.models import Contest, Credit, Recognition
from record.history import keep_first_version
from record.merging import merge, undo
from tests import factories as make

pytestmark = pytest.mark.django_db
NOTHING = "Nothing has been corrected."


@pytest.fixture
def contest():
    """Create a contest that was revealed a day ago. All its rows are older."""
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        contest = make.ContestFactory(slug="c", title="Contest", time_zone="Asia/Tokyo", revealed=True)
    now = timezone.now()
    contest.published_at, contest.approved_at, contest.reveal_at = (now - timedelta(days=d) for d in (4, 3, 1))
    Contest.objects.bulk_update([contest], ["published_at", "approved_at", "reveal_at"])
    return contest


@pytest.fixture
def film(contest):
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        return make.SubmissionFactory(contest=contest, title="Lost", slug="lost", logline="A line.")


@pytest.fixture
def before():
    """Make rows that are created inside this block older than the reveal."""
    return lambda: time_machine.travel(timezone.now() - timedelta(days=5))


def told(client, contest, **question):
    """Return the corrections on the page, one line each."""
    response = client.get(f"/contests/{contest.slug}/corrections/", question)
    assert response.status_code == 200
    items = re.findall(r"<li>\s*<h3>.*?</li>", response.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


def change(row, reason=None, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row._change_reason = reason
    row.save()


def test_without_a_change_it_says_so(client, contest, film, before):
    with before():
        change(film, "Before", title="Found")
    change(film, "Nothing that anybody sees", poster_alt="x")
    response = client.get("/contests/c/corrections/")
    assert NOTHING in response.content.decode()
    assert told(client, contest) == []


def test_what_is_kept_of_a_row_without_a_history_is_compared_with_and_is_no_correction(client, contest, film):
    quote = make.QuoteFactory(event__contest=contest, text="As loaded.", speaker__name="Ada")
    for row in (quote, quote.event, quote.speaker, quote.source):
        row.history.all().delete()  # Rows loaded from a fixture have no history.
    keep_first_version(type(quote), [quote.pk])
    assert told(client, contest) == []
    change(quote, text="As said.")
    assert told(client, contest) == ["Quote, Changed Ada Words before: As loaded. now: As said."]


def test_a_changed_field_is_told_with_what_stood_there_and_why(client, contest, film):
    change(film, "The festival corrected it", title="Found", runtime=125)
    assert told(client, contest) == [
        "Film, Changed Found Title before: Lost now: Found Runtime now: 2:05 Why The festival corrected it"
    ]
    page = client.get("/contests/c/corrections/").content.decode()
    assert f'<a href="{film.get_absolute_url()}" dir="auto">Found</a>' in page
    local = timezone.localtime(film.history.first().history_date, timezone.zoneinfo.ZoneInfo("Asia/Tokyo")).date()
    assert f'datetime="{local.isoformat()}"' in page


def test_a_row_that_was_loaded_has_nothing_to_compare_its_first_change_with(client, nextgen, editor):
    contest = Contest.objects.get(slug="nextgen")
    assert Contest.history.count() == 0
    assert told(client, contest) == []
    figure, won = contest.figures.first(), Recognition.objects.filter(award__contest=contest).first()
    figure._history_user = editor
    change(figure, "Counted again", value=5)
    results.revoke(won, actor=editor, reason="Made up.")
    lines = told(client, contest)
    assert len(lines) == 2
    assert lines[0].startswith("Award, Revoked Grand Prize: Alzheimer Revoked on now:")
    assert lines[1] == f"Figure, Changed {figure.label} The earlier text was not kept. Why Counted again"


def test_who_made_the_change_is_told_to_nobody(client, contest, film):
    film._history_user = make.UserFactory(name="Secret Editor", email="secret@example.org")
    change(film, "Why", title="Found")
    page = client.get("/contests/c/corrections/").content.decode()
    assert "Secret" not in page
    assert "secret@" not in page


def test_a_revocation_and_a_restoration_are_told_with_the_public_reason(client, contest, film, before):
    with before():
        won = make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", submission=film)
    results.revoke(won, actor=None, reason="Not made by its creator.", on=timezone.localdate())
    lines = told(client, contest)
    assert len(lines) == 1
    assert re.fullmatch(
        r"Award, Revoked Grand Prize: Lost Revoked on now: .+ \d{4} Reason now: Not made by its creator\.",
        lines[0],
    ), lines
    results.restore(Recognition.objects.get(), actor=None, reason="It was right.")
    assert told(client, contest)[0] == "Award, Restored Grand Prize: Lost Why It was right."


def test_a_restoration_needs_a_reason(contest):
    won = make.RecognitionFactory(award__contest=contest, revoked=True)
    with pytest.raises(ValidationError, match="Enter a reason"):
        results.restore(won, actor=None, reason=" ")


def test_a_corrected_name_is_told_where_visitors_saw_it(client, contest, before):
    with before():
        series = make.SeriesFactory(name="Serie")
        Contest.objects.update(series=series)
        change(contest.organiser, name="Orga")
        event = make.EventFactory(contest=contest, host=make.OrganisationFactory(name="Hostt"))
        names = {
            "Maker": make.CreditFactory(submission__contest=contest).person,
            "Winer": make.RecognitionFactory(award__contest=contest, of_person=True).person,
            "Presentr": make.PersonFactory(),
            "Panelist": make.AppearanceFactory(event=event).person,
            "Speakr": make.QuoteFactory(event=event).speaker,
            "Counted": make.FigureFactory(contest=contest, organisation=make.OrganisationFactory()).organisation,
        }
        make.RecognitionFactory(award__contest=contest, presenters=[names["Presentr"]])
        for name, row in names.items():
            change(row, name=name)
    for row in (*names.values(), contest.organiser, event.host, series):
        change(row, "It was misspelt", name=f"{row.name}!")
    kinds = {"Orga": "Organisation", "Hostt": "Organisation", "Counted": "Organisation", "Serie": "Series"}
    assert sorted(told(client, contest)) == sorted(
        f"{kinds.get(name, 'Person')}, Changed {name}! Name before: {name} now: {name}! Why It was misspelt"
        for name in {*names, *kinds}
    )
    # A part that was never public in this contest is not a correction.
    change(names["Maker"], "Hiddenword", biography="Hiddenword")
    assert "Hiddenword" not in client.get("/contests/c/corrections/").content.decode()


def test_a_name_that_was_corrected_before_anybody_saw_it_is_not_told(client, contest, film, before):
    with before():
        hidden = make.CreditFactory(submission__contest=contest, submission__status="submitted").person
        later = make.PersonFactory(name="Hiddenword")
        elsewhere = make.CreditFactory(submission__contest__revealed=True).person
        change(hidden, name="Hiddenword")
    change(hidden, "Hiddenword", name="Shown")
    change(later, "Hiddenword", name="Shown later")
    change(elsewhere, "Elsewhere", name="Other")
    change(hidden.credits.get().work.entries.get(), status="eligible")
    make.CreditFactory(submission=film, person=later)
    page = client.get("/contests/c/corrections/").content.decode()
    assert ("Hiddenword" in page, "Elsewhere" in page) == (False, False)
    change(hidden, "It was misspelt", name="Shown at last")
    assert told(client, contest)[0].startswith("Person, Changed Shown at last Name before: Shown now")


def test_a_merge_that_was_undone_is_not_told(client, contest, film, before, editor):
    with before():
        kept, gone = make.PersonFactory(name="Ann"), make.PersonFactory(name="Anne")
        make.CreditFactory(submission=film, person=kept)
        make.CreditFactory(submission=film, person=gone, role="writer")
    done = merge(kept, gone, actor=editor)
    assert [line.partition(" Person")[0] for line in told(client, contest)] == ["Credit, Changed Lost"]
    undo(done, actor=editor)
    assert told(client, contest) == []
    # These words in a reason can't hide a correction.
    change(film, "Merge undone", title="Found")
    assert told(client, contest) == ["Film, Changed Found Title before: Lost now: Found Why Merge undone"]


def test_what_was_added_and_what_was_removed(client, contest, film, before):
    with before():
        credit = make.CreditFactory(submission=film, person__name="Ann", role="director")
        other = make.SubmissionFactory(contest=contest, title="Goneword")
    credit.delete()
    make.CreditFactory(submission=film, person__name="Ben", role="writer")
    other.delete()
    assert told(client, contest) == [
        "Film, Removed",
        "Credit, Added Lost Person now: Ben Role now: Writer",
        "Credit, Removed",
    ]
    assert "Goneword" not in client.get("/contests/c/corrections/").content.decode()


def test_another_person_is_named_only_while_the_public_sees_them(client, contest, film, before):
    with before():
        credit = make.CreditFactory(submission=film, person__name="Annword")
        shown = make.CreditFactory(submission=film, person__name="Ben").person
    change(credit, person=shown, role=make.role("writer"))
    assert told(client, contest) == [
        "Credit, Changed Lost Person before: no longer public now: Ben Role before: Creator now: Writer"
    ]
    assert "Annword" not in client.get("/contests/c/corrections/").content.decode()


def test_sources_and_presenters_are_compared_as_sets(client, contest, film, before):
    with before():
        won = make.RecognitionFactory(award__contest=contest, award__name="Prize", submission=film)
        film.sources.set([make.SourceFactory(title="Old report")])
    film.sources.set([make.SourceFactory(title="New report")])
    won.presenters.set([make.PersonFactory(name="Ann"), make.PersonFactory(name="Ben")])
    film.save()
    assert [line for line in told(client, contest) if "Presented" in line] == [
        "Award, Changed Prize: Lost Presented by now: Ann and Ben"
    ]
    assert [line for line in told(client, contest) if "New report" in line] == [
        "Film, Changed Lost Sources now: New report"
    ]


def test_every_kind_of_row_is_told(client, contest, film, before):
    with before():
        event = make.EventFactory(contest=contest, title="Evening")
        rows = {
            "award": (make.AwardFactory(contest=contest), {"prize_amount": 500, "prize_currency": "USD"}),
            "category": (make.CategoryFactory(contest=contest), {"name": "Short"}),
            "figure": (make.FigureFactory(contest=contest), {"value": "4600"}),
            "leadingregion": (make.LeadingRegionFactory(contest=contest), {"country": "SE"}),
            "event": (event, {"starts_at": timezone.now()}),
            "appearance": (make.AppearanceFactory(event=event), {"role": "host"}),
            "quote": (make.QuoteFactory(event=event, language="en"), {"language": "ja", "text": "Other words."}),
            "credit": (make.CreditFactory(submission=film), {"role": make.role("editor")}),
            "party": (make.PartyFactory(recognition__award__contest=contest, part="Producer"), {"part": "Lead"}),
            "recognition": (make.RecognitionFactory(award__contest=contest, submission=film), {"standing": "mention"}),
            "submission": (film, {"countries": ["PL", "KR"]}),
            "work": (film.work, {"languages": "pl,en", "year_from": 1956}),
            "workidentifier": (make.WorkIdentifierFactory(work=film.work), {"value": "Q4242"}),
            "contest": (contest, {"prize_pool": "42000.50", "prize_currency": "USD", "opens_at": timezone.now()}),
        }
    assert set(rows) == set(KINDS)
    for row, values in rows.values():
        change(row, **values)
    lines = told(client, contest)
    assert len(lines) == len(rows)
    for words in (
        "Prize money now: 500",
        " and Poland",
        "Editor",
        "Host",
        "42,000",
        "Japanese",
        "4,600",
        "Polish and English",
        "Q4242",
    ):
        assert [words in line for line in lines].count(True) == 1, (words, lines)


@pytest.mark.parametrize("language", ["ja", "zh-hans", "ko", "pl"])
def test_in_every_language(client, contest, film, language):
    change(film, "Why", title="Found", language="pl", countries=["PL"])
    response = client.get(f"/{language}/contests/c/corrections/")
    assert response.status_code == 200
    assert "Found" in response.content.decode()


@pytest.mark.parametrize("state", ["sealed", "approved_future"])
def test_before_the_reveal_there_is_nothing_to_correct(client, state):
    contest = make.ContestFactory(slug="c", **{state: True})
    film = make.SubmissionFactory(contest=contest, title="Secretword")
    change(film, "Secretword", logline="Secretword")
    change(contest, "Secretword", tagline="Shown")
    figure = make.FigureFactory(contest=contest)
    change(figure, "Secretword", value=3)
    page = client.get("/contests/c/corrections/").content.decode()
    assert NOTHING in page
    assert "Secretword" not in page


def test_what_the_public_does_not_see_or_did_not_see_then_is_not_told(client, contest, film, before):
    draft = make.SubmissionFactory(contest=contest, title="Draftword", status="draft")
    credit = make.CreditFactory(submission=draft, person__name="Draftword")
    change(draft, "Draftword", logline="Draftword")
    change(credit, "Draftword", role=make.role("writer"))
    credit.delete()
    draft.delete()
    assert told(client, contest) == []
    with before():
        late = make.SubmissionFactory(contest=contest, title="Late", status="draft")
    change(late, "Draftword", logline="Draftword")
    change(late, "Now in the record", status="eligible")
    assert told(client, contest) == ["Film, Added Late Why Now in the record"]
    change(late, "Was not eligible", status="withdrawn")
    assert told(client, contest) == ["Film, Removed Why Was not eligible"]


def test_a_recognition_that_was_approved_later_was_added_then(client, contest, film, before):
    with before():
        won = make.RecognitionFactory(award__contest=contest, award__name="Prize", submission=film, approved_at=None)
    change(won, "Secretword", citation="Secretword")
    won.citation = ""
    won.save()
    won = results.approve_recognition(won, actor=None)
    assert told(client, contest) == ["Award, Added Prize: Lost Standing now: Winner"]
    hidden = make.RecognitionFactory(award=won.award, of_person=True, approved_at=None)
    hidden.delete()
    won._change_reason = "It was another"
    won.delete()
    assert told(client, contest) == ["Award, Removed Why It was another"]


def test_a_reason_that_reads_like_a_step_is_told_as_every_other(client, contest, film):
    change(film, "Sealed", title="Found")
    assert told(client, contest)[0].endswith("Why Sealed")


def test_an_unpublished_contest_has_no_page_and_a_moved_one_leads_on(client, contest):
    from record.slug_lookup import keep_former_slug

    make.ContestFactory(slug="draft")
    assert client.get("/contests/draft/corrections/").status_code == 404
    keep_former_slug(contest, "old")
    assert client.get("/contests/old/corrections/")["Location"] == "/contests/c/corrections/"


def test_pages_follow_each_other_and_lose_nothing(client, contest, film, before):
    with before():
        credits = make.CreditFactory.create_batch(20, submission=film)
        awards = make.AwardFactory.create_batch(20, contest=contest)
    with time_machine.travel(timezone.now(), tick=False):  # All changes have the same time.
        for number, row in enumerate([*credits, *awards]):
            row._change_reason = f"Number {number}."
            row.name = "editor"
            row.role = make.role("editor")
            row.save()
    seen, question = [], {}
    while True:
        lines = told(client, contest, **question)
        assert len(lines) <= PER_PAGE
        seen += [re.search(r"Number \d+\.", line).group() for line in lines]
        page = client.get("/contests/c/corrections/", question).content.decode()
        token = re.search(r'rel="next" href="\?after=([^"]+)"', page)
        if token is None:
            break
        question = {"after": token.group(1)}
    assert sorted(seen) == sorted(f"Number {number}." for number in range(40))
    assert f'rel="canonical" href="http://testserver/contests/c/corrections/?after={question["after"]}"' in page


@pytest.mark.parametrize("token", ["x", "\0", "W10", "x" * 10_000, "WzEsMiwzXQ", "W251bGwsbnVsbCxudWxsXQ", "ünï"])
def test_a_place_that_nobody_was_given_is_the_beginning(client, contest, film, token):
    change(film, title="Found")
    assert len(told(client, contest, after=token)) == 1


@pytest.mark.parametrize("rows", [3, 20])
def test_three_statements_whatever_is_told(client, contest, film, before, rows):
    with before():
        credits = make.CreditFactory.create_batch(rows, submission=film)
        event = make.EventFactory(contest=contest)
        quotes = make.QuoteFactory.create_batch(rows, event=event)
    for row in credits:
        change(row, role=make.role("editor"), source=make.SourceFactory())
    for row in quotes:
        change(row, context="On stage")
    assert connection.features.supports_json_field  # Reading this feature queries the database once per process.
    with CaptureQueriesContext(connection) as captured:
        client.get("/contests/c/corrections/")
    assert len(captured) == 3


def test_the_contest_and_its_winners_lead_there(client, contest):
    for page in ("/contests/c/", "/contests/c/winners/"):
        assert 'href="/contests/c/corrections/"' in client.get(page).content.decode()
    assert Credit.objects.count() == 0
