"""Reads an HTML page as a tree of elements, so that a test compares the text of the right element."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Marks beside a text, which belong to no text.
MARKS = {"source-mark", "synthetic-mark"}


class Element:
    def __init__(self, tag, attributes=None, parent=None):
        self.tag, self.attributes, self.parent = tag, attributes or {}, parent
        self.parts = []  # texts and elements

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    @property
    def text(self):
        """The text without marks of sources and of synthetic rows, with single spaces. A line break is "|"."""
        return " ".join(self._text().split())

    def _text(self):
        if MARKS & {*self.classes}:
            return ""
        if self.tag == "br":
            return "|"
        return "".join(part if isinstance(part, str) else part._text() for part in self.parts)

    @property
    def href(self):
        return self.attributes["href"]

    def children(self, tag=""):
        return [part for part in self.parts if isinstance(part, Element) and (not tag or part.tag == tag)]

    def all(self, tag="", with_class="", **attributes):
        """Return the elements inside with this tag, class and attributes, in order."""
        found = []
        for part in self.children():
            if (
                (not tag or part.tag == tag)
                and (not with_class or with_class in part.classes)
                and all(part.attributes.get(name) == value for name, value in attributes.items())
            ):
                found.append(part)
            found += part.all(tag, with_class, **attributes)
        return found

    def texts(self, *which, **attributes):
        return [element.text for element in self.all(*which, **attributes)]

    def first(self, *which, **attributes):
        """Return the first such element, or an empty one."""
        return next(iter(self.all(*which, **attributes)), Element(""))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Element("")

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes), self.at)
        self.at.parts.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        node = self.at
        while node.parent and node.tag != tag:
            node = node.parent
        self.at = node.parent or node

    def handle_data(self, text):
        self.at.parts.append(text)


def tree(html):
    """Return the element that contains the elements of `html`."""
    reader = _Reader()
    reader.feed(html)
    return reader.root
