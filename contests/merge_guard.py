"""
Refuse to merge people, works or roles, or to undo such a merge, if that would change who won what in approved results.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from contests.four_eyes import IN_WORDS
from contests.models import Credit, CreditRole, Party, Recognition, Submission
from people.models import Organisation, Person
from record.merging.journal import CHANGE, DELETE, INSERT, Step
from record.sort_keys import name_key
from record.viewpoint import Viewpoint


def in_the_way(steps: Sequence[Step]) -> list[str]:
    """
    Return messages that say why a merge with these `steps` isn't possible, or an empty list if it is possible. Each
    message names a recognition: an approved one with a party that the merge would change or delete, or a public one
    without parties whose works would get other authors. A public recognition may move to another person with the same
    name, because readers see no difference.
    """
    return [*_changed_parties(steps), *_changed_authors(steps)]


def _changed_parties(steps: Sequence[Step]) -> list[str]:
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
    wanted = (
        others.values_list("pk", flat=True)
        if step.kind == DELETE
        else step.values.get("person_id", [None, party.person_id])[1:]
    )
    names = dict(Person.objects.filter(pk__in=list(wanted)).values_list("pk", "name"))
    for other in steps:
        if other.model is Person and other.pk in wanted and "name" in other.values:
            names[other.pk] = other.values["name"] if other.kind == INSERT else other.values["name"][1]
    yield from names.values()


def _changed_authors(steps: Sequence[Step]) -> list[str]:
    """
    Return a message for each public recognition without parties that would belong to others after these `steps`: such a
    recognition belongs to the authors of its works. If it is not public yet, a change withdraws its approval instead
    (`contests.triggers`). Needs no SQL statement unless entries, credits or roles change.
    """
    entered = {step.pk: step.values["work_id"] for step in steps if step.model is Submission and _changes(step, "work")}
    of_credits = [step for step in steps if step.model is Credit]
    of_roles = {step.pk for step in steps if step.model is CreditRole and "is_author" in step.values}
    if not (entered or of_credits or of_roles):
        return []
    touched = Credit.objects.filter(Q(pk__in=[step.pk for step in of_credits]) | Q(role__in=of_roles))
    works = {*touched.values_list("work_id", flat=True), *(key for pair in entered.values() for key in pair)}
    for step in of_credits:
        keys = step.values.get("work_id", [])
        works |= set(keys) if isinstance(keys, list) else {keys}
    entries = dict(Submission.objects.filter(work__in=works).values_list("pk", "work_id"))
    before = {said["id"]: said for said in Credit.objects.filter(work__in=works).values(*_CREDIT)}
    after = {pk: dict(row) for pk, row in before.items()}
    for number, step in enumerate(of_credits):
        if step.kind == INSERT:
            after[-1 - number] = {name: step.values[name] for name in _CREDIT}
        elif step.kind == DELETE:
            after.pop(step.pk, None)
        elif step.pk in after:
            credit = after[step.pk]
            # A value that was changed after the merge stays as it is when the merge is undone.
            credit |= {name: new for name, (old, new) in step.values.items() if name in credit and credit[name] == old}
    moved = {pk: entered[pk][1] if pk in entered and entered[pk][0] == work else work for pk, work in entries.items()}
    then, now = _authors(before.values(), ()), _authors(after.values(), steps)
    known = Recognition.objects.revealed(Viewpoint.now()).filter(submissions__in=list(entries), parties=None)
    found = []
    for row in known.distinct().select_related("award").prefetch_related("submissions").order_by("pk"):
        own = [entry.pk for entry in row.works if entry.pk in entries]
        if {each for key in own for each in then[entries[key]]} != {each for key in own for each in now[moved[key]]}:
            text = _(
                "“%(recognition)s” is public and names nobody, so it belongs to the authors of its works, and they "
                "must not change. First give both records the same authors, and the authors the same names."
            )
            found.append(text % {"recognition": row})
    return found


_CREDIT = ("id", "work_id", "person_id", "organisation_id", "role_id")


def _authors(credits: Iterable[dict[str, Any]], steps: Sequence[Step]) -> dict[int, set[Any]]:
    """Return the names of the authors of each work according to `credits`, with the values after `steps`."""
    credits = list(credits)
    is_author: dict[Any, bool] = dict(CreditRole.objects.values_list("pk", "is_author"))
    is_author |= _said_by(steps, CreditRole, "is_author")
    names: dict[tuple[str, Any], str] = {}
    for model, column in ((Person, "person_id"), (Organisation, "organisation_id")):
        rows: Any = model._default_manager.filter(pk__in={row[column] for row in credits if row[column]})
        said = {**dict(rows.values_list("pk", "name")), **_said_by(steps, model, "name")}
        names |= {(column, pk): name for pk, name in said.items()}
    found: dict[int, set[Any]] = defaultdict(set)
    for row in credits:
        if is_author.get(row["role_id"]):
            column = "person_id" if row["person_id"] else "organisation_id"
            name = names.get((column, row[column]), "")
            found[row["work_id"]].add(name_key(name) or name)
    return found


def _said_by(steps: Sequence[Step], model: type[Model], name: str) -> dict[Any, Any]:
    """Return the new values of the column `name` of the rows of `model` that `steps` change or insert."""
    told = [step for step in steps if step.model is model and step.kind != DELETE and name in step.values]
    return {step.pk: step.values[name][1] if step.kind == CHANGE else step.values[name] for step in told}


def _changes(step: Step, field: str) -> bool:
    return step.kind == CHANGE and not {field, f"{field}_id"}.isdisjoint(step.values)


def _alike(name: str, other: str) -> bool:
    return name == other or (name_key(name) != "" and name_key(name) == name_key(other))
