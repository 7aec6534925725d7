"""Protect approved results from merges: merging people, or undoing a merge, must not change who won what."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from contests.four_eyes import WHO_WON_WHAT
from contests.models import Recognition
from people.models import Person
from record.merging.journal import CHANGE, DELETE, INSERT, Step
from record.sort_keys import name_key
from record.viewpoint import Viewpoint


def in_the_way(steps: Sequence[Step]) -> list[str]:
    """
    Return the reasons why these steps of a merge aren't possible: they would change or delete an approved recognition.
    A public recognition of a person may move to another record with the same name, because readers see the same.
    """
    touched = {step.pk: step for step in steps if step.model is Recognition and _decides(step)}
    rows = Recognition.objects.filter(pk__in=list(touched), approved_at__isnull=False)
    public = set(rows.revealed(Viewpoint.now()).values_list("pk", flat=True)) if touched else set()
    found = []
    for row in rows.select_related("award", "submission", "person").order_by("pk") if touched else ():
        if _was_changed_since(row, touched[row.pk]):
            continue  # changed since the merge: undoing it leaves the row alone
        if row.pk not in public or row.person is None:
            found.append(row.why_it_stays)
        elif not any(_alike(row.person.name, name) for name in _heirs(row, touched[row.pk], steps)):
            found.append(
                _("“%(recognition)s” is public under this name. Give both records the same name first.")
                % {"recognition": row}
            )
    return found


def _decides(step: Step) -> bool:
    return step.kind == DELETE or (step.kind != INSERT and not set(WHO_WON_WHAT).isdisjoint(step.values))


def _was_changed_since(row: Recognition, step: Step) -> bool:
    return step.kind == CHANGE and step.values.get("person_id", [row.person_id])[0] != row.person_id


def _heirs(row: Recognition, step: Step, steps: Sequence[Step]) -> Iterator[str]:
    """
    Yield the names of the people who have the award of `row` after `steps`. If `row` is deleted, these are the others
    with the same award.
    """
    others = Person.objects.filter(recognitions__award=row.award_id).exclude(pk=row.person_id)
    wanted = others.values_list("pk", flat=True) if step.kind == DELETE else step.values.get("person_id", [])[1:]
    names = dict(Person.objects.filter(pk__in=list(wanted)).values_list("pk", "name"))
    for other in steps:
        if other.model is Person and other.pk in wanted and "name" in other.values:
            names[other.pk] = other.values["name"] if other.kind == INSERT else other.values["name"][1]
    yield from names.values()


def _alike(name: str, other: str) -> bool:
    return name == other or (name_key(name) != "" and name_key(name) == name_key(other))
