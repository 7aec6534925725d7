"""Import the editions of contests."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Contest, Series
from people.importing import Namesakes
from people.models import Organisation
from record.importing.columns import Column, column_for
from record.importing.kinds import Line
from record.importing.matching import Sources, by_key, key_column, names_in, rows_by, source_column, written_name
from record.importing.planning import SAID, Plan

from .targets import OfSeries, of_target

SAID |= {Series}


class ContestKind(OfSeries):
    """Editions. They arrive unpublished, and without results: an editor publishes them."""

    name = "contests"
    label = gettext_lazy("Contests")
    model = Contest
    writes = (Series, Organisation)

    def of_target(self, target: str, name: str) -> Any:
        return of_target(target, name, "" if target == "series" else "pk")

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Contest),
            Column(
                name="series",
                label=gettext_lazy("series"),
                read=lambda value, _reading: names_in(value, are_people=False)[0],
                help=gettext_lazy("The name or the slug. A name that is new here makes a new series."),
                of=lambda row: written_name(row.series.name, key=row.series.key) if row.series_id else "",
                has_names=True,
            ),
            column_for(Contest, "title", required=True, also=("name", "festival"), example="Specimen Awards"),
            column_for(Contest, "slug"),
            column_for(Contest, "edition_number", also=("edition", "number"), example="12"),
            column_for(Contest, "year_label", also=("year",), example="1927/28"),
            column_for(Contest, "held_from", also=("date", "held on", "ceremony date"), example="1929-05-16"),
            column_for(Contest, "held_to"),
            Column(
                name="organiser",
                label=Contest._meta.get_field("organiser").verbose_name,
                read=lambda value, _reading: names_in(value, are_people=False)[0],
                also=("organizer", "organisation"),
                of=lambda row: written_name(row.organiser.name, key=row.organiser.key),
                has_names=True,
                example="Specimen Society",
            ),
            column_for(Contest, "tagline"),
            column_for(Contest, "about", also=("description",)),
            column_for(Contest, "work_kind"),
            column_for(Contest, "host_event"),
            column_for(Contest, "city"),
            column_for(Contest, "country", also=("country",)),
            column_for(Contest, "prize_pool"),
            column_for(Contest, "prize_currency"),
            column_for(Contest, "time_zone"),
            column_for(Contest, "opens_at"),
            column_for(Contest, "closes_at"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, sources = by_key(plan, lines, Contest.objects.all()), Sources(plan, lines)
        slugs = rows_by(Contest.objects.all(), "slug", [line["slug"] for line in lines])
        titles = rows_by(Contest.objects.all(), "title", [line["title"] for line in lines])
        named = [line["series"] for line in lines if line["series"]]
        names = {text for each in named for text in (each.name, each.key) if text}
        series = rows_by(Series.objects.all(), "name", names) | rows_by(Series.objects.all(), "slug", names)
        series |= rows_by(Series.objects.all(), "key", names)
        organisers = Namesakes(plan, Organisation)
        hosts = [line["organiser"] for line in lines if line["organiser"]]
        organisers.load((each.name for each in hosts if not each.key), (each.key for each in hosts))
        mine: dict[tuple[Any, ...], int] = {}
        for line in lines:
            values = plan.values_from(line)
            if not line["title"]:
                continue
            of_series = plan.options.series
            if line["series"]:
                found = series.setdefault(line["series"].key or line["series"].name, [])
                if not found:
                    key = {"key": line["series"].key} if line["series"].key else {}
                    found.append(plan.make(Series, name=line["series"].name, **key))
                plan.add(found[0], line.number) if found[0].pk is None else None
                of_series = found[0]
            if of_series is not None:
                values["series"] = of_series
            row = stored.get(line["key"] or "") or next(iter(slugs.get(line["slug"] or "", [])), None)
            if row is None and not line["key"]:
                alike = [
                    each
                    for each in titles.get(line["title"], [])
                    if each.series_id == (of_series.pk if of_series else None)
                    and each.year_label == values.get("year_label", each.year_label)
                    and each.edition_number == values.get("edition_number", each.edition_number)
                ]
                row = alike[0] if len(alike) == 1 else None
            if line["organiser"]:
                beside = [row.organiser] if row else []
                values["organiser"] = organisers.find(line["organiser"], line, "organiser", beside=beside)
            elif row is None:
                plan.problem(line.number, "organiser", _("A new contest needs an organiser."))
                continue
            if row is None:
                same = (line["title"], values.get("year_label"), values.get("edition_number"))
                if not line["key"] and same in mine:
                    message = _("Row %(number)s has the same title and year, and nothing tells the two apart.")
                    plan.problem(line.number, "title", message % {"number": mine[same]})
                mine.setdefault(same, line.number)
                row = plan.make(Contest, **({"key": line["key"]} if line["key"] else {}), **values)
                if "edition_number" not in values:
                    row.edition_number = None
                plan.add(row, line.number, is_main=True)
            else:
                plan.compare(row, values, line.number, is_main=True)
            sources.cite(line, row)

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("series", "organiser").prefetch_related("sources")
