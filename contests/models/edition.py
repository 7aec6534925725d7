from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model as Base
else:
    Base = object


class OfSeries(Base):
    """A mixin for the model of contests: what a contest is as an edition of its series."""

    edition_number: int | None
    year_label: str
    held_from: str
    held_to: str
    approved_at: "datetime | None"
    reveal_at: "datetime | None"
    series_id: int | None
    awards: Any

    def clean(self) -> None:
        super().clean()
        if self.pk and self.awards.filter(line__isnull=False).exclude(line__series=self.series_id).exists():
            raise ValidationError(
                {
                    "series": _(
                        "Awards of the contest belong to continuing awards of its series. Change the awards first."
                    )
                },
                code="stays_in_series",
            )

    @property
    def edition_label(self) -> str:
        """The year as people write it, or else the number of the edition; blank if neither is known."""
        return self.year_label or str(self.edition_number or "")

    @property
    def held_year(self) -> str:
        """The year of the contest or, if it is unknown, the number of the edition. Blank if both are unknown."""
        return (self.held_from or self.held_to)[:4] or str(self.edition_number or "")

    @property
    def ended(self) -> str:
        """The partial date on which the contest ended, as far as it is known; blank if it is not."""
        return self.held_to or self.held_from

    @property
    def is_history(self) -> bool:
        """
        Whether the results were revealed as of a time before their approval: an edition of the past, entered later. It
        is no news (`contests.visibility.is_news`).
        """
        return self.approved_at is not None and self.reveal_at is not None and self.reveal_at < self.approved_at
