"""Through which people and organisations the rows that they name are public."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from people.models import Organisation, Person


def organisation_ties(at: datetime) -> Q:
    """An organisation is public through the people in it."""
    return Q(Exists(Person.objects.public(at).filter(affiliations__organisation=OuterRef("pk"))))


def source_ties(at: datetime) -> Q:
    """A source is public through the people and organisations that it backs."""
    source = OuterRef("pk")
    public_people = Person.objects.public(at)
    return (
        Q(Exists(public_people.filter(sources=source)))
        | Q(Exists(public_people.filter(affiliations__source=source)))
        | Q(Exists(public_people.filter(past_works__source=source)))
        | Q(Exists(public_people.filter(next_projects__source=source)))
        | Q(Exists(Organisation.objects.public(at).filter(sources=source)))
    )
