# ruff: noqa: S608 - the SQL is put together from our own constants and what Django compiled; values are parameters.
"""
Run a search: find the public entries that match a query, best first.

A search reads only the public parts of the index, so that neither its time nor its number of statements depends on
hidden rows. The same statement still checks that each match is public, because the index may be slightly out of date.

The rank depends only on the entry itself: first on how well its title matches (`Question.tiers`), then on its primary
key. Word counts over all entries are not used, so that hidden rows can't influence the order and both databases give
the same order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, product
from operator import itemgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from record.viewpoint import Viewpoint
from search.documents import MODELS
from search.index import refresh_for_search
from search.models import OBJECT_ID_BITS, Entry, Kind, Spelling, kind_of, places_of
from search.partitions import mark_of
from search.query import Question
from search.snippets import marked, passage
from search.tokenizer import Word, is_one_typo, split, variants
from search.triggers import form

# The most results of each kind that are counted and paged through. Above it the page says "more than 1,000".
MOST = 1_000
OF_EACH_KIND, PER_PAGE, SUGGESTIONS = 5, 24, 8
# For each kind, its name in a URL and its label on the page.
NAMES = {
    Kind.WORK: ("works", _("Works")),
    Kind.PERSON: ("people", _("People")),
    Kind.CONTEST: ("contests", _("Contests")),
    Kind.QUOTE: ("quotes", _("Quotes")),
    Kind.SOURCE: ("sources", _("Sources")),
}
# Former names of kinds in URLs.
FORMER_NAMES = {"films": "works"}
_ALL = 2**62
_PASSAGE, _SEARCHED = 200, 4_000


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
    def label(self) -> SafeString:
        return marked(self.entry.label, self.question)

    @cached_property
    def passage(self) -> SafeString | str:
        """The paragraph that matches the query, or the first one if only the title matches."""
        paragraphs = self.entry.text[:_SEARCHED].split("\n")
        answering = next((text for text in paragraphs if any(self.question.spans(text))), paragraphs[0])
        return marked(passage(answering, self.question, _PASSAGE), self.question)


@dataclass(frozen=True)
class Group:
    """The results of one kind: the best of them, or one page if the search is limited to this kind."""

    kind: Kind
    results: list[Result]
    count: int
    page: Page | None = None

    @property
    def name(self) -> str:
        return NAMES[self.kind][0]

    @property
    def label(self) -> str:
        return str(NAMES[self.kind][1])

    @property
    def is_more(self) -> bool:
        """Whether there are more results than are counted."""
        return self.count > MOST

    @property
    def shown_count(self) -> int:
        return min(self.count, MOST)


@dataclass(frozen=True)
class Answer:
    """
    The groups of results; the group with the best result comes first. `asked` is the query that was used: the original,
    or a corrected or looser one if the original has no results. `correction` is the text of the corrected query, with
    words spelled as in the results.
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
        """Whether the results contain only some of the words."""
        return self.asked.is_loose

    @property
    def is_elsewhere(self) -> bool:
        """Whether there are results, but none of the requested kind."""
        return not any(group.results for group in self.groups)


def search(text: str, viewpoint: Viewpoint, *, kind: Kind | None = None, page: str | None = None) -> Answer:
    """Return the public results for `text` at `viewpoint`: the best five of each kind, or one page of one `kind`."""
    question = asked = Question(text)
    if question.is_empty:
        return Answer(question, question, [])
    parts = refresh_for_search(viewpoint)
    found: dict[int, int] = {}
    for asked in _readings(question, parts):
        if found := _candidates(
            asked, viewpoint, parts, {each: MOST if each is kind else OF_EACH_KIND for each in Kind}
        ):
            break
    # In this order, the kind with the best result comes first.
    ranked: dict[Kind, list[int]] = {}
    for place in sorted(found, key=lambda place: (found[place], place)):
        ranked.setdefault(kind_of(place), []).append(place)
    shown = {each: places[:OF_EACH_KIND] if kind is None else [] for each, places in ranked.items()}
    one_page = None
    if kind in ranked:
        one_page = Paginator(ranked[kind][:MOST], PER_PAGE).get_page(page)
        shown[kind] = list(one_page)
    entries = Entry.objects.defer("tokens").in_bulk([place for places in shown.values() for place in places])
    groups = [
        Group(
            kind=each,
            results=[Result(entries[place], asked) for place in shown[each] if place in entries],
            count=len(places),
            page=one_page if each is kind else None,
        )
        for each, places in ranked.items()
    ]
    return Answer(question, asked, groups, _said(question, asked, groups))


def suggest(text: str, viewpoint: Viewpoint) -> list[Entry]:
    """Return at most eight entries that are public at `viewpoint` and whose title matches `text`, best first."""
    question = Question(text)
    if question.is_empty:
        return []
    parts = refresh_for_search(viewpoint)
    found: dict[int, int] = {}
    limits = dict.fromkeys(Kind, SUGGESTIONS)
    for asked in _readings(question, parts):
        if asked.is_loose or (found := _candidates(asked, viewpoint, parts, limits, titles_only=True)):
            break
    best = sorted(found, key=lambda place: (found[place], place))[:SUGGESTIONS]
    entries = Entry.objects.defer("tokens", "text").in_bulk(best)
    return [entries[place] for place in best if place in entries]


def _readings(question: Question, parts: list[int]) -> Iterator[Question]:
    """Yield the query as written; then with corrected typos; then with any one of its words."""
    yield question
    spelled = question.spelled(_corrections(question, parts))
    if spelled.corrections:
        yield spelled
    loosened = spelled.loosened()
    if len(loosened.units[0]) > 1:
        yield loosened


def _candidates(
    question: Question, viewpoint: Viewpoint, parts: list[int], limits: dict[Kind, int], *, titles_only: bool = False
) -> dict[int, int]:
    """
    Return the primary keys of the matching public entries, each with its tier. The last tier contains all matches: at
    most 1,001 of each kind are read from it, or `limits` with `titles_only`. Of the earlier tiers at most `limits` are
    read. Two statements.
    """
    marks = [mark_of(part) for part in parts]
    tiers = [form().expression(units, marks) for units in question.tiers()[: -1 if titles_only else None]]
    matching = _matching(tiers)
    if titles_only:
        # The title of a quote is its text: a suggestion matches its beginning, not any word in it.
        matching = [(kind, tier) for kind, tier in matching if (kind, tier) != (Kind.QUOTE, len(tiers) - 1)]
    selects: list[str] = []
    parameters: list[Any] = []
    for kind, of_kind in groupby(matching, key=itemgetter(0)):
        last = limits[kind] if titles_only else MOST + 1
        asked = [(tier, tiers[tier], last if tier == len(tiers) - 1 else limits[kind]) for _kind, tier in of_kind]
        sql, values = _public_matches(kind, viewpoint, asked)
        selects.append(sql)
        parameters += values
    found: dict[int, int] = {}
    for tier, place in _rows(selects, parameters):
        found[place] = min(tier, found.get(place, tier))
    return found


def _matching(tiers: list[str]) -> list[tuple[Kind, int]]:
    """Return the kinds and tiers that have any match; only those are queried further."""
    parts, parameters = [], []
    for kind, (tier, expression) in product(Kind, enumerate(tiers)):
        parts.append(f"SELECT {kind:d} AS kind, {tier:d} AS tier WHERE EXISTS ({form().ANY})")
        parameters += [expression, *places_of(kind)]
    return [(Kind(kind), tier) for kind, tier in _rows(parts, parameters)]


def _public_matches(kind: Kind, viewpoint: Viewpoint, asked: list[tuple[int, str, int]]) -> tuple[str, list[Any]]:
    """
    Return SQL and parameters for the entries of one kind that match and are public. `asked` lists (tier, expression,
    limit); each tier gives at most `limit` entries, in the order of their primary keys.
    """
    # There are few sources, but PostgreSQL takes 13 ms to plan the condition for a public source. So the condition
    # occurs only once, around all tiers together.
    is_long = kind is Kind.SOURCE
    place = "place" if is_long else form().PLACE
    is_public, public_parameters = _is_public(kind, viewpoint, place)
    parts, parameters = [], []
    for tier, expression, number in asked:
        matches = form().MATCHES.format(also="1 = 1" if is_long else f"EXISTS ({is_public})")
        parts.append(f"SELECT {tier:d} AS tier, place FROM ({matches}) AS t{kind:d}{tier:d}")
        parameters += [
            expression,
            *places_of(kind),
            *(() if is_long else public_parameters),
            _ALL if is_long else number,
        ]
    sql = " UNION ALL ".join(parts)
    if is_long:
        # Without the limit, the planner would copy the condition into each part.
        sql = f"SELECT tier, place FROM ({sql} LIMIT {_ALL:d}) AS t{kind:d} WHERE EXISTS ({is_public})"
        parameters += public_parameters
    return sql, parameters


def _is_public(kind: Kind, viewpoint: Viewpoint, place: str) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters that select the row of the entry with primary key `place` if it is public."""
    of_place = RawSQL(f"{place} & {OBJECT_ID_BITS:d}", [])  # noqa: S611
    return MODELS[kind].objects.public(viewpoint).filter(pk=of_place).order_by().values("pk").query.sql_with_params()


def _rows(parts: list[str], parameters: list[Any]) -> list[tuple]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return cursor.fetchall()


def _corrections(question: Question, parts: list[int]) -> dict[str, list[str]]:
    """Return the words in these parts of the index that are one typo away from a word of the query."""
    sought = {word.text for word in question.words if word.is_spellable}
    if not sought:
        return {}
    known = Spelling.objects.filter(part__in=parts, variant__in=set().union(*map(variants, sought))).order_by("word")
    words = list(known.values_list("word", flat=True).distinct())
    near = {one: [other for other in words if other != one and is_one_typo(one, other)] for one in sought}
    return {word: found for word, found in near.items() if found}


def _said(question: Question, asked: Question, groups: list[Group]) -> str:
    """
    Return the text of the corrected query, or "" if it equals the original. Each corrected word is spelled as in the
    first result that contains it.
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
        for text in (entry.title, entry.byline, entry.label, entry.text):
            yield from ((text, word) for word in split(text))
