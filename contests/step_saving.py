"""
Save the rows that a step (a change of the state of results) changes. In a trial, only collect them without saving.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils.translation import override

from accounts.models import User
from contests import approval
from contests.models import Contest, Recognition, Step, Submission
from record.history import keep_first_version, keep_links

Row = TypeVar("Row", Contest, Recognition, Submission)


class Saving:
    """Locks the rows of a step and saves them, with their history. Needs a transaction."""

    def __init__(self, actor: User | None):
        self.actor = actor

    def locked(self, rows: QuerySet[Row]) -> list[Row]:
        """
        Lock `rows` and return them as a list. If two editors act at the same time, the second waits and then sees the
        change of the first.
        """
        return list(rows.select_for_update(of=("self",)))

    def current(self, row: Row) -> Row:
        """Read `row` from the database again, lock it and return it."""
        return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)

    def hold(self, rows: Iterable[Recognition]) -> None:
        """Lock the awards, works, credits and people that the approval of `rows` covers, with `approval.hold`."""
        approval.hold(rows)

    def reveals(self, work: Submission) -> list[datetime | None]:
        """Return the `reveal_at` of each recognition of `work`."""
        return list(work.recognitions.values_list("reveal_at", flat=True))

    def save(self, instance: Row, step: Step, reason: str) -> Row:
        """
        Save `instance` and write its history record, with `step` and the first 100 characters of `reason`. The record
        is in English, whatever the language of the editor. Return `instance`.
        """
        with override("en"):
            keep_first_version(type(instance), [instance.pk])
            unsaved: Any = instance
            unsaved._history_user = self.actor
            unsaved._change_reason = reason[:100]
            unsaved._step = step
            try:
                instance.save()
            finally:
                del unsaved._step  # The next save of this object may be an ordinary edit.
        return instance

    def save_all(self, rows: list[Recognition], step: Step, reason: str, names: list[str]) -> None:
        """
        Save `rows` in bulk and write their history, as `save` does for one row. `names` lists the fields that were set.
        """
        keep_first_version(Recognition, [row.pk for row in rows])
        Recognition.objects.bulk_update(rows, names, batch_size=500)
        records = Recognition.history.bulk_history_create(
            rows,
            update=True,
            default_user=self.actor,
            default_change_reason=reason,
            custom_historical_attrs={"step": step},
        )
        keep_links(Recognition, records)


class Trial(Saving):
    """
    A `Saving` that only collects the changes of steps. It writes and locks nothing, and keeps the changed rows in
    `changed`, by model and primary key. Later steps of the same trial see these changes.
    """

    def __init__(self) -> None:
        super().__init__(None)
        self.changed: dict[type[Model], dict[int, Model]] = {}

    def locked(self, rows: QuerySet[Row]) -> list[Row]:
        changed = self.changed.get(rows.model, {})
        return [cast(Row, changed.get(row.pk, row)) for row in rows]

    def current(self, row: Row) -> Row:
        return self.locked(type(row)._default_manager.filter(pk=row.pk))[0]

    def hold(self, rows: Iterable[Recognition]) -> None:
        pass

    def reveals(self, work: Submission) -> list[datetime | None]:
        return [row.reveal_at for row in self.locked(work.recognitions.all())]

    def save(self, instance: Row, step: Step, reason: str) -> Row:
        self.changed.setdefault(type(instance), {})[instance.pk] = instance
        return instance

    def save_all(self, rows: list[Recognition], step: Step, reason: str, names: list[str]) -> None:
        for row in rows:
            self.save(row, step, reason)
