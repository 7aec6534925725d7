"""
Keep rows that belong together in one contest: refuse to move a row to another contest while rows of its old contest
refer to it, and refuse to link rows of different contests.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Base = Model
else:
    Base = object


class StaysWithContest(Base):
    """
    A mixin for models with a foreign key `contest`. It refuses to move a row to another contest while related rows
    belong to a different contest. `hanging` has the relations to check: it maps the name of each reverse relation to
    the lookup path from the related row to its contest.
    """

    hanging: dict[str, str] = {}
    contest_id: int
    _contest_read: int | None = None

    @classmethod
    def from_db(  # type: ignore[override]  # The type stubs have a parameter of Django 6.
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        row = super().from_db(db, field_names, values)
        row._contest_read = row.__dict__.get("contest_id")
        return row

    def clean(self) -> None:
        super().clean()
        # No query is needed for a new row, or if the contest is the same as in the database.
        if not self.pk or not self.contest_id or self._contest_read == self.contest_id:
            return
        for relation, contest in self.hanging.items():
            if getattr(self, relation).exclude(**{contest: None}).exclude(**{contest: self.contest_id}).exists():
                raise ValidationError(
                    {
                        "contest": _(
                            "The contest can’t be changed, because other rows of the contest refer to this record. "
                            "Change those rows first."
                        )
                    },
                    code="stays_with_contest",
                )


def keep_links_in_contest(through: type[Model], contest_of: dict[str, str], at: str, message: Any) -> None:
    """
    Refuse to link rows of different contests in the many-to-many table `through` in every way that uses the ORM: forms,
    fixtures, scripts. `contest_of` maps each of the two models to the lookup path to its contest. The refusal is a
    `ValidationError` at the field `at` with `message`.
    """

    def check(instance: Model, action: str, model: Any, pk_set: set[int] | None, **signal: Any) -> None:
        if action != "pre_add" or not pk_set:
            return
        own = type(instance)._base_manager.filter(pk=instance.pk).values(contest_of[str(instance._meta.model_name)])
        others = model._base_manager.filter(pk__in=pk_set)
        if others.exclude(**{f"{contest_of[model._meta.model_name]}__in": own}).exists():
            raise ValidationError({at: message})

    m2m_changed.connect(check, sender=through, weak=False)
