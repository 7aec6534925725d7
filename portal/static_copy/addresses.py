"""Which file of a static copy a URL of the portal becomes."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from record.web.interface_languages import split

#: The query parameters that select a page of a list. Cursors are encrypted, so a page is named by its number instead.
PAGING = {"after", "before", "page"}
#: The parameters for other orders and views of a list. A copy has each list in its own.
OTHERWISE = {"sort", "view"}
LAST = "last"
#: File systems allow names of 255 bytes.
LONGEST = 200
_UNSAFE = re.compile(r"[^\w.-]+")
#: Windows allows neither these characters in names, nor names of devices, nor a full stop or a space at the end.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
}
_LONGEST_EXTENSION = 12
_CODE = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+)+")


@dataclass(frozen=True, slots=True)
class Address:
    """
    A page or a file of the portal: its `language`; its `path` without the language and without a slash at the
    beginning; for a list, the one `choice` of the visitor (a query parameter and its value) and the number of the
    `page`, or `LAST`.
    """

    language: str
    path: str
    choice: tuple[str, str] | None = None
    page: int | str = 1

    @property
    def is_page(self) -> bool:
        return not self.path or self.path.endswith("/")

    @property
    def segments(self) -> list[str]:
        return self.path.strip("/").split("/")

    def in_language(self, language: str) -> Self:
        return replace(self, language=language)

    def file(self, start: str = "") -> str:
        """Return the path of the file in the copy. The page with the path `start` becomes the first page."""
        folder = "" if self.language == settings.LANGUAGE_CODE else f"{self.language}/"
        own = "" if self.path == start else "/".join(map(self._name, self.path.split("/")))
        if not self.is_page:
            return f"{folder}{own}"
        parts = [_named(*self.choice)] if self.choice else []
        if self.page != 1:
            parts.append("last-page" if self.page == LAST else f"page-{self.page}")
        return f"{folder}{own}{'-'.join(parts) or 'index'}.html"

    def _name(self, part: str) -> str:
        # The code of a laurel is always in capitals, and other websites show laurels by their URLs.
        is_code = self.path.startswith("laurels/") and _CODE.fullmatch(part)
        return part if is_code else file_name(unquote(part))


def address_of(url: str, rel: str, here: Address) -> Address | None:
    """
    Return the address of the path `url`, which the page `here` links to with the relation `rel`. Return None if a copy
    has no such page: lists with two choices, because there are too many, in other orders, and cursors of other lists.
    """
    parts = urlsplit(url)
    _tag, language, path = split(parts.path)
    found = Address(language or settings.LANGUAGE_CODE, path)
    if not found.is_page:
        return found  # The query of a file is a version, as in "card.png?v=1".
    asked = parse_qsl(parts.query)
    choices = [pair for pair in asked if pair[0] not in PAGING]
    if len(choices) > 1 or any(name in OTHERWISE for name, _value in choices):
        return None
    found = replace(found, choice=choices[0] if choices else None)
    paging = {name: value for name, value in asked if name in PAGING}
    if not paging:
        return found
    if found != replace(here, page=1):
        return None
    return replace(found, page=number) if (number := _page(paging, rel, here.page)) else None


def _page(paging: dict[str, str], rel: str, here: int | str) -> int | str | None:
    if paging.get("page") == LAST:
        return LAST
    step = {"next": 1, "prev": -1}.get(rel)
    return here + step if step and isinstance(here, int) else None


def file_name(name: str) -> str:
    """
    Return a file name that every file system allows, for a part of a URL. No two names that a file system takes for
    the same become the same name: a name that is changed in any way ends with a checksum.
    """
    kept = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", name).lower()).rstrip(". ")
    # Windows takes "con.txt" for a device too.
    is_device = kept.partition(".")[0].rstrip(" ") in _DEVICES
    # "straße" and "strasse" differ only by case for some file systems.
    is_kept = kept == name == name.casefold() and not is_device
    if is_kept and len(name.encode()) <= LONGEST:
        return name
    stem, dot, extension = kept.rpartition(".")
    if not stem or len(extension) > _LONGEST_EXTENSION or not extension.isascii():
        stem, dot, extension = kept, "", ""
    stem = stem.replace(".", "-").encode()[: LONGEST - 30].decode(errors="ignore").rstrip(" ")
    return f"{stem}-{_digest(name)}{dot}{extension}"


def _named(name: str, value: str) -> str:
    """Return the part of a file name for a choice, such as "country-pl"."""
    # Some file systems take "PL" and "pl" for the same name. Codes of countries and letters are always in capitals.
    plain = value.lower() if value.isupper() else value
    kept = _UNSAFE.sub("-", plain)
    is_exact = kept == plain and plain == plain.lower()
    return file_name(f"{name}-{kept.lower()}" if is_exact else f"{name}-{kept.lower()}-{_digest(value)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
