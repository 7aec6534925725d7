"""The plan of a synthetic contest: its stage, size and dates."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_countries import countries as iso_3166

from record.synthetic import PREFIX


class Stage(StrEnum):
    """How far a contest has come."""

    UPCOMING = "upcoming"
    OPEN = "open"
    JUDGING = "judging"
    SEALED = "sealed"
    REVEALED = "revealed"


# Days from today: published, opens, closes, ceremony.
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
COUNTRIES = (*_LEADING, *sorted(set(iso_3166.countries) - {*_LEADING} - _NOBODY_LIVES_THERE))
# The order of quotes and the precedence of awards are small integers in the database.
LIMITS = {"submissions": 10_000_000, "awards": 1_000, "quotes": 30_000, "countries": len(COUNTRIES)}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True)
class Plan:
    """A plan of one synthetic contest. On the same day, the same plan creates the same rows."""

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
        Return a plan. Missing values follow from the number of submissions: 5,000 submissions have 60 awards, 500
        quotes and 122 countries. `today` is the midnight from which all dates are counted. Raise `ValidationError` if a
        number is out of range or the slug is invalid.
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
        """The prefix of the keys of all rows of this contest. No other contest's prefix starts with it."""
        return f"{PREFIX}{self.slug}:"

    def key(self, kind: str, number: int | str = "") -> str:
        return f"{self.prefix}{kind}-{number}" if number != "" else f"{self.prefix}{kind}"

    def chance(self, part: str) -> Random:
        """Return the random generator for one part of the contest. Its numbers don't depend on the other parts."""
        # Repeatable on purpose: nothing here is secret.
        return Random(f"{self.seed}/{self.slug}/{part}")  # noqa: S311

    @property
    def country_codes(self) -> tuple[str, ...]:
        """The countries of its people; the first one sends the most entries."""
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
