"""Import sources."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.importing.columns import Column, column_for
from record.importing.kinds import Kind, Line
from record.importing.matching import by_key, key_column, rows_by
from record.importing.planning import Plan
from record.models import Source


class SourceKind(Kind):
    name = "sources"
    label = gettext_lazy("Sources")
    model = Source

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Source),
            column_for(
                Source, "title", required=True, also=("name", "headline"), example="Report on the specimen awards"
            ),
            column_for(Source, "slug"),
            column_for(Source, "publisher", also=("newspaper", "site", "medium")),
            column_for(Source, "author", also=("by", "authors")),
            column_for(Source, "url", also=("link", "address", "web")),
            column_for(Source, "published_on", also=("date", "published"), example="2026-04-03"),
            column_for(Source, "accessed_on", also=("accessed", "retrieved")),
            column_for(Source, "note", also=("remark",)),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored = by_key(plan, lines, Source.objects.all())
        urls = rows_by(Source.objects.all(), "url", [line["url"] for line in lines])
        titles = rows_by(Source.objects.all(), "title", [line["title"] for line in lines])
        for line in lines:
            if not line["title"]:
                continue
            values = plan.values_from(line)
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                row = _same(urls.get(values.get("url") or "", []) or titles.get(line["title"], []), values)
            if row is not None and plan.is_new(row):
                plan.problem(line.number, "title", _("Another row of the table has this source already."))
            elif row is not None:
                plan.compare(row, values, line.number, is_main=True)
            else:
                row = plan.make(Source, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
                if row.url:
                    urls.setdefault(row.url, []).append(row)
                titles.setdefault(row.title, []).append(row)


def _same(found: list[Source], values: dict[str, Any]) -> Source | None:
    """
    Return the source among `found` that says the same as `values`. If there is none, return the only stored one that
    lacks some of the values and has no other.
    """

    def says(row: Source, *allowed: str) -> bool:
        return all(str(row.serializable_value(name) or "") in (str(value), *allowed) for name, value in values.items())

    exact = [row for row in found if says(row)]
    possible = [row for row in found if row.pk is not None and (says(row, "") or row.url == values.get("url"))]
    return exact[0] if exact else possible[0] if len(possible) == 1 else None
