"""A visitor's query: which tokens an entry must contain to match it, and where its words occur in a text."""

from collections.abc import Iterable, Iterator
from copy import copy
from enum import IntEnum
from typing import Any, NamedTuple

from search.models import Kind
from search.tokenizer import LONGEST_TOKEN, Word, compounds, pairs, split, stem, whole

LONGEST = 200
MOST_WORDS = 12
# Prefixes of the tokens in the index: a token for a word in a title starts with IN_TITLE, a token for a whole title
# with WHOLE_TITLE, a token for a fact (see `fact`) with FACT.
IN_TITLE, WHOLE_TITLE, FACT = "_", "=", "_="
_LITTLE = (
    "a about an and are as at be by did do does for from has have he her his how i in is it its of on or our she that "
    "the their them they this to was we were what when where which who will with you your"
)
# Words that a query ignores, unless it has no other words.
_STOP_WORDS = frozenset(_LITTLE.split())
# Further words that a fact leaves out, because people add them to the name of an award.
_OF_AWARDS = frozenset(["award", "awards", "win", "winner", "winners", "winning", "wins", "won"])


class Tier(IntEnum):
    """The tiers of a search, which are levels of match quality, best first."""

    WHOLE = 0  # The query is a whole title or name.
    FACT = 1  # The query is a fact, such as an award with its year, a song or a character.
    BEGINS = 2  # A title begins with the query, and goes on with another word.
    COMPLETE = 3  # A title contains all words of the query.
    STARTS = 4  # A title begins with the query. The last word may be the beginning of one.
    WORDS = 5  # A title contains all words, or words with the same stem. The last word may be the beginning of one.
    TEXT = 6  # The same, anywhere in the entry.


# For each kind, the tiers of its matches, best first. Each is mapped to the tier whose units the entry must match. In a
# title, the first words count most. In a name, any word may be the one that people know, so the known come before those
# with such a first name: a complete word of a name counts like the beginning of a title.
_OF_TITLES = {tier: tier for tier in (Tier.WHOLE, Tier.STARTS, Tier.WORDS, Tier.TEXT)}
_OF_NAMES = {
    Tier.WHOLE: Tier.WHOLE,
    Tier.BEGINS: Tier.COMPLETE,
    Tier.STARTS: Tier.WORDS,
    Tier.TEXT: Tier.TEXT,
}
TIERS: dict[Kind, dict[Tier, Tier]] = dict.fromkeys(Kind, _OF_NAMES) | {
    Kind.WORK: {tier: tier for tier in Tier},
    Kind.QUOTE: _OF_TITLES,
    Kind.SOURCE: _OF_TITLES,
}


class Term(NamedTuple):
    """A token to search for. With `is_start`, any token that starts with `text` also matches."""

    text: str
    is_start: bool = False

    def marked(self, mark: str) -> "Term":
        return Term(mark + self.text, self.is_start)


# SQL and its parameters.
Query = tuple[str, list[Any]]
# The condition that all rows meet.
EVERY: Query = ("1 = 1", [])
# A list of alternatives, each of which matches one word of the query. An alternative is a tuple of terms that must all
# match.
Unit = list[tuple[Term, ...]]


class Question:
    """
    A search query in any script. Only its first 200 characters and 12 words count. It has no operators: every character
    is plain text.
    """

    def __init__(self, text: str):
        self.text = " ".join(text.replace("\x00", " ").split())[:LONGEST]
        self.words = split(self.text)[:MOST_WORDS]
        groups = list(compounds(self.words))
        # The words and compounds of the query that must be found. Stop words are left out, unless there are no other
        # words.
        self.telling = [g for g in groups if len(g) > 1 or g[0].text not in _STOP_WORDS] or groups
        self.units = [_unit(group, is_last=group is groups[-1]) for group in self.telling]
        self.complete = [_complete(group) for group in self.telling]
        self.corrections: dict[str, list[str]] = {}
        self.is_loose = False

    @property
    def is_empty(self) -> bool:
        return not self.units

    def tiers(self) -> dict[Tier, list[Unit]]:
        """Return a dict that maps each tier of a search to a list of units. An entry of the tier matches all units."""
        title = whole(self.words)
        return {
            Tier.WHOLE: [[(Term(WHOLE_TITLE + title),)]],
            Tier.FACT: [[(Term(FACT + fact(self.words)),)]],
            Tier.BEGINS: [[(Term(f"{WHOLE_TITLE}{title}.", is_start=True),)]],
            Tier.COMPLETE: _in_title(self.complete),
            Tier.STARTS: [[(Term(WHOLE_TITLE + title, is_start=True),)]],
            Tier.WORDS: _in_title(self.units),
            Tier.TEXT: [[other for terms in unit for other in _in_text(terms)] for unit in self.units],
        }

    def spelled(self, corrections: dict[str, list[str]]) -> "Question":
        """
        Return a copy of this query, in which a word also matches any of its `corrections`: {word: list of other words}.
        """
        other = copy(self)
        other.corrections = corrections
        other.telling = [[word] for group in self.telling for word in group]
        other.units = [
            _unit([word], is_last=word is self.words[-1])
            + [(Term(correction),) for correction in corrections.get(word.text, [])]
            for [word] in other.telling
        ]
        other.complete = [
            _complete([word]) + [(Term(correction),) for correction in corrections.get(word.text, [])]
            for [word] in other.telling
        ]
        return other

    def loosened(self) -> "Question":
        """
        Return a copy of this query that needs to match only a single word, or two adjacent letters of a word in a
        script without spaces.
        """
        other = copy(self)
        other.is_loose = True
        other.units = _any_of(self.units)
        other.complete = _any_of(self.complete)
        return other

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """
        Yield the (start, end) positions at which a word of the query occurs in `text`, in order and without overlaps.
        """
        alternatives = [term for unit in self.units for terms in unit for term in terms]
        exact = {term.text for term in alternatives if not term.is_start}
        starts = tuple({term.text for term in alternatives if term.is_start})
        unspaced = [word.letters for group in self.telling for word in group if word.is_unspaced]
        if self.is_loose:
            unspaced = [pair for letters in unspaced for pair in zip(letters, letters[1:], strict=False)]
        for group in compounds(split(text)):
            joined = "".join(word.text for word in group)
            if len(group) > 1 and (joined in exact or (starts and joined.startswith(starts))):
                yield group[0].starts[0], group[-1].end
                continue
            for word in group:
                if word.is_unspaced:
                    yield from _places(word, unspaced)
                elif word.text in exact or stem(word.text) in exact or (starts and word.text.startswith(starts)):
                    yield word.starts[0], word.end


def fact(words: Iterable[Word]) -> str:
    """
    Return a token for these words in any order, without those that say little: "Best Picture 1994" and "who won best
    picture in 1994" have the same.
    """
    texts = {word.text for word in words}
    return ".".join(sorted(texts - _STOP_WORDS - _OF_AWARDS or texts))[: 2 * LONGEST_TOKEN]


def _in_title(units: list[Unit]) -> list[Unit]:
    return [[tuple(term.marked(IN_TITLE) for term in terms) for terms in unit] for unit in units]


def _any_of(units: list[Unit]) -> list[Unit]:
    """Return a single unit that matches if any term of `units` does."""
    terms = dict.fromkeys(term for unit in units for terms in unit for term in terms)
    return [[(term,) for term in terms if len(term.text) > 1]]


def _in_text(terms: tuple[Term, ...]) -> list[tuple[Term, ...]]:
    """
    Return the alternatives by which `terms` match anywhere in the text of an entry. If the last term is the beginning
    of a word and has only two letters, it matches only a whole word, because nearly every text has a word that begins
    with these letters. In a title, it matches the beginning of a word too.
    """
    *before, last = terms
    if last.is_start and len(last.text) < 3:
        return [(*before, last.marked(IN_TITLE)), (*before, Term(last.text))]
    return [terms]


def _unit(group: list[Word], *, is_last: bool) -> Unit:
    """
    Return the alternatives that match `group`: a word or compound of the query. `is_last` says whether `group` is at
    the end of the query.
    """
    parts: list[Term] = []
    for word in group:
        # The user may still be typing the last word, so it also matches longer words that start with it.
        is_start = is_last and word is group[-1] and len(word.text) > 1
        if word.is_unspaced:
            parts += [Term(pair) for pair in pairs(word.letters) or word.letters]
        elif is_start:
            parts.append(Term(word.text[:LONGEST_TOKEN], is_start))
        else:
            parts.append(Term(stem(word.text)[:LONGEST_TOKEN]))
    unit = [tuple(parts)]
    if len(group) > 1:
        unit.append((Term("".join(word.text for word in group)[:LONGEST_TOKEN], is_last),))
    if parts[-1].is_start and stem(group[-1].text) != group[-1].text:
        unit.append((*parts[:-1], Term(stem(group[-1].text)[:LONGEST_TOKEN])))
    return unit


def _complete(group: list[Word]) -> Unit:
    """Return the alternatives that match `group` if each of its words is complete and spelled the same."""
    parts: list[Term] = []
    for word in group:
        if word.is_unspaced:
            parts += [Term(pair) for pair in pairs(word.letters) or word.letters]
        else:
            parts.append(Term(word.text[:LONGEST_TOKEN]))
    joined = "".join(word.text for word in group)[:LONGEST_TOKEN]
    return [tuple(parts), (Term(joined),)] if len(group) > 1 else [tuple(parts)]


def _places(run: Word, sought: Iterable[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """
    Yield the (start, end) positions in the text at which letters from `sought` occur in `run`, a word of a script
    without spaces. Adjacent and overlapping occurrences are joined.
    """
    ends = (*run.starts[1:], run.end)
    found = [False] * len(run.letters)
    for letters in sought:
        size = len(letters)
        for place in range(len(run.letters) - size + 1):
            if run.letters[place : place + size] == letters:
                found[place : place + size] = [True] * size
    start = None
    for place, is_found in enumerate([*found, False]):
        if is_found and start is None:
            start = place
        elif not is_found and start is not None:
            yield run.starts[start], ends[place - 1]
            start = None
