"""Which rows belong to a contest or a series, and which of them are sealed: the public does not see them yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Category,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Party,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    WorkIdentifier,
)
from contests.visibility import Results
from people.models import (
    Affiliation,
    NextProject,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    PersonIdentifier,
    PersonName,
)
from record.viewpoint import Viewpoint

from .kinds import KINDS, Kind, Row
from .stored_rows import in_pieces

_OF_PEOPLE: tuple[Any, ...] = (PersonName, PersonIdentifier, Affiliation, PastWork, NextProject)
_OF_ORGANISATIONS: tuple[Any, ...] = (OrganisationName, OrganisationIdentifier)


@dataclass
class Selection:
    """
    The rows of an archive: their primary keys, by kind. `sealed` has the number of rows that the public does not see
    yet, by kind, and with the kind "contest" the number of contests with an approval or a reveal to come. `is_full`
    says whether these rows are part of the selection. `unpublished` is the number of contests in the selection that the
    public does not see at all yet.
    """

    is_full: bool
    keys: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    sealed: dict[str, int] = field(default_factory=dict)
    unpublished: int = 0
    #: The permanent keys of the contests whose results are not public, and of those without any public result.
    hidden: set[str] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)

    @property
    def is_sealed(self) -> bool:
        """Whether the archive contains something that the public does not see yet."""
        return bool(self.unpublished) or self.has_sealed

    @property
    def has_sealed(self) -> bool:
        """Whether the archive contains results that the public does not see yet."""
        return self.is_full and any(self.sealed.values())

    def told(self, kind: Kind, row: Row) -> Row:
        """Return `row` without the values that nobody may know yet, unless the selection is full."""
        if self.is_full or not self.hidden:
            return row
        values = dict(zip(kind.names, row, strict=True))
        if kind.model is Contest and values["key"] in self.hidden:
            values["reveal_at"] = None
            if values["key"] in self.untold:
                values["approved_at"] = None
        if kind.model is Submission and values["contest"] in self.hidden:
            values["is_selected"] = False
        return tuple(values.values())


def select(of: Contest | Series, *, with_sealed: bool) -> Selection:
    """
    Return the rows of a contest, or of a series with all its contests. Without `with_sealed`, leave out what the
    visibility rule hides: results, entries, quotes and appearances of winners that are not public.
    """
    found = _Selecting(of, with_sealed)
    found.run()
    return found.selection


class _Selecting:
    def __init__(self, of: Contest | Series, with_sealed: bool):
        self.of, self.viewpoint = of, Viewpoint.now()
        self.selection = Selection(is_full=with_sealed)
        self.keys = self.selection.keys

    def run(self) -> None:
        if isinstance(self.of, Series):
            contests = list(Contest.objects.filter(series=self.of))
            series = [self.of.pk]
            self._add(SeriesOrganiser, series=self.of)
            self._add(AwardLine, series=self.of)
        else:
            contests = list(Contest.objects.filter(pk=self.of.pk))
            series = [contest.series_id for contest in contests if contest.series_id]
        self.keys["series"].update(series)
        self.keys["contest"].update(contest.pk for contest in contests)
        shown = Contest.objects.public(self.viewpoint).filter(pk__among=self.keys["contest"])
        self.selection.unpublished = len(contests) - shown.count()
        within = {"contest__among": self.keys["contest"]}
        for model in (Figure, LeadingRegion, Category, Award, Event):
            self._add(model, **within)
        self._add_shown("submission", Submission.objects.filter(**within))
        self._add_shown("recognition", Recognition.objects.filter(award__among=self.keys["award"]))
        self._add_shown("appearance", Appearance.objects.filter(event__among=self.keys["event"]))
        self._add_shown("quote", Quote.objects.filter(event__among=self.keys["event"]))
        self._add_in("party", Party, "recognition")
        self._states(contests)
        self._lines()
        self.keys["work"] = self._values(KINDS["submission"], "work_id")
        self._add_in("workidentifier", WorkIdentifier, "work")
        self._add_in("credit", Credit, "work")
        self._people()
        self._sources()

    def _add(self, model: Any, **of: Any) -> None:
        rows = model._base_manager.filter(**of).order_by()
        self.keys[model._meta.model_name].update(rows.values_list("pk", flat=True))

    def _add_in(self, name: str, model: Any, owner: str) -> None:
        for piece in in_pieces(
            sorted(self.keys[KINDS[name].model._meta.get_field(owner).related_model._meta.model_name])
        ):
            self._add(model, **{f"{owner}__among": piece})

    def _add_shown(self, name: str, rows: QuerySet) -> None:
        every = set(rows.order_by().values_list("pk", flat=True))
        public: Any = rows
        shown = every & set(public.public(self.viewpoint).order_by().values_list("pk", flat=True))
        self.selection.sealed[name] = len(every - shown)
        self.keys[name].update(every if self.selection.is_full else shown)

    def _states(self, contests: Iterable[Contest]) -> None:
        """Find the contests whose state must not leave the portal."""
        told = set(
            Recognition.objects.public(self.viewpoint)
            .filter(award__among=self.keys["award"])
            .values_list("award__contest__key", flat=True)
            .order_by()
        )
        waiting = 0
        for contest in contests:
            if contest.results(self.viewpoint) is not Results.PUBLIC:
                self.selection.hidden.add(contest.key)
                if contest.key not in told:
                    self.selection.untold.add(contest.key)
                waiting += contest.approved_at is not None or contest.reveal_at is not None
        self.selection.sealed["contest"] = waiting

    def _lines(self) -> None:
        """Add the continuing awards of the awards, and those that they continue."""
        keys = self._values(KINDS["award"], "line_id") | self.keys["awardline"]
        while keys:
            self.keys["awardline"] |= keys
            before = AwardLine.objects.filter(pk__among=keys, continues__isnull=False).order_by()
            keys = {pk for pk in before.values_list("continues", flat=True) if pk} - self.keys["awardline"]
        self.keys["series"] |= self._values(KINDS["awardline"], "series_id")

    def _people(self) -> None:
        """Add the people and organisations that the rows so far refer to, and what belongs to them."""
        for kind in KINDS.values():
            for column in kind.columns:
                if column.to in ("person", "organisation", "creditrole") and self.keys[kind.name]:
                    self.keys[column.to] |= self._targets(kind, column.field)
        for model in _OF_PEOPLE:
            self._add_in(str(model._meta.model_name), model, "person")
        self.keys["organisation"] |= self._values(KINDS["affiliation"], "organisation_id")
        for model in _OF_ORGANISATIONS:
            self._add_in(str(model._meta.model_name), model, "organisation")

    def _sources(self) -> None:
        for kind in KINDS.values():
            for column in kind.columns:
                if column.to == "source" and self.keys[kind.name]:
                    self.keys["source"] |= self._targets(kind, column.field)

    def _targets(self, kind: Kind, field: Any) -> set[int]:
        if not field.many_to_many:
            return self._values(kind, field.attname)
        links, owner = field.remote_field.through._base_manager, field.m2m_field_name()
        return self._distinct(links, f"{owner}_id", f"{field.m2m_reverse_field_name()}_id", kind)

    def _values(self, kind: Kind, column: str) -> set[int]:
        return self._distinct(kind.model._base_manager, "pk", column, kind)

    def _distinct(self, rows: Any, owner: str, column: str, kind: Kind) -> set[int]:
        found: set[int] = set()
        for piece in in_pieces(sorted(self.keys[kind.name])):
            of = rows.filter(Q(**{f"{owner}__among": piece}), **{f"{column}__isnull": False})
            found.update(of.order_by().values_list(column, flat=True).distinct())
        return found


def sealed_rows(selection: Selection) -> Sequence[tuple[str, int]]:
    """Return how many rows of each kind are sealed, if any: pairs of the name of the kind and the number."""
    return [
        (str(KINDS[name].model._meta.verbose_name_plural), number)
        for name, number in selection.sealed.items()
        if number
    ]
