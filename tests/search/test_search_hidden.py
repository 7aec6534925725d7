"""Hidden rows do not affect a search: neither its SQL statements, nor what it writes, nor the words it knows."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import results
from contests.models import Award, Contest, Recognition, Series, Submission
from people.models import Organisation, Person
from record.viewpoint import Viewpoint
from search import engine, index, triggers
from search.models import Change, Entry, Kind, Part, Spelling
from search.partitions import unmarked
from tests import factories as make
from tests.admin_pages import filled, page
from tests.search.test_search import film as a_film
from tests.search.test_search import found

pytestmark = pytest.mark.django_db
HIDDEN = ("quendraxis", "wolkenkuckuck", "namenkuckuck", "quellenkuckuck", "wortkuckuck")


@pytest.fixture
def shown():
    """Create a public work with an award, its creator and a quote."""
    contest = make.ContestFactory(title="Gala", revealed=True)
    film = make.SubmissionFactory(contest=contest, title="Lantern")
    person = make.CreditFactory(submission=film, person__name="Ada Quill", source=make.SourceFactory()).person
    award = make.AwardFactory(contest=contest, name="Grand Prize", kind="grand_prize")
    make.RecognitionFactory(award=award, submission=film)
    for number in range(6):
        make.AwardFactory(contest=contest, name=f"Audience Prize {number}")
    make.QuoteFactory(event__contest=contest, speaker=person, submission=film, text="Light is patient.")
    index.refresh()
    return film


def hide(state, shown):
    """Create hidden rows of all kinds in a separate contest and in the contest of `shown`, related to public rows."""
    contest = make.ContestFactory(
        title="Announced", slug=f"announced-{state}", **({} if state == "draft" else {state: True})
    )
    source = make.SourceFactory(title="Quellenkuckuck", slug=f"source-{state}")
    known = Person.objects.get(name="Ada Quill")
    for number, film in enumerate([
        make.SubmissionFactory(contest=contest, title="Wolkenkuckuck", logline="Lantern of a grand prize"),
        make.SubmissionFactory(contest=shown.contest, title="Wolkenkuckuck", slug=f"w-{state}", status="withdrawn"),
    ]):  # fmt: skip
        slug = f"{state}-{number}"
        person = make.PersonFactory(name="Quendraxis Namenkuckuck", slug=slug)
        film.sources.add(source)
        make.CreditFactory(submission=film, person=person, source=source)
        make.CreditFactory(submission=film, person=known, source=source)
        event = film.contest.events.first() or make.EventFactory(contest=film.contest)
        make.QuoteFactory(
            event=event, speaker=person, submission=film, text="Wortkuckuck lantern", slug=slug, source=source
        )
        award = unused_award(film.contest) or make.AwardFactory(contest=film.contest, name="Grand Prize")
        make.RecognitionFactory(award=award, submission=film, presenters=[known])
    # The public work has a second award, which is not approved.
    make.RecognitionFactory(
        award=unused_award(shown.contest), submission=shown, approved_at=None, citation="Quendraxis"
    )


def unused_award(contest):
    return contest.awards.filter(recognitions=None).first()


def asked():
    for word in HIDDEN[:2]:
        for form in (word, word[:4], word[:4] + word[5:]):
            yield from (form, f"{form} grand", f"lantern {form}")
    yield from ("lantern", "lantrn", "grand prize", "a", "qu", "light lantern", "xyzzy")


def statements(client):
    """Return the first word of each SQL statement and the response, for each query."""
    answers = {}
    for question in asked():
        for address in ("/search/", "/search/?kind=works", "/search/suggestions/"):
            with CaptureQueriesContext(connection) as captured:
                body = client.get(address, {"q": question} if "?" not in address else {"q": question, "kind": "works"})
            answers[address, question] = ([query["sql"].lstrip("( \n").split()[0] for query in captured], body.content)
    return answers


def test_a_search_asks_the_same_statements_and_writes_nothing_whatever_is_hidden(client, shown):
    with time_machine.travel(timezone.now(), tick=False):
        without = statements(client)
        for state in ("sealed", "approved_future", "draft"):
            hide(state, shown)
        Contest.objects.filter(title="Announced").update(published_at=None)
        # Leave only the changes of what is hidden: events and presenters were announced, which changes public entries.
        public = Entry.objects.filter(part=0).values_list("kind", "object_id")
        for kind, row in public:
            Change.objects.filter(kind=kind, object_id=row).delete()
        waiting = Change.objects.count()
        assert statements(client) == without
        assert (Change.objects.count(), waiting > 10) == (waiting, True)
        triggers.note_everything()
        index.refresh()
        assert statements(client) == without


def test_no_word_and_no_token_of_a_public_part_is_of_a_hidden_entry(shown):
    hide("sealed", shown)
    hide("approved_future", shown)
    index.refresh()
    public = {unmarked(token)[1] for tokens in Entry.objects.values_list("tokens", flat=True)
              for token in tokens.split() if unmarked(token)[0] == 0}  # fmt: skip
    words = set(Spelling.objects.filter(part=0).values_list("word", flat=True))
    assert public & set(HIDDEN) == words & set(HIDDEN) == set()
    assert set(HIDDEN) <= set(Spelling.objects.filter(part=-1).values_list("word", flat=True))
    [part] = Part.objects.all()
    assert set(HIDDEN) <= set(Spelling.objects.filter(part=part.pk).values_list("word", flat=True))


def test_a_reveal_is_found_from_its_moment_on_and_nobody_writes(client, shown):
    hide("approved_future", shown)
    index.refresh()
    contest = Contest.objects.get(approved_at__isnull=False, reveal_at__gt=timezone.now())
    for moment, expected in ((contest.reveal_at - timedelta(seconds=1), False), (contest.reveal_at, True)):
        with time_machine.travel(moment, tick=False), CaptureQueriesContext(connection) as captured:
            for question in ("wolkenkuckuck", "namenkuckuck", "quellenkuckuck", "wortkuckuck", "wolkenkucuck"):
                shows = "kuckuck" in client.get("/search/", {"q": question}).content.decode().replace(question, "")
                assert shows is expected, (question, moment)
                suggestions = client.get("/search/suggestions/", {"q": question[:7]}).json()["suggestions"]
                assert bool(suggestions) is (expected and question != "wortkuckuck") or "quote" in str(suggestions)
        assert [query["sql"] for query in captured if not query["sql"].lstrip().startswith("SELECT")] == []
    with time_machine.travel(contest.reveal_at, tick=False):
        index.refresh()
        assert (Part.objects.count(), Entry.objects.filter(part__gt=0).count()) == (0, 0)
        assert engine.search("wolkenkuckuck", Viewpoint.now()).groups


@pytest.mark.parametrize("own_reveal", [True, False])
def test_a_work_revealed_ahead_is_found_by_its_further_award_after_the_reveal_of_that(own_reveal):
    contest = make.ContestFactory(approved_future=True)
    work = make.SubmissionFactory(contest=contest, title="Lantern")
    first, further = (
        make.RecognitionFactory(award__contest=contest, award__name=name, submission=work)
        for name in ("Alpha", "Omega")
    )
    results.reveal_recognition(first, actor=None)
    moment = contest.reveal_at
    if own_reveal:
        moment -= timedelta(hours=1)
        results.reveal_recognition(further, actor=None, at=moment)
    index.refresh()
    for at, named in ((moment - timedelta(seconds=1), False), (moment, True)):
        with time_machine.travel(at, tick=False):
            index.refresh()
            entry = Entry.objects.get(kind=Kind.WORK, part=0)
            assert ("Omega" in entry.label + entry.text) is named
            assert engine.search("lantern omega", Viewpoint.now()).is_loose is not named
    with time_machine.travel(contest.reveal_at, tick=False):
        index.refresh()
        assert not Part.objects.exists()


def test_a_large_part_is_noted_once_although_each_request_processes_only_some_of_it():
    contest = make.ContestFactory(approved_future=True, public_entries="all")
    for number in range(7):
        make.SubmissionFactory(contest=contest, title=f"Lantern {number}")
    index.refresh()
    assert Entry.objects.filter(part__gt=0).count() == 7
    with time_machine.travel(contest.reveal_at, tick=False):
        done = [index.refresh(limit=3) for _request in range(4)]
        assert (done, Part.objects.count(), Entry.objects.filter(part=0, kind=Kind.WORK).count()) == (
            [3, 3, 1, 0],
            0,
            7,
        )


def test_a_preview_finds_what_its_contest_hides_and_nothing_of_another(shown):
    hide("sealed", shown)
    make.SubmissionFactory(contest=make.ContestFactory(sealed=True), title="Otherword")
    index.refresh()
    now = Viewpoint.now()
    preview = replace(now, preview=Contest.objects.get(title="Announced").pk)
    for question, kinds in (
        ("wolkenkuckuck", [Kind.WORK, Kind.QUOTE]),
        ("namenkuckuck", [Kind.PERSON, Kind.WORK, Kind.QUOTE]),
    ):
        assert sorted(group.kind for group in engine.search(question, preview).groups) == sorted(kinds), question
        assert engine.search(question, now).groups == []
    assert engine.search("lantern", preview).groups
    assert engine.search("otherword", preview).groups == []


def state():
    """
    Return the reveal time, the rank and the tokens of every entry in the index, and the words of every part of the
    index.
    """
    moments = {None: None, **dict(Part.objects.values_list("pk", "public_from"))}
    entries = {
        (e.kind, e.object_id): (
            moments.get(e.part, e.part),
            e.weight,
            sorted({unmarked(token)[1] for token in e.tokens.split()}),
        )
        for e in Entry.objects.all()
    }
    return entries, {(moments.get(part, part), word) for part, word in Spelling.objects.values_list("part", "word")}


NOW = timezone.now()
LATER = NOW + timedelta(days=3)
CHANGES = {
    "unpublish": lambda: Contest.objects.update(published_at=None),
    "publish later": lambda: Contest.objects.update(published_at=LATER),
    "reveal later": lambda: Contest.objects.update(reveal_at=LATER),
    "seal": lambda: Contest.objects.update(approved_at=None),
    "reveal": lambda: Contest.objects.update(approved_at=NOW, reveal_at=NOW),
    "withdraw": lambda: Submission.objects.update(status="withdrawn"),
    "show ahead": lambda: (Contest.objects.update(reveal_at=LATER), Submission.objects.update(reveal_at=NOW)),
    "no recognition approved": lambda: Recognition.objects.update(approved_at=None),
    "a recognition shown ahead": lambda: Recognition.objects.update(reveal_at=NOW - timedelta(days=1)),
    "no credits": lambda: [film.credits.all().delete() for film in Submission.objects.all()],
    "no awards": lambda: (Recognition.objects.all().delete(), Award.objects.all().delete()),
    "a recognition for its makers": lambda: make.PartyFactory(
        recognition=Recognition.objects.first(), person=Person.objects.get(name="Ada Quill")
    ),
    "withdrawn recognitions": lambda: Recognition.objects.update(outcome="withdrawn"),
    "a work taken from a recognition": lambda: Recognition.objects.first().submissions.clear(),
    "no presenters": lambda: [row.presenters.clear() for row in Recognition.objects.all()],
    "no sources": lambda: [film.sources.clear() for film in Submission.objects.all()],
    "only winners": lambda: Contest.objects.update(public_entries="none"),
    "only winners, none approved": lambda: (
        Contest.objects.update(public_entries="none"), index.refresh(), Recognition.objects.update(approved_at=None)
    ),
    "only winners, none left": lambda: (
        Contest.objects.update(public_entries="none"), index.refresh(), Recognition.objects.all().delete()
    ),
    "only selected": lambda: (
        Contest.objects.update(public_entries="selected"), Recognition.objects.all().delete(),
        index.refresh(), Submission.objects.update(is_selected=True),
    ),
    "organiser": lambda: Contest.objects.update(organiser=Organisation.objects.get(name="Other house")),
    "series": lambda: Contest.objects.update(series=Series.objects.get()),
    "winners only": lambda: [row.appearances.update(role="winner") for row in Person.objects.all()],
    "affiliation": lambda: make.AffiliationFactory(
        person=Person.objects.get(name="Ada Quill"), organisation__name="Far house",
        organisation__sources=[make.SourceFactory(title="Far source")],
    ),
    "moved": lambda: Submission.objects.filter(title="Lantern").update(contest=make.ContestFactory(sealed=True)),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_parts_follow_every_change_of_the_record(shown, change):
    """An incremental update of the index gives the same result as rebuilding it."""
    make.OrganisationFactory(name="Other house", sources=[make.SourceFactory(title="House source")])
    make.SeriesFactory(name="Series", sources=[make.SourceFactory(title="Series source")])
    hide("sealed", shown)
    hide("approved_future", shown)
    make.AppearanceFactory(event__contest=shown.contest, person__name="Only Host", source=make.SourceFactory())
    index.refresh()
    with time_machine.travel(NOW, tick=False):
        for follow_up in (change, "reveal"):
            CHANGES[follow_up]()
            index.refresh()
            incremental = state()
            triggers.note_everything()
            index.refresh()
            assert incremental == state()


def test_what_an_editor_saves_is_indexed_within_their_own_request(client, shown):
    client.force_login(make.UserFactory(editor=True))
    hidden = make.SubmissionFactory(contest=make.ContestFactory(sealed=True), title="Wolkenkuckuck")
    index.refresh()
    assert client.post(page(hidden), filled(client.get(page(hidden)), title="Quendraxis")).status_code == 302
    assert Change.objects.count() == 0
    assert Spelling.objects.filter(word="quendraxis").exists()


def test_what_loaddata_brings_is_indexed_by_it():
    call_command("loaddata", "nextgen", verbosity=0)
    assert Change.objects.count() == 0
    assert Entry.objects.filter(part=0, kind=Kind.WORK).count() == 3


def test_a_save_that_changes_nothing_notes_nothing(shown):
    Submission.objects.get(pk=shown.pk).save()
    shown.contest.save()
    assert Change.objects.count() == 0


def test_an_award_withdrawn_past_django_is_not_shown_at_the_reveal(client, shown):
    """The entry of a work that becomes public still names the award, until the index is updated."""
    contest = make.ContestFactory(title="Announced", approved_future=True, public_entries="all")
    film = make.SubmissionFactory(contest=contest, title="Wolkenkuckuck")
    make.RecognitionFactory(award__contest=contest, award__name="Geheimpreis", submission=film)
    index.refresh()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contests_recognition SET approved_at = NULL WHERE id IN"
            " (SELECT recognition_id FROM contests_recognition_submissions WHERE submission_id = %s)",
            [film.pk],
        )
    with time_machine.travel(contest.reveal_at, tick=False):
        for question in ("wolkenkuckuck", "geheimpreis"):
            answer = client.get("/search/", {"q": question}).context["answer"]
            # The contest has announced its awards; only who won one is hidden.
            assert Kind.WORK not in [group.kind for group in answer.groups], question
        index.refresh()
        [group] = client.get("/search/", {"q": "wolkenkuckuck"}).context["answer"].groups
        assert [(row.entry.title, row.entry.label) for row in group.results] == [("Wolkenkuckuck", "")]


def test_one_address_may_search_so_often_a_minute(client, shown, settings):
    settings.SEARCH_RATE_LIMIT = 2
    # The limit counts by whole minutes, so at the start of one, sixty seconds are left of it.
    with time_machine.travel(NOW.replace(second=0, microsecond=0), tick=False):
        codes = [
            client.get(address).status_code for address in ("/search/?q=a", "/search/suggestions/?q=b", "/search/")
        ]
        assert codes == [200, 200, 200]
        for address in ("/search/?q=c", "/search/suggestions/?q=c"):
            refused = client.get(address)
            assert (refused.status_code, refused["Retry-After"]) == (429, "60")
        assert client.get("/search/?q=c", REMOTE_ADDR="192.0.2.7").status_code == 200
        assert client.get("/search/").status_code == 200


def test_an_award_shared_with_a_work_that_is_not_eligible_is_not_found():
    seen = a_film("Seen")
    other = a_film("Other", contest=seen.contest, status="withdrawn")
    shared = make.RecognitionFactory(
        award__contest=seen.contest, award__name="Goldkuckuck", submission=seen, detail="Liedkuckuck"
    )
    make.PartyFactory(recognition=shared, person__name="Handkuckuck")
    assert found("liedkuckuck")["work"] == ["Seen"]
    shared.submissions.add(other)
    words = ("goldkuckuck", "liedkuckuck", "handkuckuck")
    assert [found(word).get("work", []) for word in words] == [[], [], []]
    Submission.objects.filter(pk=other.pk).update(status="eligible")
    assert [sorted(found(word)["work"]) for word in words] == [["Other", "Seen"]] * 3
    Submission.objects.filter(pk=other.pk).update(status="ineligible")
    assert [found(word).get("work", []) for word in words] == [[], [], []]
    shared.submissions.remove(other)
    assert [found(word)["work"] for word in words] == [["Seen"]] * 3
