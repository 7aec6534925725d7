"""
Converts model instances to the contents of share cards. A card shows only what its page shows. Revoked recognitions are
left out, because a card has no space to say that they were revoked.
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
from django_countries import countries

from contests.made_up import is_made_up
from contests.models import Appearance, Contest, Event, Quote, Recognition, Submission
from contests.recognition_words import award_with_names, award_words
from people.models import Organisation, Person
from publishing.typesetting import is_rtl
from record.images import MIDDLE, StoredImage
from record.models import Record
from record.synthetic import MARK
from record.time_zones import local, zone_named

#: Patterns for the files in publishing/ that affect how a card looks. If a file changes, every card gets a new version.
HAND = ("cards/*.py", "palette.py", "typesetting/*.py", "typesetting/faces/coverage.json", "artwork/*.py")
#: The maximum number of names on a card. The others are counted: "and 4 more".
MAKERS = 3
#: The most likely language of a name in Chinese characters, by country code.
WRITING = {"JP": "ja", "KR": "ko", "CN": "zh-Hans", "SG": "zh-Hans", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}
BETWEEN = " · "


@dataclass(frozen=True)
class Card:
    """
    The contents of a share card. Its texts are in the language of the page, except the title and the notes, which can
    have their own language.
    """

    kind: str
    #: The line above the title, in capitals: the award, or the kind of page.
    mark: str
    title: str
    #: The paragraphs below the title.
    notes: tuple[str, ...] = ()
    #: The line at the bottom: usually the name of the contest.
    foot: str = ""
    #: The context of a quote: what it answers or refers to. It is shown below the speaker.
    context: str = ""
    #: The language of the title (BCP 47). Empty if unknown.
    title_language: str = ""
    language: str = "en"
    #: The language of the notes. Empty if it is the language of the page.
    notes_language: str = ""
    accent: str = "vermilion"
    #: Whether `mark` names an award that was won. If so, `mark` is drawn in the accent colour of the contest.
    won: bool = False
    #: The file name of an uploaded picture in the storage. If it is empty, or if the file is missing, a poster or
    #: monogram is drawn from the key and the text in `drawn`.
    picture: str = ""
    drawn: tuple[str, str] | tuple[()] = ()
    #: The focal point of the picture, in per cent from the top left corner. This point stays visible when the picture
    #: is cropped.
    focus: tuple[int, int] = (MIDDLE, MIDDLE)
    #: The credit line of the picture: its author, or a note that Laurel drew it.
    credit: str = ""

    @property
    def version(self) -> str:
        """Return 16 hexadecimal digits that identify the picture. Cards that look different have different versions."""
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
    """Return the card of a contest. The organiser must be loaded, for example with `for_list`."""
    place = ", ".join(filter(None, (row.host_event, row.city, countries.name(row.country))))
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
    """
    Return the card of a work. The contest, the credits and the public recognitions must be loaded, for example with
    `for_gallery`.
    """
    awards = [recognition for recognition in row.recognitions.all() if not recognition.is_revoked]
    makers = list(dict.fromkeys(credit.party.name for credit in row.credits.all()))
    return Card(
        "work",
        _mark(row, BETWEEN.join(map(award_with_names, awards[:2])) or _("Submission")),
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
    Return the card of a person. `recognitions` and `appearances` must be in the same order as on the person's page,
    where the person's own recognitions come before those of their works.
    """
    won = next((recognition for recognition in recognitions if not recognition.is_revoked), None)
    seen = next(iter(appearances), None)
    seen_as = f"{seen.get_role_display()}{BETWEEN}{seen.event.title}" if seen else ""
    # Name the work as well, because an award for a work does not belong to each person who contributed to it.
    work = won.submission.title if won and won.submission else ""
    mark = BETWEEN.join(filter(None, (award_words(won), work))) if won else seen_as
    contest = won.award.contest if won else seen.event.contest if seen else None
    return Card(
        "person",
        _mark(row, mark or countries.name(row.country)),
        row.name,
        tuple(filter(None, (row.native_name if row.native_name != row.name else "", row.headline))),
        foot=str(contest) if contest else "",
        accent=contest.accent if contest else "vermilion",
        won=bool(won and won.is_won),
        title_language=WRITING.get(str(row.country), ""),
        language=_language(),
        notes_language=row.native_language or WRITING.get(str(row.country), ""),
        **_pictured(row.portrait, row.slug, row.name, _("Monogram by Laurel, not a portrait")),
    )


def of_organisation(row: Organisation) -> Card:
    dates = "–".join(filter(None, (row.founded[:4], row.dissolved[:4])))
    return Card(
        "organisation",
        _mark(row, _("Organisation")),
        row.name,
        tuple(filter(None, (row.disambiguation, ", ".join(filter(None, (countries.name(row.country), dates)))))),
        language=_language(),
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
    """Return the card of a quote. Speaker, event and contest must be loaded, for example with `for_list`."""
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


def _mark(row: Record, mark: str) -> str:
    return BETWEEN.join(filter(None, (str(MARK) if is_made_up(row) else "", mark)))


def _names(names: Sequence[str]) -> str:
    # Add a left-to-right mark after a right-to-left name, so that the comma after it is displayed on the correct side.
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
