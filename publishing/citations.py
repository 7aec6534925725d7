"""
Citations of a quote, a figure or a work as plain text, BibTeX and CSL-JSON. Takes rows, returns text.

A citation contains what the record says and where it was reported. Unknown facts are left out; if the year is unknown,
the plain text says "n.d.". Citations have no access date: only the reader knows it.
"""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from contests.formatting import qualified_number
from contests.models import Credit, Figure, Quote, Submission
from contests.quotation_marks import without_outer_marks
from people.models import Person
from publishing.identifiers import uuid_of
from record.models import Record, Source
from record.synthetic import MARK
from record.time_zones import local, zone_named

#: A function that makes a path an absolute URL.
AbsoluteURL = Callable[[str], str]

# The credits that name the authors of a work: the first of these roles that has any.
MAKERS = (Credit.Role.DIRECTOR, Credit.Role.CREATOR)
_STOPS = tuple(".!?…。！？؟۔")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Name:
    """A cited name: split into family and given name if the record allows it, else only as the person writes it."""

    literal: str
    family: str = ""
    given: str = ""


@dataclass(frozen=True)
class Citation:
    """The known facts about a cited item. `kind` is the CSL type. Texts have one line; unknown ones are blank."""

    key: str
    kind: str
    authors: tuple[Name, ...]
    title: str
    url: str
    language: str = ""
    event: str = ""
    place: str = ""
    contest: str = ""
    issued: date | int | None = None
    #: What a reader must know to understand the words.
    context: str = ""
    sources: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        return str(self.issued.year if isinstance(self.issued, date) else self.issued or "")

    @property
    def occasion(self) -> str:
        """Return where it was said or shown: "Panel discussion, Tokyo, NextGen Creative Contest"."""
        return ", ".join(filter(None, (self.event, self.place, self.contest)))

    @property
    def note(self) -> str:
        context = _sentence(_("Context: %(context)s") % {"context": self.context}) if self.context else ""
        reported = _("Reported in: %(sources)s") % {"sources": "; ".join(self.sources)} if self.sources else ""
        return " ".join(filter(None, (context, reported)))


def of_quote(quote: Quote, absolute: AbsoluteURL) -> Citation:
    """Cite a quote. Reads the speaker, the event with its contest, and the source."""
    event = quote.event
    return Citation(
        key=_key(quote),
        kind="speech",
        authors=(name_of(quote.speaker),),
        title=_marked(quote.text, quote, quote.speaker, event.contest, quote.source),
        url=absolute(quote.get_absolute_url()),
        language=quote.language,
        event=_line(event.title),
        place=_line(", ".join(filter(None, (event.venue, event.city)))),
        contest=_line(event.contest),
        context=_line(quote.context),
        issued=event.starts_at and local(event.starts_at, zone_named(event.contest.time_zone)).date(),
        sources=_sources([quote.source]),
    )


def of_figure(figure: Figure, absolute: AbsoluteURL) -> Citation:
    """Cite a reported number. Reads the contest, the organisation and the source."""
    return Citation(
        key=_key(figure),
        kind="webpage",
        authors=(),
        title=_marked(figure_words(figure), figure, figure.organisation, figure.contest, figure.source),
        url=absolute(figure.contest.get_absolute_url()),
        contest=_line(figure.contest),
        sources=_sources([figure.source]),
    )


def of_work(work: Submission, absolute: AbsoluteURL) -> Citation:
    """Cite a work. Reads the contest, the credits with their people, and the sources."""
    credits = list(work.credits.all())
    by_role = ([credit.person for credit in credits if credit.role == role] for role in MAKERS)
    makers, sources = next(filter(None, by_role), []), work.sources.all()
    return Citation(
        key=_key(work),
        kind="motion_picture",
        authors=tuple(map(name_of, makers)),
        title=_marked(work.title, work, work.contest, *makers, *sources),
        url=absolute(work.get_absolute_url()),
        language=work.language,
        contest=_line(work.contest),
        issued=work.year,
        sources=_sources(sources),
    )


def name_of(person: Person) -> Name:
    """
    Return the name as the person writes it. Family and given name are set only if the sort name has the form "Yip, Tim"
    and contains exactly the parts of the name.
    """
    name, parts = _line(person.name), [part.strip() for part in person.sort_name.split(",")]
    if person.kind != Person.Kind.TEAM and len(parts) == 2 and all(parts):
        family, given = map(_line, parts)
        if name in (f"{given} {family}", f"{family} {given}"):
            return Name(name, family, given)
    return Name(name)


def figure_words(figure: Figure) -> str:
    """Return a figure in words, as it was reported: "Kling AI: more than 45 million users, within 10 months"."""
    number = html.unescape(strip_tags(qualified_number(figure)))
    words = _line(" ".join(filter(None, (number, figure.unit, figure.label))))
    about = f"{figure.organisation}: " if figure.organisation else ""
    return _line(f"{about}{words}" + (f", {figure.note}" if figure.note else ""))


def source_line(source: Source) -> str:
    """Return a source on one line: the known ones of author, title, publisher, date and URL."""
    known = [source.author, source.title, source.publisher, source.published_on and source.published_on.isoformat()]
    return _line(", ".join(filter(None, (*known, source.url))))


def _sources(sources: Iterable[Source | None]) -> tuple[str, ...]:
    return tuple(source_line(source) for source in sources if source)


def _key(row: Record) -> str:
    # BibTeX keys allow only ASCII characters.
    return f"laurel-{row.key if _KEY.fullmatch(row.key) else uuid_of(row).hex}"


def _marked(text: Any, *named: Record | None) -> str:
    """Return `text` on one line, with the synthetic mark if anything that the citation names is synthetic."""
    line = _line(text)
    return f"{line} ({MARK})" if any(row.is_synthetic for row in named if row) else line


def _line(text: Any) -> str:
    """Return `text` on one line without control characters and lone surrogates, which citation software rejects."""
    kept = "".join(c for c in str(text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return " ".join(kept.split())


# Plain text


def plain(citations: Iterable[Citation]) -> Iterator[str]:
    """Write citations for readers, one per paragraph."""
    between = ""
    for citation in citations:
        yield f"{between}{sentences(citation)}\n"
        between = "\n"


def sentences(citation: Citation) -> str:
    """Write one citation for readers, on one line."""
    authors = ", ".join(name.literal for name in citation.authors)
    title = f"“{without_outer_marks(citation.title)}”"
    # A missing year is stated, so that it does not look forgotten.
    when = citation.issued.isoformat() if isinstance(citation.issued, date) else citation.year or _("n.d.")
    parts = [authors, title, citation.occasion, when, citation.note]
    # No full stop after a URL: it would be read as part of it.
    return " ".join([*map(_sentence, filter(None, parts)), f"Laurel, {citation.url}"])


def _sentence(words: str) -> str:
    return words if words.rstrip("”’»」』)")[-1:] in _STOPS else f"{words}."


# BibTeX

# Characters that TeX treats as commands. Braces become commands, because BibTeX counts even escaped braces.
_TEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "`": r"{\textasciigrave}",
        **{character: f"\\{character}" for character in "$&#_%"},
    }
)
# Characters and words at which BibTeX splits a name.
_AMBIGUOUS = re.compile(r"[,{}\\]|\band\b", re.IGNORECASE)
_PAIRS = re.compile(r"(?<=-)(?=-)|(?<=')(?=')")


def bibtex(citations: Iterable[Citation]) -> Iterator[str]:
    """
    Write the entries of a .bib file (UTF-8). Titles get a second pair of braces, so that no style changes their
    capitals.
    """
    return map(_entry, citations)


def _entry(citation: Citation) -> str:
    fields = {
        "author": " and ".join(map(_author, citation.authors)),
        "title": f"{{{_tex(citation.title)}}}",
        "howpublished": _tex(citation.occasion),
        "year": citation.year,
        "note": _tex(citation.note),
        "language": _tex(citation.language),
        # Unescaped, as \url expects it: a URL contains no character that could end the field.
        "url": citation.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{citation.key},", *lines, "}", "", ""])


def _author(name: Name) -> str:
    if not name.family or _AMBIGUOUS.search(name.literal):
        return f"{{{_tex(name.literal)}}}"
    return _tex(f"{name.family}, {name.given}")


def _tex(text: str) -> str:
    # TeX would turn two hyphens into a dash and two apostrophes into a closing quote.
    return _PAIRS.sub(r"{}", text.translate(_TEX))


# CSL-JSON


def csl(citations: Iterable[Citation]) -> Iterator[str]:
    """Write an array of CSL-JSON items (csl-data.json of the Citation Style Language)."""
    yield "["
    between = "\n"
    for citation in citations:
        yield between + json.dumps(_item(citation), ensure_ascii=False, indent=1)
        between = ",\n"
    yield "\n]\n"


def _item(citation: Citation) -> dict[str, Any]:
    item = {
        "id": citation.key,
        "type": citation.kind,
        "title": citation.title,
        "author": [
            {"family": name.family, "given": name.given} if name.family else {"literal": name.literal}
            for name in citation.authors
        ],
        "issued": _date(citation.issued),
        "event": citation.event,
        "event-place": citation.place,
        "container-title": citation.contest,
        "language": citation.language,
        "note": citation.note,
        "source": "Laurel",
        "URL": citation.url,
    }
    return {name: value for name, value in item.items() if value}


def _date(moment: date | int | None) -> dict[str, list[list[int]]] | None:
    if not moment:
        return None
    parts = [moment.year, moment.month, moment.day] if isinstance(moment, date) else [moment]
    return {"date-parts": [parts]}


#: For each file extension: the function that writes the citations, and the content type.
FORMS: dict[str, tuple[Callable[[Iterable[Citation]], Iterator[str]], str]] = {
    "txt": (plain, "text/plain; charset=utf-8"),
    "bib": (bibtex, "application/x-bibtex; charset=utf-8"),
    "json": (csl, "application/vnd.citationstyles.csl+json"),
}
