"""The sort orders of lists, and the links to them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """
    One sort order: its `name` in the URL, its label, and its columns. No column is null, and the last one is unique.
    """

    name: str
    label: Any
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A link to a sort order or a view of a list; `href` is its URL."""

    id: str
    label: str
    href: str
    is_chosen: bool
