"""Plan a synthetic archive: choose its size, and the dates of its editions."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contests.models import Series
from record.synthetic import PREFIX

#: How many recognitions, works and people an edition has on average.
RECOGNITIONS, WORKS, PEOPLE = 120, 50, 90
FEWEST, MOST = 2, 100
#: The archive ends before today, so that its dates don't depend on the day on which it is made.
FIRST_YEAR = 1922
_ARCHIVE = "archive"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True)
class Edition:
    """One edition of the archive. `at` is its place in the whole: 0 for the first edition, almost 1 for the last."""

    number: int
    label: str
    held_from: str
    held_to: str
    year: int
    at: float
    recognitions: int


@dataclass(frozen=True)
class ArchivePlan:
    """The plan of a synthetic archive. Equal plans create the same rows."""

    slug: str
    editions: int
    seed: int
    today: datetime

    @classmethod
    def of(cls, *, today: datetime, editions: int = MOST, slug: str | None = None, seed: int = 1) -> "ArchivePlan":
        """
        Return a plan with these values. `today` is the time at which the archive is published. Raise `ValidationError`
        if the number of editions is out of range or the slug is invalid.
        """
        plan = cls(slug="demo-archive" if slug is None else slug, editions=editions, seed=seed, today=today)
        if not FEWEST <= editions <= MOST:
            raise ValidationError(
                _("The number of %(name)s must be between %(lowest)s and %(limit)s.")
                % {"name": "editions", "lowest": FEWEST, "limit": MOST}
            )
        if not _SLUG.match(plan.slug):
            raise ValidationError(
                _("Use 1 to 40 lowercase letters, digits and hyphens for the slug. Don’t start with a hyphen.")
            )
        return plan

    @property
    def prefix(self) -> str:
        """The text with which the permanent keys of all rows of this archive start."""
        return f"{PREFIX}{self.slug}:"

    def key(self, kind: str, number: int | str = "") -> str:
        return f"{self.prefix}{kind}-{number}" if number != "" else f"{self.prefix}{kind}"

    @property
    def series_key(self) -> str:
        return self.key(_ARCHIVE)

    @property
    def published_at(self) -> datetime:
        return self.today - timedelta(days=30)

    def chance(self, part: str) -> Random:
        """Return a random generator for one part of the archive. Its seed depends only on the plan and on `part`."""
        # A predictable generator is fine here: demo data is not secret.
        return Random(f"{self.seed}/{self.slug}/{part}")  # noqa: S311

    def edition(self, number: int) -> Edition:
        """Return edition `number`, where 1 is the first."""
        held, until = _dates(number, number > self.editions * 0.9)
        # Two editions, one after the other, differ from the average by the same number.
        difference = (number - 1) // 2 * 7 % 21
        extra = -difference if number % 2 == 0 else difference if number < self.editions else 0
        year = int(held[:4])
        early = number <= min(6, self.editions - 1)
        return Edition(
            number=number,
            label=f"{FIRST_YEAR - 2 + number}/{(FIRST_YEAR - 1 + number) % 100:02}" if early else str(year - 1),
            held_from=held,
            held_to=until,
            year=year - 1,
            at=(number - 1) / self.editions,
            recognitions=RECOGNITIONS + extra,
        )


def _dates(number: int, is_recent: bool) -> tuple[str, str]:
    """Return the dates from which and until which an edition was held. The second and third are in the same year."""
    year = FIRST_YEAR + number - (1 if number > 2 else 0)
    day_of_month = 1 + number * 11 % 27
    day = f"{year}-{2 + number % 3:02}-{day_of_month:02}"
    if number in (2, 3):
        return (f"{year}-04", "") if number == 2 else (f"{year}-11-05", "")
    if is_recent:
        return f"{day}T19:30", ""
    if number % 10 == 5:
        return day[:4], ""
    if number % 10 == 8:
        return day[:7], ""
    if number % 10 == 7:
        return day, f"{day[:8]}{day_of_month + 1:02}"
    return day, ""


def archives() -> list[str]:
    """Return the slugs of the synthetic archives."""
    keys = Series.objects.filter(key__startswith=PREFIX, key__endswith=f":{_ARCHIVE}").order_by("key")
    return [key[len(PREFIX) : -len(_ARCHIVE) - 1] for key in keys.values_list("key", flat=True)]
