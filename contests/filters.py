"""
Filters for the public lists of submissions and quotes, and parts of those of recognitions. The options of a filter come
from the rows of the list. The value of an option in the URL is a slug or a country code.

A function of type `Options` annotates each row of a list with the `value` and the `label` of the row's option. If the
options have an order of their own, it also annotates the option's `option_rank`.

A filter gets the value as text. While the SQL of a list is compiled, it gets a placeholder (`Given`) instead.
"""

from typing import Any

import django_filters
from django.db.models import Case, CharField, Exists, Expression, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from contests.edition_words import edition_named
from contests.formatting import country_name
from contests.models import Credit, Recognition, Submission
from record.facets import Facet, Options
from record.prepared_queries import Given
from record.synthetic import named
from record.viewpoint import Viewpoint


def halves(value: str | Given) -> tuple[Expression, Expression]:
    """Return expressions for the two parts of a value such as "<slug of the contest>/<slug>"."""
    given = value if isinstance(value, Given) else Value(value, output_field=TextField())
    end = StrIndex(Concat(given, Value("/")), Value("/"))
    return Left(given, end - 1), Substr(given, end + 1)


class CountryFacet(Facet):
    """A filter by the country or region of the people in a row. The values are ISO 3166 codes."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"label": _("Country or region"), "phrase": _("from %(value)s"), **kwargs})

    def label_of(self, value: str, label: str) -> str:
        return country_name(value) or value


def awards_won(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    won = rows.filter(recognitions__in=Recognition.objects.public(viewpoint).winning())
    award = "recognitions__award__"
    return won.annotate(value=F(f"{award}slug"), label=F(f"{award}name"), option_rank=F(f"{award}precedence"))


def countries_of_creators(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    country = F("work__credits__person__country")
    # Filter first: then the joins are inner joins, which the database can begin at either end.
    return rows.filter(work__credits__person__country__gt="").annotate(value=country, label=country)


def categories(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    classed = rows.filter(categories__isnull=False)
    return classed.annotate(
        value=F("categories__slug"), label=F("categories__name"), option_rank=F("categories__order")
    )


def with_year(title: str, contest: str) -> Case:
    """
    Return an expression for the text of the column `title`, followed by the year of a contest as people write it or,
    if that is unknown, the number of the edition: "Gala · 1975". Events of several editions often have the same title.
    If the title says it already, it is left out. `contest` is the lookup path to the contest, such as "contest__".
    """
    number = Coalesce(Cast(f"{contest}edition_number", CharField()), Value(""))
    year = Case(When(**{f"{contest}year_label__gt": ""}, then=F(f"{contest}year_label")), default=number)
    # Every title contains a blank year.
    joined = Concat(title, Value(" · "), year, output_field=CharField())
    return Case(When(Q(**{f"{title}__contains": year}), then=F(title)), default=joined, output_field=CharField())


def contests_of(path: str) -> Options:
    return lambda rows, viewpoint: rows.annotate(value=F(f"{path}__slug"), label=edition_named(f"{path}__"))


class SubmissionFilterSet(django_filters.FilterSet):
    award = Facet(label=_("Award won"), method="with_award", options=awards_won, is_ranked=True)
    category = Facet(
        label=_("Category"), method="in_category", options=categories, is_ranked=True, path="categories__slug"
    )
    country = CountryFacet(
        label=_("Where the creators are from"),
        method="from_country",
        options=countries_of_creators,
        path="work__credits__person__country",
    )

    class Meta:
        model = Submission
        fields: list[str] = []

    def with_award(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        given = Recognition.objects.public(self.request.viewpoint).winning().filter(award__slug=value)
        return queryset.filter(pk__in=given.values("submissions"))

    def in_category(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        links = Submission.categories.through._base_manager.filter(submission=OuterRef("pk"), category__slug=value)
        return queryset.filter(Exists(links))

    def from_country(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        of_creators = Credit.objects.filter(work=OuterRef("work"), person__country=value)
        return queryset.filter(Exists(of_creators))


def parts_of_contests(path: str) -> Options:
    """
    Return a function that gives the options of a filter by event or work. `path` is the lookup path from a row to its
    event or work. The value of an option is "<slug of the contest>/<slug>", because slugs of events and works are
    unique only within their contest. For the same reason, the label has the year of the contest.
    """
    address = Concat(f"{path}__contest__slug", Value("/"), f"{path}__slug", output_field=CharField())

    def options(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
        label = named("title", f"{path}__", with_year(f"{path}__title", f"{path}__contest__"))
        return rows.filter(**{f"{path}__isnull": False}).annotate(value=address, label=label)

    return options


def speakers(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    name = F("speaker__name")
    told_apart = Concat(name, Value(" ("), "speaker__disambiguation", Value(")"), output_field=CharField())
    text = Case(When(speaker__disambiguation="", then=name), default=told_apart, output_field=CharField())
    return rows.annotate(value=F("speaker__slug"), label=named("name", "speaker__", text))


class QuoteFilterSet(django_filters.FilterSet):
    contest = Facet(label=_("Contest"), field_name="event__contest__slug", options=contests_of("event__contest"))
    speaker = Facet(
        label=_("Speaker"),
        phrase=_("by %(value)s"),
        field_name="speaker__slug",
        options=speakers,
    )
    event = Facet(label=_("Event"), phrase=_("at %(value)s"), method="by_path", options=parts_of_contests("event"))
    work = Facet(label=_("Work"), phrase=_("on %(value)s"), method="by_path", options=parts_of_contests("submission"))

    def by_path(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        first, second = halves(value)
        relation = "event" if name == "event" else "submission"
        return queryset.filter(**{f"{relation}__contest__slug": first, f"{relation}__slug": second})
