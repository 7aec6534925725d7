"""What an import of pictures would do: which picture goes to which row, what is wrong, and writing it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.history import keep_first_version
from record.images import ImageField, unused_files
from record.images.batches import Batch, BatchFile
from record.importing.picture_matching import KEY, NAME, NUMBER, SLUG, Index, Match, texts_of, words_of

if TYPE_CHECKING:
    from accounts.models import User

NEW, REPLACES, SAME, UNMATCHED, LEFT_OUT = "new", "replaces", "same", "unmatched", "left-out"
#: How the row of a picture was found, by the ways of `picture_matching`, and by the hand of the editor.
BY_HAND = "hand"
BY_TITLE = gettext_lazy("by title")
FOUND_BY = {
    KEY: gettext_lazy("by permanent key"),
    NUMBER: gettext_lazy("by tracking number"),
    SLUG: gettext_lazy("by slug"),
    NAME: gettext_lazy("by name"),
    BY_HAND: gettext_lazy("chosen by you"),
}


class ChangedMeanwhileError(Exception):
    """A row has another picture than in the preview, is gone or may not be changed."""


@dataclass
class Line:
    """A picture of an import, with what the editor has entered, and what would happen to it."""

    file: BatchFile
    choice: str = ""
    is_left_out: bool = False
    alt: str = ""
    match: Match = field(default_factory=Match)
    row: Any = None
    picture: Any = None
    """The picture that the row has now, or None."""
    state: str = UNMATCHED
    errors: list[str] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        return self.state in (NEW, REPLACES) and not self.errors

    @property
    def found_by(self) -> Any:
        """How the row was found, as the page says it: by its title or name, if that is what the file is called."""
        how = BY_HAND if self.choice else self.match.how
        if how == SLUG and self._is_named():
            how = NAME
        return BY_TITLE if how == NAME and hasattr(self.row, "title") else FOUND_BY.get(how, "")

    def _is_named(self) -> bool:
        """Return whether the file has the title or name of its row, and not its slug letter by letter."""
        texts, row = texts_of(self.file.name), self.match.row
        names = {words_of(name) for name in row.names} if row else set()
        return row is not None and row.slug not in texts and not names.isdisjoint(map(words_of, texts))


def read_lines(files: Iterable[BatchFile], data: Mapping[str, str]) -> list[Line]:
    """Return a line for each picture, with what the editor entered for it."""
    return [
        Line(
            file,
            choice=data.get(f"row-{file.id}", "").replace("\x00", "").strip()[:300],
            is_left_out=f"leave-{file.id}" in data,
            alt=data.get(f"alt-{file.id}", "").replace("\x00", "").strip(),
        )
        for file in files
        if not file.problem
    ]


def plan(
    lines: list[Line],
    index: Index,
    column: ImageField,
    rows: models.QuerySet,
    batch: Batch,
    may_change: Callable[[Any], bool],
) -> None:
    """
    Find out what would happen to each line. `rows` are the rows that may get a picture; `may_change` returns whether
    the editor may change a row.
    """
    for line in lines:
        line.match = index.of_text(line.choice) if line.choice else index.of_file(line.file.name)
    found = rows.in_bulk([line.match.row.pk for line in lines if line.match.row])
    for line in lines:
        line.row = found.get(line.match.row.pk) if line.match.row else None
        _decide(line, column, batch, may_change)
    several = Counter(line.row.pk for line in lines if line.row and line.state != LEFT_OUT)
    alt: Any = column.model._meta.get_field(f"{column.name}_alt")
    for line in lines:
        if line.state == LEFT_OUT:
            continue
        if line.row and several[line.row.pk] > 1:
            line.errors.append(_("Several pictures belong to this row. Leave out all but one."))
        if len(line.alt) > alt.max_length:
            line.errors.append(_("The alternative text is longer than %(most)d characters.") % {"most": alt.max_length})


def _decide(line: Line, column: ImageField, batch: Batch, may_change: Callable[[Any], bool]) -> None:
    if line.row is not None and getattr(line.row, column.name):
        line.picture = getattr(line.row, column.name)
    if line.is_left_out:
        line.state = LEFT_OUT
    elif line.row is None:
        line.state = UNMATCHED
        if line.choice:
            line.errors.append(_unknown(line.match))
    elif not may_change(line.row):
        line.errors.append(_("You may not change this row."))
    elif line.picture and batch.is_content_of(line.file, line.picture.stored_name, line.picture.original):
        line.state = SAME
    else:
        line.state = REPLACES if line.picture else NEW


def _unknown(match: Match) -> str:
    if match.several:
        return _("Several rows have this name. Enter the slug of one.")
    return _("Nothing has this slug or name. Choose one of the list, or leave the field blank.")


def fingerprint(lines: Iterable[Line]) -> str:
    """Return a signature of what the preview shows, to compare it with what would happen at the confirmation."""
    told = [
        (line.file.id, line.state, line.row and line.row.pk, line.picture and line.picture.stored_name, line.errors)
        for line in lines
    ]
    return salted_hmac("record.admin.picture_plans", repr(told), algorithm="sha256").hexdigest()


def write(
    lines: Iterable[Line],
    column: ImageField,
    rows: models.QuerySet,
    batch: Batch,
    *,
    actor: "User",
    reason: str,
    credit: str,
    licence: str,
    may_change: Callable[[Any], bool],
    log: Callable[[Any], Any],
) -> list[Any]:
    """
    Store the pictures, then change all rows in one transaction, each with a history entry, and call `log` for each.
    Return the changed rows. If anything fails, no row changes, and no file stays. Raise `ChangedMeanwhileError` if a
    row is not as in the preview, and `OSError` if a kept upload is gone.
    """
    taken = [line for line in lines if line.is_taken]
    keys = [line.row.pk for line in taken]
    changed = []
    with unused_files.nothing_left_behind():
        stored = [(line, column.store(batch.cleaned(line.file))) for line in taken]
        with transaction.atomic():
            # Lock the rows in one order, so that two imports wait for each other.
            list(column.model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
            present = rows.in_bulk(keys)
            for line in taken:
                row = present.get(line.row.pk)
                shown = line.picture.stored_name if line.picture else ""
                if row is None or str(getattr(row, column.name)) != shown or not may_change(row):
                    raise ChangedMeanwhileError
            keep_first_version(column.model, keys)
            replaced = unused_files.pictures_of(present.values())
            for line, picture in stored:
                row = present[line.row.pk]
                column.show(row, picture, (line.file.width, line.file.height))
                for ending, value in {"alt": line.alt, "credit": credit, "licence": licence}.items():
                    setattr(row, f"{column.name}_{ending}", value)
                row._history_user, row._change_reason = actor, reason
                row.save()
                log(row)
                changed.append(row)
            unused_files.release(picture for picture in replaced if picture.field == column)
    return changed
