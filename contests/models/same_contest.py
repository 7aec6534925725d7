"""Keep related rows in the same contest when one of them is moved to another contest."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class StaysWithContest:
    """
    A row with a `contest`. `hanging` maps the name of each reverse relation to the path from the related row to its
    contest. The row can't move to another contest while a related row belongs to a different one.
    """

    hanging: dict[str, str] = {}
    _contest_read: Any = None

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        row._contest_read = row.__dict__.get("contest_id")
        return row

    def clean(self) -> None:
        super().clean()
        # Unchanged rows need no query.
        if not self.pk or not self.contest_id or self._contest_read == self.contest_id:
            return
        for relation, contest in self.hanging.items():
            if getattr(self, relation).exclude(**{contest: None}).exclude(**{contest: self.contest_id}).exists():
                raise ValidationError(
                    {"contest": _("Other rows of its contest refer to it, so it can’t be moved. Change them first.")},
                    code="stays_with_contest",
                )
