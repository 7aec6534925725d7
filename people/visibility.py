"""
Who and what of the record the public may see.

A person or a source is public through what is public about it: a credit, a quote, a figure. Those live in other
apps, which this one doesn't know; each of them registers its ties here when it starts.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

Tie = Callable[[datetime], Q]

_ties: dict[str, list[Tie]] = {}


def show_through(label: str, tie: Tie) -> None:
    """Registers `tie`: it takes a moment and returns the condition under which a `label` row is public then."""
    ties = _ties.setdefault(label.lower(), [])
    if tie not in ties:
        ties.append(tie)


def shown(label: str, at: datetime) -> Q:
    """The condition under which a row of model `label` is public at the moment `at`: any of its ties holds."""
    condition = Q(pk__in=[])
    for tie in _ties.get(label.lower(), []):
        condition |= tie(at)
    return condition


def organisation_ties(at: datetime) -> Q:
    """An organisation is public through the people in it."""
    from people.models import Person

    return Q(Exists(Person.objects.public(at).filter(affiliations__organisation=OuterRef("pk"))))


def source_ties(at: datetime) -> Q:
    """A source is public through the people and organisations that it backs."""
    from people.models import Organisation, Person

    source = OuterRef("pk")
    public_people = Person.objects.public(at)
    return (
        Q(Exists(public_people.filter(sources=source)))
        | Q(Exists(public_people.filter(affiliations__source=source)))
        | Q(Exists(public_people.filter(past_works__source=source)))
        | Q(Exists(public_people.filter(next_projects__source=source)))
        | Q(Exists(Organisation.objects.public(at).filter(sources=source)))
    )
