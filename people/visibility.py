"""Conditions under which organisations and sources are public, because public people or organisations refer to them."""

from django.db.models import OuterRef, Q

from people.models import Organisation, Person
from record.viewpoint import Viewpoint
from record.visibility import AnyRow


def organisation_ties(viewpoint: Viewpoint) -> Q:
    """Return the condition for organisations to which a public person belongs."""
    return Q(AnyRow(Person.objects.public(viewpoint).filter(affiliations__organisation=OuterRef("pk"))))


def source_ties(viewpoint: Viewpoint) -> Q:
    """
    Return the condition for sources of a public person (also of their affiliations, works and other names), or of a
    public organisation (also of its other names).
    """
    source = OuterRef("pk")
    public_people = Person.objects.public(viewpoint)
    public_organisations = Organisation.objects.public(viewpoint)
    return (
        Q(AnyRow(public_people.filter(sources=source)))
        | Q(AnyRow(public_people.filter(affiliations__source=source)))
        | Q(AnyRow(public_people.filter(past_works__source=source)))
        | Q(AnyRow(public_people.filter(next_projects__source=source)))
        | Q(AnyRow(public_people.filter(other_names__source=source)))
        | Q(AnyRow(public_organisations.filter(sources=source)))
        | Q(AnyRow(public_organisations.filter(other_names__source=source)))
    )
