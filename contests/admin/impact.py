"""
Find out what a step (a change of the state of results, such as an approval) changes for the public. A trial of the step
collects the rows that it would change, without writing anything. Then the queries for the public rows run twice: on the
tables as they are, and on the tables with these changes.

For the second run, the changed tables are common table expressions with the names of the real tables: in `WITH
contests_contest AS (SELECT ... FROM main.contests_contest) SELECT ...`, the name `contests_contest` means the
expression wherever the query uses it. So the same queries work for changes that are not saved.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Field, Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contests.models import Appearance, Contest, Credit, Quote, Recognition, Submission
from contests.result_checks import FOUR_EYES
from contests.step_saving import Trial
from people.models import Person
from record.models import Source
from record.viewpoint import Viewpoint

# The largest number of rows of each kind that are compared (`MOST`), and that the page lists by name (`NAMED`).
MOST = 10_000
NAMED = 10
# For each model, the columns that a step (a change of the state of results) sets and that the queries below read.
_SET_BY_STEPS: dict[type[Model], tuple[str, ...]] = {
    Contest: ("approved_at", "reveal_at", "public_entries"),
    Recognition: ("approved_at", "reveal_at", "revoked_on"),
    Submission: ("reveal_at", "status", "is_selected"),
}


def _winners(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Recognition.objects.public(viewpoint).in_force().filter(award__contest__in=contests)


def _works(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Submission.objects.public(viewpoint).filter(contest__in=contests)


# The relations between rows of a contest and people or sources. Each item has a model, the lookup path from the model
# to the contest, and the model's field that refers to people or sources.
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
    return Quote.objects.public(viewpoint).filter(event__contest__in=contests)


def _on_stage(viewpoint: Viewpoint, contests: list[int]) -> QuerySet:
    return Appearance.objects.public(viewpoint).filter(event__contest__in=contests, role=Appearance.Role.WINNER)


@dataclass(frozen=True)
class Compared:
    """
    A kind of rows that are compared, such as works: how to find the public ones, and how to name them on the page.
    """

    name: Any
    model: type[Model]
    public: Callable[[Viewpoint, list[int]], QuerySet]
    """
    A function of a viewpoint and primary keys of contests: the rows of these contests that are public at the viewpoint.
    """
    joins: tuple[str, ...] = ()
    """The relations to load for the name and the URL of a row."""
    page_of: Callable[[Any], Any] = lambda row: row
    """A function of a row: the object whose page shows the row."""


KINDS = [
    Compared(
        _("recognitions"),
        Recognition,
        _winners,
        ("award", "submission__contest", "person"),
        page_of=lambda row: row.honouree,
    ),
    Compared(_("works"), Submission, _works, ("contest",)),
    Compared(_("people"), Person, _people),
    Compared(_("quotes"), Quote, _quotes, ("speaker",)),
    Compared(
        _("winners listed on event pages"),
        Appearance,
        _on_stage,
        ("person", "event__contest"),
        page_of=lambda row: row.event,
    ),
    Compared(_("sources"), Source, _sources),
]


@dataclass(frozen=True)
class Difference:
    """
    The difference that a step makes for one kind of rows. `before` and `after` are the numbers of public rows.
    `appearing` and `leaving` are the numbers of rows that become public or stop being public; `appear` and `leave` list
    the first of these rows as pairs of name and URL. `is_more` is True if there are more public rows than the
    comparison reads (`MOST`).
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
    What a step (a change of the state of results) changes for the public at the time `at`; None means now.
    `differences` has an item for each kind of rows that changes. `changing` has pairs of name and URL for the pages
    that gain or lose an award, and `lists` has the URLs of list pages that change. If the step isn't possible,
    `refusals` has the reasons, and these three are empty.
    """

    at: datetime | None
    differences: list[Difference] = field(default_factory=list)
    changing: list[tuple[str, str]] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    needs_another: bool = False
    """Whether the step is refused because a second person has to take it."""


def outlook(contests: Iterable[Contest], act: Callable[[Trial], object], at: datetime | None = None) -> Impact:
    """
    Return what a step (a change of the state of results) changes for the public in `contests`, at the time `at`
    (default: now). `act` is a function that takes the step within the `Trial` passed to it. Nothing is written. The
    number of SQL statements is fixed, apart from those of `act`.
    """
    viewpoint = Viewpoint(at) if at else Viewpoint.now()
    slugs = {contest.pk: contest.slug for contest in contests}
    contest_keys = list(slugs)
    before = [keys_of(kind.public(viewpoint, contest_keys)) for kind in KINDS]
    trial = Trial()
    try:
        act(trial)
    except ValidationError as error:
        others = any(part.code == FOUR_EYES for part in ValidationError([error]).error_list)
        return Impact(at, refusals=error.messages, needs_another=others)
    # Take a new viewpoint: `act` may have set a reveal to the current time, which is later than the time of the first
    # viewpoint.
    viewpoint = Viewpoint(at) if at else Viewpoint.now()
    after = [keys_of(kind.public(viewpoint, contest_keys), trial) for kind in KINDS]
    differences = []
    for kind, old, new in zip(KINDS, before, after, strict=True):
        is_more = max(len(old), len(new)) > MOST
        # If there are more rows than were read, it is unknown which rows disappear.
        gone = set() if is_more else old - new
        if old != new:
            appear, leave = _named(kind, new - old), _named(kind, gone)
            differences.append(
                Difference(kind.name, len(old), len(new), is_more, appear, leave, len(new - old), len(gone))
            )
    turned = {kind.public for kind, old, new in zip(KINDS, before, after, strict=True) if old != new}
    return Impact(at, differences, _changing(before, after), _lists(slugs.values(), turned))


def keys_of(rows: QuerySet, trial: Trial | None = None) -> set[int]:
    """
    Return the primary keys of the first `MOST` + 1 of `rows`, as a set. With a `trial`, run the query as if the changes
    of the trial were saved.
    """
    sql, parameters = rows.order_by("pk").values_list("pk")[: MOST + 1].query.sql_with_params()
    tables, changed = _changed_tables(trial) if trial else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(tables + sql, [*changed, *parameters])
        return {key for (key,) in cursor.fetchall()}


def _changed_tables(trial: Trial) -> tuple[str, list[Any]]:
    """
    Return an SQL `WITH` clause and its parameters. The clause replaces each table that `trial` changes by an expression
    with the changed values. Without changes, the clause is "".
    """
    quote = connection.ops.quote_name
    # In SQLite, a common table expression with the name of a table must use the schema (`main`) to read the real table.
    schema = f"{quote('main')}." if connection.vendor == "sqlite" else ""
    tables: list[str] = []
    parameters: list[Any] = []
    for model, rows in trial.changed.items():
        columns = []
        for each in model._meta.concrete_fields:
            column, keys_by_value = quote(cast(str, each.column)), {}
            if each.name in _SET_BY_STEPS[model]:
                keys_by_value = _by_value(each, rows)
                parameters += keys_by_value
            changes = "".join(f"WHEN id IN ({', '.join(map(str, keys))}) THEN %s " for keys in keys_by_value.values())
            columns.append(f"CASE {changes}ELSE {column} END AS {column}" if changes else column)
        table = quote(model._meta.db_table)
        tables.append(f"{table} AS NOT MATERIALIZED (SELECT {', '.join(columns)} FROM {schema}{table})")  # noqa: S608
    return (f"WITH {', '.join(tables)} ", parameters) if tables else ("", [])


def _by_value(column: Field, rows: dict[int, Model]) -> dict[Any, list[int]]:
    """
    Group `rows`, objects by primary key, by their value of `column`. Return a dict from each value, in the form for the
    database, to a list of primary keys.
    """
    keys: dict[Any, list[int]] = {}
    for key, row in rows.items():
        value = column.get_db_prep_value(getattr(row, column.attname), connection)
        keys.setdefault(value, []).append(key)
    return keys


def _named(kind: Compared, keys: set[int]) -> list[tuple[str, str]]:
    """Return pairs of name and URL for the first `NAMED` rows of `kind` with the primary keys `keys`."""
    if not keys:
        return []
    rows = kind.model._default_manager.filter(pk__in=sorted(keys)[:NAMED]).select_related(*kind.joins)
    return [(_called(row), kind.page_of(row).get_absolute_url()) for row in rows]


def _called(row: Model) -> str:
    if isinstance(row, Recognition) and row.standing != Recognition.Standing.WINNER:
        return f"{row} ({row.get_standing_display()})"
    return str(row)


def _changing(before: list[set[int]], after: list[set[int]]) -> list[tuple[str, str]]:
    """
    Return pairs of name and URL for pages that are public both before and after the step, but gain or lose an award.
    `before` and `after` have the primary keys of the public rows of each kind, in the order of `KINDS`.
    """
    turned = Recognition.objects.filter(pk__in=sorted(before[0] ^ after[0])[:MOST])
    works, people = before[1] & after[1], before[2] & after[2]
    kept = [
        pk
        for pk, work, person in turned.order_by("pk").values_list("pk", "submission", "person")
        if work in works or person in people
    ]
    rows = Recognition.objects.filter(pk__in=kept[:NAMED]).select_related("award", "submission__contest", "person")
    makers = Person.objects.filter(pk__in=sorted(people)[:MOST], credits__submission__recognitions__in=kept[:NAMED])
    pages: list[Any] = [row.honouree for row in rows]
    pages += makers.distinct().order_by("sort_key", "pk")[:NAMED]
    return [(str(page), page.get_absolute_url()) for page in dict.fromkeys(pages) if page]


def _lists(slugs: Iterable[str], turned: set[Callable]) -> list[str]:
    """
    Return the URLs of the list pages that change. `slugs` are the slugs of the contests. `turned` has the attribute
    `public` of each item of `KINDS` with other public rows after the step.
    """
    if not turned:
        return []
    own = [reverse(name, args=[slug]) for slug in slugs for name in ("contest", "contest_winners", "submissions")]
    lists = {_people: "people", _quotes: "quotes", _sources: "sources"}
    return [
        *own[: 3 * NAMED],
        *map(reverse, ["home", "winners", *(name for rows, name in lists.items() if rows in turned), "statistics"]),
    ]
