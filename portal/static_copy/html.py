"""
Reads an HTML page as a tree of elements with their places in the text. So a rewrite changes only the parts that it
means to, and all other bytes of a valid page stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate
from typing import Self

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False, slots=True)
class Element:
    """
    An element: its text is `[start:end]` of the page, its content `[inner:close]`. An attribute without a value has the
    value None.
    """

    tag: str
    attributes: dict[str, str | None]
    start: int
    inner: int
    parent: Self | None = None
    close: int = 0
    end: int = 0
    children: list[Self] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    @property
    def classes(self) -> list[str]:
        return self.get("class").split()

    def below(self) -> Iterator[Self]:
        """Yield all elements inside, in the order of the page."""
        for child in self.children:
            yield child
            yield from child.below()

    def above(self) -> Iterator[Self]:
        """Yield the elements around this one, the nearest first."""
        element = self.parent
        while element:
            yield element
            element = element.parent

    def start_tag(self, tag: str = "", **changes: str | None) -> str:
        """Return the start tag with these changes of attributes, or as another `tag`."""
        said = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in (self.attributes | changes).items()
        )
        return f"<{tag or self.tag}{said}>"


class _Reader(HTMLParser):
    def __init__(self, text: str):
        super().__init__(convert_charrefs=False)
        self._starts = [0, *accumulate(len(line) for line in text.split("\n"))]
        # Each line but the last has its line feed as well.
        self._starts = [place + number for number, place in enumerate(self._starts)]
        self.root = self._at = Element("", {}, 0, 0)
        self.feed(text)
        self.close()
        for element in (self._at, *self._at.above()):
            element.close = element.end = len(text)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def _add(self, tag: str, attributes: list[tuple[str, str | None]]) -> Element:
        start = self._place()
        inner = start + len(self.get_starttag_text() or "")
        element = Element(tag, dict(attributes), start, inner, self._at, inner, inner)
        self._at.children.append(element)
        return element

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attributes)
        if tag not in _VOID:
            self._at = element

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._add(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        place = self._place()
        element = next((found for found in (self._at, *self._at.above()) if found.tag == tag), None)
        if element is None or element is self.root:
            return
        # An element without an end tag, such as <p>, ends with the element around it.
        inside = self._at
        while inside is not element:
            inside.close = inside.end = place
            inside = inside.parent or element
        element.close, element.end = place, place + len(tag) + 3
        self._at = element.parent or self.root


def tree(text: str) -> Element:
    """Return the element that contains the elements of the page `text`."""
    return _Reader(text).root


class Edits:
    """Changes of a text, by their places in it. Of changes within a part that is cut out, nothing remains."""

    def __init__(self, text: str):
        self._text = text
        self._changes: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, by: str = "") -> None:
        self._changes.append((start, end, by))

    def cut(self, element: Element) -> None:
        self.replace(element.start, element.end)

    def __str__(self) -> str:
        parts, done = [], 0
        # At one place, what is added comes first, and the longest part that is cut out comes before its own parts.
        for start, end, by in sorted(self._changes, key=lambda change: (change[0], change[1] > change[0], -change[1])):
            if start < done:
                continue
            parts += [self._text[done:start], by]
            done = end
        return "".join([*parts, self._text[done:]])
