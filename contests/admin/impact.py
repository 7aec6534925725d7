"""
Find out what a step (a change of the state of results, such as an approval) changes for the public. A trial of the step
collects the rows that it would change, without writing anything. Then the queries for the public rows run twice: on the
tables as they are, and on the tables with these changes (trial_tables.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contests.models import Appearance, Contest, Credit, Party, Quote, Recognition, Submission
from contests.people_visibility import firm_source_ties
from contests.result_checks import FOUR_EYES
from contests.step_saving import Trial
from contests.visibility import Results
from people.models import Affiliation, Organisation, Person
from record.models import Source
from record.viewpoint import Viewpoint

from .few_works import few_works
from .trial_tables import changed_tables

# The largest number of rows of each kind that are compared (`MOST`), and that the page lists by name (`NAMED`).
MOST = 5_000
NAMED = 10
# For each model with rows of a contest, the lookup path to the contest.
_TO_CONTEST: dict[type[Model], str] = {
    Submission: "contest",
    Credit: "work__entries__contest",
    Recognition: "award__contest",
    Party: "recognition__award__contest",
    Appearance: "event__contest",
    Quote: "event__contest",
}


@dataclass(frozen=True)
class Scope:
    """
    The rows that a comparison reads at `viewpoint`: those of the contests `within`, or only those of the changed
    `works` and `recognitions`. All of these are primary keys.
    """

    viewpoint: Viewpoint
    within: list[int]
    revealed: list[int]
    """Those contests whose results are public at the viewpoint."""
    approved: list[int]
    """Those contests whose results are approved, but not public. Only works with a `reveal_at` can be public."""
    few: list[int]
    """The works that can be public of other contests, which show only few works."""
    sources: Q
    """The condition for the sources that rows of the contests cite."""
    works: list[int] | None = None
    recognitions: list[int] | None = None

    @classmethod
    def of(cls, contests: Iterable[Contest], viewpoint: Viewpoint, sources: Q, trial: Trial | None = None) -> "Scope":
        """Return the scope with all rows of `contests`. With a `trial`, the contests have the values of the trial."""
        changed = trial.changed.get(Contest, {}) if trial else {}
        current = [cast(Contest, changed.get(each.pk, each)) for each in contests]
        states = {each.pk: each.results(viewpoint) for each in current}
        by_state = {state: [pk for pk, its_state in states.items() if its_state is state] for state in Results}
        revealed, approved = by_state[Results.PUBLIC], by_state[Results.APPROVED]
        entries = {each.pk: each.public_entries for each in current}
        few = few_works({pk: entries[pk] for pk in revealed}, approved, MOST)
        if few is not None:
            few = sorted({*few, *(trial.changed.get(Submission, {}) if trial else ())})
            revealed = [pk for pk in revealed if entries[pk] == Contest.PublicEntries.ALL]
            approved = []
        return cls(viewpoint, list(states), revealed, approved, few or [], sources)

    def reached_by(self, trial: Trial) -> "Scope":
        """
        Return the scope with only the rows that `trial` can make public or hide. If it changes a contest, these are all
        rows of this scope.
        """
        if Contest in trial.changed:
            return self
        recognitions = [*trial.changed.get(Recognition, {})]
        works = set(Submission.objects.filter(recognitions__in=recognitions).values_list("pk", flat=True))
        return replace(self, works=sorted(works.union(trial.changed.get(Submission, {}))), recognitions=recognitions)

    def public(self, model: type[Model]) -> QuerySet:
        """Return the rows of `model` in this scope that are public at the viewpoint."""
        rows: Any = model._default_manager
        return rows.public(self.viewpoint).filter(self._condition(model))

    def _condition(self, model: type[Model]) -> Q:
        contest = _TO_CONTEST[model]
        if self.works is not None and self.recognitions is not None:
            if model is Appearance:  # Only a change of its contest makes an appearance public or hides it.
                return Q(pk__in=[])
            if model in (Recognition, Party):
                of_works = Recognition.submissions.through.objects.filter(submission__in=self.works)
                key = "pk" if model is Recognition else "recognition"
                return Q(**{f"{key}__in": of_works.values("recognition")}) | Q(**{f"{key}__in": self.recognitions})
            return Q(**{"pk__in" if model is Submission else "submission__in": self.works})
        if model is Submission:
            # Other works cannot be public. The subquery makes sure that SQLite uses the index of `reveal_at`.
            early = Submission._base_manager.filter(reveal_at__isnull=False).values("pk")
            known = Q(contest__in=self.revealed) | Q(contest__in=self.approved, pk__in=early)
            return known | Q(pk__among=self.few)
        return Q(**{f"{contest}__in": self.within})


def _winners(scope: Scope) -> QuerySet:
    return scope.public(Recognition).filter(revoked_on__isnull=True)


def _works(scope: Scope) -> QuerySet:
    return scope.public(Submission)


def _people(scope: Scope) -> QuerySet:
    """
    Return the people to whom public rows of the scope refer, which makes these people public. The credits of a work are
    public if the work is. Only the credits of the first `MOST` + 1 works are read.
    """
    works = _works(scope).order_by("pk").values("pk")[: MOST + 1]
    credited = Credit.objects.filter(work__entries__in=works).order_by().values("person")
    ties = [(Party, "person"), (Recognition, "presenters"), (Appearance, "person"), (Quote, "speaker")]
    others = [scope.public(model).order_by().values(value) for model, value in ties]
    # With OR, PostgreSQL would read all people.
    return Person.objects.filter(pk__in=credited.union(*others))


def _organisations(scope: Scope) -> QuerySet:
    """
    Return the organisations that public rows of the scope name, or to which the people of `_people` belong. The same
    limit applies to their credits.
    """
    works = _works(scope).order_by("pk").values("pk")[: MOST + 1]
    credited = Credit.objects.filter(work__entries__in=works).order_by().values("organisation")
    named = scope.public(Party).order_by().values("organisation")
    joined = Affiliation.objects.filter(person__in=_people(scope).order_by().values("pk")).order_by()
    return Organisation.objects.filter(pk__in=credited.union(named, joined.values("organisation")))


def cited_in(contests: list[int]) -> Q:
    """
    Return the condition for the sources that rows of `contests` cite, also hidden rows. Needs one SQL statement;
    queries with the condition then read only these sources.
    """
    return Q(pk__in=_cited_keys(contests))


def _cited_keys(contests: list[int]) -> list[int]:
    """Return the primary keys for `cited_in`. Of each model, the first `MOST` + 1 rows are read."""
    condition = Q(pk__in=[])
    for model, path in _TO_CONTEST.items():
        if model is Party:  # Its recognition has the source.
            continue
        rows = model._base_manager.filter(**{f"{path}__in": contests}).order_by()
        condition |= Q(pk__in=rows.values("sources" if model is Submission else "source")[: MOST + 1])
    return list(Source.objects.filter(condition).order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _sources(scope: Scope) -> QuerySet:
    return Source.objects.public(scope.viewpoint).filter(scope.sources)


def _quotes(scope: Scope) -> QuerySet:
    return scope.public(Quote)


def _on_stage(scope: Scope) -> QuerySet:
    return scope.public(Appearance).filter(role=Appearance.Role.WINNER)


@dataclass(frozen=True)
class Compared:
    """
    A kind of rows that are compared, such as works: how to find the public ones, and how to name them on the page.
    """

    name: Any
    model: type[Model]
    public: Callable[[Scope], QuerySet]
    """A function of a scope: its rows that are public."""
    joins: tuple[str, ...] = ()
    """The relations to load for the name and the URL of a row."""
    page_of: Callable[[Any], Any] = lambda row: row
    """A function of a row: the object whose page shows the row."""


KINDS = [
    Compared(_("recognitions"), Recognition, _winners),
    Compared(_("works"), Submission, _works, ("work",)),
    Compared(_("people"), Person, _people),
    Compared(_("quotes"), Quote, _quotes, ("speaker",)),
    Compared(
        _("winners listed on event pages"),
        Appearance,
        _on_stage,
        ("person", "event__contest"),
        page_of=lambda row: row.event,
    ),
    Compared(_("organisations"), Organisation, _organisations),
    Compared(_("sources"), Source, _sources),
]
#: The positions in `KINDS` of rows that rows of another contest can make public too.
_SHARED = {KINDS.index(kind): kind.model for kind in KINDS if kind.model in (Person, Organisation)}


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
    (default: now). `act` is a function that takes the step within the `Trial` passed to it. Nothing is written. Only
    rows that the step can make public or hide are compared. The number of SQL statements does not depend on the number
    of rows, apart from those of `act`.
    """
    contests = list({contest.pk: contest for contest in contests}.values())
    viewpoint = Viewpoint(at) if at else Viewpoint.now()
    trial = Trial()
    try:
        act(trial)
    except ValidationError as error:
        others = any(part.code == FOUR_EYES for part in ValidationError([error]).error_list)
        return Impact(at, refusals=error.messages, needs_another=others)
    # Take a new viewpoint: `act` may have set a reveal to the current time, which is later than the time of the first
    # viewpoint.
    later = Viewpoint(at) if at else Viewpoint.now()
    cited = _cited_keys([contest.pk for contest in contests])
    # No step changes whether these sources are public. To ask for them takes PostgreSQL a millisecond. The conditions
    # for other sources are many: to plan them takes it 50.
    firm = set(Source.objects.filter(firm_source_ties(viewpoint), pk__in=cited).values_list("pk", flat=True))
    sources = Q(pk__in=[pk for pk in cited if pk not in firm])
    whole = Scope.of(contests, viewpoint, sources)
    reached = Scope.of(contests, later, sources, trial).reached_by(trial)
    before = _public(whole.reached_by(trial), firm)
    after = _public(reached, firm, trial)
    _add_public_elsewhere(before, after, viewpoint)
    # If there are more works or people than were read, it is unknown whose page disappears.
    are_all = max(len(rows) for rows in (*before[1:3], *after[1:3])) <= MOST
    if are_all:
        _add_public_elsewhere(after, before, later, trial)
    turned = [n for n in range(len(KINDS)) if before[n] != after[n]]
    is_part = reached.works is not None
    totals = keys_of([KINDS[n].public(whole) for n in turned]) if is_part else [before[n] for n in turned]
    differences = []
    for n, all_before in zip(turned, totals, strict=True):
        kind, old, new = KINDS[n], before[n], after[n]
        is_cut = max(len(old), len(new)) > MOST or (kind.model in (Person, Organisation, Source) and not are_all)
        gone = set() if is_cut else old - new
        was = len(all_before | old)
        number = was - len(gone) + len(new - old) if is_part else len(new)
        appear, leave = _named(kind, new - old), _named(kind, gone)
        is_more = is_cut or max(was, number) > MOST
        differences.append(Difference(kind.name, was, number, is_more, appear, leave, len(new - old), len(gone)))
    slugs = [contest.slug for contest in contests]
    return Impact(at, differences, _changing(before, after), _lists(slugs, {KINDS[n].public for n in turned}))


def _public(scope: Scope, firm: set[int], trial: Trial | None = None) -> list[set[int]]:
    """Return the primary keys of the public rows of each kind, and the sources `firm`, which the scope leaves out."""
    *others, sources = keys_of([kind.public(scope) for kind in KINDS], trial)
    return [*others, sources | firm]


def _add_public_elsewhere(
    of: list[set[int]], others: list[set[int]], viewpoint: Viewpoint, trial: Trial | None = None
) -> None:
    """
    Add people and organisations to the primary keys `of` public rows: those that are only in `others`, but are public
    through rows that were not compared, for example of another contest. Both lists are in the order of `KINDS`. Needs
    one SQL statement, or none.
    """
    asked: dict[int, Any] = {}
    for n, model in _SHARED.items():
        if only := sorted(others[n] - of[n]):
            rows: Any = model._default_manager
            asked[n] = rows.public(viewpoint).filter(pk__in=only)
    for n, found in zip(asked, keys_of(asked.values(), trial), strict=True):
        of[n] |= found


def keys_of(queries: Iterable[QuerySet], trial: Trial | None = None) -> list[set[int]]:
    """
    For each of `queries`, return the primary keys of its first `MOST` + 1 rows, as a set. With a `trial`, run the
    queries as if the changes of the trial were saved. Needs at most one SQL statement.
    """
    keys: list[set[int]] = []
    selects: list[str] = []
    tables, parameters = changed_tables(trial) if trial else ("", [])
    for number, rows in enumerate(queries):
        keys.append(set())
        try:
            sql, values = rows.order_by("pk").values_list("pk")[: MOST + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        selects.append(f"SELECT {number:d}, rows_{number:d}.* FROM ({sql}) AS rows_{number:d}")  # noqa: S608
        parameters += values
    if selects:
        with connection.cursor() as cursor:
            cursor.execute(tables + " UNION ALL ".join(selects), parameters)
            for number, key in cursor.fetchall():
                keys[number].add(key)
    return keys


def _named(kind: Compared, keys: set[int]) -> list[tuple[str, str]]:
    """Return pairs of name and URL for the first `NAMED` rows of `kind` with the primary keys `keys`."""
    if not keys:
        return []
    rows: Any = kind.model._default_manager.filter(pk__in=sorted(keys)[:NAMED])
    rows = rows.for_names() if kind.model is Recognition else rows.select_related(*kind.joins)
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
    asked = turned.order_by("pk").values_list("pk", "submissions", "parties__person")
    kept = list(dict.fromkeys(pk for pk, work, person in asked if work in works or person in people))
    rows = Recognition.objects.filter(pk__in=kept[:NAMED]).for_names()
    makers = Person.objects.filter(pk__in=sorted(people)[:MOST], credits__work__entries__recognitions__in=kept[:NAMED])
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
    lists = {_people: "people", _organisations: "organisations", _quotes: "quotes", _sources: "sources"}
    return [
        *own[: 3 * NAMED],
        *map(reverse, ["home", "winners", *(name for rows, name in lists.items() if rows in turned), "statistics"]),
    ]
