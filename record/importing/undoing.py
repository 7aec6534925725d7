"""Undo a whole import, as long as nobody has built on it."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from record.history import is_tracked, keep_first_version
from record.importing.field_values import stored_value
from record.importing.writing import Written, in_order, tables_of
from record.merging.journal import DELETE, Step, StepRunner, in_chunks, in_the_way, pointing_at, values_of

if TYPE_CHECKING:
    from accounts.models import User


#: The most reasons that a refusal names.
MOST = 20
REASON = "Import undone"
#: Functions that return further reasons why an import can't be undone. Each app adds its own.
GUARDS: list[Callable[[Written], Iterable[str]]] = []


def undo(written: Written, *, actor: "User | None", reason: str) -> dict[str, int]:
    """
    Delete the rows that an import has created, and give the rows that it has changed their old values. Return the
    number of rows by the label of their model. Raise `ValidationError` with the reasons, and change nothing, if a row
    was changed after the import, or if a row that is not part of it refers to one of its new rows.
    """
    with transaction.atomic():
        links, steps, reasons = _planned(written)
        if reasons:
            raise ValidationError(reasons)
        runner = StepRunner(actor, reason, timezone.now())
        try:
            runner.take(links)
            _change_back(written, runner)
            runner.take(steps)
            runner.tell()
        except (IntegrityError, ProtectedError) as error:
            raise ValidationError(_("Something refers to rows of this import, so it can’t be undone.")) from error
        return {label: len(set(pks)) for label, pks in written.new.items() if pks}


def reasons_against(written: Written) -> list[str]:
    """Return the reasons why `undo` would refuse to undo an import, at most a few. Nothing is written."""
    return _planned(written)[2]


def _planned(written: Written) -> tuple[list[Step], list[Step], list[str]]:
    """Return the steps that delete links, those that delete rows, and the reasons why they may not be taken."""
    new = {apps.get_model(label): set(pks) for label, pks in written.new.items()}
    if reasons := list(_islice(_built_on(new, written))):
        return [], [], reasons
    steps = [step for model in reversed(in_order(new)) for step in _deletions(model, new[model])]
    links = [step for label, pks in written.links.items() for step in _steps(apps.get_model(label), pks)]
    return links, steps, in_the_way([*links, *steps])[:MOST]


def _islice(reasons: Iterator[str]) -> Iterator[str]:
    for number, text in enumerate(reasons):
        if number == MOST:
            yield _("There are more reasons like these.")
            return
        yield text


def _built_on(new: dict[type[Any], set[Any]], written: Written) -> Iterator[str]:
    for model, pks in new.items():
        for some in in_chunks(sorted(pks)):
            if is_tracked(model):
                history = get_history_manager_for_model(model).filter(id__in=some)
                later = history.exclude(history_type="+").order_by("id").values_list("id", flat=True).distinct()
                for row in model._base_manager.filter(pk__in=list(later[: MOST + 1])):
                    yield _("“%(name)s” was changed after the import.") % {"name": row}
            for other, column in pointing_at(model):
                if column.name == "content_type" or other._meta.auto_created in new:
                    continue
                found = other._base_manager.filter(**{f"{column.attname}__in": some})
                changed = written.changed.get(other._meta.label_lower, {})
                own = new.get(other, set()) | {int(pk) for pk, values in changed.items() if column.attname in values}
                for row in _others(found, own):
                    yield _("%(kind)s “%(other)s” refers to a row of this import.") % {
                        "kind": str(other._meta.verbose_name).capitalize(),
                        "other": row,
                    }
    for label, rows in written.changed.items():
        model = apps.get_model(label)
        for some in in_chunks(rows):
            stored = model._base_manager.in_bulk([int(pk) for pk in some])
            for pk in some:
                row = stored.get(int(pk))
                if row is None:
                    yield _("A row that the import changed was deleted after it.")
                elif any(_now(row, name) != after for name, (_before, after) in rows[pk].items()):
                    yield _("“%(name)s” was changed after the import.") % {"name": row}
    for guard in GUARDS:
        yield from guard(written)


def _others(found: Any, own: set[Any]) -> list[Any]:
    """Return the rows of the queryset `found` that are not among `own`, at most a few."""
    keys = [pk for pk in found.values_list("pk", flat=True) if pk not in own][: MOST + 1]
    return list(found.filter(pk__in=keys))


def _now(row: Any, name: str) -> Any:
    return stored_value(row._meta.get_field(name), getattr(row, name))


def _deletions(model: type[Any], pks: set[Any]) -> Iterator[Step]:
    """Yield the steps that delete these rows, after the steps that delete their links."""
    for table in tables_of(model):
        column = next(field for field in table._meta.fields if field.related_model is model)
        for some in in_chunks(sorted(pks)):
            keys = table._base_manager.filter(**{f"{column.attname}__in": some}).values_list("pk", flat=True)
            yield from _steps(table, keys)
    yield from _steps(model, sorted(pks))


def _steps(model: type[models.Model], pks: Any) -> Iterator[Step]:
    for some in in_chunks(pks):
        for row in model._base_manager.filter(pk__in=some).order_by("pk"):
            yield Step(DELETE, model, row.pk, values_of(row))


def _change_back(written: Written, runner: StepRunner) -> None:
    for label, rows in written.changed.items():
        model = apps.get_model(label)
        for some in in_chunks(rows):
            keep_first_version(model, [int(pk) for pk in some], runner.at)
            for row in model._base_manager.filter(pk__in=[int(pk) for pk in some]):
                for name, (before, _after) in rows[str(row.pk)].items():
                    column: Any = model._meta.get_field(name)
                    setattr(row, column.attname, column.to_python(before) if before is not None else None)
                row._history_user, row._change_reason, row._history_date = runner.actor, runner.reason, runner.at
                row.clean()
                row.save()
