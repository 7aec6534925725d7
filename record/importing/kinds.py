"""The kinds of tables that can be imported. Each app registers its own."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from record.importing.columns import Column
from record.models.record import Record

if TYPE_CHECKING:
    from record.importing.planning import Plan

#: In place of the name of a kind: the import brought pictures of rows, not a table.
PICTURES = "pictures"


@dataclass
class Line:
    """One row of a table after reading: its number, and the values of the cells that are not blank, by column."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    blanks: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


class Kind(ABC):
    """
    A kind of table, such as submissions. `target` is what the editor chooses for all rows that do not name it:
    "contest", "series" or "" for nothing; `target_model` is its model. `writes` has all models whose rows an import may
    create or change, so an editor needs the permissions to add and change them.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    model: ClassVar[type[Record]]
    target: ClassVar[str] = ""
    target_model: ClassVar[type[Record] | None] = None
    writes: ClassVar[tuple[type[Record], ...]] = ()

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Return the columns that this kind understands. Those that come from the database may differ each time."""

    @abstractmethod
    def plan(self, plan: "Plan", lines: list[Line]) -> None:
        """Compare `lines` with the database and put what has to be created and changed into `plan`."""

    def target_named(self, key: str) -> Any:
        """Return the row with this permanent key that the editor chose for all lines, or None."""
        return None

    def for_export(self, rows: Any) -> Any:
        """Return the queryset `rows` with all that the columns of an export need."""
        return rows

    def extra_columns(self, user: Any) -> Sequence[Column]:
        """Return columns of an export that an import leaves out. `user` is who exports, None for a command."""
        return ()

    def for_extra_columns(self, rows: Any, names: Collection[str], user: Any) -> Any:
        """Return the queryset `rows` with all that the extra columns called `names` need."""
        return rows

    def blank_columns(self, rows: Any) -> Collection[str]:
        """Return the names of columns of an export without a value in `rows`, as far as that is quick to find out."""
        return ()

    def of_target(self, target: str, name: str) -> Any:
        """
        Return the condition under which a row belongs to the contest or series (`target`) with this slug or permanent
        key, or None if there is no such thing.
        """
        return None

    @property
    def needed(self) -> tuple[type[Record], ...]:
        return (self.model, *self.writes)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known to the pages and the command."""
    _kinds[kind.name] = kind


def kinds() -> Iterator[Kind]:
    """Yield all kinds: those first that others refer to."""
    yield from _kinds.values()


def kind_named(name: str) -> Kind | None:
    return _kinds.get(name)


def kind_of(model: type[Any]) -> Kind | None:
    """Return the kind whose rows are those of `model`, or None."""
    return next((kind for kind in _kinds.values() if kind.model is model), None)
