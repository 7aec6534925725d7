"""Import the continuing awards of series, and the awards of contests."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Award, AwardLine, Series
from record.importing.columns import Column, column_for
from record.importing.kinds import Line
from record.importing.matching import Sources, by_key, key_column, names_in, rows_by, source_column, written_name
from record.importing.planning import Plan

from .targets import Contests, InParent, OfContest, OfSeries, contest_column, lines_of, of_target, read_text


class AwardLineKind(OfSeries):
    name = "award_lines"
    label = AwardLine._meta.verbose_name_plural
    model = AwardLine

    def of_target(self, target: str, name: str) -> Any:
        return of_target(target, name, "") if target == "series" else None

    def columns(self) -> Sequence[Column]:
        return [
            key_column(AwardLine),
            Column(
                name="series",
                label=gettext_lazy("series"),
                read=lambda value, _reading: names_in(value, are_people=False)[0],
                help=gettext_lazy(
                    "The name, the slug or the permanent key. Leave it out if you choose one for all rows."
                ),
                of=lambda row: written_name(row.series.name, key=row.series.key),
                has_names=True,
            ),
            column_for(AwardLine, "name", required=True, also=("award", "award line"), example="Best Specimen"),
            column_for(AwardLine, "slug"),
            column_for(AwardLine, "description"),
            column_for(AwardLine, "order"),
            Column(
                name="continues",
                label=gettext_lazy("continues"),
                read=read_text,
                help=gettext_lazy("The name or the slug of the earlier award that this one has replaced."),
                of=lambda row: row.continues.slug if row.continues_id else "",
            ),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, sources = by_key(plan, lines, AwardLine.objects.select_related("series")), Sources(plan, lines)
        named = [line["series"] for line in lines if line["series"]]
        names = {text for each in named for text in (each.name, each.key) if text}
        series: dict[str, list[Any]] = {}
        for column in ("name", "slug", "key"):
            series |= rows_by(Series.objects.all(), column, names)
        chosen = plan.options.series
        known = lines_of([row.pk for rows in series.values() for row in rows] + ([chosen.pk] if chosen else []))
        for line in lines:
            if not line["name"]:
                continue
            name = line["series"]
            found = series.get(name.key or name.name, []) if name else [chosen] if chosen else []
            if len(found) != 1:
                message = _("Name the series by its slug, or choose one for all rows.")
                plan.problem(line.number, "series", message)
                continue
            values = plan.values_from(line) | {"series": found[0]} | sources.one(line)
            before = line["continues"]
            if before:
                earlier = known.find(found[0], before)
                if not earlier:
                    message = _("There is no award “%(name)s” in this series. It must come first in the table.")
                    plan.problem(line.number, "continues", message % {"name": before})
                    continue
                plan.use(earlier[0], line.number)
                values["continues"] = earlier[0]
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                alike = known.find(found[0], line["slug"] or line["name"])
                row = alike[0] if len(alike) == 1 else None
            if row is not None and plan.is_new(row):
                plan.problem(line.number, "name", _("Another row of the table has this award already."))
            elif row is None:
                key = {"key": line["key"]} if line["key"] else {}
                row = plan.make(AwardLine, **key, **values)
                plan.add(row, line.number, is_main=True)
                known.add(row, {row.name, row.slug})
            else:
                plan.compare(row, values, line.number, is_main=True)

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("series", "continues", "source")


class AwardKind(OfContest):
    name = "awards"
    label = gettext_lazy("Awards")
    model = Award

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Award),
            contest_column(),
            column_for(Award, "name", required=True, also=("award", "prize"), example="Best Specimen"),
            column_for(Award, "slug"),
            Column(
                name="line",
                label=Award._meta.get_field("line").verbose_name,
                read=read_text,
                help=gettext_lazy("The name or the slug of the continuing award in the series."),
                also=("award line",),
                of=lambda row: row.line.slug if row.line_id else "",
            ),
            column_for(Award, "kind"),
            column_for(Award, "honours"),
            column_for(Award, "precedence", also=("order",)),
            column_for(Award, "description"),
            column_for(Award, "prize_amount", also=("prize money", "amount")),
            column_for(Award, "prize_currency", also=("currency",)),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        contests, sources = Contests(plan, lines), Sources(plan, lines)
        stored = by_key(plan, lines, Award.objects.select_related("contest"))
        involved = [(line, contest) for line in lines if (contest := contests.of(line)) is not None and line["name"]]
        known = InParent(
            Award.objects.filter(contest__in={contest.pk for _line, contest in involved}).select_related("contest"),
            "contest",
            ("name", "slug"),
        )
        continuing = lines_of(contest.series_id for _line, contest in involved if contest.series_id)
        for line, contest in involved:
            values = plan.values_from(line) | {"contest": contest} | sources.one(line)
            if name := line["line"]:
                found = continuing.find(contest.series, name) if contest.series else []
                if len(found) != 1:
                    message = _("There is no continuing award “%(name)s” in the series of this contest.")
                    plan.problem(line.number, "line", message % {"name": name})
                    continue
                values["line"] = found[0]
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                alike = known.find(contest, line["slug"] or line["name"])
                row = alike[0] if len(alike) == 1 else None
            if row is not None and plan.is_new(row):
                plan.problem(line.number, "name", _("Another row of the table has this award already."))
            elif row is None:
                row = plan.make(Award, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
                known.add(row, {row.name, row.slug})
            else:
                plan.compare(row, values, line.number, is_main=True)

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("contest", "line", "source")
