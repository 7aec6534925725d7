"""
The contents of share cards: turns rows into values. A card shows only what the page itself shows. Revoked recognitions
are left out, because a card has no room for the notice.
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

#: The files that affect how a card looks. A change in any of them draws every card anew.
HAND = ("cards/*.py", "palette.py", "typesetting/*.py", "typesetting/faces/coverage.json", "artwork/*.py")
#: If there are more names than this, the card shows a number instead.
MAKERS = 3
#: The most likely language of a name in Chinese characters, by country.
WRITING = {"JP": "ja", "KR": "ko", "CN": "zh-Hans", "SG": "zh-Hans", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}
BETWEEN = " · "


@dataclass(frozen=True)
class Card:
    """A share card. Its texts are in the language of the page; the title is in its own language, if known."""

    kind: str
    #: Above the title, in capitals: the award, or the kind of page.
    mark: str
    title: str
    #: Below the title, one paragraph each.
    notes: tuple[str, ...] = ()
    #: At the bottom: the contest it belongs to.
    foot: str = ""
    #: What a reader must know to understand a quote; shown below the speaker.
    context: str = ""
    #: BCP 47; empty if unknown.
    title_language: str = ""
    language: str = "en"
    #: The language of the notes, if it differs from that of the page.
    notes_language: str = ""
    accent: str = "vermilion"
    #: Whether the mark names an award; it is then drawn in the contest's accent colour.
    won: bool = False
    #: The storage name of an uploaded picture. Without one, a picture is drawn from the key and words in `drawn`, if
    #: any.
    picture: str = ""
    drawn: tuple[str, str] | tuple[()] = ()
    #: The focal point, which cropping keeps: per cent of the uploaded picture from its top left.
    focus: tuple[int, int] = (MIDDLE, MIDDLE)
    #: The author of the picture.
    credit: str = ""

    @property
    def version(self) -> str:
        """Return 16 hexadecimal digits that identify the picture: cards that look different have different versions."""
        told = json.dumps([_hand(), asdict(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def alternative(self) -> str:
        """Return the text alternative of the card, for people who can't see it."""
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
    """Expects the organiser to be loaded, as `for_list` does."""
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


def of_work(row: Submission) -> Card:
    """Expects the contest, credits and public recognitions to be loaded, as `for_gallery` does."""
    awards = [recognition for recognition in row.recognitions.all() if not recognition.is_revoked]
    makers = list(dict.fromkeys(credit.person.name for credit in row.credits.all()))
    return Card(
        "work",
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
    """
    Return the card of a person. `recognitions` and `appearances` are in the order of the person's page: their own
    recognitions come before those of their works.
    """
    won = next((recognition for recognition in recognitions if not recognition.is_revoked), None)
    seen = next(iter(appearances), None)
    seen_as = f"{seen.get_role_display()}{BETWEEN}{seen.event.title}" if seen else ""
    # An award of a work is not an award of each contributor, so the card names the work.
    work = won.submission.title if won and won.submission else ""
    mark = BETWEEN.join(filter(None, (_award(won), work))) if won else seen_as
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
    """Expects the speaker, event and contest to be loaded, as `for_list` does."""
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
    # A comma after a right-to-left name belongs to the list, which runs left to right.
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
