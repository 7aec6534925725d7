"""
Make the contest of another year from a contest: its awards, categories, look and texts. What a source says about that
year alone stays behind: works, results, events, figures, prize money, and the sources themselves.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from contests.models import Award, Category, Contest
from contests.models.edition_key import DATES
from record.history import LONGEST_REASON, because
from record.images.fields import StoredImage
from record.models import is_within
from record.models.date_bounds import FIRST_YEAR, LAST_YEAR
from record.slugs import slug_from
from record.time_zones import zone_named

#: What the new contest gets from the old one, beside the fields in `DATES`.
COPIED = (
    *("series", "organiser", "tagline", "about", "work_kind", "host_event", "city", "country", "time_zone"),
    *("public_entries", "accent"),
)
_OF_HERO = ("hero_focus_x", "hero_focus_y", "hero_alt", "hero_credit", "hero_licence")
_OF_AWARDS = ("slug", "name", "line", "kind", "honours", "precedence", "description")
_OF_CATEGORIES = ("slug", "name", "description", "order")
_YEARS = re.compile(r"(?<!\d)(\d{4})(?:([/–-])(\d{2}))?(?!\d)")


@dataclass(frozen=True)
class Proposal:
    """What tells the new contest from the old one: values for a form."""

    title: str
    slug: str
    year_label: str
    edition_number: int | None


def propose(contest: Contest, years: int = 1) -> Proposal:
    """Propose the title, slug, year and number of the contest that follows `contest` after `years` years."""
    title, label = _later_text(contest.title, years), _later_text(contest.year_label, years)
    slug = _later_text(contest.slug, years)
    if slug == contest.slug:
        told_apart = label or _("copy")
        # A title that has the year already does not need it twice.
        slug = slug_from(title if label and label in title else f"{title} {told_apart}")
    taken = set(Contest.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug[:90]}-{number}", number + 1
    edition = contest.edition_number and contest.edition_number + years
    if edition and contest.series_id:
        others = Contest.objects.filter(series=contest.series_id, edition_number__isnull=False)
        if others.filter(edition_number=edition).exists():
            last = others.order_by("-edition_number").values_list("edition_number", flat=True)[0]
            edition = (last or 0) + 1
    return Proposal(title, free, label, edition)


def later_dates(contest: Contest, years: int) -> dict[str, Any]:
    """
    Return the dates of `contest`, moved by `years` years: {field: value}. Times stay the same on the clock of the
    contest's time zone. A date that would be out of bounds is left out.
    """
    zone = zone_named(contest.time_zone)
    found: dict[str, Any] = {}
    for name in DATES:
        value: Any = getattr(contest, name)
        if isinstance(value, datetime):
            moved = _in_year(value.astimezone(zone), years)
            found[name] = moved if moved and is_within(moved) else None
        else:
            found[name] = _later_partial(value, years) if value else value  # None for a moment, "" for a partial date
    return found


@transaction.atomic
def duplicate(contest: Contest, *, proposal: Proposal, years: int, actor: User | None) -> Contest:
    """
    Create the contest that follows `contest`, with its awards and categories, and return it. Nobody but editors sees it
    until it is published. Raise `ValidationError` if a value breaks a rule. The caller must be in
    `unused_files.nothing_left_behind`.
    """
    made = Contest(
        **{name: getattr(contest, name) for name in COPIED},
        **later_dates(contest, years),
        title=proposal.title,
        slug=proposal.slug,
        year_label=proposal.year_label,
        edition_number=proposal.edition_number,
    )
    parts: list[Any] = []
    for model, names in ((Category, _OF_CATEGORIES), (Award, _OF_AWARDS)):
        for row in model._default_manager.filter(contest=contest).order_by("pk"):
            parts.append(model(contest=made, **{name: getattr(row, name) for name in names}))
    with because(f"Duplicated from {contest.slug}"[:LONGEST_REASON]):
        made.full_clean()
        _copy_hero(contest, made)
        for row in (made, *parts):
            row._history_user = actor
            row.save()
    return made


def _copy_hero(contest: Contest, made: Contest) -> None:
    hero: StoredImage = contest.hero
    if not hero:
        return
    for name in _OF_HERO:
        setattr(made, name, getattr(contest, name))
    name = f"{secrets.token_hex(16)}.{hero.stored_name.rpartition('.')[2]}"
    try:
        with hero.storage.open(hero.stored_name) as file:
            made.hero.save(name, ContentFile(file.read()), save=False)
    except FileNotFoundError:
        return  # the page of the contest shows a drawing


def _later_text(text: str, years: int) -> str:
    """Return `text` with its years moved by `years`: "2026" becomes "2027", "1927/28" becomes "1928/29"."""

    def moved(found: re.Match[str]) -> str:
        year = int(found[1]) + years
        if not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            return found[0]
        if found[2] is None:
            return str(year)
        # The second part is a year only if it follows the first one: "2026-05" is none.
        if int(found[3]) != (int(found[1]) + 1) % 100:
            return f"{year}{found[2]}{found[3]}"
        return f"{year}{found[2]}{(year + 1) % 100:02}"

    return _YEARS.sub(moved, text)


def _in_year(moment: datetime, years: int) -> datetime | None:
    return _or_last_of_february(lambda day: moment.replace(year=moment.year + years, day=day), moment.day)


def _later_partial(iso: str, years: int) -> str:
    year = int(iso[:4]) + years
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    if iso[4:10] == "-02-29":
        day = _or_last_of_february(lambda day: datetime(year, 2, day), 29)  # noqa: DTZ001 (a partial date has no zone)
        return f"{year}-02-{day.day if day else 28}{iso[10:]}"
    return f"{year}{iso[4:]}"


def _or_last_of_february(made: Callable[[int], datetime], day: int) -> datetime | None:
    """Return `made(day)`; for 29 February in a year without one, `made(28)`; None if there is no such year."""
    for each in (day, 28):
        try:
            return made(each)
        except ValueError:
            continue
    return None
