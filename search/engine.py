# ruff: noqa: S608 - the SQL is put together from our own constants and what Django compiled; values are parameters.
"""
Asking: what is public and answers to a question, best first.

Only the public parts of the index are read, so that neither the time nor the number of statements depends on what is
hidden. Whether a match is public is asked all the same, of each in the same statement: the index may be a moment late.

The rank is made of nothing but the entry itself: how its title answers (`Question.tiers`), then its place, which is its
primary key. No count of words over all entries goes into it, so that nothing hidden can move what is shown, and both
databases give the same order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, product
from operator import itemgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from search.documents import MODELS
from search.index import refresh_for_search
from search.models import OBJECT_ID_BITS, Entry, Kind, Spelling, kind_of, places_of
from search.parts import mark_of
from search.query import Question
from search.snippets import marked, passage
from search.tokenizer import Word, is_one_typo, split, variants
from search.triggers import form

# What is counted and paged through of each kind; beyond it there are "more than" so many.
MOST = 1_000
OF_EACH_KIND, PER_PAGE, SUGGESTIONS = 5, 24, 8
# How a kind is called in an address, and what a visitor calls it.
NAMES = {
    Kind.FILM: ("films", _("Films")),
    Kind.PERSON: ("people", _("People")),
    Kind.CONTEST: ("contests", _("Contests")),
    Kind.QUOTE: ("quotes", _("Quotes")),
    Kind.SOURCE: ("sources", _("Sources")),
}
_ALL = 2**62
_PASSAGE, _SEARCHED = 200, 4_000


@dataclass(frozen=True)
class Result:
    """One thing that was found, with what answers to the question marked."""

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
        """Where the text answers; how it begins, where only the title does."""
        paragraphs = self.entry.text[:_SEARCHED].split("\n")
        answering = next((text for text in paragraphs if any(self.question.spans(text))), paragraphs[0])
        return marked(passage(answering, self.question, _PASSAGE), self.question)


@dataclass(frozen=True)
class Group:
    """The results of one kind: some of them, or a page of them where only this kind is asked for."""

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
        """Whether there are more than were counted."""
        return self.count > MOST

    @property
    def shown_count(self) -> int:
        return min(self.count, MOST)


@dataclass(frozen=True)
class Answer:
    """
    The groups of what was found, the one with the best result first. `asked` is the question as it was understood where
    nothing answered to it as it was written, and `correction` says so in the spelling of the results.
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
        """Whether the results hold only some of the words."""
        return self.asked.is_loose

    @property
    def is_elsewhere(self) -> bool:
        """Whether something was found, but nothing of the kind that was asked for."""
        return not any(group.results for group in self.groups)


def search(text: str, at: datetime, *, kind: Kind | None = None, page: str | None = None) -> Answer:
    """What answers to `text` and is public at the moment `at`: of each kind the best five, or a page of one `kind`."""
    question = asked = Question(text)
    if question.is_empty:
        return Answer(question, question, [])
    parts = refresh_for_search(at)
    found: dict[int, int] = {}
    for asked in _readings(question, parts):
        if found := _candidates(asked, at, parts, {each: MOST if each is kind else OF_EACH_KIND for each in Kind}):
            break
    # In this order the kind with the best result comes first.
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


def suggest(text: str, at: datetime) -> list[Entry]:
    """At most eight things that are public at the moment `at` and whose title answers to `text`, the best first."""
    question = Question(text)
    if question.is_empty:
        return []
    parts = refresh_for_search(at)
    found: dict[int, int] = {}
    limits = dict.fromkeys(Kind, SUGGESTIONS)
    for asked in _readings(question, parts):
        if asked.is_loose or (found := _candidates(asked, at, parts, limits, titles_only=True)):
            break
    best = sorted(found, key=lambda place: (found[place], place))[:SUGGESTIONS]
    entries = Entry.objects.defer("tokens", "text").in_bulk(best)
    return [entries[place] for place in best if place in entries]


def _readings(question: Question, parts: list[int]) -> Iterator[Question]:
    """The question as written; then with a typo in any of its words; at last as asking for any one of them."""
    yield question
    spelled = question.spelled(_corrections(question, parts))
    if spelled.corrections:
        yield spelled
    loosened = spelled.loosened()
    if len(loosened.units[0]) > 1:
        yield loosened


def _candidates(
    question: Question, at: datetime, parts: list[int], limits: dict[Kind, int], *, titles_only: bool = False
) -> dict[int, int]:
    """
    The places of the public entries that answer, each with its tier. Of the last tier, which holds all of them, up to
    1,001 of each kind; of those before it, up to `limits`. Two statements.
    """
    marks = [mark_of(part) for part in parts]
    tiers = [form().expression(units, marks) for units in question.tiers()[: -1 if titles_only else None]]
    matching = _matching(tiers)
    if titles_only:
        # What is quoted has no title. It is known by how it begins, not by any word in it.
        matching = [(kind, tier) for kind, tier in matching if (kind, tier) != (Kind.QUOTE, len(tiers) - 1)]
    selects: list[str] = []
    parameters: list[Any] = []
    for kind, of_kind in groupby(matching, key=itemgetter(0)):
        last = limits[kind] if titles_only else MOST + 1
        asked = [(tier, tiers[tier], last if tier == len(tiers) - 1 else limits[kind]) for _kind, tier in of_kind]
        sql, values = _public_matches(kind, at, asked)
        selects.append(sql)
        parameters += values
    found: dict[int, int] = {}
    for tier, place in _rows(selects, parameters):
        found[place] = min(tier, found.get(place, tier))
    return found


def _matching(tiers: list[str]) -> list[tuple[Kind, int]]:
    """In which kinds and tiers anything in the parts matches: in all others there is nothing to ask about."""
    parts, parameters = [], []
    for kind, (tier, expression) in product(Kind, enumerate(tiers)):
        parts.append(f"SELECT {kind:d} AS kind, {tier:d} AS tier WHERE EXISTS ({form().ANY})")
        parameters += [expression, *places_of(kind)]
    return [(Kind(kind), tier) for kind, tier in _rows(parts, parameters)]


def _public_matches(kind: Kind, at: datetime, asked: list[tuple[int, str, int]]) -> tuple[str, list[Any]]:
    """
    SQL, and its parameters, for the entries of one kind that match and are public, both asked of each entry in one: for
    each (tier, expression, number), so many in the order of their places.
    """
    # There are few sources, but the condition under which one is public takes PostgreSQL 13 ms to plan. So it stands
    # there once, over all tiers together.
    is_long = kind is Kind.SOURCE
    place = "place" if is_long else form().PLACE
    is_public, public_parameters = _is_public(kind, at, place)
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
        # The limit keeps the planner from copying the condition into each part after all.
        sql = f"SELECT tier, place FROM ({sql} LIMIT {_ALL:d}) AS t{kind:d} WHERE EXISTS ({is_public})"
        parameters += public_parameters
    return sql, parameters


def _is_public(kind: Kind, at: datetime, place: str) -> tuple[str, tuple[Any, ...]]:
    """SQL for the row that stands for `place`, where it is public at the moment `at`, with its parameters."""
    of_place = RawSQL(f"{place} & {OBJECT_ID_BITS:d}", [])  # noqa: S611
    return MODELS[kind].objects.public(at).filter(pk=of_place).order_by().values("pk").query.sql_with_params()


def _rows(parts: list[str], parameters: list[Any]) -> list[tuple]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return cursor.fetchall()


def _corrections(question: Question, parts: list[int]) -> dict[str, list[str]]:
    """The words of these parts of the index that are one typo away from those of the question."""
    sought = {word.text for word in question.words if word.is_spellable}
    if not sought:
        return {}
    known = Spelling.objects.filter(part__in=parts, variant__in=set().union(*map(variants, sought))).order_by("word")
    words = list(known.values_list("word", flat=True).distinct())
    near = {one: [other for other in words if other != one and is_one_typo(one, other)] for one in sought}
    return {word: found for word, found in near.items() if found}


def _said(question: Question, asked: Question, groups: list[Group]) -> str:
    """The question as it was understood, in the spelling of the first result that has the word that was meant."""
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
