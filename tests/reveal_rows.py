"""Rows for the tests that look for hidden results: hidden results and entries, and a portal of public contests."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from contests.models import Appearance, AwardLine, Quote, Submission
from people.models import Person
from record.images import renditions
from tests import factories as make
from tests.reveal_urls import creator_of


def picture(name):
    content = BytesIO()
    Image.new("RGB", (20, 30), "#c8412b").save(content, "PNG")
    return ContentFile(content.getvalue(), name=f"{name}.png")


def store(image, word):
    """
    Upload an image and make its renditions, which normally follow a commit; the transaction of a test never commits.
    """
    image.save(f"{word}.png", picture(word))
    assert renditions.make(image.storage, image.name) == 2


def hidden_result(contest, word, known=None):
    """
    Create a result in `contest` with all related rows; every text and slug contains `word`. `known` is a person who is
    already public and takes part in it.
    """
    film = make.SubmissionFactory(
        contest=contest, title=f"Film {word}", logline=f"Logline {word}", synopsis=f"Synopsis {word}"
    )
    store(film.poster, word)
    creator = make.PersonFactory(name=f"Creator {word}", country="IS", biography=f"Life {word}")
    store(creator.portrait, word)
    source = make.SourceFactory(title=f"Source {word}", note=f"Note {word}")
    creator.sources.add(source)
    film.sources.add(source)
    event = make.EventFactory(contest=contest)
    make.CreditFactory(submission=film, person=creator, source=source)
    recognition = make.RecognitionFactory(
        award__contest=contest,
        award__line=contest.series and contest.series.lines.first(),
        submission=film,
        citation=f"Citation {word}",
        source=source,
        presenters=[make.PersonFactory(name=f"Presenter {word}")],
    )
    make.RecognitionFactory(
        award=recognition.award, submission=None, person=make.PersonFactory(name=f"Honoured {word}"), source=source
    )
    make.AppearanceFactory(event=event, person=creator, role="winner", source=source)
    make.QuoteFactory(event=event, speaker=creator, submission=film, text=f"Words {word}", source=source)
    make.NextProjectFactory(person=creator, description=f"Plan {word}", source=source)
    make.PastWorkFactory(person=creator, title=f"Past {word}", source=source)
    house = make.AffiliationFactory(person=creator, organisation__name=f"House {word}", source=source).organisation
    Person.objects.filter(pk=creator.pk).update(born="1931-05", disambiguation=f"told apart by {word}")
    make.PersonNameFactory(person=creator, name=f"Other name {word}", source=source)
    make.PersonIdentifierFactory(person=creator, scheme="own", value=f"identifier {word}")
    make.OrganisationNameFactory(organisation=house, name=f"Former house {word}", source=source)
    make.OrganisationIdentifierFactory(organisation=house, scheme="own", value=f"identifier {word}")
    make.FormerSlugFactory(object=film, slug=f"former-{word}")
    if known:
        make.CreditFactory(submission=film, person=known, source=source)
        won = {"award": recognition.award, "submission": None, "citation": f"Citation {word}"}
        make.RecognitionFactory(person=known, **won)
        make.RecognitionFactory(person=make.PersonFactory(name=f"Other {word}"), presenters=[known], **won)
        make.AppearanceFactory(event=event, person=known, role="winner", source=source)
        shown = Submission.objects.get(title="Shown film")
        make.QuoteFactory(event=event, speaker=known, submission=shown, text=f"Known words {word}", source=source)
    return recognition


def hidden_entry(contest, word):
    """
    Create an eligible entry of `contest` with all related rows, whose only award is not approved. A contest that shows
    only winners never shows it, not even after the reveal.
    """
    film = make.SubmissionFactory(
        contest=contest, title=f"Film {word}", synopsis=f"Synopsis {word}", work_url=f"https://films.example/{word}"
    )
    store(film.poster, word)
    creator = make.PersonFactory(name=f"Creator {word}", country="IS")
    store(creator.portrait, word)
    source = make.SourceFactory(title=f"Source {word}")
    creator.sources.add(source)
    film.sources.add(source)
    make.CreditFactory(submission=film, person=creator, source=source)
    make.RecognitionFactory(
        award=contest.awards.first(), submission=film, citation=f"Citation {word}", source=source, approved_at=None
    )
    make.QuoteFactory(
        event=contest.events.first(), speaker=creator, submission=film, text=f"Words {word}", source=source
    )
    make.FormerSlugFactory(object=film, slug=f"former-{word}")
    return film


def remove_entry(film):
    """Delete what `hidden_entry` created."""
    creator = creator_of(film)
    source = creator.sources.get()
    for rows in (film.quotes, film.recognitions):
        rows.all().delete()
    film.delete()
    film.work.delete()
    creator.delete()
    source.delete()


def remove(recognition):
    """Delete a hidden result and everything that `hidden_result` created, except its award and event."""
    film = recognition.submission
    creator, contest = creator_of(film), film.contest
    Quote.objects.filter(event__contest=contest).delete()
    Appearance.objects.filter(event__contest=contest).delete()
    recognition.award.recognitions.all().delete()
    source = creator.sources.get()
    houses = [affiliation.organisation for affiliation in creator.affiliations.all()]
    film.delete()
    film.work.delete()
    creator.delete()
    for house in houses:
        house.delete()
    source.delete()


@pytest.fixture
def portal():
    """Four contests: results sealed, approved for later, public, and public with one revoked."""
    public = make.ContestFactory(title="Public contest", revealed=True, public_entries="winners")
    make.FigureFactory(contest=public)
    shown = make.RecognitionFactory(award__contest=public, award__name="Grand Prize", submission__title="Shown film")
    make.CreditFactory(submission=shown.submission, person__name="Shown creator", person__country="PL")
    event = make.EventFactory(contest=public, title="Shown evening")
    make.QuoteFactory(event=event, text="Shown words", submission=shown.submission)
    make.AppearanceFactory(event=event, role="moderator")
    revoked = make.ContestFactory(title="Contest with a revoked award", revealed=True)
    make.RecognitionFactory(award__contest=revoked, submission__title="Revoked film", revoked=True)
    line = make.AwardLineFactory(name="Shown line", series__name="Shown series")
    make.AwardFactory(contest=make.ContestFactory(revealed=True, series=line.series), line=line)
    hidden = make.AwardLineFactory(
        name="Draftword line", series__name="Draftword series", source__title="Line draftword"
    )
    make.SeriesOrganiserFactory(
        series=hidden.series, source__title="Book draftword", organisation__name="Society draftword"
    )
    # A continuing award is hidden until a public contest has an award of it.
    former = make.AwardLineFactory(name="Former draftword line", series=line.series)
    AwardLine.objects.filter(pk=line.pk).update(continues=former)
    return {
        "sealed": make.ContestFactory(title="Sealed contest", sealed=True, series=line.series, year_label="1950"),
        "future": make.ContestFactory(
            title="Future contest", approved_future=True, public_entries="winners", series=line.series
        ),
        "draft": make.ContestFactory(title="Draftword contest", slug="draftword-contest", series=hidden.series),
    }


def add_hidden(portal):
    known = Person.objects.get(name="Shown creator")
    return {state: hidden_result(contest, f"{state}word", known) for state, contest in portal.items()}
