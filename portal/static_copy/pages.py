"""Turns a page of the portal into a page of a static copy: relative links, and nothing that needs a server."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from .html import Edits, Element, tree

#: Returns the link to use in the copy for a link of the page and its relation: "" if there is nothing to link to.
Link = Callable[[str, str], str]

#: Attributes with the URL of a file that the page shows.
_SHOWN = {"img": "src", "script": "src", "source": "src", "use": "href", "image": "href", "video": "poster"}
#: Attributes that a link keeps when it becomes plain text.
_KEPT = {"class", "dir", "id", "lang", "title", "translate"}
#: Parts that only consist of links. If all links of such a part, or of a list in it, have become void, it is left out.
_OF_LINKS = {"beside", "chips", "share-card", "share-embed", "share-press"}
_GROUPS = {"details", "div", "li", "nav", "ol", "p", "section", "ul"}
_CURSOR = re.compile(r"[?&;](?:after|before|page)=")
#: `data:` and other schemes than the web's, and places within the page.
_ELSEWHERE = re.compile(r"#|(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def rewritten(text: str, link: Link, languages: dict[str, str], about: str) -> str:
    """
    Return the page `text` as a page of a copy. `link` finds the new links, and is called for each link of the page;
    `languages` has the links to the page in other languages; `about` is the HTML of the link to the page about the
    copy.
    """
    root = tree(text)
    page = _Page(text, root, link)
    page.visit(root)
    page.leave_out_void_parts()
    page.add(languages, about)
    return str(page.edits)


class _Page:
    def __init__(self, text: str, root: Element, link: Link):
        self.text, self.link, self.root = text, link, root
        self.edits = Edits(text)
        self.void: set[Element] = set()
        #: How many links each element contains, and how many of them are void.
        self.links: dict[Element, list[int]] = {}

    def visit(self, parent: Element) -> None:
        for element in parent.children:
            if _is_choice(element):
                self.edits.cut(element)
            else:
                self._visit(element)
                self.visit(element)

    def _visit(self, element: Element) -> None:
        visit: Any = getattr(self, f"_visit_{element.tag}", None)
        if visit:
            visit(element)
        if element.tag in _SHOWN:
            self._visit_shown(element)

    def _visit_a(self, element: Element) -> None:
        href = element.get("href")
        if not href:
            return
        found = href if _ELSEWHERE.match(href) else self.link(href, element.get("rel"))
        for around in (element, *element.above()):
            counts = self.links.setdefault(around, [0, 0])
            counts[0] += 1
            counts[1] += not found
        if not found:
            self.void.add(element)
        elif found != href:
            self.edits.replace(element.start, element.inner, element.start_tag(href=found))

    def _visit_link(self, element: Element) -> None:
        rel, href = element.get("rel"), element.get("href")
        if rel in ("canonical", "alternate") and (rel == "canonical" or element.get("hreflang")):
            # They stay URLs of the portal. That of a page in a list has a cursor, which is not the same tomorrow.
            if _CURSOR.search(href):
                self.edits.cut(element)
        # From a folder, browsers load neither manifests nor anything that is to be fetched with CORS.
        elif rel == "manifest" or "crossorigin" in element.attributes or not (found := self.link(href, rel)):
            self.edits.cut(element)
        elif found != href:
            self.edits.replace(element.start, element.inner, element.start_tag(href=found))

    def _visit_meta(self, element: Element) -> None:
        content = element.get("content")
        if element.get("property") == "og:url" and _CURSOR.search(content):
            self.edits.cut(element)
        if element.get("property") == "og:image":
            self.link(content, "")  # The tag needs a whole URL. The copy has the image too.

    def _visit_script(self, element: Element) -> None:
        if not element.get("src") and _CURSOR.search(self.text, element.inner, element.close):
            self.edits.cut(element)

    def _visit_form(self, element: Element) -> None:
        if "language-switch" not in element.classes:
            self.edits.cut(element)

    def _visit_p(self, element: Element) -> None:
        if "print-address" in element.classes:
            shown = self.text[element.inner : element.close]
            if _CURSOR.search(shown):
                self.edits.replace(element.inner, element.close, shown.partition("?")[0])

    def _visit_shown(self, element: Element) -> None:
        changes = {}
        name = _SHOWN[element.tag]
        if (url := element.get(name)) and not _ELSEWHERE.match(url):
            changes[name] = self.link(url, "")
        if element.get("srcset"):
            candidates = [candidate.split() for candidate in element.get("srcset").split(",")]
            changes["srcset"] = ", ".join(" ".join([self.link(url, ""), *size]) for url, *size in candidates)
        if changes:
            self.edits.replace(element.start, element.inner, element.start_tag(**changes))

    def leave_out_void_parts(self) -> None:
        """Make void links plain text, and leave out the parts of the page that only consist of such links."""
        for element in [*self.links]:
            total, void = self.links[element]
            if total == void and element.tag in _GROUPS and _is_of_links(element):
                self.edits.cut(element)
        for element in self.void:
            if any(_OF_LINKS & {*around.classes} or around.tag == "nav" for around in element.above()):
                self.edits.cut(element)
                continue
            kept = {name: value for name, value in element.attributes.items() if name in _KEPT}
            # A drawing has no elements of HTML inside.
            tag = "g" if any(around.tag == "svg" for around in element.above()) else "span"
            plain = Element(tag, kept, 0, 0).start_tag()
            self.edits.replace(element.start, element.inner, plain)
            self.edits.replace(element.close, element.end, f"</{tag}>")

    def add(self, languages: dict[str, str], about: str) -> None:
        for element in self.root.below():
            if element.tag == "form" and "language-switch" in element.classes:
                self._add_languages(element, languages)
            if "beside" in element.classes and any(around.tag == "footer" for around in element.above()):
                self.edits.replace(element.inner, element.inner, f"{about} ")

    def _add_languages(self, form: Element, languages: dict[str, str]) -> None:
        items = []
        for button in form.below():
            code = button.get("value")
            if button.tag == "button" and code in languages:
                here = ' aria-current="true"' if "aria-current" in button.attributes else ""
                name = self.text[button.inner : button.close]
                href = escape(languages[code])
                items.append(f'<li><a href="{href}" lang="{code}" hreflang="{code}"{here}>{name}</a></li>')
        label = escape(form.get("aria-label"))
        listed = f'<nav class="language-switch" aria-label="{label}">\n    <ul>{"".join(items)}</ul>\n  </nav>'
        self.edits.replace(form.start, form.end, listed if len(items) > 1 else "")


def _is_choice(element: Element) -> bool:
    """
    Return whether the element offers other forms of a list: its filters, orders and views. They would multiply the
    pages of a copy, so it has each list in its own order, whole and by its jumps.
    """
    if element.tag == "nav":
        return element.parent is not None and "list-tools" in element.parent.classes
    return "facets" in element.classes


def _is_of_links(element: Element) -> bool:
    around = (element, *element.above())
    if any(found.tag == "footer" for found in around) and "beside" in element.classes:
        return False  # The link to the page about the copy is added there.
    return any(_OF_LINKS & {*found.classes} or found.tag == "nav" for found in around)
