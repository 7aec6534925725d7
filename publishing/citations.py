"""
Citations of a quote, a figure or a work as plain text, BibTeX and CSL-JSON.

A citation contains the quote, the figure or the title of the work, and the sources that reported it. Unknown facts are
left out; in plain text, an unknown year is written as "n.d.". Citations have no access date, because only the reader
knows it.
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
from contests.makers import Party
from contests.models import CreditRole, Figure, Quote, Submission
from contests.quotation_marks import without_outer_marks
from people.models import Person
from publishing.identifiers import uuid_of
from record.models import Record, Source
from record.synthetic import MARK
from record.time_zones import local, zone_named

#: A function that converts a path to an absolute URL.
AbsoluteURL = Callable[[str], str]

# The permanent keys of the roles whose people and organisations are cited as the authors of a work. If nobody has the
# first role, the second one is used.
MAKERS = (CreditRole.DIRECTOR, CreditRole.CREATOR)
_STOPS = tuple(".!?…。！？؟۔")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Name:
    """A cited name. `family` and `given` are blank if it is not known how the name is divided."""

    literal: str
    family: str = ""
    given: str = ""


@dataclass(frozen=True)
class Citation:
    """
    The facts of a citation. `kind` is the CSL type of the cited item. Every text is on one line, and blank if it is
    unknown.
    """

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
    #: The context of a quote: what it answers or refers to.
    context: str = ""
    sources: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        return str(self.issued.year if isinstance(self.issued, date) else self.issued or "")

    @property
    def occasion(self) -> str:
        """Return the event, its place and the contest: "Panel discussion, Tokyo, NextGen Creative Contest"."""
        return ", ".join(filter(None, (self.event, self.place, self.contest)))

    @property
    def note(self) -> str:
        context = _sentence(_("Context: %(context)s") % {"context": self.context}) if self.context else ""
        reported = _("Reported in: %(sources)s") % {"sources": "; ".join(self.sources)} if self.sources else ""
        return " ".join(filter(None, (context, reported)))


def of_quote(quote: Quote, absolute: AbsoluteURL) -> Citation:
    """Return the citation of a quote. The speaker, the event with its contest, and the source must be loaded."""
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
    """Return the citation of a figure. The contest, the organisation and the source must be loaded."""
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
    """Return the citation of a work. The contest, the credits with their people, and the sources must be loaded."""
    credits = list(work.credits.all())
    by_role = ([credit.party for credit in credits if credit.role.key == role] for role in MAKERS)
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


def name_of(person: Party) -> Name:
    """
    Return the name of a person or an organisation for a citation. Family and given name are set only if `sort_name` has
    the form "Yip, Tim" and contains exactly the parts of the name.
    """
    if not isinstance(person, Person):
        return Name(_line(person.name))
    name, parts = _line(person.name), [part.strip() for part in person.sorted_as.split(",")]
    if person.kind != Person.Kind.TEAM and len(parts) == 2 and all(parts):
        family, given = map(_line, parts)
        if name in (f"{given} {family}", f"{family} {given}"):
            return Name(name, family, given)
    return Name(name)


def figure_words(figure: Figure) -> str:
    """Return a figure as a phrase: "Kling AI: more than 45 million users, within 10 months"."""
    number = html.unescape(strip_tags(qualified_number(figure)))
    words = _line(" ".join(filter(None, (number, figure.unit, figure.label))))
    about = f"{figure.organisation}: " if figure.organisation else ""
    return _line(f"{about}{words}" + (f", {figure.note}" if figure.note else ""))


def source_line(source: Source) -> str:
    """Return a source on one line: author, title, publisher, date and URL, as far as they are known."""
    day = source.published_on.isoformat() if source.published_on else ""
    return _line(", ".join(filter(None, (source.author, source.title, source.publisher, day, source.url))))


def _sources(sources: Iterable[Source | None]) -> tuple[str, ...]:
    return tuple(source_line(source) for source in sources if source)


def _key(row: Record) -> str:
    # BibTeX keys may contain only ASCII characters.
    return f"laurel-{row.key if _KEY.fullmatch(row.key) else uuid_of(row).hex}"


def _marked(text: Any, *named: Record | None) -> str:
    """Return `text` on one line, followed by "(synthetic)" if any row in `named` is synthetic."""
    line = _line(text)
    return f"{line} ({MARK})" if any(row.is_synthetic for row in named if row) else line


def _line(text: Any) -> str:
    """
    Return `text` on one line, without control characters and unpaired surrogates, which citation software rejects.
    """
    kept = "".join(c for c in str(text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return " ".join(kept.split())


def plain(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield citations as plain text, one per paragraph."""
    between = ""
    for citation in citations:
        yield f"{between}{sentences(citation)}\n"
        between = "\n"


def sentences(citation: Citation) -> str:
    """Return one citation as plain text on one line."""
    authors = ", ".join(name.literal for name in citation.authors)
    title = f"“{without_outer_marks(citation.title)}”"
    # If the year is unknown, write "n.d.".
    when = citation.issued.isoformat() if isinstance(citation.issued, date) else citation.year or _("n.d.")
    parts = [authors, title, citation.occasion, when, citation.note]
    # The line ends with the URL. A full stop after it would be read as part of the URL.
    return " ".join([*map(_sentence, filter(None, parts)), f"Laurel, {citation.url}"])


def _sentence(words: str) -> str:
    return words if words.rstrip("”’»」』)")[-1:] in _STOPS else f"{words}."


# Replacements for characters with a special meaning in TeX. A brace becomes a command, because BibTeX counts even
# escaped braces.
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
# Characters and words at which BibTeX would split a name.
_AMBIGUOUS = re.compile(r"[,{}\\]|\band\b", re.IGNORECASE)
_PAIRS = re.compile(r"(?<=-)(?=-)|(?<=')(?=')")


def bibtex(citations: Iterable[Citation]) -> Iterator[str]:
    """
    Return an iterator over the entries of a BibTeX file. Titles have a second pair of braces, so that citation styles
    don't change their capitals.
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
        # The URL needs no escaping: it contains no character that could end the BibTeX field.
        "url": citation.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{citation.key},", *lines, "}", "", ""])


def _author(name: Name) -> str:
    if not name.family or _AMBIGUOUS.search(name.literal):
        return f"{{{_tex(name.literal)}}}"
    return _tex(f"{name.family}, {name.given}")


def _tex(text: str) -> str:
    # Insert {} between two hyphens or two apostrophes. TeX would turn them into a dash or a closing quotation mark.
    return _PAIRS.sub(r"{}", text.translate(_TEX))


def csl(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the parts of a JSON array of CSL items (csl-data.json of the Citation Style Language)."""
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


#: For each file extension: the function that writes the citations, and the content type of the file.
FORMS: dict[str, tuple[Callable[[Iterable[Citation]], Iterator[str]], str]] = {
    "txt": (plain, "text/plain; charset=utf-8"),
    "bib": (bibtex, "application/x-bibtex; charset=utf-8"),
    "json": (csl, "application/vnd.citationstyles.csl+json"),
}
