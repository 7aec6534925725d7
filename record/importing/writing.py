"""Write what a plan says, in one transaction, with a history entry for each row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from record.forms import free_slug, unique_beside
from record.history import is_tracked, keep_first_version
from record.importing.field_values import POSITIONS, stored_value
from record.importing.planning import Change, Link, Plan
from record.merging.journal import AT_ONCE, in_chunks, note_history
from record.models import Record
from record.slugs import MAX_LENGTH, slug_from

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Written:
    """
    What an import has written, for the undo: primary keys of new rows and the changes of stored ones, by the label of
    the model. `links` has the new rows of many-to-many tables of stored rows.
    """

    new: dict[str, list[Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, dict[str, list[Any]]]] = field(default_factory=dict)
    links: dict[str, list[Any]] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - the plan has the problems
    """The database refused rows; the problems of the plan say which."""


def write(plan: Plan, *, actor: "User | None", reason: str, at: datetime | None = None) -> Written:
    """
    Create and change the rows of `plan`; with its option `only_good`, leave out the lines with problems. Needs a
    transaction. Raise `Refused`, after noting the problems in `plan`, if the database refuses a row.
    """
    writer = _Writer(plan, actor, reason[:100], at or timezone.now())
    with transaction.atomic():
        writer.run()
    return writer.written


class _Writer:
    def __init__(self, plan: Plan, actor: "User | None", reason: str, at: datetime):
        self.plan, self.actor, self.reason, self.at = plan, actor, reason, at
        self.written = Written()
        self.is_refused = False

    def run(self) -> None:
        new = {model: [row for row in rows if self._is_good(row)] for model, rows in self.plan.new.items()}
        for model in in_order(new):
            _fill_slugs(model, new[model])
            _fill_positions(model, new[model])
            for rows in _by_level(model, new[model]):
                for some in in_chunks(rows):
                    self._create(model, some)
            if self.is_refused:
                raise Refused
        self._link_new()
        for model, rows in new.items():
            for some in in_chunks(rows):
                if is_tracked(model):
                    note_history(model, some, "+", self)
            self.written.new[model._meta.label_lower] = [row.pk for row in rows]
        self._change()
        if self.is_refused:
            raise Refused

    def _is_good(self, row: Record) -> bool:
        return bool(self.plan.lines_of[id(row)] - self.plan.bad)

    def _create(self, model: type[Any], rows: list[Any]) -> None:
        try:
            with transaction.atomic():
                model._base_manager.bulk_create(rows)
        except (IntegrityError, ValueError):
            # Find the rows: one by one, so that each has its message.
            for row in rows:
                self._try(row, min(self.plan.lines_of[id(row)]))

    def _try(self, row: Any, line: int) -> None:
        self.is_refused = True
        try:
            with transaction.atomic():
                row.pk = None
                row.validate_constraints()
                row.save_base(raw=True, force_insert=True)
        except ValidationError as error:
            self.plan.problems_of(line, error)
        except (IntegrityError, ValueError):
            self.plan.problem(line, "", _("The database does not allow this row."))

    def _link_new(self) -> None:
        """Insert the links of new rows in bulk."""
        by_field: dict[tuple[type[Any], str], list[Link]] = {}
        for link in self.plan.links:
            if self.plan.is_new(link.row) and link.row.pk is not None:
                by_field.setdefault((type(link.row), link.name), []).append(link)
        for (model, name), links in by_field.items():
            of_model: Any = model._meta.get_field(name)
            table = of_model.remote_field.through
            own, other = f"{of_model.m2m_field_name()}_id", f"{of_model.m2m_reverse_field_name()}_id"
            pairs = dict.fromkeys((link.row.pk, row.pk) for link in links for row in link.others if row.pk is not None)
            for some in in_chunks(pairs):
                table._base_manager.bulk_create(table(**{own: one, other: two}) for one, two in some)

    def _change(self) -> None:
        good = [change for change in self.plan.changes.values() if change.lines - self.plan.bad]
        links: dict[tuple[type[Any], Any], list[Link]] = {}
        for link in self.plan.links:
            if not self.plan.is_new(link.row) and link.line not in self.plan.bad:
                links.setdefault((type(link.row), link.row.pk), []).append(link)
        for model, changes in _by_model(good).items():
            for some in in_chunks(changes):
                keys = [change.row.pk for change in some]
                stored = {row.pk: row for row in model._base_manager.select_for_update().filter(pk__in=keys)}
                if is_tracked(model):
                    keep_first_version(model, keys, self.at)
                for change in some:
                    self._change_row(change, stored.get(change.row.pk), links.get((model, change.row.pk), ()))

    def _change_row(self, change: Change, row: Any, links: Sequence[Link]) -> None:
        """Change `row`, which was just read and locked, so that what others have saved meanwhile is kept."""
        line = min(change.lines - self.plan.bad)
        # Other lines, which are left out, may change the same row too.
        values = {name: value for name, value in change.values.items() if change.line_of[name] not in self.plan.bad}
        if row is None or any(
            stored_value(row._meta.get_field(name), getattr(row, name)) != before
            for name, (before, _after) in values.items()
        ):
            self.is_refused = True
            message = _("“%(name)s” was changed by somebody else while this was imported. Check the table again.")
            self.plan.problem(line, "", message % {"name": change.row})
            return
        row._history_user, row._change_reason, row._history_date = self.actor, self.reason, self.at
        try:
            with transaction.atomic():
                for link in links:
                    self._set_links(row, link)
                if values:
                    for name, (before, after) in values.items():
                        value = getattr(change.row, name)
                        if value is None and (column := row._meta.get_field(name)).remote_field:
                            # A row that this import has just created.
                            value = getattr(getattr(change.row, column.name), "pk", None)
                            after = stored_value(column, value)
                        setattr(row, name, value)
                        values[name] = [before, after]
                    row.validate_constraints()
                    row.save()
                    kept = self.written.changed.setdefault(type(row)._meta.label_lower, {})
                    kept[str(row.pk)] = values
        except ValidationError as error:
            self.is_refused = True
            self.plan.problems_of(line, error)
        except IntegrityError:
            self.is_refused = True
            self.plan.problem(line, "", _("The database does not allow this row."))

    def _set_links(self, row: Any, link: Link) -> None:
        of_model: Any = type(row)._meta.get_field(link.name)
        table = of_model.remote_field.through
        own = {f"{of_model.m2m_field_name()}_id": row.pk}
        before = set(table._base_manager.filter(**own).values_list("pk", flat=True))
        manager = getattr(row, link.name)
        others = [other for other in link.others if other.pk is not None]
        manager.add(*others)
        after = set(table._base_manager.filter(**own).values_list("pk", flat=True))
        self.written.links.setdefault(table._meta.label_lower, []).extend(sorted(after - before))


def _by_model(changes: Iterable[Change]) -> dict[type[Any], list[Change]]:
    found: dict[type[Any], list[Change]] = {}
    for change in changes:
        found.setdefault(type(change.row), []).append(change)
    return found


def in_order(models_: Iterable[type[Any]]) -> list[type[Any]]:
    """Return the models so that each comes after those to which it refers."""
    chosen = set(models_)
    graph = {
        model: {field.related_model for field in model._meta.fields if field.related_model in chosen - {model}}
        for model in sorted(chosen, key=lambda model: model._meta.label)
    }
    return list(TopologicalSorter(graph).static_order())


def _by_level(model: type[Any], rows: list[Any]) -> Iterator[list[Any]]:
    """Yield the rows in groups, so that a row comes after the new row of the same model to which it refers."""
    own = [field.name for field in model._meta.fields if field.related_model is model]
    while rows and own:
        waiting = {id(row) for row in rows}
        later = [row for row in rows if any(id(getattr(row, name)) in waiting for name in own)]
        if len(later) == len(rows):
            break
        yield [row for row in rows if row not in later] if len(rows) < AT_ONCE else _without(rows, later)
        rows = later
    if rows:
        yield rows


def _without(rows: list[Any], later: list[Any]) -> list[Any]:
    left_out = {id(row) for row in later}
    return [row for row in rows if id(row) not in left_out]


def _scope(row: Any, names: Iterable[str]) -> tuple[Any, ...]:
    """Return what the value must be unique beside: the rows or values of the fields `names`."""
    return tuple(id(value) if getattr(value := getattr(row, name), "pk", 0) is None else value for name in names)


def _fill_slugs(model: type[Any], rows: list[Any]) -> None:
    """Give each of `rows` without a slug a free one, made from its name."""
    if not any(field.name == "slug" for field in model._meta.fields):
        return
    beside = unique_beside(model, "slug") or ()
    given = {(_scope(row, beside), row.slug) for row in rows if row.slug}
    waiting = [(row, slug_from(words_of(row))) for row in rows if not row.slug]
    taken: dict[tuple[Any, ...], set[str]] = {}
    for some in in_chunks(sorted({slug for _row, slug in waiting})):
        for slug, *parent in model._base_manager.filter(slug__in=some).values_list("slug", *beside):
            taken.setdefault(tuple(parent), set()).add(slug)
    used: dict[tuple[Any, ...], set[str]] = {}
    numbered: dict[tuple[Any, ...], set[str]] = {}
    for scope, slug in given:
        used.setdefault(scope, set()).add(slug)
    for row, wanted in waiting:
        scope = _scope(row, beside)
        parent = tuple(getattr(value, "pk", value) for value in (getattr(row, name) for name in beside))
        mine = used.setdefault(scope, set())
        if wanted in taken.get(parent, ()) or wanted in mine:
            known = numbered.get((*scope, wanted))
            if known is None:
                of_parent = dict(zip(beside, parent, strict=True)) if None not in parent else {"pk": None}
                rows_like = model._base_manager.filter(slug__startswith=wanted[: MAX_LENGTH - 6], **of_parent)
                known = numbered[*scope, wanted] = set(rows_like.values_list("slug", flat=True))
            row.slug = free_slug(wanted, known | mine)
        else:
            row.slug = wanted
        mine.add(row.slug)


def words_of(row: Any) -> str:
    """Return the text from which the slug of `row` is made."""
    for name in ("slug_words", "title", "name"):
        if text := getattr(row, name, ""):
            return str(text)
    return str(row)


def _fill_positions(model: type[Any], rows: list[Any]) -> None:
    """Give each of `rows` without a position the next one in its parent."""
    for name in POSITIONS:
        if not any(field.name == name for field in model._meta.fields):
            continue
        beside = unique_beside(model, name)
        waiting = [row for row in rows if getattr(row, name) is None]
        if beside is None or not waiting:
            continue
        last: dict[tuple[Any, ...], int] = {}
        parents = {id(parent): parent for row in rows for parent in (getattr(row, each) for each in beside)}
        stored = list({parent.pk for parent in parents.values() if parent.pk is not None})
        manager = model._base_manager
        for some in in_chunks(stored):
            grouped = manager.filter(**{f"{beside[0]}__in": some}).values_list(beside[0])
            last |= {(pk,): most for pk, most in grouped.annotate(Max(name))}
        if not beside:
            last[()] = manager.aggregate(most=Max(name))["most"] or 0
        given: dict[tuple[Any, ...], set[int]] = {}
        for row in rows:
            if (position := getattr(row, name)) is not None:
                given.setdefault(_place(row, beside), set()).add(position)
        for row in waiting:
            place = _place(row, beside)
            position = last.get(place, 0) + 1
            while position in given.get(place, ()):
                position += 1
            setattr(row, name, position)
            last[place] = position


def _place(row: Any, beside: Sequence[str]) -> tuple[Any, ...]:
    values = [getattr(row, name) for name in beside]
    return tuple(id(value) if getattr(value, "pk", 0) is None else getattr(value, "pk", value) for value in values)


def tables_of(model: type[models.Model]) -> list[type[models.Model]]:
    """Return the many-to-many tables of `model`."""
    fields: Any = model._meta.many_to_many
    return [field.remote_field.through for field in fields]
