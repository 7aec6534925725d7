"""Write the rows of an archive, all or none, with their history."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from contests.demo.builder import count_rows
from contests.models import Contest, Submission
from contests.models.edition_key import DATES, edition_key
from record import bulk
from record.database_triggers import paused
from record.history import LONGEST_REASON, keep_first_version
from record.images import unused_files
from record.models import FormerSlug

from .checking import check, named
from .columns import Column
from .comparison import Change, Comparison, compare
from .errors import ArchiveRefusedError, PortalChangedError
from .images import Images
from .kinds import KINDS, OF_APPROVAL, Kind, Row
from .new_history import write_history
from .reading import Archive
from .stored_rows import in_pieces

#: What a user must be allowed to do to bring approved results in as they are.
APPROVE = ("contests.approve_results", "contests.reveal_results")
#: With more new rows than this, PostgreSQL counts its rows again, so that it finds them in a good order.
_MANY = 1_000
#: The phases of an import, in their order. A trial has TRYING instead of WRITING.
READING, COMPARING, TRYING, WRITING = "reading", "comparing", "trying", "writing"
#: Called with the phase, the number of rows that are done in it, and the number of all rows.
Say = Callable[[str, int, int], None]


def may_approve(actor: User | None) -> bool:
    """
    Return whether approved results that `actor` imports stay approved. A command has no actor, and may. Nobody may
    approve what they brought in themselves, unless the portal has a single editor.
    """
    return actor is None or (settings.SINGLE_EDITOR and actor.has_perms(APPROVE))


def import_archive(
    archive: Archive,
    *,
    file_name: str,
    actor: User | None,
    seen: str | None = None,
    is_trial: bool = False,
    say: Say = lambda phase, done, total: None,
) -> Comparison:
    """
    Write the rows of `archive` that are new or changed, and return what that was. All rows are written, or none: raise
    `ArchiveRefusedError` if a row breaks a rule. With `is_trial`, do the same, and then undo it. With `seen`, a
    fingerprint of the comparison that the user has seen, refuse another one by a `PortalChangedError`. `say` is called
    while the import is going on.

    Approved results of new contests stay approved only if `may_approve(actor)`. The state of results of rows that are
    on the portal already never changes.
    """
    say(COMPARING, 0, 0)
    check(archive)
    images, reason = Images(archive, is_trial=is_trial), f"Import: {file_name}"[:LONGEST_REASON]
    with unused_files.nothing_left_behind():
        if archive.images:
            images.prepare(_compared(archive, seen))
        with transaction.atomic():
            found = _compared(archive, seen)
            _Writing(images, found, actor, reason, is_trial=is_trial, say=say).run()
            if is_trial:
                transaction.set_rollback(True)
    return found


def _compared(archive: Archive, seen: str | None) -> Comparison:
    """Return what `archive` would change. Raise an error if it must be refused, or is not what a user has `seen`."""
    found = compare(archive)
    if found.refusals:
        raise ArchiveRefusedError(found.refusals)
    if seen is not None and seen != found.fingerprint():
        raise PortalChangedError(_("The portal has changed since you saw the preview. Check the preview again."))
    return found


@contextmanager
def _refused(kind: Kind) -> Iterator[None]:
    """Turn an error of the database into a refusal, with the message of the constraint."""
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, OverflowError) as error:
        names = {rule.name: rule for rule in kind.model._meta.constraints}
        rule = next((rule for name, rule in names.items() if name in str(error)), None)
        why = str(rule.get_violation_error_message()) if rule else _("A value is not possible, or taken already.")
        told = {"kind": kind.model._meta.verbose_name_plural, "why": why}
        raise ArchiveRefusedError(_("One of the %(kind)s: %(why)s") % told) from error


class _Writing:
    def __init__(self, images: Images, found: Comparison, actor: User | None, reason: str, *, is_trial: bool, say: Say):
        self.images, self.found, self.actor, self.reason = images, found, actor, reason
        self.done, self.total = 0, found.new_count + len(found.changes)
        self.say, self.phase = say, TRYING if is_trial else WRITING
        self.keeps_approvals = may_approve(actor)
        self.now = timezone.now()
        self.keys = {name: dict(keys) for name, keys in found.existing.items()}
        self.new_contests = {row[0] for row in found.kinds["contest"].new}

    def run(self) -> None:
        if self.found.is_all_new:
            # The rows refer only to each other, so nothing that was there has to be indexed or approved again.
            with paused():
                self._write()
        else:
            self._write()
        self.images.make_renditions()

    def _advance(self, rows: int) -> None:
        self.done += rows
        self.say(self.phase, self.done, self.total)

    def _write(self) -> None:
        self._advance(0)
        for of in self.found.kinds.values():
            self._insert(of.kind, of.new)
        for of in self.found.kinds.values():
            keep_first_version(of.kind.model, [change.pk for change in of.changed], self.now)
            for change in of.changed:
                self._change(change)
                self._advance(1)
        self._write_slugs()
        if self.found.new_count > _MANY:
            count_rows()
        for of in self.found.kinds.values():
            # Approvals come last: a change of what they cover would withdraw them.
            self._approve(of.kind, of.new)
        for of in self.found.kinds.values():
            new = [self.keys[of.kind.name][row[0]] for row in of.new]
            write_history(of.kind.model, new, at=self.now, actor=self.actor, reason=self.reason)

    def _insert(self, kind: Kind, rows: Sequence[Row]) -> None:
        if not rows:
            return
        new, keys = bulk.new_primary_keys(kind.model), self.keys[kind.name]
        keys |= {row[0]: next(new) for row in rows}
        if kind.model is Submission:
            self._check_entries(kind, rows)
        late = set(OF_APPROVAL.get(kind.name, ()))
        with _refused(kind):
            for piece in in_pieces(rows):
                bulk.insert(kind.model, [self._values(kind, row, late) for row in piece])
                for column in kind.columns:
                    if column.is_many:
                        self._insert_links(kind, column, piece)
                self._advance(len(piece))

    def _values(self, kind: Kind, row: Row, late: Iterable[str] = ()) -> dict[str, Any]:
        """Return the values of the columns of a new row, without those that are named in `late`."""
        values: dict[str, Any] = {"id": self.keys[kind.name][row[0]], "key": row[0]}
        for column, value in zip(kind.columns, row[1:], strict=True):
            if column.is_image:
                values |= self.images.stored(column, value).columns(column)
            elif column.to and not column.is_many:
                values[column.field.attname] = None if value is None else self.keys[column.to][value]
            elif not column.is_many and column.name not in late:
                values[column.name] = column.stored(value)
        if kind.model is Contest:  # `bulk.insert` computes derived fields of one field each
            values["edition_key"] = edition_key(
                [values[name] for name in DATES], values["year_label"], values["edition_number"]
            )
        return values

    def _insert_links(self, kind: Kind, column: Column, rows: Sequence[Row]) -> None:
        field, place = column.field, kind.place[column.name]
        owner, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        own, others = self.keys[kind.name], self.keys[column.to]
        links = [{owner: own[row[0]], target: others[key]} for row in rows for key in row[place]]
        bulk.insert(field.remote_field.through, links)

    def _check_entries(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Refuse new entries that would become public at once, in a contest with approved results."""
        place = kind.place["contest"]
        known = self.found.existing["contest"]
        contests = {
            contest.key: contest
            for contest in Contest.objects.filter(key__in={row[place] for row in rows if row[place] in known})
            if contest.approved_at is not None
        }
        for row in rows:
            if contest := contests.get(row[place]):
                values = {name: row[kind.place[name]] for name in ("status", "is_selected")}
                with _named(kind, row):
                    Submission(contest=contest, **values).clean()

    def _change(self, change: Change) -> None:
        """Save a changed row as a form of the admin does: with the rules of its model."""
        kind = change.kind
        row = kind.model._base_manager.select_for_update().get(pk=change.pk)
        links = {}
        for column in change.fields:
            _old, new = change.values(column)
            if column.is_many:
                links[column.name] = [self.keys[column.to][key] for key in new]
            elif column.is_image:
                unused_files.release([each for each in unused_files.pictures_of([row]) if each.field is column.field])
                for name, value in self.images.stored(column, new).columns(column).items():
                    setattr(row, name, value)
            elif column.to:
                setattr(row, column.field.attname, None if new is None else self.keys[column.to][new])
            else:
                setattr(row, column.name, column.stored(new))
        row._history_user, row._change_reason = self.actor, self.reason
        with _named(kind, change.after), _refused(kind):
            if isinstance(row, Submission) and "categories" in links:
                row.check_categories(KINDS["category"].model.objects.filter(pk__in=links["categories"]))
            row.full_clean()
            row.save()
            for name, keys in links.items():
                getattr(row, name).set(keys)

    def _write_slugs(self) -> None:
        types = {name: ContentType.objects.get_for_model(KINDS[name].model) for name, *_of in self.found.former_slugs}
        FormerSlug.objects.bulk_create(
            FormerSlug(content_type=types[name], object_id=self.keys[name][key], slug=slug)
            for name, key, slug in self.found.former_slugs
        )

    def _approve(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Set the approval and the reveal of new rows in new contests, if the archive may bring them."""
        names = OF_APPROVAL.get(kind.name, ())
        if not names or not self.keeps_approvals:
            return
        columns = [kind.columns[kind.place[name] - 1] for name in names]
        values = []
        for row in rows:
            told = [row[kind.place[name]] for name in names]
            if self._contest_of(kind, row) in self.new_contests and any(value is not None for value in told):
                stored = (
                    column.field.get_db_prep_save(column.stored(value), connection)
                    for column, value in zip(columns, told, strict=True)
                )
                values.append((*stored, self.keys[kind.name][row[0]]))
        quote = connection.ops.quote_name
        setting = ", ".join(f"{quote(column.field.column)} = %s" for column in columns)
        with _refused(kind), connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quote(kind.model._meta.db_table)} SET {setting} WHERE id = %s", values)  # noqa: S608

    def _contest_of(self, kind: Kind, row: Row) -> str:
        """Return the key of the contest that a row belongs to."""
        if kind.name == "contest":
            return row[0]
        if kind.name == "submission":
            return row[kind.place["contest"]]
        return self._contest_of_awards[row[kind.place["award"]]]

    @property
    def _contest_of_awards(self) -> dict[str, str]:
        if not hasattr(self, "_awards"):
            award = KINDS["award"]
            self._awards = {row[0]: row[award.place["contest"]] for row in self.found.kinds["award"].new}
            self._awards = defaultdict(str, self._awards)
        return self._awards


@contextmanager
def _named(kind: Kind, row: Row) -> Iterator[None]:
    """Name the row in the errors of its model."""
    try:
        yield
    except ArchiveRefusedError as error:
        raise ArchiveRefusedError([f"{named(kind, row)}: {message}" for message in error.messages]) from error
    except ValidationError as error:
        raise ArchiveRefusedError([f"{named(kind, row)}: {message}" for message in error.messages]) from error
