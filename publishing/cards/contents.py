"""
What a card says: rows in, values out. Nothing that the page itself doesn't show; a revoked recognition is no award
here, since a card has no room for its notice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contests.models import Appearance, Contest, Event, Quote, Recognition, Submission
from people.models import Person
from publishing.typesetting import is_rtl
from record.images import MIDDLE, StoredImage
from record.models import Record
from record.synthetic import MARK
from record.time_zones import local, zone_named

#: What a look depends on besides a card's values: a change in any of these draws every card anew.
HAND = ("cards/*.py", "palette.py", "typesetting/*.py", "typesetting/faces/coverage.json", "artwork/*.py")
#: More names than these are counted.
MAKERS = 3
#: Where a name in Chinese characters is most likely written as in this language.
WRITING = {"JP": "ja", "KR": "ko", "CN": "zh-Hans", "SG": "zh-Hans", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}
BETWEEN = " · "


@dataclass(frozen=True)
class Card:
    """A share card. Its texts are in the language of the page, the title in its own where that is known."""

    kind: str
    #: Above the title, in capitals: what was won, or what kind of thing it is.
    mark: str
    title: str
    #: Below the title, one paragraph each.
    notes: tuple[str, ...] = ()
    #: At the foot: the contest that it belongs to.
    foot: str = ""
    #: What one has to know to understand a quote, below who said it.
    context: str = ""
    #: BCP 47; empty where it isn't known.
    title_language: str = ""
    language: str = "en"
    #: Of the notes, where it isn't that of the page.
    notes_language: str = ""
    accent: str = "vermilion"
    #: The mark stands for something won, and has the contest's accent.
    won: bool = False
    #: An uploaded picture by its name in the storage; without it one is drawn from a key and words, if there are any.
    picture: str = ""
    drawn: tuple[str, str] | tuple[()] = ()
    #: What no cropping may cut off, in per cent of the uploaded picture from its top left.
    focus: tuple[int, int] = (MIDDLE, MIDDLE)
    #: Who the picture is by.
    credit: str = ""

    @property
    def version(self) -> str:
        """What a card looks like, in 16 letters: two cards have the same only if they are the same picture."""
        told = json.dumps([_hand(), asdict(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def alternative(self) -> str:
        """The card in words, for who doesn't see it."""
        return ". ".join(part for part in (self.mark, self.title, *self.notes, self.context, self.foot) if part)


@cache
def _hand() -> str:
    told = hashlib.sha256()
    for pattern in HAND:
        for path in sorted(Path(__file__).parent.parent.glob(pattern)):
            told.update(path.read_bytes())
    return told.hexdigest()


def of_site() -> Card:
    note = _("Contests for creators: who won what and what was said, with sources.")
    return Card("site", "", "Laurel", (note,), language=_language())


def of_contest(row: Contest) -> Card:
    """Needs its organiser loaded, as `for_list` does."""
    place = ", ".join(filter(None, (row.host_event, row.city, row.country.name)))
    return Card(
        "contest",
        _mark(row, _("Contest")),
        str(row),
        tuple(filter(None, (row.tagline, place))),
        foot=row.organiser.name,
        accent=row.accent,
        language=_language(),
    )


def of_film(row: Submission) -> Card:
    """Needs its contest, credits and public recognitions loaded, as `for_gallery` does."""
    awards = [recognition for recognition in row.recognitions.all() if not recognition.is_revoked]
    makers = list(dict.fromkeys(credit.person.name for credit in row.credits.all()))
    return Card(
        "film",
        _mark(row, BETWEEN.join(map(_award, awards[:2])) or _("Submission")),
        row.title,
        tuple(filter(None, (row.original_title, _names(makers)))),
        foot=str(row.contest),
        title_language=row.title_language,
        accent=row.contest.accent,
        won=any(recognition.is_won for recognition in awards),
        language=_language(),
        **_pictured(row.poster, row.slug, row.title, _("Artwork by Laurel, not a still")),
    )


def of_person(row: Person, recognitions: Iterable[Recognition], appearances: Iterable[Appearance]) -> Card:
    """`recognitions`, the person's own before those of their films, and `appearances` as the page shows them."""
    won = next((recognition for recognition in recognitions if not recognition.is_revoked), None)
    seen = next(iter(appearances), None)
    seen_as = f"{seen.get_role_display()}{BETWEEN}{seen.event.title}" if seen else ""
    # What a film won is not what each who worked on it won: the card says which film.
    film = won.submission.title if won and won.submission else ""
    mark = BETWEEN.join(filter(None, (_award(won), film))) if won else seen_as
    contest = won.award.contest if won else seen.event.contest if seen else None
    return Card(
        "person",
        _mark(row, mark or row.country.name),
        row.name,
        tuple(filter(None, (row.native_name if row.native_name != row.name else "", row.headline))),
        foot=str(contest) if contest else "",
        accent=contest.accent if contest else "vermilion",
        won=bool(won and won.is_won),
        title_language=WRITING.get(row.country.code, ""),
        language=_language(),
        notes_language=row.native_language or WRITING.get(row.country.code, ""),
        **_pictured(row.portrait, row.slug, row.name, _("Monogram by Laurel, not a portrait")),
    )


def of_event(row: Event) -> Card:
    when = ""
    if row.starts_at:
        when = date_format(local(row.starts_at, zone_named(row.contest.time_zone)), "DATE_FORMAT")
    return Card(
        "event",
        _mark(row, str(row.get_kind_display())),
        row.title,
        tuple(filter(None, (", ".join(filter(None, (when, row.venue, row.city))),))),
        foot=str(row.contest),
        accent=row.contest.accent,
        language=_language(),
    )


def of_quote(row: Quote) -> Card:
    """Needs its speaker, event and contest loaded, as `for_list` does."""
    return Card(
        "quote",
        _mark(row, ""),
        row.text,
        (row.speaker.name, row.event.title),
        context=" ".join(row.context.split()),
        foot=str(row.event.contest),
        title_language=row.language,
        accent=row.event.contest.accent,
        language=_language(),
    )


def _award(recognition: Recognition) -> str:
    if recognition.standing == Recognition.Standing.WINNER:
        return recognition.award.name
    return f"{recognition.award.name}, {recognition.get_standing_display()}"


def _mark(row: Record, mark: str) -> str:
    return BETWEEN.join(filter(None, (str(MARK) if row.is_synthetic else "", mark)))


def _names(names: Sequence[str]) -> str:
    # The comma behind a name that is read from right to left belongs to the list, which isn't.
    names = [f"{name}\u200e" if is_rtl(name) else name for name in names]
    if len(names) <= MAKERS:
        return ", ".join(names)
    more = _("and %(number)s more") % {"number": len(names) - MAKERS}
    return f"{', '.join(names[:MAKERS])} {more}"


def _pictured(stored: StoredImage, key: str, words: str, drawn_by: str) -> dict:
    if stored:
        return {"picture": stored.stored_name, "focus": stored.focus, "drawn": (key, words), "credit": stored.credit}
    return {"drawn": (key, words), "credit": drawn_by}


def _language() -> str:
    return get_language() or "en"
