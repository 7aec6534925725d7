"""
Corrections of people, organisations and series, and of the organisers and continuing awards of series. These rows don't
belong to one contest. A contest shows the correction of such a row if one of the contest's public rows refers to it
now, and did so when the row was changed.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, Subquery

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Credit,
    Event,
    Figure,
    Party,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
)
from people.models import Organisation, Person
from record.viewpoint import Viewpoint

from .past_states import ContestColumns, moment, state_of_entries, state_of_work


def tied(model: type[Model], contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    """
    Return a condition for history records of `model`. It is true if the pages of `contest` show the row of the record
    at `viewpoint`, and showed it at the time of the record.
    """
    conditions: dict[type[Model], Callable[[ContestColumns, Viewpoint], Q]] = {
        Person: _people,
        Organisation: _organisations,
        Series: _series,
        SeriesOrganiser: _organisers,
        AwardLine: _lines,
    }
    return conditions[model](contest, viewpoint)


def _rows(model: Any, column: str, viewpoint: Viewpoint, **of_contest: Any) -> Any:
    """
    Return the public rows of `model` whose `column` refers to the row of a history record, both now and at the time of
    that record. The result is a queryset for use in a subquery, inside a query of history records. `of_contest` has
    lookups that limit the rows to one contest.
    """
    history = model.history.filter(id=OuterRef("pk"))
    newest = history.filter(history_date__lte=moment(2)).order_by("-history_date", "-history_id")
    rows = model._default_manager.public(viewpoint).filter(**of_contest, **{column: OuterRef("id")}).order_by()
    # Rows loaded from a fixture have no history. Assume that they already had their present values at that time.
    since_ever = Q(then__isnull=True) & ~Exists(history.filter(history_type="+"))
    return rows.annotate(then=Subquery(newest.values(column)[:1])).filter(Q(then=F(column)) | since_ever)


def _credits(column: str, contest: ContestColumns, viewpoint: Viewpoint) -> Any:
    entries = Submission.objects.public(viewpoint).filter(contest=contest.pk, work=OuterRef("work_id"))
    rows = _rows(Credit, column, viewpoint).annotate(state=state_of_entries("work_id", contest, 1))
    return rows.filter(Exists(entries), state="shown")


def _people(contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    of_work = {"state": state_of_work("submission_id", contest, 1)}
    given = (
        Recognition.objects.public(viewpoint).filter(award__contest=contest.pk, approved_at__lte=moment(1)).order_by()
    )
    quotes = _rows(Quote, "speaker", viewpoint, event__contest=contest.pk).annotate(**of_work)
    return Q(Exists(Person.objects.public(viewpoint).filter(pk=OuterRef("id")))) & (
        Q(Exists(_credits("person", contest, viewpoint)))
        | Q(Exists(_rows(Party, "person", viewpoint, **_of_awards(contest))))
        | Q(Exists(given.filter(presenters=OuterRef("id"))))
        | Q(Exists(_rows(Appearance, "person", viewpoint, event__contest=contest.pk)))
        | Q(Exists(quotes.filter(Q(submission__isnull=True) | Q(state="shown"))))
    )


def _of_awards(contest: ContestColumns) -> dict[str, Any]:
    return {"recognition__award__contest": contest.pk, "recognition__approved_at__lte": moment(1)}


def _organisations(contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    return (
        Q(id=contest.organiser)
        | Q(Exists(_credits("organisation", contest, viewpoint)))
        | Q(Exists(_rows(Event, "host", viewpoint, contest=contest.pk)))
        | Q(Exists(_rows(Figure, "organisation", viewpoint, contest=contest.pk)))
        | Q(Exists(_rows(Party, "organisation", viewpoint, **_of_awards(contest))))
    )


def _series(contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    return Q(id=contest.series)


def _organisers(contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    return Q(series=contest.series)


def _lines(contest: ContestColumns, viewpoint: Viewpoint) -> Q:
    return Q(Exists(_rows(Award, "line", viewpoint, contest=contest.pk)))
