"""What an archive would change on this portal: new rows, changed rows, and the reasons why it must be refused."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.translation import gettext as _

from contests.models import Recognition
from contests.triggers import COVERED
from record.models import FormerSlug

from .checking import may_repeat, named, uniques_of
from .columns import Column
from .kinds import KINDS, OF_STATE, Kind, Row
from .reading import Archive
from .stored_rows import in_pieces, rows_of

#: The largest number of reasons that are told.
MOST_REASONS = 20
_AT_ONCE = 500
#: For each kind of rows that belong to one contest, the lookup path to it.
OF_CONTESTS = {
    **dict.fromkeys(("figure", "leadingregion", "category", "award", "submission", "event"), "contest"),
    **{"recognition": "award__contest", "appearance": "event__contest", "quote": "event__contest"},
}
#: Links that an approval covers, and the table whose row has them.
_COVERED_LINKS = {"recognition.submissions", "submission.categories"}


@dataclass(frozen=True)
class Change:
    """A row that an archive changes: its primary key, the row as it is and as the archive has it."""

    kind: Kind
    pk: int
    before: Row
    after: Row

    @property
    def fields(self) -> list[Column]:
        """The fields with other values. The state of results is not among them: an import never changes it."""
        kept = OF_STATE.get(self.kind.name, ())
        pairs = zip(self.kind.columns, self.before[1:], self.after[1:], strict=True)
        return [column for column, old, new in pairs if old != new and column.name not in kept]

    def values(self, column: Column) -> tuple[Any, Any]:
        place = self.kind.place[column.name]
        return self.before[place], self.after[place]

    def __str__(self) -> str:
        return named(self.kind, self.after)


@dataclass
class KindComparison:
    """The rows of one kind: those that are new on this portal, those that change, and the number of the same ones."""

    kind: Kind
    new: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    #: The rows whose state of results differs. It is kept as it is on the portal.
    kept_states: int = 0


@dataclass
class Comparison:
    """What an archive would change. `existing` has the rows that the portal has: {kind: {key: primary key}}."""

    kinds: dict[str, KindComparison]
    existing: dict[str, dict[str, int]]
    former_slugs: list[Row]
    refusals: list[str]

    @property
    def is_all_new(self) -> bool:
        """Whether nothing but roles in credits is on the portal already."""
        return all(not self.existing[name] for name in KINDS if name != "creditrole") and not self.changes

    @property
    def changes(self) -> list[Change]:
        return [change for of in self.kinds.values() for change in of.changed]

    @property
    def new_count(self) -> int:
        return sum(len(of.new) for of in self.kinds.values()) + len(self.former_slugs)

    @property
    def kept_states(self) -> int:
        return sum(of.kept_states for of in self.kinds.values())

    @property
    def does_nothing(self) -> bool:
        return not self.new_count and not self.changes

    def fingerprint(self) -> str:
        """Return a text that differs if the archive would change something else."""
        digest = hashlib.sha256()
        for of in self.kinds.values():
            told = (of.kind.name, [row[0] for row in of.new], [(change.before, change.after) for change in of.changed])
            digest.update(repr(told).encode(errors="replace"))
        digest.update(repr(self.former_slugs).encode(errors="replace"))
        return digest.hexdigest()


def compare(archive: Archive) -> Comparison:
    """Compare the rows of `archive` with those of the portal. The rules between them are checked already."""
    digests: dict[tuple[str, str], str] = {}
    kinds, existing = {}, {}
    for kind in KINDS.values():
        rows = {row[0]: row for row in archive.rows[kind.name]}
        existing[kind.name] = _existing(kind, rows)
        kinds[kind.name] = _compared(kind, rows, existing[kind.name], digests)
    found = Comparison(kinds, existing, list(_new_slugs(archive, existing)), [])
    for reason in _reasons(archive, found):
        found.refusals.append(reason)
        if len(found.refusals) == MOST_REASONS:
            break
    return found


def _existing(kind: Kind, keys: Collection[str]) -> dict[str, int]:
    rows, found = kind.model._base_manager, {}
    if rows.exists():
        for piece in in_pieces(list(keys), _AT_ONCE):
            found.update(rows.filter(key__in=piece).values_list("key", "pk").order_by())
    return found


def _compared(
    kind: Kind, rows: dict[str, Row], existing: dict[str, int], digests: dict[tuple[str, str], str]
) -> KindComparison:
    def image_name(column: Column, stored: str) -> str:
        if (name := digests.get((column.name, stored))) is None:
            name = digests[column.name, stored] = _image_name(column, stored)
        return name

    found = KindComparison(kind, [row for key, row in rows.items() if key not in existing])
    for pk, before in rows_of(kind, existing.values(), image_name):
        change = Change(kind, pk, before, rows[before[0]])
        found.kept_states += any(
            before[kind.place[name]] != change.after[kind.place[name]] for name in OF_STATE.get(kind.name, ())
        )
        if change.fields:
            found.changed.append(change)
        else:
            found.same += 1
    found.changed.sort(key=lambda change: change.after[0])
    return found


def _image_name(column: Column, stored: str) -> str:
    """Return the name of an image in an archive. A missing file has no name that an archive can have."""
    try:
        with column.field.storage.open(stored) as image:
            digest = hashlib.file_digest(image, "sha256").hexdigest()
    except OSError:
        return "media/missing"
    return f"media/{digest}.{stored.rpartition('.')[2].lower()}"


def _new_slugs(archive: Archive, existing: dict[str, dict[str, int]]) -> Iterator[Row]:
    """Yield the former slugs that the portal does not have yet."""
    asked = defaultdict(set)
    for name, key, _slug in archive.former_slugs:
        if (pk := existing[name].get(key)) is not None:
            asked[name].add(pk)
    known = {
        (name, pk, slug)
        for name, keys in asked.items()
        for pk, slug in FormerSlug.objects.filter(
            content_type=ContentType.objects.get_for_model(KINDS[name].model), object_id__among=keys
        ).values_list("object_id", "slug")
    }
    for name, key, slug in archive.former_slugs:
        if (name, existing[name].get(key), slug) not in known:
            yield name, key, slug


def _reasons(archive: Archive, found: Comparison) -> Iterator[str]:
    """Yield the reasons why the archive must not be imported."""
    for of in found.kinds.values():
        for fields in uniques_of(of.kind):
            yield from _collisions(archive, found, of, fields)
    yield from _of_others(archive, found)
    yield from _changed_results(found)


def _of_others(archive: Archive, found: Comparison) -> Iterator[str]:
    """Yield a message for each changed row that belongs to another contest on this portal: it must not be moved."""
    own = {row[0] for row in archive.rows["contest"]}
    for name, path in OF_CONTESTS.items():
        changes = {change.pk: change for change in found.kinds[name].changed}
        for piece in in_pieces(sorted(changes)):
            rows = KINDS[name].model._base_manager.filter(pk__in=piece).order_by("pk")
            for pk, key, title in rows.values_list("pk", f"{path}__key", f"{path}__title"):
                if key not in own:
                    told = {"row": changes[pk], "contest": title}
                    yield _("%(row)s belongs to another contest on this portal: “%(contest)s”.") % told


def _collisions(archive: Archive, found: Comparison, of: KindComparison, fields: tuple[str, ...]) -> Iterator[str]:
    """Yield a message for each new or changed row that has the same values as a row of the portal that stays."""
    kind = of.kind
    columns = [kind.columns[kind.place[name] - 1] for name in fields]
    moved = [change.after for change in of.changed if not {each.name for each in change.fields}.isdisjoint(fields)]
    # Look for the other rows by a reference if there is one: a row of a new contest can have no other rows.
    pivot = next((column for column in columns if column.to), columns[-1])
    wanted: dict[Any, list[Row]] = defaultdict(list)
    for row in (*of.new, *moved):
        value = row[kind.place[pivot.name]]
        if may_repeat(kind, fields, tuple(row[kind.place[name]] for name in fields)):
            continue
        if value is not None and (not pivot.to or value in found.existing[pivot.to]):
            wanted[value].append(row)
    if not wanted:
        return
    in_archive = {row[0] for row in archive.rows[kind.name]}
    places = [kind.place[column.name] for column in columns]
    for piece in in_pieces(list(wanted), _AT_ONCE):
        asked = {f"{pivot.path}__in": [pivot.stored(value) for value in piece]}
        others = kind.model._base_manager.filter(**asked).order_by()
        taken = {}
        for key, *values in others.values_list("key", *(column.path for column in columns)):
            if key not in in_archive:
                told = zip(columns, values, strict=True)
                taken[tuple(column.encoded(value) for column, value in told)] = key
        for value in piece:
            for row in wanted[value]:
                other = taken.get(tuple(row[place] for place in places))
                if other is not None:
                    yield _(
                        "%(row)s has the same value as another row of this portal, with the key %(other)s: %(field)s. "
                        "Change one of them first."
                    ) % {"row": named(kind, row), "other": other, "field": ", ".join(fields)}


def _changed_results(found: Comparison) -> Iterator[str]:
    """Yield a message for each change of something that an approval covers. Only the steps for results may do that."""
    for of in found.kinds.values():
        covered, sql = COVERED.get(of.kind.model._meta.db_table, ((), ""))
        touched = {}
        for change in of.changed:
            names = {getattr(each.field, "attname", each.name) for each in change.fields}
            links = {f"{of.kind.name}.{each.name}" for each in change.fields}
            if names & set(covered) or links & _COVERED_LINKS:
                touched[change.pk] = change
        for pk in covered_by_approval(of.kind, sql, touched):
            yield _(
                "%(row)s: an approved or public result covers it, so an import can’t change it. Make the change on "
                "the pages of the admin."
            ) % {"row": touched[pk]}
    yield from _added_parts(found)


def _added_parts(found: Comparison) -> Iterator[str]:
    """Yield a message for each new credit or recipient that would change a result that is approved."""
    for name, owner in (("credit", "work"), ("party", "recognition")):
        kind, parent = KINDS[name], KINDS[owner]
        place = kind.place[owner]
        of_existing = [row for row in found.kinds[name].new if row[place] in found.existing[owner]]
        if not of_existing:
            continue
        sql = COVERED[parent.model._meta.db_table][1]
        keys = {found.existing[owner][row[place]] for row in of_existing}
        approved = set(covered_by_approval(parent, sql, keys))
        for row in of_existing:
            if found.existing[owner][row[place]] in approved:
                yield _(
                    "%(row)s: it would change an approved or public result, so an import can’t add it. Make the "
                    "change on the pages of the admin."
                ) % {"row": named(kind, row)}


def covered_by_approval(kind: Kind, sql: str, primary_keys: Iterable[int]) -> Iterator[int]:
    """
    Yield those of the rows with these primary keys that the approval of a recognition covers. `sql` selects the
    recognitions of a row, as in `COVERED`.
    """
    table, given = kind.model._meta.db_table, Recognition._meta.db_table
    for piece in in_pieces(sorted(primary_keys)):
        numbers = ", ".join(f"{number:d}" for number in piece)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT asked.id FROM {table} AS asked WHERE asked.id IN ({numbers})"  # noqa: S608
                f" AND EXISTS (SELECT 1 FROM {given} AS given WHERE given.approved_at IS NOT NULL"
                f" AND given.id IN ({sql.format(row='asked')}))"
            )
            yield from [pk for (pk,) in cursor.fetchall()]


def approves(found: Comparison) -> bool:
    """Return whether the archive has approved results of contests that are new on this portal."""
    place = KINDS["contest"].place["approved_at"]
    return any(row[place] is not None for row in found.kinds["contest"].new)
