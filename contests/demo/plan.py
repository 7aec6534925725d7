"""Plan a synthetic contest: choose its stage, size and dates."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_countries import countries as iso_3166

from record import former_countries
from record.synthetic import PREFIX


class Stage(StrEnum):
    """
    The stage of a synthetic contest. At "sealed", the winners are stored but not approved; at "revealed", they are
    public.
    """

    UPCOMING = "upcoming"
    OPEN = "open"
    JUDGING = "judging"
    SEALED = "sealed"
    REVEALED = "revealed"


# Four dates of the contest, in days from today: publication, opening for entries, closing for entries, ceremony.
_DAYS = {
    Stage.UPCOMING: (-7, 21, 81, 120),
    Stage.OPEN: (-60, -30, 30, 75),
    Stage.JUDGING: (-120, -90, -10, 20),
    Stage.SEALED: (-150, -120, -40, -1),
    Stage.REVEALED: (-200, -170, -80, -20),
}
_LEADING = (
    "CN",
    "US",
    "IN",
    "JP",
    "KR",
    "BR",
    "FR",
    "PL",
    "DE",
    "TR",
    "VN",
    "EG",
    "MX",
    "GB",
    "ES",
    "TH",
    "IL",
    "GR",
    "ET",
)
_NOBODY_LIVES_THERE = {"AQ", "BV", "GS", "HM", "IO", "TF", "UM"}
_PRESENT = set(iso_3166.countries) - set(former_countries.NAMES)
COUNTRIES = (*_LEADING, *sorted(_PRESENT - {*_LEADING} - _NOBODY_LIVES_THERE))
# The largest numbers that a plan may have. Awards and quotes are limited because `precedence` and `order` are
# small-integer columns.
LIMITS = {"submissions": 10_000_000, "awards": 1_000, "quotes": 30_000, "countries": len(COUNTRIES)}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True)
class Plan:
    """The plan of a synthetic contest. Equal plans create the same rows."""

    slug: str
    stage: Stage
    submissions: int
    awards: int
    quotes: int
    countries: int
    seed: int
    today: datetime

    @classmethod
    def of(
        cls,
        *,
        today: datetime,
        stage: str = Stage.REVEALED,
        submissions: int = 60,
        slug: str | None = None,
        awards: int | None = None,
        quotes: int | None = None,
        countries: int | None = None,
        seed: int = 1,
    ) -> "Plan":
        """
        Return a plan with these values. Derive missing numbers from the number of submissions: for example, 5,000
        submissions have 60 awards, 500 quotes and 122 countries. All dates are relative to `today`, a midnight. Raise
        `ValidationError` if a number is out of range or the slug is invalid.
        """
        plan = cls(
            slug=f"demo-{stage}" if slug is None else slug,
            stage=Stage(stage),
            submissions=submissions,
            awards=_between(6, submissions // 80, 60) if awards is None else awards,
            quotes=_between(24, submissions // 10, 500) if quotes is None else quotes,
            countries=_between(12, submissions // 2, 122) if countries is None else countries,
            seed=seed,
            today=today,
        )
        for name, limit in LIMITS.items():
            lowest = 0 if name in ("submissions", "quotes") else 1
            if not lowest <= getattr(plan, name) <= limit:
                raise ValidationError(
                    _("The number of %(name)s must be between %(lowest)s and %(limit)s.")
                    % {"name": name, "lowest": lowest, "limit": f"{limit:,}"}
                )
        if not _SLUG.match(plan.slug):
            raise ValidationError(
                _("Use 1 to 40 lowercase letters, digits and hyphens for the slug. Don’t start with a hyphen.")
            )
        return plan

    @property
    def prefix(self) -> str:
        """The text with which the permanent keys of all rows of this synthetic contest start."""
        return f"{PREFIX}{self.slug}:"

    def key(self, kind: str, number: int | str = "") -> str:
        return f"{self.prefix}{kind}-{number}" if number != "" else f"{self.prefix}{kind}"

    def chance(self, part: str) -> Random:
        """
        Return a random generator for one part of the contest, such as "quotes". Its seed depends only on the plan's
        seed and slug and on `part`, so a change to one part doesn't change the random values of another.
        """
        # A predictable generator is fine here: demo data is not secret.
        return Random(f"{self.seed}/{self.slug}/{part}")  # noqa: S311

    @property
    def country_codes(self) -> tuple[str, ...]:
        """
        The ISO 3166 codes of the countries that the contest's people come from. The first country has the most people.
        """
        return COUNTRIES[: self.countries]

    @property
    def has_entries(self) -> bool:
        return self.stage is not Stage.UPCOMING

    @property
    def has_closed(self) -> bool:
        return self.stage in (Stage.JUDGING, Stage.SEALED, Stage.REVEALED)

    @property
    def has_results(self) -> bool:
        return self.stage in (Stage.SEALED, Stage.REVEALED)

    @property
    def published_at(self) -> datetime:
        return self._day(0)

    @property
    def opens_at(self) -> datetime:
        return self._day(1)

    @property
    def closes_at(self) -> datetime:
        return self._day(2)

    @property
    def ceremony_at(self) -> datetime:
        return self._day(3) + timedelta(hours=18)

    def _day(self, which: int) -> datetime:
        return self.today + timedelta(days=_DAYS[self.stage][which])


def _between(lowest: int, number: int, highest: int) -> int:
    return max(lowest, min(number, highest))
