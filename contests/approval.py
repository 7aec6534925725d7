"""
Describe what an approval covers: the award, the work, its creators and the person, in words. The description is stored
in `Recognition.approved_as` when a result is approved.

If anything that the description covers changes before the reveal, database triggers withdraw the approval
(`contests.triggers`). The stored description stays in the row, so that the admin can show what has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Award, Credit, CreditRole, Recognition, Submission
from people.models import Organisation, Person

#: What an approval stores about a recognition. The keys are those of `Recognition.approved_as`; the values are their
#: labels for editors.
PARTS = {
    "award": gettext_lazy("award"),
    "kind": gettext_lazy("kind"),
    "standing": gettext_lazy("standing"),
    "work": gettext_lazy("work"),
    "original title": gettext_lazy("original title"),
    "category": gettext_lazy("category"),
    "status": gettext_lazy("status of the entry"),
    "person": gettext_lazy("person"),
    "native name": gettext_lazy("native name"),
    "credits": gettext_lazy("credits"),
}
_NOT_ELIGIBLE = {
    Submission.Status.DRAFT: gettext_lazy("“%(work)s” is still a draft: make it eligible first."),
    Submission.Status.SUBMITTED: gettext_lazy("“%(work)s” is submitted, but not eligible yet: make it eligible first."),
    Submission.Status.INELIGIBLE: gettext_lazy("“%(work)s” is ineligible: make it eligible, or delete its award."),
    Submission.Status.WITHDRAWN: gettext_lazy("“%(work)s” is withdrawn: make it eligible, or delete its award."),
}
_CHOICES = {"kind": Award.Kind, "standing": Recognition.Standing, "status": Submission.Status}


def meanings(rows: Iterable[Recognition]) -> dict[int, dict[str, Any]]:
    """
    Return the current description of each of `rows`, as a dict by primary key. Each description maps a key of `PARTS`
    to its value. Needs two SQL statements for any number of rows.
    """
    keys = [row.pk for row in rows]
    makers = defaultdict(list)
    credits = Credit.objects.filter(submission__recognitions__in=keys).distinct()
    named = ("person__name", "organisation__name", "credited_as", "role__slug")
    for work, person, organisation, printed, role in credits.order_by("order", "pk").values_list("submission", *named):
        name = person or organisation
        makers[work].append(f"{name} ({printed}), {role}" if printed else f"{name}, {role}")
    found = Recognition.objects.filter(pk__in=keys).select_related("award", "submission__category", "person")
    return {row.pk: {part: said for part, said in _parts(row, makers) if said} for row in found.order_by()}


def _parts(row: Recognition, makers: dict[int, list[str]]) -> Iterator[tuple[str, Any]]:
    yield from (("award", row.award.name), ("kind", row.award.kind), ("standing", row.standing))
    if work := row.submission:
        yield from (("work", work.title), ("original title", work.original_title), ("status", work.status))
        # The credits are sorted, because a change of their order must not withdraw an approval.
        yield from (("category", str(work.category or "")), ("credits", sorted(makers[work.pk])))
    if row.person:
        yield from (("person", row.person.name), ("native name", row.person.native_name))


def why_unseen(rows: QuerySet[Recognition]) -> list[str]:
    """
    Return a sentence for each work in `rows` that isn't eligible and would therefore stay hidden in spite of its award.
    The sentence says what to do. Needs one SQL statement.
    """
    works = Submission.objects.filter(recognitions__in=rows).exclude(status=Submission.Status.ELIGIBLE).distinct()
    return [why_not_seen(work) for work in works.order_by("sort_key", "pk")]


def why_not_seen(work: Submission) -> str:
    """Return a sentence that says what to do before the public can see `work`, or "" if `work` is eligible."""
    if work.status == Submission.Status.ELIGIBLE:
        return ""
    return _NOT_ELIGIBLE[Submission.Status(work.status)] % {"work": work}


def hold(rows: Iterable[Recognition]) -> None:
    """
    Lock the awards, submissions, credits, roles, people and organisations that `rows` refer to, so that they can't
    change until the approval is saved.
    """
    rows = list(rows)
    works = {row.submission_id for row in rows if row.submission_id}
    columns = ("pk", "person_id", "organisation_id", "role_id")
    credits = list(Credit.objects.filter(submission__in=works).values_list(*columns, named=True))
    held: list[tuple[type[Model], set[int]]] = [
        (Award, {row.award_id for row in rows}),
        (Submission, works),
        (Credit, {credit.pk for credit in credits}),
        (CreditRole, {credit.role_id for credit in credits}),
        (Organisation, {credit.organisation_id for credit in credits if credit.organisation_id}),
        (Person, {row.person_id for row in [*rows, *credits] if row.person_id}),
    ]
    for model, keys in held:
        list(model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def changes_since(rows: Iterable[Recognition]) -> dict[int, str]:
    """
    Return a dict from primary keys to texts. For each of `rows` whose approval a database trigger has withdrawn, the
    text says what has changed since the approval. Other rows are left out.
    """
    withdrawn = [row for row in rows if row.approval_is_withdrawn]
    now = meanings(withdrawn) if withdrawn else {}
    roles = {role.slug: str(role) for role in CreditRole.objects.all()} if withdrawn else {}
    return {row.pk: _told(row.approved_as or {}, now[row.pk], roles) for row in withdrawn}


def _told(then: dict[str, Any], now: dict[str, Any], roles: Mapping[str, str]) -> str:
    if not then:
        return _("the approved content was not recorded")
    turned = [part for part in PARTS if then.get(part) != now.get(part)]
    told = [f"{PARTS[part]}: {_said(part, then, roles)} → {_said(part, now, roles)}" for part in turned]
    return "; ".join(told) or _("a value was changed and later restored")


def _said(part: str, meaning: dict[str, Any], roles: Mapping[str, str]) -> str:
    said = meaning.get(part)
    if not said:
        return "—"
    if part == "credits":
        return "; ".join(_credit(line, roles) for line in said)
    return f"“{said}”" if part not in _CHOICES else str(_CHOICES[part](said).label)


def _credit(line: str, roles: Mapping[str, str]) -> str:
    name, _comma, role = line.rpartition(", ")
    return f"{name}, {roles.get(role, role)}"
