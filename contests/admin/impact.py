"""
What a step changes for the public. The visibility rule is applied before and after the step, which runs in a
transaction that is rolled back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contests.models import Appearance, Contest, Credit, Quote, Recognition, Submission
from contests.result_checks import FOUR_EYES
from people.models import Person
from record.models import Source
from record.viewpoint import Viewpoint

# The most rows of a kind that are compared, and the most that are named.
MOST = 10_000
NAMED = 10


def _winners(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    rows = Recognition.objects.public(viewpoint).in_force().filter(award__contest__in=contests)
    return rows.select_related("award", "submission__contest", "person")


def _works(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Submission.objects.public(viewpoint).filter(contest__in=contests).select_related("contest")


# How rows of a contest lead to people and sources: model, path to the contest, relation.
_TIES: list[tuple[type[Model], str, str]] = [
    (Credit, "submission__contest", "person"),
    (Recognition, "award__contest", "person"),
    (Recognition, "award__contest", "presenters"),
    (Appearance, "event__contest", "person"),
    (Quote, "event__contest", "speaker"),
    (Submission, "contest", "sources"),
    (Credit, "submission__contest", "source"),
    (Recognition, "award__contest", "source"),
    (Appearance, "event__contest", "source"),
    (Quote, "event__contest", "source"),
]


def _tied(contests: list[int], *paths: str) -> Q:
    condition = Q(pk__in=[])
    for model, path, value in _TIES:
        if value in paths:
            condition |= Q(pk__in=model._base_manager.filter(**{f"{path}__in": contests}).values(value))
    return condition


def _people(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Person.objects.public(viewpoint).filter(_tied(contests, "person", "presenters", "speaker"))


def _sources(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Source.objects.public(viewpoint).filter(_tied(contests, "source", "sources"))


def _quotes(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Quote.objects.public(viewpoint).filter(event__contest__in=contests).select_related("speaker")


def _on_stage(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    rows = Appearance.objects.public(viewpoint).filter(event__contest__in=contests, role=Appearance.Role.WINNER)
    return rows.select_related("person", "event__contest")


#: What is compared: a name, a function for the public rows, and a function for the URL of a row's page.
KINDS: list[tuple[Any, Callable[[Viewpoint, list[int]], QuerySet], Callable[[Any], str]]] = [
    (_("recognitions"), _winners, lambda row: row.honouree.get_absolute_url()),
    (_("works"), _works, lambda row: row.get_absolute_url()),
    (_("people"), _people, lambda row: row.get_absolute_url()),
    (_("quotes"), _quotes, lambda row: row.get_absolute_url()),
    (_("winners in event programmes"), _on_stage, lambda row: row.event.get_absolute_url()),
    (_("sources"), _sources, lambda row: row.get_absolute_url()),
]


@dataclass(frozen=True)
class Difference:
    """
    The number of public rows of a kind before and after, and some of those that appear or disappear, as (name, URL).
    """

    kind: Any
    before: int
    after: int
    is_more: bool
    appear: list[tuple[str, str]]
    leave: list[tuple[str, str]]
    appearing: int
    leaving: int

    @property
    def more_appearing(self) -> int:
        return self.appearing - len(self.appear)

    @property
    def more_leaving(self) -> int:
        return self.leaving - len(self.leave)


@dataclass(frozen=True)
class Impact:
    """
    What a step changes. `at` is the time of the comparison, None for now. `refusals` are the reasons why the step isn't
    possible; then the other fields are empty.
    """

    at: datetime | None
    differences: list[Difference] = field(default_factory=list)
    changing: list[tuple[str, str]] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    needs_another: bool = False
    """Whether the step is refused because a second person has to take it."""


def outlook(contests: Iterable[Contest], act: Callable[[], object], at: datetime | None = None) -> Impact:
    """
    Compare what the public sees of `contests` at `at` (default: now), before and after `act`, which is rolled back.
    Besides the statements of `act`, the number of statements is fixed.
    """
    viewpoint = Viewpoint(at) if at else Viewpoint.now()
    slugs = {contest.pk: contest.slug for contest in contests}
    keys = list(slugs)
    before = [_keys(rows(viewpoint, keys)) for _kind, rows, _address in KINDS]
    try:
        with transaction.atomic():
            act()
            # `act` may set a reveal to the current time, which is later than the first viewpoint.
            viewpoint = Viewpoint(at) if at else Viewpoint.now()
            after = [_keys(rows(viewpoint, keys)) for _kind, rows, _address in KINDS]
            named = [
                _named(rows(viewpoint, keys), new - old, address)
                for (_kind, rows, address), old, new in zip(KINDS, before, after, strict=True)
            ]
            transaction.set_rollback(True)
    except ValidationError as error:
        others = any(part.code == FOUR_EYES for part in ValidationError([error]).error_list)
        return Impact(at, refusals=error.messages, needs_another=others)
    differences = []
    for (kind, rows, address), old, new, appear in zip(KINDS, before, after, named, strict=True):
        is_more = max(len(old), len(new)) > MOST
        # If the comparison was cut off, it is unknown which rows disappear.
        gone = set() if is_more else old - new
        if old != new:
            leave = _named(rows(viewpoint, keys), gone, address)
            differences.append(Difference(kind, len(old), len(new), is_more, appear, leave, len(new - old), len(gone)))
    turned = {rows for (_kind, rows, _address), old, new in zip(KINDS, before, after, strict=True) if old != new}
    return Impact(at, differences, _changing(before, after), _lists(slugs.values(), turned))


def _keys(rows: QuerySet) -> set[int]:
    return set(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _named(rows: QuerySet, keys: set[int], address: Callable[[Any], str]) -> list[tuple[str, str]]:
    chosen = sorted(keys)[:NAMED]
    return [(_called(row), address(row)) for row in rows.filter(pk__in=chosen)] if chosen else []


def _called(row: Model) -> str:
    if isinstance(row, Recognition) and row.standing != Recognition.Standing.WINNER:
        return f"{row} ({row.get_standing_display()})"
    return str(row)


def _changing(before: list[set[int]], after: list[set[int]]) -> list[tuple[str, str]]:
    """Return the pages that exist before and after, but gain or lose an award."""
    turned = Recognition.objects.filter(pk__in=sorted(before[0] ^ after[0])[:MOST])
    works, people = before[1] & after[1], before[2] & after[2]
    kept = [
        pk
        for pk, work, person in turned.order_by("pk").values_list("pk", "submission", "person")
        if work in works or person in people
    ]
    rows = Recognition.objects.filter(pk__in=kept[:NAMED]).select_related("award", "submission__contest", "person")
    makers = Person.objects.filter(pk__in=sorted(people)[:MOST], credits__submission__recognitions__in=kept[:NAMED])
    pages = [row.honouree for row in rows] + list(makers.distinct().order_by("sort_key", "pk")[:NAMED])
    return [(str(page), page.get_absolute_url()) for page in dict.fromkeys(pages) if page]


def _lists(slugs: Iterable[str], turned: set[Callable]) -> list[str]:
    """Return the lists that show a changed row; `turned` are the functions of `KINDS` with a different result."""
    if not turned:
        return []
    own = [reverse(name, args=[slug]) for slug in slugs for name in ("contest", "contest_winners", "submissions")]
    lists = {_people: "people", _quotes: "quotes", _sources: "sources"}
    return [
        *own[: 3 * NAMED],
        *map(reverse, ["home", "winners", *(name for rows, name in lists.items() if rows in turned), "statistics"]),
    ]
