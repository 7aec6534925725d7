"""The conditions under which people, organisations and sources are public: a public row of this app refers to them."""

from django.db.models import OuterRef, Q

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Party,
    Quote,
    Recognition,
    SeriesOrganiser,
    Submission,
    Work,
)
from record.viewpoint import Viewpoint
from record.visibility import AnyRow


def person_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the condition under which a person is public: a public credit, appearance, quote or recognition refers to the
    person. Presenting a recognition counts too.
    """
    person = OuterRef("pk")
    return (
        Q(AnyRow(Credit.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Appearance.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Quote.objects.public(viewpoint).filter(speaker=person)))
        | Q(AnyRow(Party.objects.public(viewpoint).filter(person=person)))
        | Q(AnyRow(Recognition.objects.public(viewpoint).filter(presenters=person)))
    )


def organisation_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the condition under which an organisation is public: it organises a public contest, has organised a public
    series, hosts a public event, a public figure is about it, or a public credit or recognition names it.
    """
    organisation = OuterRef("pk")
    return (
        Q(AnyRow(Contest.objects.public(viewpoint).filter(organiser=organisation)))
        | Q(AnyRow(SeriesOrganiser.objects.public(viewpoint).filter(organisation=organisation)))
        | Q(AnyRow(Event.objects.public(viewpoint).filter(host=organisation)))
        | Q(AnyRow(Figure.objects.public(viewpoint).filter(organisation=organisation)))
        | Q(AnyRow(Credit.objects.public(viewpoint).filter(organisation=organisation)))
        | Q(AnyRow(Party.objects.public(viewpoint).filter(organisation=organisation)))
    )


def source_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the condition under which a source is public: a public row, or the series of a public contest, cites it.
    """
    source = OuterRef("pk")
    condition = firm_source_ties(viewpoint)
    for noun in (Submission, Work):
        condition |= Q(AnyRow(noun.objects.public(viewpoint).filter(sources=source)))
    for fact in (Recognition, Credit, Appearance, Quote):
        condition |= Q(AnyRow(fact.objects.public(viewpoint).filter(source=source)))
    return condition


def firm_source_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the part of `source_ties` that does not depend on results: a contest, its series, or a row that is public
    with its contest cites the source. Once such a source is public, no step hides it.
    """
    source = OuterRef("pk")
    condition = Q(AnyRow(Contest.objects.public(viewpoint).filter(series__sources=source)))
    for noun in (Contest, Event):
        condition |= Q(AnyRow(noun.objects.public(viewpoint).filter(sources=source)))
    for fact in (Figure, LeadingRegion, Award, SeriesOrganiser, AwardLine):
        condition |= Q(AnyRow(fact.objects.public(viewpoint).filter(source=source)))
    return condition
