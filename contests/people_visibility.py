"""The rows of this app through which people, organisations and sources are public."""

from django.db.models import OuterRef, Q

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
from record.viewpoint import Viewpoint
from record.visibility import AnyRow


def person_ties(viewpoint: Viewpoint) -> Q:
    """Return the condition for a public person: a public credit, recognition given or received, appearance or quote."""
    person = OuterRef("pk")
    return (
        Q(AnyRow(Credit.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Appearance.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Quote.objects.public(viewpoint).filter(speaker=person)))
        | Q(AnyRow(Recognition.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Recognition.objects.public(viewpoint).filter(presenters=person)))
    )


def organisation_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the condition for a public organisation: it organises a public contest, hosts a public event or is the
    subject of a public figure.
    """
    organisation = OuterRef("pk")
    return (
        Q(AnyRow(Contest.objects.public(viewpoint).filter(organiser=organisation)))
        | Q(AnyRow(Event.objects.public(viewpoint).filter(host=organisation)))
        | Q(AnyRow(Figure.objects.public(viewpoint).filter(organisation=organisation)))
    )


def source_ties(viewpoint: Viewpoint) -> Q:
    """Return the condition for a public source: something public cites it."""
    source = OuterRef("pk")
    condition = Q(AnyRow(Contest.objects.public(viewpoint).filter(series__sources=source)))
    for noun in (Contest, Submission, Event):
        condition |= Q(AnyRow(noun.objects.public(viewpoint).filter(sources=source)))
    for fact in (
        Figure,
        LeadingRegion,
        Award,
        Recognition,
        Credit,
        Appearance,
        Quote,
    ):
        condition |= Q(AnyRow(fact.objects.public(viewpoint).filter(source=source)))
    return condition
