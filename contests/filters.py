"""What visitors can filter by. Options are public rows only; values in addresses are slugs."""

import django_filters
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from contests.models import Award, Category, Contest, Event, Quote, Recognition, Submission
from people.models import Person
from people.options import OptionFilter
from people.synthetic import named


class CountryFilter(OptionFilter):
    """A country or region of the people concerned, by its ISO code."""

    def label_of(self, value: str, label: str) -> str:
        return countries.name(value) or value


class OfContestFilterSet(django_filters.FilterSet):
    """A filter set whose options may be narrowed to one contest."""

    def __init__(self, *args, contest: Contest | None = None, **kwargs):
        self.contest = contest
        super().__init__(*args, **kwargs)
        for option in self.filters.values():
            if isinstance(option, OfContestFilter) and contest is not None:
                option.options = option.of_contest(contest)


class OfContestFilter(OptionFilter):
    """An option filter whose options carry a `contest`."""

    def __init__(self, *args, contest_path: str = "contest", **kwargs):
        self.contest_path = contest_path
        super().__init__(*args, **kwargs)

    def of_contest(self, contest: Contest):
        options = self.options
        return lambda at: options(at).filter(**{self.contest_path: contest})


class CountryOfContestFilter(OfContestFilter, CountryFilter):
    pass


def awards_given(at):
    given = Recognition.objects.public(at).in_force()
    return Award.objects.filter(recognitions__in=given).values(value=F("slug"), label=named("name"))


def countries_of_winners(at):
    given = Recognition.objects.public(at).in_force()
    given = given.annotate(country=Coalesce("submission__credits__person__country", "person__country"))
    return _countries(given, "country")


def countries_of_creators(at):
    return _countries(Submission.objects.public(at), "credits__person__country")


def _countries(rows, path: str):
    return rows.filter(**{f"{path}__gt": ""}).values(value=F(path), label=F(path))


def contests_with_winners(at):
    return Contest.objects.with_public_results(at).values(value=F("slug"), label=named("title"))


class WinnerFilterSet(OfContestFilterSet):
    contest = OptionFilter(label=_("Contest"), field_name="award__contest__slug", options=contests_with_winners)
    award = OfContestFilter(label=_("Award"), field_name="award__slug", options=awards_given)
    country = CountryOfContestFilter(
        label=_("Country or region"),
        method="from_country",
        options=countries_of_winners,
        contest_path="award__contest",
    )

    class Meta:
        model = Recognition
        fields: list[str] = []

    def __init__(self, *args, contest: Contest | None = None, **kwargs):
        super().__init__(*args, contest=contest, **kwargs)
        if contest is not None:
            del self.filters["contest"]

    def from_country(self, queryset, name, value):
        of_creators = Submission.objects.filter(credits__person__country=value)
        return queryset.filter(Q(submission__in=of_creators) | Q(person__country=value))


class SubmissionFilterSet(OfContestFilterSet):
    award = OfContestFilter(label=_("Award"), method="with_award", options=awards_given)
    category = OfContestFilter(
        label=_("Category"),
        field_name="category__slug",
        options=lambda at: Category.objects.public(at).values(value=F("slug"), label=named("name")),
    )
    country = CountryOfContestFilter(label=_("Country or region"), method="from_country", options=countries_of_creators)

    class Meta:
        model = Submission
        fields: list[str] = []

    def with_award(self, queryset, name, value):
        given = Recognition.objects.public(self.request.at).in_force().filter(award__slug=value)
        return queryset.filter(pk__in=given.values("submission"))

    def from_country(self, queryset, name, value):
        return queryset.filter(pk__in=Submission.objects.filter(credits__person__country=value).values("pk"))


def _path_of(model, at, path: str = ""):
    """Rows of a contest by "<contest>/<slug>": a slug alone is unique in its contest only."""
    return model.objects.filter(**{f"{path}__in": Quote.objects.public(at)}).values(
        value=Concat("contest__slug", Value("/"), "slug", output_field=CharField()), label=named("title")
    )


class QuoteFilterSet(django_filters.FilterSet):
    contest = OptionFilter(label=_("Contest"), field_name="event__contest__slug", options=contests_with_winners)
    speaker = OptionFilter(
        label=_("Speaker"),
        field_name="speaker__slug",
        options=lambda at: Person.objects.filter(quotes__in=Quote.objects.public(at)).values(
            value=F("slug"), label=named("name")
        ),
    )
    event = OptionFilter(label=_("Event"), method="by_path", options=lambda at: _path_of(Event, at, "quotes"))
    film = OptionFilter(label=_("Film"), method="by_path", options=lambda at: _path_of(Submission, at, "quotes"))

    class Meta:
        model = Quote
        fields: list[str] = []

    def by_path(self, queryset, name, value):
        contest, _slash, slug = value.partition("/")
        relation = {"event": "event", "film": "submission"}[name]
        return queryset.filter(**{f"{relation}__contest__slug": contest, f"{relation}__slug": slug})
