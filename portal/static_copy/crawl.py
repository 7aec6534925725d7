"""Goes through the portal from link to link, and writes each page and file to the folder of a static copy."""

import posixpath
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import islice
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from record.viewpoint import Viewpoint
from record.web.interface_languages import url_in

from . import pages, styles
from .about import about_page
from .addresses import LAST, Address, address_of
from .data import write_data
from .folder import Folder
from .processes import answers
from .scope import Scope
from .visitor import Answer, Visitor

ABOUT = Address(settings.LANGUAGE_CODE, "about-this-copy.html")
#: How often the copy is begun again because a page that others link to has disappeared meanwhile.
MOST_ROUNDS = 3
#: How often, and after how many seconds, to ask again for a file that a background task is making.
ASK_AGAIN, PAUSE = 30, 2


class CopyFailedError(Exception):
    """A page can't be copied."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page or file to copy: its address and the URL to request."""

    address: Address
    url: str


class StaticCopy:
    """
    A copy of the pages in `scope` in `languages`, as they are at `viewpoint`, made by `jobs` processes. `say` is called
    with the number of files done and the number known so far.
    """

    def __init__(
        self,
        folder: Folder,
        scope: Scope,
        languages: list[str],
        viewpoint: Viewpoint,
        say: Callable[[int, int], None] = lambda done, known: None,
        jobs: int = 1,
    ):
        self.folder, self.scope, self.languages, self.viewpoint, self.say = folder, scope, languages, viewpoint, say
        self.visitor, self.jobs = Visitor(viewpoint), jobs
        self.missing: set[str] = set()
        #: The URL of the portal for links out of the copy; "" if other computers can't reach it.
        host = urlsplit(settings.SITE_URL).hostname or ""
        is_own = host in ("localhost", "::1", "testserver") or host.startswith("127.")
        self.portal = "" if is_own else self.visitor.root

    def make(self) -> None:
        language = translation.override(settings.LANGUAGE_CODE)
        with language, answers(self.visitor, self.jobs) as self._answers:
            for _round in range(MOST_ROUNDS):
                self._go_round()
                if not self._lost:
                    break
                self.missing |= self._lost
                self.folder.begin_again()
            write_data(self.folder, self.visitor, self.scope, self._has_url)
            self._finish()

    # From link to link

    def _go_round(self) -> None:
        #: The files that are written or waiting, and those that could not be written although pages link to them.
        self._known: set[str] = set()
        self._lost: set[str] = set()
        self._done = 0
        self._waiting: list[deque[Waiting]] = [deque() for _step in range(self.scope.steps)]
        for language in self.languages:
            start = Address(language, self.scope.start)
            self._await(start, url_in(language, f"/{self.scope.start}"))
        later: list[Waiting] = []
        # Pages of an earlier step come first, also those that a later one has led to.
        while waiting := next(filter(None, self._waiting), None):
            ahead = [item for item in islice(waiting, self._answers.ahead) if not _is_static(item)]
            self._answers.expect((item.url, self._etag(item)) for item in ahead)
            later += self._copy(waiting.popleft())
            self.say(self._done, len(self._known))
            if not any(self._waiting):
                for item in later:
                    self._copy_later(item)
                later.clear()

    def _file(self, address: Address) -> str:
        return address.file(self.scope.start)

    def _await(self, address: Address, url: str) -> None:
        file = self._file(address)
        # The last page of a list is a second file of the page that is found to be the last one.
        if file not in self._known and address.page != LAST:
            self._known.add(file)
            self._waiting[self.scope.step_of(address) or 0].append(Waiting(address, url))

    def _copy(self, item: Waiting) -> Iterator[Waiting]:
        """Copy one page or file. Yield it again if it is not ready."""
        self._done += 1
        if _is_static(item):
            self._copy_static(item)
            return
        answer = self._answers.get(item.url, self._etag(item))
        if answer.status == 304 and not self.folder.keep(self._file(item.address)):
            answer = self.visitor.get(item.url)
        if answer.status == 202:
            yield item
        else:
            self._take(item, answer)

    def _copy_later(self, item: Waiting) -> None:
        for _time in range(ASK_AGAIN):
            answer = self.visitor.get(item.url)
            if answer.status != 202:
                self._take(item, answer)
                return
            time.sleep(PAUSE)
        raise CopyFailedError(f"{item.url} is not ready. Is the worker of the background tasks running?")

    def _take(self, item: Waiting, answer: Answer) -> None:
        file = self._file(item.address)
        if answer.status == 304:
            return  # The file of the earlier run is kept.
        if answer.status in (404, 410):
            self._lost.add(file)
        elif answer.location:
            self._copy_redirect(item, answer.location)
        elif answer.status != 200:
            raise CopyFailedError(f"{item.url} has the status {answer.status}.")
        elif answer.is_html:
            self._copy_page(item, answer.content.decode())
        else:
            # A picture takes long to draw, and its ETag is quickly found. Other ETags are made from the whole content.
            self.folder.write(file, answer.content, answer.etag if answer.content_type.startswith("image/") else "")

    def _etag(self, item: Waiting) -> str:
        """Return the ETag of the picture that an earlier run has written for `item`, or ""."""
        return self.folder.etag_of(self._file(item.address))

    def _copy_page(self, item: Waiting, text: str) -> None:
        links = _Links(self, item)
        new = self._rewritten(item, text, links)
        self.folder.write(self._file(item.address), new.encode())
        if item.address.page != 1 and not links.has_next:
            last = Address(item.address.language, item.address.path, item.address.choice, LAST)
            self._known.add(self._file(last))
            self.folder.write(self._file(last), new.encode())

    def _rewritten(self, item: Waiting, text: str, links: "_Links") -> str:
        address = item.address
        to_languages = {language: links.to(address.in_language(language)) for language in self.languages}
        if address.path != ABOUT.path:
            for language in self.languages:
                self._await(address.in_language(language), url_in(language, item.url))
        with translation.override(address.language):
            name = _("About this copy")
        href = escape(links.to(ABOUT.in_language(address.language)))
        return pages.rewritten(text, links, to_languages, f'<a href="{href}">{name}</a>')

    def _copy_redirect(self, item: Waiting, location: str) -> None:
        links = _Links(self, item)
        target = links(location, "")
        if not target or not item.address.is_page:
            self._lost.add(self._file(item.address))
            return
        self.folder.write(self._file(item.address), _moved(target).encode())

    def _copy_static(self, item: Waiting) -> None:
        content = styles.static_content(item.address.path)
        if content is None:
            self._lost.add(self._file(item.address))
            return
        if item.address.path.endswith(".css"):
            content = styles.rewritten(content.decode(), f"/{item.address.path}", _Links(self, item)).encode()
        self.folder.write(self._file(item.address), content)

    def _has_url(self, url: str) -> bool:
        """Return whether the copy has the page of the portal at `url`."""
        address = address_of(urlsplit(url).path, "", ABOUT)
        return address is not None and self._file(address) in self.folder.checksums

    # At the end

    def _finish(self) -> None:
        # These pages say when the copy has changed, so they don't count as a change.
        about = {language: self._file(ABOUT.in_language(language)) for language in self.languages}
        settled = {"portal": self.portal, "languages": self.languages}
        state = self.folder.state
        is_same = {name: state.get(name) for name in settled} == settled
        is_unchanged = not self.folder.written and not self.folder.gone() - {*about.values(), "index.html"}
        keeps = is_same and is_unchanged and "changed_at" in state
        moment = datetime.fromisoformat(state["changed_at"]) if keeps else self.viewpoint.at
        for language in self.languages:
            self._write_about(language, moment)
        if settings.LANGUAGE_CODE not in self.languages:
            self.folder.write("index.html", _moved(f"{self.languages[0]}/index.html").encode())
        self.folder.remove_others()
        self.folder.finish(settled | {"changed_at": moment.isoformat()})

    def _write_about(self, language: str, moment: datetime) -> None:
        item = Waiting(ABOUT.in_language(language), "/")
        data = sorted(name for name in self.folder.checksums if name.startswith("data/"))
        text = about_page(language, self.viewpoint, moment=moment, name=self.scope.title, portal=self.portal, data=data)
        self.folder.write(self._file(item.address), self._rewritten(item, text, _Links(self, item)).encode())


class _Links:
    """The links of one page or style sheet of the copy."""

    def __init__(self, copy: StaticCopy, item: Waiting):
        self.copy, self.here, self.has_next = copy, item.address, False
        self._base = urljoin(copy.visitor.root, item.url)
        self._folder = posixpath.dirname(copy._file(item.address)) or "."

    def __call__(self, href: str, rel: str) -> str:
        """Return the link of the copy for the link `href` of the page; "" if there is nothing to link to."""
        whole = urljoin(self._base, href)
        if not whole.startswith(f"{self.copy.visitor.root}/"):
            return href
        url = whole.removeprefix(self.copy.visitor.root)
        plain, _hash, place = url.partition("#")
        address = address_of(plain, rel, self.here)
        if address is None:
            return ""
        if not address.path and self.copy.scope.start:
            # The copy of a contest has no page above that of the contest.
            address = Address(address.language, self.copy.scope.start)
            plain = url_in(address.language, f"/{address.path}")
        if address.is_page and address.language not in self.copy.languages:
            return ""
        if not self.copy.scope.has(address, self.here):
            return f"{self.copy.portal}{url}" if self.copy.portal else ""
        if self.copy._file(address) in self.copy.missing:
            return ""
        if rel == "next" and address.page != 1:
            self.has_next = True
        self.copy._await(address, plain)
        return self.to(address) + (f"#{place}" if place else "")

    def to(self, address: Address) -> str:
        """Return the relative link to the file of `address`."""
        return quote(posixpath.relpath(self.copy._file(address), self._folder), safe="/~")


def _is_static(item: Waiting) -> bool:
    return item.address.segments[0] == "static"


def _moved(target: str) -> str:
    """Return a page that sends the visitor to the relative link `target`."""
    href = escape(target)
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Laurel</title>\n'
        f'<meta http-equiv="refresh" content="0; url={href}">\n<p><a href="{href}">{escape(unquote(target))}</a></p>\n'
        "</html>\n"
    )
