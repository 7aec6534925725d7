"""Refuse to merge people, or to undo such a merge, if that would change who won what in approved results."""

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
    Return messages that say why a merge with these `steps` isn't possible, or an empty list if it is possible. Each
    message names an approved recognition that the merge would change or delete. A public recognition may move to
    another person with the same name, because readers see no difference.
    """
    touched = {step.pk: step for step in steps if step.model is Recognition and _decides(step)}
    rows = Recognition.objects.filter(pk__in=list(touched), approved_at__isnull=False)
    public = set(rows.revealed(Viewpoint.now()).values_list("pk", flat=True)) if touched else set()
    found = []
    for row in rows.select_related("award", "submission", "person").order_by("pk") if touched else ():
        if _was_changed_since(row, touched[row.pk]):
            continue  # The row was changed after the merge, so undoing the merge doesn't touch it.
        if row.pk not in public or row.person is None:
            found.append(row.why_it_stays)
        elif not any(_alike(row.person.name, name) for name in _heirs(row, touched[row.pk], steps)):
            found.append(
                _(
                    "“%(recognition)s” is public, so the winner’s name must not change. First give both people the "
                    "same name."
                )
                % {"recognition": row}
            )
    return found


def _decides(step: Step) -> bool:
    return step.kind == DELETE or (step.kind != INSERT and not set(WHO_WON_WHAT).isdisjoint(step.values))


def _was_changed_since(row: Recognition, step: Step) -> bool:
    return step.kind == CHANGE and step.values.get("person_id", [row.person_id])[0] != row.person_id


def _heirs(row: Recognition, step: Step, steps: Sequence[Step]) -> Iterator[str]:
    """
    Yield the names of the people who have the award of `row` after the merge with these `steps`. `step` is the one that
    changes or deletes `row`. If it changes `row`, yield the name of the row's new person. If it deletes `row`, yield
    the names of the other people with the same award.
    """
    others = Person.objects.filter(recognitions__award=row.award_id).exclude(pk=row.person_id or 0)
    wanted = others.values_list("pk", flat=True) if step.kind == DELETE else step.values.get("person_id", [])[1:]
    names = dict(Person.objects.filter(pk__in=list(wanted)).values_list("pk", "name"))
    for other in steps:
        if other.model is Person and other.pk in wanted and "name" in other.values:
            names[other.pk] = other.values["name"] if other.kind == INSERT else other.values["name"][1]
    yield from names.values()


def _alike(name: str, other: str) -> bool:
    return name == other or (name_key(name) != "" and name_key(name) == name_key(other))
