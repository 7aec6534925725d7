"""The conditions under which organisations and sources are public because public people refer to them."""

from django.db.models import Exists, OuterRef, Q

from people.models import Organisation, Person
from record.viewpoint import Viewpoint


def organisation_ties(viewpoint: Viewpoint) -> Q:
    """Return the condition for organisations: a public person belongs to it."""
    return Q(Exists(Person.objects.public(viewpoint).filter(affiliations__organisation=OuterRef("pk"))))


def source_ties(viewpoint: Viewpoint) -> Q:
    """Return the condition for sources: it supports something about a public person or organisation."""
    source = OuterRef("pk")
    public_people = Person.objects.public(viewpoint)
    return (
        Q(Exists(public_people.filter(sources=source)))
        | Q(Exists(public_people.filter(affiliations__source=source)))
        | Q(Exists(public_people.filter(past_works__source=source)))
        | Q(Exists(public_people.filter(next_projects__source=source)))
        | Q(Exists(Organisation.objects.public(viewpoint).filter(sources=source)))
    )
