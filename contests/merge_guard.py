"""Refuse to merge people, or to undo such a merge, if that would change who won what in approved results."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from contests.four_eyes import IN_WORDS
from contests.models import Party, Recognition
from people.models import Person
from record.merging.journal import CHANGE, DELETE, INSERT, Step
from record.sort_keys import name_key
from record.viewpoint import Viewpoint


def in_the_way(steps: Sequence[Step]) -> list[str]:
    """
    Return messages that say why a merge with these `steps` isn't possible, or an empty list if it is possible. Each
    message names an approved recognition with a party that the merge would change or delete. A public recognition may
    move to another person with the same name, because readers see no difference.
    """
    touched = {step.pk: step for step in steps if step.model is Party and _decides(step)}
    if not touched:
        return []
    parties = Party.objects.filter(pk__in=list(touched), recognition__approved_at__isnull=False)
    known = Recognition.objects.revealed(Viewpoint.now()).filter(parties__in=list(touched))
    public = set(known.values_list("pk", flat=True))
    found = []
    for party in parties.select_related("recognition__award", "person").order_by("recognition_id", "pk"):
        step, row = touched[party.pk], party.recognition
        if _was_changed_since(party, step):
            continue  # The row was changed after the merge, so undoing the merge doesn't touch it.
        if row.pk not in public or party.person is None:
            found.append(row.why_it_stays)
        elif not any(_alike(party.person.name, name) for name in _heirs(party, step, steps)):
            found.append(
                _(
                    "“%(recognition)s” is public, so the winner’s name must not change. First give both people the "
                    "same name."
                )
                % {"recognition": row}
            )
    return list(dict.fromkeys(found))


def _decides(step: Step) -> bool:
    return step.kind == DELETE or (step.kind != INSERT and not set(IN_WORDS[Party]).isdisjoint(step.values))


def _was_changed_since(party: Party, step: Step) -> bool:
    return step.kind == CHANGE and step.values.get("person_id", [party.person_id])[0] != party.person_id


def _heirs(party: Party, step: Step, steps: Sequence[Step]) -> Iterator[str]:
    """
    Yield the names of the people who have the part of `party` after the merge with these `steps`. `step` is the one
    that changes or deletes `party`. If it changes the row, yield the name of its new person. If it deletes the row,
    yield the names of the other people who share the recognition.
    """
    others = Person.objects.filter(parties__recognition=party.recognition_id).exclude(pk=party.person_id or 0)
    wanted = others.values_list("pk", flat=True) if step.kind == DELETE else step.values.get("person_id", [])[1:]
    names = dict(Person.objects.filter(pk__in=list(wanted)).values_list("pk", "name"))
    for other in steps:
        if other.model is Person and other.pk in wanted and "name" in other.values:
            names[other.pk] = other.values["name"] if other.kind == INSERT else other.values["name"][1]
    yield from names.values()


def _alike(name: str, other: str) -> bool:
    return name == other or (name_key(name) != "" and name_key(name) == name_key(other))
