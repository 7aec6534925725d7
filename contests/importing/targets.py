"""The contest or the series to which the lines of a table belong."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import AwardLine, Contest, Series
from record.importing import cells
from record.importing.columns import Column, Reading
from record.importing.kinds import Kind, Line
from record.importing.matching import rows_by
from record.importing.planning import Plan
from record.importing.reading import Value
from record.sort_keys import folded


def read_text(value: Value, _reading: Reading) -> str:
    return cells.parse_text(value, 300)


def contest_column() -> Column:
    return Column(
        name="contest",
        label=gettext_lazy("contest"),
        read=read_text,
        help=gettext_lazy(
            "The slug, the permanent key or the title. Leave it out if you choose one contest for all rows."
        ),
        also=("festival", "edition", "contest_key"),
        of=lambda row: contest_of(row).slug,
        example="specimen-2026",
    )


def contest_of(row: Any) -> Contest:
    """Return the contest of a row that belongs to one."""
    if hasattr(row, "contest"):
        return row.contest
    return row.award.contest if hasattr(row, "award") else row.event.contest


def of_target(target: str, name: str, to_contest: str) -> Q | None:
    """Return the condition for rows of one contest or series. `to_contest` is the lookup path to the contest."""
    model = {"contest": Contest, "series": Series}[target]
    row = model.objects.filter(Q(key=name) | Q(slug=name)).first()
    if row is None:
        return None
    path = to_contest if target == "contest" else f"{to_contest}__series"
    return Q(**{path.removeprefix("__"): row.pk})


class OfContest(Kind):
    """A kind whose rows belong to a contest, which the editor chooses or a column names."""

    target = "contest"
    target_model = Contest
    #: The lookup path from a row to its contest.
    to_contest: ClassVar[str] = "contest"

    def of_target(self, target: str, name: str) -> Any:
        return of_target(target, name, self.to_contest)

    def target_named(self, key: str) -> Any:
        return Contest.objects.filter(key=key).first() or Contest.objects.filter(slug=key).first()


class OfSeries(Kind):
    """A kind whose rows belong to a series, which the editor chooses or a column names."""

    target = "series"
    target_model = Series

    def target_named(self, key: str) -> Any:
        return Series.objects.filter(key=key).first() or Series.objects.filter(slug=key).first()


class Contests:
    """The contests that the lines of a table name."""

    def __init__(self, plan: Plan, lines: Iterable[Line]):
        self.plan = plan
        names = {line["contest"] for line in lines if line["contest"]}
        rows = Contest.objects.select_related("series")
        self.found: dict[str, list[Contest]] = {}
        if names:
            by_title: dict[str, list[Contest]] = {}
            # Titles repeat through the years, so the year is part of the name.
            for row in rows.filter(title__in=names | {name.rpartition(" ")[0] for name in names}):
                by_title.setdefault(str(row), []).append(row)
                by_title.setdefault(row.title, []).append(row)
            self.found = by_title | rows_by(rows, "slug", names) | rows_by(rows, "key", names)

    def of(self, line: Line) -> Contest | None:
        """Return the contest of `line`. If there is none, note the problem and return None."""
        name = line["contest"]
        if not name:
            if self.plan.options.contest is None:
                self.plan.problem(line.number, "contest", _("Name the contest, or choose one for all rows."))
            return self.plan.options.contest
        found = list({row.pk: row for row in self.found.get(name, [])}.values())
        if len(found) == 1:
            return found[0]
        message = _("There is no contest “%(name)s”.")
        if found:
            message = _("There are several contests “%(name)s”. Use the slug.")
        self.plan.problem(line.number, "contest", message % {"name": name})
        return None


class InParent:
    """The rows of a model by their names, slugs and keys, in each parent, such as the awards of each contest."""

    def __init__(self, rows: Any, parent: str, names: tuple[str, ...]):
        self.parent = parent
        self.by_name: dict[tuple[int, str], list[Any]] = {}
        for row in rows.order_by("pk"):
            self.add(row, {getattr(row, name) for name in names} | {row.key})

    def add(self, row: Any, names: Iterable[str]) -> None:
        """Let `row` be found by these names."""
        parent = getattr(row, f"{self.parent}_id") or id(getattr(row, self.parent))
        for name in {folded(name) for name in names if name}:
            self.by_name.setdefault((parent, name), []).append(row)

    def find(self, parent: Any, name: str) -> list[Any]:
        """Return the rows of `parent` with this name, slug or key."""
        return self.by_name.get((parent.pk or id(parent), folded(name)), [])


def lines_of(series: Iterable[int]) -> InParent:
    return InParent(AwardLine.objects.filter(series__in=set(series)), "series", ("name", "slug"))
