"""Sitemaps for search engines. They contain every public page that is not synthetic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.contrib.sitemaps import Sitemap
from django.core.exceptions import EmptyResultSet
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from contests.models import AwardLine, Contest, Event, Quote, Series, Submission
from contests.visibility import Results, results_are_public
from people.models import Organisation, Person
from record.images.fields import below_prefix
from record.last_modified import with_last_change
from record.models import Source
from record.querysets import RecordQuerySet
from record.synthetic import is_synthetic
from record.viewpoint import Viewpoint

#: The columns of a contest whose latest time is when its results became public.
DATES = ("published_at", "approved_at", "reveal_at")
#: An expression for the time when the results of a contest became public. Use it only for contests whose results are
#: public.
REVEALED = Greatest(*DATES)


class PagesSitemap(Sitemap):
    def items(self) -> list[str]:
        lists = ["contests", "all_series", "winners", "works", "people", "organisations", "quotes", "sources"]
        return ["home", *lists, "statistics", "verify"]

    def location(self, item: str) -> str:
        return reverse(item)


class Shelves(Paginator):
    """
    A paginator that splits rows into ranges of primary keys. A page is a range that contains at least one row, so a
    page may be shorter than `size`. Pages are numbered consecutively, so that the numbers reveal nothing about primary
    keys. The class has only the methods of Django's Paginator that sitemaps need.
    """

    def __init__(self, rows: QuerySet, size: int):
        self.rows, self.size = rows, size

    @cached_property
    def _used(self) -> list[int]:
        return Shelves.used_by([self])[0]

    @staticmethod
    def used_by(several: Sequence["Shelves"]) -> list[list[int]]:
        """Return the numbers of the ranges with rows for each of `several` paginators. Needs one SQL statement."""
        found: list[list[int]] = [[] for _shelves in several]
        # Each part is a SELECT of its own beside the others. SQLite can't parse the rule of sources one level deeper.
        parts = [made for index, shelves in enumerate(several) if (made := shelves._sql(index))]
        if parts:
            tables = ", ".join(table for table, _select, _some in parts)
            selects = " UNION ALL ".join(select for _table, select, _some in parts)
            values = [value for _table, _select, some in parts for value in some]
            with connection.cursor() as cursor:
                cursor.execute(f"WITH RECURSIVE {tables} {selects} ORDER BY 1, 2", values)
                for index, number in cursor.fetchall():
                    found[index].append(number)
        return found

    def _sql(self, index: int) -> tuple[str, str, list[Any]] | None:
        """
        Return the SQL of a table of all ranges, the SQL for the numbers of the ranges with rows, and its parameters.
        Return None if there can be no rows. The number `index` makes the name of the table unique.
        """
        # In each range, the database only looks for the first row. Django has no table of ranges, so this is SQL.
        low, high = (RawSQL(f"shelf{index}.number * {self.size} + {end}", []) for end in (1, self.size))  # noqa: S611 (numbers)
        found = self.rows.order_by().filter(pk__gte=low, pk__lte=high).values("pk")[:1]
        try:
            sql, parameters = found.query.sql_with_params()
        except EmptyResultSet:
            return None
        table = connection.ops.quote_name(self.rows.model._meta.db_table)
        key = connection.ops.quote_name(self.rows.model._meta.pk.column)
        return (
            f"shelf{index}(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM shelf{index} "  # noqa: S608
            f"WHERE number < (SELECT (MAX({key}) - 1) / {self.size} FROM {table}))",
            f"SELECT {index}, number FROM shelf{index} WHERE EXISTS({sql})",  # noqa: S608
            list(parameters),
        )

    @property
    def count(self) -> int:
        """Return the number of pages: the number of ranges that contain rows. This is 0 if there are no rows."""
        return len(self._used)

    @property
    def num_pages(self) -> int:
        return self.count or 1

    def page(self, number: str | int) -> Page:
        try:
            number = int(number)
        except ValueError as error:
            raise PageNotAnInteger(number) from error
        if not 1 <= number <= self.num_pages:
            raise EmptyPage(number)
        if not self._used:
            return Page(self.rows.none(), 1, self)
        first = self._used[number - 1] * self.size + 1
        return Page(self.rows.filter(pk__range=(first, first + self.size - 1)).order_by("pk"), number, self)


class PublicSitemap(Sitemap):
    """
    A sitemap of the pages of a model. Its items are dicts with the columns that the sitemap needs: objects of the model
    would take several times as long.
    """

    # Cache the paginator in the sitemap object, which exists for one request only.
    paginator = cached_property(lambda self: Shelves(self.items(), self.limit))
    limit = 5000
    model: type[Any] = Contest

    #: The name of the URL of a page, and the columns with its arguments.
    page = ""
    slugs: tuple[str, ...] = ("slug",)

    #: The columns from which `lastmod` is found.
    dates: tuple[str, ...] = ()

    #: The name of the image field of the model; the sitemap lists this image with the URL of the page. Empty for no
    #: image.
    image = ""

    def rows(self) -> QuerySet:
        return self.model.objects.public(Viewpoint.now()).real().order_by("pk")

    def items(self) -> QuerySet:
        return self.rows().values(*self.slugs, *self.dates, *filter(None, [self.image]))

    def location(self, item: dict[str, Any]) -> str:
        return reverse(self.page, args=[item[name] for name in self.slugs])

    def get_urls(self, page=1, site=None, protocol=None):
        urls = super().get_urls(page, site, protocol)
        storage: Any = self.model._meta.get_field(self.image).storage if self.image else None
        for url in urls:
            if url["lastmod"]:
                url["lastmod"] = url["lastmod"].replace(microsecond=0)
            # Without the key "image", the template would search longer for it.
            stored = url["item"][self.image] if storage else ""
            url["image"] = urljoin(url["location"], below_prefix(storage.url(stored))) if stored else ""
        return urls

    def get_latest_lastmod(self) -> datetime | None:
        """
        Return the latest `lastmod` of the section for the sitemap index, or None if the pages of the section have no
        `lastmod`. Subclasses use one SQL statement. Django's own method would load every row.
        """
        return None


class ContestSitemap(PublicSitemap):
    page = "contest"
    dates = DATES
    image = "hero"

    def lastmod(self, item: dict[str, Any]) -> datetime:
        published, approved, reveal = (item[name] for name in DATES)
        # Don't use the time of the last change, because it would reveal when the results were approved.
        state = Results.of(published_at=published, approved_at=approved, reveal_at=reveal, at=timezone.now())
        return max(published, approved, reveal) if state is Results.PUBLIC else published

    def get_latest_lastmod(self) -> datetime | None:
        is_public = results_are_public(Viewpoint.now())
        return _latest(self.rows().order_by().aggregate(Max("published_at"), revealed=Max(REVEALED, filter=is_public)))


def _latest(moments: dict[str, datetime | None]) -> datetime | None:
    latest = max(filter(None, moments.values()), default=None)
    return latest and latest.replace(microsecond=0)


class ResultSitemap(PublicSitemap):
    """
    A sitemap of rows that become public with the results of a contest. `via` is the lookup path from the model to the
    contest.
    """

    via = "contest"

    def rows(self) -> QuerySet:
        # All rows of a synthetic contest are synthetic. The database need not look for others among them.
        return super().rows().exclude(is_synthetic(f"{self.via}__"))

    def items(self) -> QuerySet:
        rows = with_last_change(self.rows())
        dates = [f"{self.via}__{name}" for name in DATES]
        return rows.values(*self.slugs, *dates, *self.dates, *filter(None, [self.image]), "changed_at")

    def lastmod(self, item: dict[str, Any]) -> datetime:
        published, approved, reveal = (item[f"{self.via}__{name}"] for name in DATES)
        # A row that was revealed early has its own reveal time; the reveal of its contest may still be in the future.
        revealed = max(published, approved, min(filter(None, (reveal, item.get("reveal_at")))))
        return max(revealed, item["changed_at"] or revealed)

    def get_latest_lastmod(self) -> datetime | None:
        rows = self.rows().order_by()
        # The latest change of a public row. Changes of rows that are not public must not affect the result.
        changes = self.model.history.filter(Exists(rows.filter(pk=OuterRef("id")))).order_by("-history_date")
        now = timezone.now()
        of_rows = Contest.objects.public(Viewpoint(now)).filter(Exists(rows.filter(**{self.via: OuterRef("pk")})))
        changed = Subquery(changes.values("history_date")[:1])
        revealed = Max(REVEALED, filter=results_are_public(Viewpoint(now)))
        return _latest(of_rows.aggregate(revealed=revealed, changed=Max(changed)))


class ResultsSitemap(Sitemap):
    """
    A sitemap with the winners page and the submissions page of every contest whose results are public, and with the
    pages of series and of their continuing awards.
    """

    paginator = cached_property(lambda self: Paginator(self.items(), self.limit))

    def items(self) -> list[tuple[str, ...]]:
        # One statement for the rows of all kinds, because the index of the sitemaps counts them.
        now, nothing = Viewpoint.now(), Value("")
        contests = _named("contest", Contest.objects.with_public_results(now), F("slug"), nothing)
        series = _named("series", Series.objects.public(now), F("slug"), nothing)
        lines = _named("award_line", AwardLine.objects.public(now), F("series__slug"), F("slug"))
        rows = contests.union(series, lines, all=True).order_by("of_kind", "number")[: self.limit]
        found: list[tuple[str, ...]] = []
        for kind, _number, *slugs in rows:
            pages = ("contest_winners", "submissions") if kind == "contest" else (kind,)
            found += [(page, *filter(None, slugs)) for page in pages]
        return found

    limit = 5000

    def location(self, item: tuple[str, ...]) -> str:
        page, *slugs = item
        return reverse(page, args=slugs)


def _named(kind: str, rows: RecordQuerySet, one: Combinable, other: Combinable) -> QuerySet:
    """Return the rows that are not synthetic as tuples (kind, primary key, first slug, second slug)."""
    columns = {"of_kind": Value(kind), "number": F("pk"), "one": one, "other": other}
    return rows.real().order_by().annotate(**columns).values_list(*columns)


class WorkSitemap(ResultSitemap):
    """The pages of works. Each is listed once, with the dates and the poster of its first public entry."""

    model = Submission
    page = "work"
    slugs = ("work__slug",)
    dates = ("reveal_at",)
    image = "poster"

    def rows(self) -> QuerySet:
        entries = super().rows()
        earlier = entries.order_by().filter(work=OuterRef("work"), pk__lt=OuterRef("pk"))
        return entries.filter(~Exists(earlier))


class EventSitemap(PublicSitemap):
    model = Event
    page = "event"
    slugs = ("contest__slug", "slug")


class PersonSitemap(PublicSitemap):
    # There is no `lastmod`, because the page of a person shows rows from many tables.
    model = Person
    page = "person"
    image = "portrait"


class OrganisationSitemap(PublicSitemap):
    model = Organisation
    page = "organisation"


class QuoteSitemap(ResultSitemap):
    model = Quote
    page = "quote"
    via = "event__contest"


class SourceSitemap(PublicSitemap):
    model = Source
    page = "source"


SITEMAPS = {
    "pages": PagesSitemap,
    "contests": ContestSitemap,
    "results": ResultsSitemap,
    "works": WorkSitemap,
    "events": EventSitemap,
    "people": PersonSitemap,
    "organisations": OrganisationSitemap,
    "quotes": QuoteSitemap,
    "sources": SourceSitemap,
}


def named() -> dict[str, type[Sitemap] | Sitemap]:
    """
    Return the sitemaps that have at least one URL, as {name of the section: sitemap}. The sitemap protocol does not
    allow empty sitemaps. Needs one SQL statement for all sections that are split into ranges.
    """
    sites = {name: kind() for name, kind in SITEMAPS.items()}
    shelves = [site.paginator for site in sites.values() if isinstance(site.paginator, Shelves)]
    for each, used in zip(shelves, Shelves.used_by(shelves), strict=True):
        each._used = used
    return {name: site for name, site in sites.items() if site.paginator.count}
