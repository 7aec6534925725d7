"""Filters for the public lists of winners, nominees and other recognitions. `contests.filters` says how they work."""

from typing import Any

import django_filters
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Left
from django.utils.translation import gettext_lazy as _

from contests.edition_words import edition_named, in_year, year_of
from contests.filters import CountryFacet, contests_of, halves
from contests.models import Award, AwardLine, Contest, Credit, Party, Recognition, Submission
from contests.querysets import COUNTED
from record.facets import ALL, Facet, ScopeFacet
from record.prepared_queries import Given
from record.synthetic import named
from record.viewpoint import Viewpoint

#: What counts, of recognitions in force. A withdrawn nomination, for example, is in no list of nominees, but among all
#: results.
COUNTS = Q(outcome__in=COUNTED)
#: The words for those with a standing, for headings.
PLURALS = {
    Recognition.Standing.WINNER: _("Winners"),
    Recognition.Standing.RUNNER_UP: _("Runners-up"),
    Recognition.Standing.FINALIST: _("Finalists"),
    Recognition.Standing.NOMINEE: _("Nominees"),
    Recognition.Standing.MENTION: _("Mentions"),
}


class StandingFacet(ScopeFacet):
    """A filter by standing."""

    def __init__(self, *args: Any, **kwargs: Any):
        scopes = [(standing.value, plural) for standing, plural in PLURALS.items()]
        super().__init__(*args, **{"label": _("Standing"), "options": standings, "scopes": scopes, **kwargs})

    def label_of(self, value: str, label: str) -> str:
        return str(dict(self.scopes).get(value, value))


def standings(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    return rows.filter(COUNTS).annotate(value=F("standing"), label=F("standing"))


def awards_of_contest(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    # The page says at its top if the contest is synthetic.
    return rows.annotate(value=F("award__slug"), label=F("award__name"), option_rank=F("award__precedence"))


def _of_contest(path: str, contest: str) -> dict[str, Any]:
    """
    Return the value and the label of options whose slugs are unique only within their contest: "<slug of the
    contest>/<slug>" and the name with the name of the contest. `path` and `contest` are lookup paths from a row.
    """
    address = Concat(f"{contest}slug", Value("/"), f"{path}slug", output_field=CharField())
    return {
        "value": address,
        "label": Concat(f"{path}name", Value(", "), edition_named(contest), output_field=CharField()),
    }


def awards_given(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    # The awards that go on through the years have a filter of their own, whatever their names were.
    return rows.filter(award__line__isnull=True).annotate(**_of_contest("award__", "award__contest__"))


def lines(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    series = "award__line__series__"
    address = Concat(f"{series}slug", Value("/"), "award__line__slug", output_field=CharField())
    label = Concat("award__line__name", Value(", "), named("name", series), output_field=CharField())
    return rows.filter(award__line__isnull=False).annotate(
        value=address, label=label, option_rank=F("award__line__order")
    )


def years(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    year, key = year_of("award__contest__"), "award__contest__edition_key"
    # The latest first. A key that begins with a space has no year.
    number = Case(
        When(**{f"{key}__gte": "0"}, then=0 - Cast(Left(key, 4), IntegerField())),
        default=Value(0),
        output_field=IntegerField(),
    )
    return rows.annotate(value=year, label=year, option_rank=number).filter(value__gt="")


def categories_of_contest(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    path = "submissions__categories__"
    classed = rows.filter(submissions__categories__isnull=False)
    return classed.annotate(value=F(f"{path}slug"), label=F(f"{path}name"), option_rank=F(f"{path}order"))


def categories_of_works(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    classed = rows.filter(submissions__categories__isnull=False)
    return classed.annotate(**_of_contest("submissions__categories__", "submissions__contest__"))


def countries_of_recipients(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    # The same rule as `RecognitionQuerySet.belonging_to`: the people who are named have the award. If nobody is named,
    # it belongs to the authors of the works.
    named = When(parties__isnull=False, then=F("parties__person__country"))
    credit = "submissions__work__credits__"
    author = When(**{f"{credit}role__is_author": True}, then=F(f"{credit}person__country"))
    country = Case(named, author, default=Value(""), output_field=CharField())
    return rows.annotate(value=country, label=country).filter(value__gt="")


class ContestResultFilterSet(django_filters.FilterSet):
    """The filters of all results of a contest."""

    standing = StandingFacet(method="with_standing")
    award = Facet(label=_("Award"), field_name="award__slug", options=awards_of_contest, is_ranked=True)
    category = Facet(label=_("Category"), method="in_category", options=categories_of_contest, is_ranked=True)
    country = CountryFacet(
        label=_("Where the recipients are from"), method="from_country", options=countries_of_recipients
    )

    class Meta:
        model = Recognition
        fields: list[str] = []

    def with_standing(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        return queryset if value == ALL else queryset.filter(COUNTS, standing=value)

    def from_country(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        # Check the few recognitions one by one, because many works may have an author from the country.
        of_authors = Credit.objects.filter(
            work__entries__recognitions=OuterRef("pk"), person__country=value, role__is_author=True
        )
        of_parties = Party.objects.filter(recognition=OuterRef("pk"), person__country=value)
        is_named = Exists(Party.objects.filter(recognition=OuterRef("pk")))
        return queryset.filter(Exists(of_parties) | Exists(of_authors) & ~is_named)

    def in_category(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        of_works = Submission.objects.filter(recognitions=OuterRef("pk"), categories__slug=value)
        return queryset.filter(Exists(of_works))


class WinnerFilterSet(ContestResultFilterSet):
    """The filters of the results of all contests. A list has only the winners, unless the visitor asks for others."""

    standing = StandingFacet(method="with_standing", default=Recognition.Standing.WINNER.value)
    # The ranks of awards of different contests can't be compared, so the most common awards come first. The same holds
    # for categories.
    award = Facet(label=_("Award"), method="of_award", options=awards_given)
    category = Facet(label=_("Category"), method="in_category", options=categories_of_works)
    line = Facet(label=_("Award through the years"), method="of_line", options=lines, is_ranked=True)
    contest = Facet(label=_("Contest"), field_name="award__contest__slug", options=contests_of("award__contest"))
    year = Facet(label=_("Year of the contest"), method="of_year", options=years, is_ranked=True)

    def of_award(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        contest, award = halves(value)
        return queryset.filter(award__in=Award.objects.filter(contest__slug=contest, slug=award).order_by())

    def in_category(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        contest, category = halves(value)
        of_works = Submission.objects.filter(
            recognitions=OuterRef("pk"), contest__slug=contest, categories__slug=category
        )
        return queryset.filter(Exists(of_works))

    def of_line(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        series, line = halves(value)
        return queryset.filter(award__line__in=AwardLine.objects.filter(series__slug=series, slug=line).order_by())

    def of_year(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        return queryset.filter(award__contest__in=Contest.objects.filter(in_year(value)).order_by())
