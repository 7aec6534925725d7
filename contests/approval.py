"""
Describe what an approval covers: the award, the works, their creators and the recipients, in words. The description is
stored in `Recognition.approved_as` when a result is approved.

If anything that the description covers changes before the reveal, database triggers withdraw the approval
(`contests.triggers`). The stored description stays in the row, so that the admin can show what has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Award, Credit, CreditRole, Party, Recognition, Submission, Work
from people.models import Organisation, Person

#: What an approval stores about a recognition. The keys are those of `Recognition.approved_as`; the values are their
#: labels for editors.
PARTS = {
    "award": gettext_lazy("award"),
    "kind": gettext_lazy("kind"),
    "standing": gettext_lazy("standing"),
    "outcome": gettext_lazy("outcome"),
    "detail": gettext_lazy("what was recognised"),
    "rank": gettext_lazy("place"),
    "tied": gettext_lazy("tied"),
    "shared": gettext_lazy("shared prize"),
    "work": gettext_lazy("work"),
    "original title": gettext_lazy("original title"),
    "categories": gettext_lazy("categories"),
    "status": gettext_lazy("status of the entry"),
    "recipients": gettext_lazy("recipients"),
    "native name": gettext_lazy("native name"),
    "credits": gettext_lazy("credits"),
    "authors": gettext_lazy("authors"),
}
_NOT_ELIGIBLE = {
    Submission.Status.DRAFT: gettext_lazy("“%(work)s” is still a draft: make it eligible first."),
    Submission.Status.SUBMITTED: gettext_lazy("“%(work)s” is submitted, but not eligible yet: make it eligible first."),
    Submission.Status.INELIGIBLE: gettext_lazy("“%(work)s” is ineligible: make it eligible, or delete its award."),
    Submission.Status.WITHDRAWN: gettext_lazy("“%(work)s” is withdrawn: make it eligible, or delete its award."),
}
_CHOICES = {"kind": Award.Kind, "standing": Recognition.Standing, "outcome": Recognition.Outcome}


def meanings(rows: Iterable[Recognition]) -> dict[int, dict[str, Any]]:
    """
    Return the current description of each of `rows`, as a dict by primary key. Each description maps a key of `PARTS`
    to its value. The values of several works or recipients are joined. The number of SQL statements does not grow with
    the rows.
    """
    keys = [row.pk for row in rows]
    makers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    credits = Credit.objects.filter(work__entries__recognitions__in=keys).distinct()
    named = ("person__name", "organisation__name", "credited_as", "role__slug", "role__is_author")
    for work, person, organisation, *told in credits.order_by("order", "pk").values_list("work", *named):
        (printed, role, is_author), name = told, person or organisation
        line = f"{name} ({printed}), {role}" if printed else f"{name}, {role}"
        makers[work].append((line, name if is_author else ""))
    works = Prefetch("submissions", Submission.objects.select_related("work").prefetch_related("categories"))
    parties = Prefetch("parties", Party.objects.select_related("person", "organisation"))
    found = Recognition.objects.filter(pk__in=keys).select_related("award").prefetch_related(works, parties)
    return {row.pk: {part: said for part, said in _parts(row, makers) if said} for row in found.order_by()}


def _parts(row: Recognition, makers: dict[int, list[tuple[str, str]]]) -> Iterator[tuple[str, Any]]:
    yield from (("award", row.award.name), ("kind", row.award.kind), ("standing", row.standing))
    # The usual outcome is left out, as are blank values.
    yield from (("outcome", row.outcome if row.outcome != Recognition.Outcome.GIVEN else ""), ("detail", row.detail))
    yield from (("rank", row.rank), ("tied", row.is_tied), ("shared", row.is_shared))
    works = row.works
    yield from (("work", _joined(_titles(work, "title") for work in works)), ("status", _statuses(works)))
    yield "original title", _joined(_titles(work, "original_title") for work in works)
    # Categories, credits and recipients are sorted, because a change of their order must not withdraw an approval.
    yield "categories", _joined(", ".join(sorted(map(str, work.categories.all()))) for work in works)
    yield "credits", sorted(line for work in works for line, _author in makers[work.work_id])
    # A recognition that names nobody belongs to the authors of its works.
    authors = {author for work in works for _line, author in makers[work.work_id] if author}
    yield "authors", "; ".join(sorted(authors)) if not row.parties.all() else ""
    yield "recipients", _joined(sorted(map(_recipient, row.parties.all())))
    yield "native name", _joined(sorted(party.person.native_name for party in row.parties.all() if party.person))


def _titles(entry: Submission, name: str) -> str:
    """Return the title of an entry and that of its work, which its page shows, if they differ."""
    return ", ".join(dict.fromkeys(filter(None, (getattr(entry, name), getattr(entry.work, name)))))


def _recipient(party: Party) -> str:
    return ", ".join(filter(None, (str(party.recipient), party.part, party.credited_as)))


def _joined(values: Iterable[str]) -> str:
    return "; ".join(filter(None, values))


def _statuses(works: Iterable[Submission]) -> str:
    return _joined(dict.fromkeys(str(work.status) for work in works))


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
    Lock the awards, submissions with their works and categories, credits, roles, parties, people and organisations that
    `rows` refer to, so that they can't change until the approval is saved.
    """
    rows = list(rows)
    keys = [row.pk for row in rows]
    entries = dict(Submission.objects.filter(recognitions__in=keys).values_list("pk", "work_id"))
    works = set(entries)
    links = Submission.categories.through
    categories = links._base_manager.filter(submission__in=works).values_list("pk", flat=True)
    columns = ("pk", "person_id", "organisation_id")
    parties = list(Party.objects.filter(recognition__in=keys).values_list(*columns, named=True))
    credits = list(Credit.objects.filter(work__entries__in=works).values_list(*columns, "role_id", named=True))
    named: list[Any] = [*parties, *credits]
    held: list[tuple[type[Model], set[int]]] = [
        (Award, {row.award_id for row in rows}),
        (Submission, works),
        # A new credit waits for this lock, because it refers to the work.
        (Work, set(entries.values())),
        (links, set(categories)),
        (Credit, {credit.pk for credit in credits}),
        (CreditRole, {credit.role_id for credit in credits}),
        (Party, {party.pk for party in parties}),
        (Organisation, {row.organisation_id for row in named if row.organisation_id}),
        (Person, {row.person_id for row in named if row.person_id}),
    ]
    for model, its_keys in held:
        list(model._base_manager.select_for_update().filter(pk__in=its_keys).order_by("pk").values_list("pk"))


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
    if "credits" in turned and "authors" in turned:
        turned.remove("authors")  # The credits tell it.
    told = [f"{PARTS[part]}: {_said(part, then, roles)} → {_said(part, now, roles)}" for part in turned]
    return "; ".join(told) or _("a value was changed and later restored")


def _said(part: str, meaning: dict[str, Any], roles: Mapping[str, str]) -> str:
    said = meaning.get(part)
    if not said:
        return "—"
    if part == "status":
        return "; ".join(str(Submission.Status(status).label) for status in said.split("; "))
    if part == "credits":
        return "; ".join(_credit(line, roles) for line in said)
    if part in ("tied", "shared"):
        return _("yes")
    return f"“{said}”" if part not in _CHOICES else str(_CHOICES[part](said).label)


def _credit(line: str, roles: Mapping[str, str]) -> str:
    name, _comma, role = line.rpartition(", ")
    return f"{name}, {roles.get(role, role)}"
