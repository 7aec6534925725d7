"""The conditions under which organisations and sources are public because public people refer to them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from people.models import Organisation, Person


def organisation_ties(at: datetime) -> Q:
    """Return the condition for organisations: a public person belongs to it."""
    return Q(Exists(Person.objects.public(at).filter(affiliations__organisation=OuterRef("pk"))))


def source_ties(at: datetime) -> Q:
    """Return the condition for sources: it supports something about a public person or organisation."""
    source = OuterRef("pk")
    public_people = Person.objects.public(at)
    return (
        Q(Exists(public_people.filter(sources=source)))
        | Q(Exists(public_people.filter(affiliations__source=source)))
        | Q(Exists(public_people.filter(past_works__source=source)))
        | Q(Exists(public_people.filter(next_projects__source=source)))
        | Q(Exists(Organisation.objects.public(at).filter(sources=source)))
    )
