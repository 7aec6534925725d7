"""
`press-kit.json`: the data of a press kit as JSON, in the same format as the API (docs/api.md), written in parts.

Besides submissions, events and other lists, the file contains the people and sources to which the rows in these lists
refer.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from api import queries as api
from api.serializers import Writer
from contests.models import Contest, Submission
from people.models import Person
from record.models import Record, Source
from record.viewpoint import Request

from .chunks import by_keys, in_chunks

#: The version of the format. It increases if a change would break programs that read the previous version.
VERSION = 1
CREDITED: api.Tree = {"credits": {}}
PORTRAYED: api.Tree = {"affiliations": {}, "next_projects": {}, "past_works": {}}

Rows = Iterable[Any]
Lists = Iterable[tuple[str, QuerySet, Callable[[Any], Any]]]


class _Writer(Writer):
    """A serializer that remembers to which people and sources its records refer."""

    def __init__(self, request: Request):
        super().__init__(request)
        self.seen: dict[type[Record], set[int]] = {Person: set(), Source: set()}

    def reference(self, row: Record) -> Any:
        self._note(row)
        return super().reference(row)

    def _source_of(self, source: Source | None, in_full: bool = False) -> Any:
        if source:
            self._note(source)
        return super()._source_of(source, in_full)

    def _note(self, row: Record) -> None:
        if type(row) in self.seen:
            self.seen[type(row)].add(row.pk)


class Data:
    """The JSON of one press kit. When the JSON is complete, `source_keys` has the primary keys of all sources in it."""

    def __init__(self, request: Request):
        self._writer = _Writer(request)
        self._viewpoint = self._writer.viewpoint

    @property
    def source_keys(self) -> list[int]:
        return sorted(self._writer.seen[Source])

    def of_contest(self, contest: Contest) -> Iterator[str]:
        viewpoint, write = self._viewpoint, self._writer
        of_awards = {"award__contest": contest}
        return self._document(
            {"contest": api.contests(viewpoint, {}).filter(pk=contest.pk)},
            [
                ("figures", api.own_figures(viewpoint, {}).filter(contest=contest), write.figure),
                ("organisation_figures", api.organisation_figures(viewpoint, {}).filter(contest=contest), write.figure),
                ("leading_regions", api.leading_regions(viewpoint, {}).filter(contest=contest), write.leading_region),
                ("categories", api.categories(viewpoint, {}).filter(contest=contest), write.category),
                ("awards", api.awards(viewpoint, {}).filter(contest=contest), write.award),
                (
                    "recognitions",
                    api.recognitions(viewpoint, {}).filter(**of_awards).order_by(*BY_AWARD),
                    write.recognition,
                ),
                ("submissions", self._works().filter(contest=contest).order_by("sort_key", "pk"), self._work),
                ("events", self._events().filter(contest=contest), self._event),
                ("quotes", self._quotes().filter(event__contest=contest).order_by(*AS_SAID), write.quote),
            ],
        )

    def of_work(self, work: Submission) -> Iterator[str]:
        viewpoint, write = self._viewpoint, self._writer
        won = api.recognitions(viewpoint, {}).filter(submissions=work).order_by(*BY_AWARD)
        return self._document(
            {"contest": api.contests(viewpoint, {}).filter(pk=work.contest_id)},
            [
                ("submissions", self._works().filter(pk=work.pk), self._work),
                ("recognitions", won, write.recognition),
                ("quotes", self._quotes().about(work).order_by(*AS_SAID), write.quote),
            ],
        )

    def _works(self) -> Any:
        return api.submissions(self._viewpoint, CREDITED)

    def _work(self, row: Submission) -> Any:
        return self._writer.submission(row, CREDITED)

    def _events(self) -> Any:
        return api.events(self._viewpoint, {"appearances": {}})

    def _event(self, row: Any) -> Any:
        return self._writer.event(row, {"appearances": {}})

    def _quotes(self) -> Any:
        return api.quotes(self._viewpoint, {})

    def _document(self, single: dict[str, Any], lists: Lists) -> Iterator[str]:
        write = self._writer
        head = {
            "format": "laurel-press-kit",
            "version": VERSION,
            "as_of": self._viewpoint.at.isoformat(timespec="seconds"),
            "shapes": write.absolute(reverse("api")),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1]
        for name, rows in single.items():
            yield f',\n"{name}": '
            yield from (_json(write.write(row, {})) for row in rows)
        for name, rows, written in lists:
            yield from _list(name, in_chunks(rows), written)
        people = by_keys(sorted(write.seen[Person]), lambda keys: self._people().filter(pk__in=keys))
        yield from _list("people", people, lambda row: write.person(row, PORTRAYED))
        sources = by_keys(
            self.source_keys, lambda keys: api.sources(self._viewpoint, {}).filter(pk__in=keys).order_by("pk")
        )
        yield from _list("sources", sources, write.source)
        yield "}\n"

    def _people(self) -> Any:
        return api.people(self._viewpoint, PORTRAYED).order_by("pk")


BY_AWARD = ("award__precedence", "order", "pk")
AS_SAID = ("event__order", "order", "pk")


def _list(name: str, rows: Rows, written: Callable[[Any], Any]) -> Iterator[str]:
    yield f',\n"{name}": ['
    between = "\n"
    for row in rows:
        yield f"{between}{_json(written(row))}"
        between = ",\n"
    yield "]"


def _json(shape: Any) -> str:
    return shape.model_dump_json(exclude_unset=True)
