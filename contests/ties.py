"""The rows of this app through which people, organisations and sources are public."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from contests.models import (
    Appearance,
    Award,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Submission,
)


def person_ties(at: datetime) -> Q:
    """Return the condition for a public person: a public credit, recognition given or received, appearance or quote."""
    person = OuterRef("pk")
    return (
        Q(Exists(Credit.objects.public(at).filter(person=person)))
        | Q(Exists(Appearance.objects.public(at).filter(person=person)))
        | Q(Exists(Quote.objects.public(at).filter(speaker=person)))
        | Q(Exists(Recognition.objects.public(at).filter(person=person)))
        | Q(Exists(Recognition.objects.public(at).filter(presenters=person)))
    )


def organisation_ties(at: datetime) -> Q:
    """
    Return the condition for a public organisation: it organises a public contest, hosts a public event or is the
    subject of a public figure.
    """
    organisation = OuterRef("pk")
    return (
        Q(Exists(Contest.objects.public(at).filter(organiser=organisation)))
        | Q(Exists(Event.objects.public(at).filter(host=organisation)))
        | Q(Exists(Figure.objects.public(at).filter(organisation=organisation)))
    )


def source_ties(at: datetime) -> Q:
    """Return the condition for a public source: something public cites it."""
    source = OuterRef("pk")
    condition = Q(Exists(Contest.objects.public(at).filter(series__sources=source)))
    for noun in (Contest, Submission, Event):
        condition |= Q(Exists(noun.objects.public(at).filter(sources=source)))
    for fact in (
        Figure,
        LeadingRegion,
        Award,
        Recognition,
        Credit,
        Appearance,
        Quote,
    ):
        condition |= Q(Exists(fact.objects.public(at).filter(source=source)))
    return condition
