"""Factories of series and contests, with their events and figures."""

import factory
from factory import Sequence, SubFactory, Trait

from contests import models as contests

from .base import Factory, WithSources, days, next_number, slug_of
from .people import OrganisationFactory, PersonFactory, SourceFactory, UserFactory


class SeriesFactory(WithSources):
    class Meta:
        model = contests.Series
        skip_postgeneration_save = True

    name = Sequence(lambda n: f"Series {n}")
    slug = slug_of("name")


class SeriesOrganiserFactory(Factory):
    class Meta:
        model = contests.SeriesOrganiser

    series = SubFactory(SeriesFactory)
    organisation = SubFactory(OrganisationFactory)
    source = SubFactory(SourceFactory)


class AwardLineFactory(Factory):
    class Meta:
        model = contests.AwardLine

    series = SubFactory(SeriesFactory)
    name = Sequence(lambda n: f"Award line {n}")
    slug = slug_of("name")
    order = next_number()
    source = SubFactory(SourceFactory)


class ContestFactory(WithSources):
    class Meta:
        model = contests.Contest
        skip_postgeneration_save = True

    class Params:
        published = Trait(published_at=days(-30))
        sealed = Trait(published=True)
        approved_future = Trait(
            published=True, approved_at=days(-2), approved_by=SubFactory(UserFactory, editor=True), reveal_at=days(2)
        )
        revealed = Trait(
            published=True, approved_at=days(-3), approved_by=SubFactory(UserFactory, editor=True), reveal_at=days(-1)
        )

    title = Sequence(lambda n: f"Contest {n}")
    slug = slug_of("title")
    organiser = SubFactory(OrganisationFactory)
    public_entries = contests.Contest.PublicEntries.ALL
    work_kind = "film"


class FigureFactory(Factory):
    class Meta:
        model = contests.Figure

    contest = SubFactory(ContestFactory)
    label = Sequence(lambda n: f"figure {n}")
    slug = slug_of("label")
    qualifier = contests.Figure.Qualifier.EXACTLY
    value = Sequence(lambda n: n + 1)
    order = next_number()
    source = SubFactory(SourceFactory)


class LeadingRegionFactory(Factory):
    class Meta:
        model = contests.LeadingRegion

    contest = SubFactory(ContestFactory)
    country = factory.Iterator(["CN", "US", "IN", "JP", "KR", "PL", "FR", "DE", "BR", "ZA", "GB", "CA", "MX", "AU"])
    rank = next_number()
    source = SubFactory(SourceFactory)


class CategoryFactory(Factory):
    class Meta:
        model = contests.Category

    contest = SubFactory(ContestFactory)
    name = Sequence(lambda n: f"Category {n}")
    slug = slug_of("name")
    order = next_number()


class PreviewLinkFactory(Factory):
    class Meta:
        model = contests.PreviewLink

    contest = SubFactory(ContestFactory)
    note = Sequence(lambda n: f"Reader {n}")
    expires_at = days(7)
    made_by = SubFactory(UserFactory, editor=True)


class EventFactory(WithSources):
    class Meta:
        model = contests.Event
        skip_postgeneration_save = True

    contest = SubFactory(ContestFactory)
    title = Sequence(lambda n: f"Event {n}")
    slug = slug_of("title")
    order = next_number()


class AppearanceFactory(Factory):
    class Meta:
        model = contests.Appearance

    event = SubFactory(EventFactory)
    person = SubFactory(PersonFactory)
    role = contests.Appearance.Role.PANELLIST
    order = next_number()
    source = SubFactory(SourceFactory)
