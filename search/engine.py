# ruff: noqa: S608 - the SQL is put together from our own constants and what Django compiled; values are parameters.
"""
Run a search: find the public entries that match a query, best first.

A search reads only the public parts of the index, so that neither its time nor its number of statements depends on
hidden rows. It writes nothing. The index may be out of date. Therefore the SQL that finds a match also checks that its
row is public and that the texts of the row haven't changed since they were indexed.

The rank depends only on the entry itself: first on how well its title matches (`query.TIERS`), then on its columns
(`Match`). Word counts over all entries are not used, so that hidden rows can't influence the order. Both databases give
the same order, except for more than 1,000 matches of a kind (see `postgresql`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from record.viewpoint import Viewpoint
from search.documents import MODELS
from search.models import Entry, Kind, Reason
from search.partitions import mark_of, searched
from search.query import TIERS, Query, Question, Tier, Unit
from search.snippets import marked, passage
from search.tokenizer import Word, split
from search.triggers import form
from search.typos import corrections

# The search counts and lists at most this number of results of each kind. If there are more, the page says "more than
# 1,000".
MOST = 1_000
OF_EACH_KIND, PER_PAGE, SUGGESTIONS = 5, 24, 8
# For each kind, its name in a URL and its label on the page.
NAMES = {
    Kind.WORK: ("works", _("Works")),
    Kind.PERSON: ("people", _("People")),
    Kind.CONTEST: ("contests", _("Contests")),
    Kind.ORGANISATION: ("organisations", _("Organisations")),
    Kind.QUOTE: ("quotes", _("Quotes")),
    Kind.SOURCE: ("sources", _("Sources")),
    Kind.SERIES: ("series", pgettext_lazy("several", "Series")),
    Kind.AWARD_LINE: ("awards", _("Awards")),
}
# Maps former names of kinds in URLs to their present names.
FORMER_NAMES = {"films": "works"}
_ALL = 2**62
# The most entries out of date for which a search reads that many more matches.
STALE = 20_000
_PASSAGE, _SEARCHED = 200, 4_000
# A work may have this many entries before it takes places from other works among the best results.
_ENTRIES_OF_WORK = 100


class Match(NamedTuple):
    """
    An entry that matches a query. Entries that match equally well are sorted by weight, then by the other fields of
    this class, in the order below. `shown` is the primary key of what the result shows: the work of an entry in a
    contest, or the row itself. It is shown once.
    """

    kind: int
    weight: int
    title_length: int
    object_id: int
    shown: int


@dataclass(frozen=True)
class Result:
    """One search result, with the matching words marked."""

    entry: Entry
    question: Question

    @property
    def title(self) -> SafeString:
        return marked(passage(self.entry.title, self.question, 2 * _PASSAGE), self.question)

    @property
    def byline(self) -> SafeString:
        return marked(self.entry.byline, self.question)

    @property
    def told_apart(self) -> SafeString:
        return marked(self.entry.told_apart, self.question)

    @property
    def label(self) -> SafeString:
        return marked(self.entry.label, self.question)

    @cached_property
    def passage(self) -> SafeString | str:
        """The paragraph with the most words of the query, or the first one if only the title matches."""
        paragraphs = self.entry.text[:_SEARCHED].split("\n")
        answering = max(paragraphs, key=self._matched)
        return marked(passage(answering, self.question, _PASSAGE), self.question)

    def _matched(self, text: str) -> int:
        return len({text[start:end].casefold() for start, end in self.question.spans(text)})


@dataclass(frozen=True)
class Group:
    """The results of one kind: the best of them, or one page if the search is limited to this kind."""

    kind: Kind
    results: list[Result]
    count: int
    page: Page | None = None
    #: Whether not all matches were read.
    is_cut: bool = False

    @property
    def name(self) -> str:
        return NAMES[self.kind][0]

    @property
    def label(self) -> str:
        return str(NAMES[self.kind][1])

    @property
    def is_more(self) -> bool:
        """Whether there are more results than are counted."""
        return self.is_cut or self.count > MOST

    @property
    def shown_count(self) -> int:
        return min(self.count, MOST)


@dataclass(frozen=True)
class Answer:
    """
    The answer to a query: a group of results for each kind, the group with the best result first. `question` is the
    visitor's query. `asked` is the query that was used: `question`, or a corrected or looser query if `question` has no
    results. `correction` is the text of the corrected query, with words spelled as in the results, or "".
    """

    question: Question
    asked: Question
    groups: list[Group]
    correction: str = ""

    @property
    def is_spelled(self) -> bool:
        return bool(self.asked.corrections) and not self.is_loose

    @property
    def is_loose(self) -> bool:
        """Whether a single word of the query is enough for a match."""
        return self.asked.is_loose

    @property
    def is_elsewhere(self) -> bool:
        """Whether there are results of other kinds, but none of the requested kind."""
        return not any(group.results for group in self.groups)


def search(text: str, viewpoint: Viewpoint, *, kind: Kind | None = None, page: str | None = None) -> Answer:
    """
    Return the public results for the query `text` at `viewpoint`: the best five of each kind or, if `kind` is given,
    the page number `page` of the results of this kind.
    """
    question = asked = Question(text)
    if question.is_empty:
        return Answer(question, question, [])
    parts = searched(viewpoint)
    found: dict[Match, Tier] = {}
    for asked in _readings(question, parts):
        if found := _candidates(
            asked, viewpoint, parts, {each: MOST if each is kind else OF_EACH_KIND for each in Kind}
        ):
            break
    # Group the matches by kind. The kind with the best match comes first.
    ranked: dict[Kind, list[Match]] = {}
    for match in _best_first(found):
        ranked.setdefault(Kind(match.kind), []).append(match)
    shown = {each: matches[:OF_EACH_KIND] if kind is None else [] for each, matches in ranked.items()}
    one_page = None
    if kind in ranked:
        one_page = Paginator(ranked[kind][:MOST], PER_PAGE).get_page(page)
        shown[kind] = list(one_page)
    entries = _entries([match for matches in shown.values() for match in matches], "tokens")
    groups = [
        Group(
            kind=each,
            results=[Result(entries[match], asked) for match in shown[each] if match in entries],
            count=len(matches),
            page=one_page if each is kind else None,
            is_cut=sum(match.kind == each for match in found) > MOST,
        )
        for each, matches in ranked.items()
    ]
    return Answer(question, asked, groups, _said(question, asked, groups))


def suggest(text: str, viewpoint: Viewpoint) -> list[Entry]:
    """Return at most eight entries that are public at `viewpoint` and whose title matches `text`, best first."""
    question = Question(text)
    if question.is_empty:
        return []
    parts = searched(viewpoint)
    found: dict[Match, Tier] = {}
    limits = dict.fromkeys(Kind, SUGGESTIONS)
    for asked in _readings(question, parts):
        if asked.is_loose or (found := _candidates(asked, viewpoint, parts, limits, titles_only=True)):
            break
    best = _best_first(found)[:SUGGESTIONS]
    entries = _entries(best, "tokens", "text")
    return [entries[match] for match in best if match in entries]


def _best_first(found: dict[Match, Tier]) -> list[Match]:
    """Return the matches, the best first. Of several entries of one work, only the best one is left."""
    best: dict[tuple[int, int], Match] = {}
    for match in sorted(found, key=lambda match: (found[match], match.weight, match)):
        best.setdefault((match.kind, match.shown), match)
    return list(best.values())


def _entries(matches: list[Match], *deferred: str) -> dict[Match, Entry]:
    """
    Return a dict that maps each of `matches` to its entry. The entries are loaded without the fields `deferred`. Needs
    one SQL statement, or none if there are no matches.
    """
    by_row = {(match.kind, match.object_id): match for match in matches}
    wanted = Q()
    for kind in {match.kind for match in matches}:
        wanted |= Q(kind=kind, object_id__in=[match.object_id for match in matches if match.kind == kind])
    entries = Entry.objects.filter(wanted).defer(*deferred) if matches else ()
    return {by_row[entry.kind, entry.object_id]: entry for entry in entries}


def _readings(question: Question, parts: list[int]) -> Iterator[Question]:
    """
    Yield the queries to try, one after the other: the query as written; if there are corrections, the query with
    corrected typos; then a query that matches entries with any of the words.
    """
    yield question
    spelled = question.spelled(corrections(question, parts))
    if spelled.corrections:
        yield spelled
    loosened = spelled.loosened()
    if len(loosened.units[0]) > 1:
        yield loosened


def _candidates(
    question: Question, viewpoint: Viewpoint, parts: list[int], limits: dict[Kind, int], *, titles_only: bool = False
) -> dict[Match, Tier]:
    """
    Return a dict that maps each public entry that matches `question` to its best tier.

    The last tier contains all matches, so up to 1,001 entries of each kind are read from it, to count them. From any
    other tier, at most `limits[kind]` entries of a kind are read. With `titles_only`, search only the titles and read
    at most `limits[kind]` entries from the last tier too. Needs at most two SQL statements.
    """
    marks = [mark_of(part) for part in parts]
    units = question.tiers()
    # The title of a quote is its whole text. A quote is suggested only if it begins with the query, so leave out quotes
    # that merely contain the words of the query.
    sought = [
        (kind, tier, units[matched_by])
        for kind, tiers in TIERS.items()
        for tier, matched_by in tiers.items()
        if not titles_only or (tier != Tier.TEXT and (kind, tier) != (Kind.QUOTE, Tier.WORDS))
    ]
    matching, stale = _matching(sought, marks)
    if viewpoint.preview is not None:
        stale = None  # The hidden part has the rows of all contests, not only those of the preview.
    selects: list[str] = []
    parameters: list[Any] = []
    for kind, of_kind in groupby(matching, key=itemgetter(0)):
        limit = limits[kind] + (_ENTRIES_OF_WORK if kind == Kind.WORK else 0)
        most = dict.fromkeys(Tier, limit) | {Tier.TEXT: limit if titles_only else MOST + 1}
        asked = [(tier, units[TIERS[kind][tier]], most[tier]) for _kind, tier in of_kind]
        sql, values = _public_matches(kind, viewpoint, asked, marks, stale)
        selects.append(sql)
        parameters += values
    found: dict[Match, Tier] = {}
    for tier, *columns in _rows(selects, parameters):
        match = Match(*columns)
        found[match] = min(Tier(tier), found.get(match, Tier(tier)))
    return found


def _matching(
    sought: list[tuple[Kind, Tier, list[Unit]]], marks: list[str]
) -> tuple[list[tuple[Kind, Tier]], int | None]:
    """
    Return the sorted pairs (kind, tier) for which at least one entry matches; only these are queried further. `sought`
    has the units of each. Also return how many entries may be out of date, None if there are more than `STALE`.
    """
    parts = [f"SELECT 0 AS kind, COUNT(*) AS tier FROM (SELECT 1 FROM search_change LIMIT {STALE + 1}) noted"]
    parameters: list[Any] = []
    for kind, tier, units in sought:
        sql, values = form().any_match(units, marks, kind)
        parts.append(f"SELECT {kind:d} AS kind, {tier:d} AS tier WHERE EXISTS ({sql})")
        parameters += values
    (_none, noted), *found = sorted(_rows(parts, parameters))
    return [(Kind(kind), Tier(tier)) for kind, tier in found], noted if noted <= STALE else None


def _public_matches(
    kind: Kind, viewpoint: Viewpoint, asked: list[tuple[Tier, list[Unit], int]], marks: list[str], stale: int | None
) -> Query:
    """
    Return the SQL and its parameters for the public entries of one kind that match. `asked` is a list of tuples (tier,
    units, limit). The units are what an entry of the tier must match. The limit is the largest number of entries from
    the tier. It isn't used for sources and organisations, because there are few. `stale` is the number of entries that
    may be out of date, and thus no longer public.
    """
    # PostgreSQL takes 13 ms to plan the condition for public sources. So the SQL contains it only once, for the matches
    # of all tiers together. Other kinds have it in each tier, with a limit; the few sources need no limit. The same
    # holds for organisations.
    is_long = kind in (Kind.SOURCE, Kind.ORGANISATION)
    condition, values = _may_be_shown(kind, viewpoint, f"t{kind:d}.object_id" if is_long else form().OBJECT_ID)
    columns = f"{kind:d} AS kind, weight, title_length, object_id"
    shown = "SELECT work_id FROM contests_submission WHERE id = {0}.object_id" if kind == Kind.WORK else "{0}.object_id"
    parts: list[str] = []
    parameters: list[Any] = []
    for tier, units, number in asked:
        if is_long:
            matches, filled = form().matches(units, marks, kind, _ALL, stale=None)
        else:
            matches, filled = form().matches(units, marks, kind, number, (condition, values), stale)
        name = f"t{kind:d}{tier:d}"
        parts.append(f"SELECT {tier:d} AS tier, {columns}, ({shown.format(name)}) AS shown FROM ({matches}) AS {name}")
        parameters += filled
    sql = " UNION ALL ".join(parts)
    if is_long:
        # This limit removes no rows. It stops PostgreSQL from copying the condition into each SELECT of the UNION.
        sql = f"SELECT tier, {columns}, shown FROM ({sql} LIMIT {_ALL:d}) AS t{kind:d} WHERE {condition}"
        parameters += values
    return sql, parameters


def _may_be_shown(kind: Kind, viewpoint: Viewpoint, object_id: str) -> Query:
    """
    Return an SQL condition and its parameters. The condition is true for an entry if its row is public and none of its
    texts has changed since it was indexed. A text that has changed might contain a name that must now stay hidden.
    `object_id` is an SQL expression for the id of the row.
    """
    row = RawSQL(object_id, [])  # noqa: S611
    public = MODELS[kind].objects.public(viewpoint).filter(pk=row).order_by().values("pk")
    is_public, parameters = public.query.sql_with_params()
    # "OFFSET 0" stops PostgreSQL from turning these subqueries into joins, which would read all rows, also the hidden
    # ones: for a common word, even all rows again for each match. As subqueries, they look up the row of each match.
    changed = f"kind = {kind:d} AND search_change.object_id = {object_id} AND reason = {Reason.TEXTS:d}"
    has_changed = f"EXISTS (SELECT 1 FROM search_change WHERE {changed} LIMIT 1 OFFSET 0)"
    # SQLite checks these two conditions from left to right. The cheap one is first: it needs only an index, while the
    # other needs several joins.
    return f"NOT {has_changed} AND EXISTS ({is_public} LIMIT 1 OFFSET 0)", list(parameters)


def _rows(parts: list[str], parameters: list[Any]) -> list[tuple]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return cursor.fetchall()


def _said(question: Question, asked: Question, groups: list[Group]) -> str:
    """
    Return the text of the query with the corrections in `asked`, or "" if nothing was corrected. Each corrected word is
    spelled as in the first result that contains it.
    """
    said = question.text
    for word in reversed(question.words):
        meant = asked.corrections.get(word.text, [])
        for text, other in _words_shown(groups) if meant else ():
            if other.text.startswith(word.text):
                break
            if other.text in meant:
                said = said[: word.starts[0]] + text[other.starts[0] : other.end] + said[word.end :]
                break
    return "" if said == question.text else said


def _words_shown(groups: list[Group]) -> Iterator[tuple[str, Word]]:
    for result in (result for group in groups for result in group.results):
        entry = result.entry
        for text in (entry.title, entry.told_apart, entry.byline, entry.label, entry.text):
            yield from ((text, word) for word in split(text))
