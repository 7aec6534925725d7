"""The series of the API: the queries and the JSON of series, their organisers and their continuing awards."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet, Subquery

from contests import models as contests
from record.viewpoint import Viewpoint

from . import schemas as shapes

if TYPE_CHECKING:
    from .serializers import Writer

Tree = Mapping[str, Any]


def organisers(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    rows = contests.SeriesOrganiser.objects.public(viewpoint).select_related("organisation", "source")
    return rows.order_by("since", "pk")


def lines(viewpoint: Viewpoint, expand: Tree) -> QuerySet:
    """
    Return the continuing awards with `former_key` and `former_name`: the award that each continues, if that is public.
    """
    former = contests.AwardLine.objects.public(viewpoint).filter(pk=OuterRef("continues")).order_by()
    rows = contests.AwardLine.objects.public(viewpoint).select_related("series", "source")
    rows = rows.annotate(former_key=Subquery(former.values("key")), former_name=Subquery(former.values("name")))
    return rows.order_by("order", "pk")


def write_series(writer: "Writer", row: contests.Series, expand: Tree) -> shapes.Series:
    return shapes.Series(
        **writer._resource(row, row.get_absolute_url()),
        slug=row.slug,
        name=row.name,
        description=row.description or None,
        sources=writer._sources(row, expand),
        editions_href=writer.list_href("contests", series=row.slug),
        **writer._many(
            row,
            expand,
            organisers=lambda organiser, _expand: write_organiser(writer, organiser),
            editions=writer.contest,
            lines=lambda line, _expand: write_line(writer, line),
        ),
    )


def write_organiser(writer: "Writer", row: contests.SeriesOrganiser) -> shapes.SeriesOrganiser:
    return shapes.SeriesOrganiser(
        organisation=writer.organisation(row.organisation),
        since=row.since or None,
        until=row.until or None,
        source=writer._source_of(row.source),
    )


def write_line(writer: "Writer", row: Any) -> shapes.AwardLine:
    return shapes.AwardLine(
        id=row.key,
        label=row.name,
        url=writer.absolute(row.get_absolute_url()),
        slug=row.slug,
        description=row.description or None,
        order=row.order,
        continues=shapes.Named(id=row.former_key, label=row.former_name) if row.former_key else None,
        awards_href=writer.list_href("awards", series=row.series.slug, line=row.slug),
        source=writer._source_of(row.source),
    )
