"""
Fact sheets: a PDF of one A4 page about a contest or a work.

Typst renders `templates/publishing/fact_sheet.typ`. If the content does not fit on one page, the template leaves out
items until it does. Typst gets all texts as data, so it never reads them as markup.
"""

import html
import json
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from contests.formatting import (
    clock,
    figure_number,
    language_label,
    money,
    qualifier,
    qualifier_behind,
    readable,
    title_length,
)
from contests.makers import name_in, with_character
from contests.models import Contest, Credit, Figure, Quote, Recognition, Submission
from contests.recognition_words import award_with_names, award_words
from publishing.citations import source_line
from publishing.palette import ACCENTS
from publishing.pdf_fonts import TEXT, TITLE, Faces
from record.models import Source
from record.synthetic import MARK
from record.viewpoint import Request, Viewpoint

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "publishing" / "fact_sheet.typ"
# The maximum numbers of figures, winners, quotes and sources on a sheet. The template shows fewer if there is not
# enough space.
FIGURES, WINNERS, QUOTES, SOURCES = 8, 9, 3, 6
# The quotes on a sheet are chosen from the first 60 quotes of the contest or work.
MANY = 60


def of_contest(contest: Contest, request: Request) -> bytes:
    """
    Return the fact sheet of a public contest, which must be loaded with `for_page` and `with_counts`. Runs five SQL
    statements.
    """
    viewpoint: Viewpoint = request.viewpoint
    sheet = _Sheet(contest, contest, request)
    figures = Figure.objects.public(viewpoint).of_contest_itself().filter(contest=contest)
    figures = figures.select_related("organisation", "source")[:FIGURES]
    won = Recognition.objects.public(viewpoint).winning().filter(award__contest=contest).for_award_lines()[:WINNERS]
    said = Quote.objects.public(viewpoint).filter(event__contest=contest)
    sources = list(contest.sources.all())
    counts: Any = contest  # `with_counts` has added the attributes `winner_count` and `quote_count`.
    place = ", ".join(filter(None, (contest.city, countries.name(contest.country))))
    return sheet.pdf(
        kicker=str(contest.series or _("Contest")),
        lead=contest.tagline,
        prose=contest.about.split("\n\n"),
        facts=[
            (_("Organiser"), contest.organiser.name, sources),
            (_("Place"), place, sources),
            (_("Alongside"), contest.host_event, sources),
            (_("Prize pool"), money(contest.prize_pool, contest.prize_currency), sources),
        ],
        figures=figures,
        winners=won,
        winners_total=counts.winner_count,
        quotes=_voices(said),
        quotes_total=counts.quote_count,
    )


def of_work(work: Submission, request: Request) -> bytes:
    """Return the fact sheet of a public work, which must be loaded with `for_page`. Runs two SQL statements."""
    viewpoint: Viewpoint = request.viewpoint
    sheet = _Sheet(work, work.contest, request)
    said = Quote.objects.public(viewpoint).about(work)
    sources = list(work.sources.all())
    held = [row for row in work.recognitions.all() if not row.is_revoked]
    revoked = [row for row in work.recognitions.all() if row.is_revoked]
    roles: dict[str, list[Any]] = {}
    for credit in work.credits.all():
        roles.setdefault(str(credit.role), []).append(credit)
    return sheet.pdf(
        kicker=" · ".join(award_with_names(row) for row in held) or str(work.contest),
        subtitle=work.original_title,
        lead=work.logline,
        prose=work.synopsis.split("\n\n"),
        facts=[
            *(
                (role, ", ".join(_credited(credit) for credit in credits), [credit.source for credit in credits])
                for role, credits in roles.items()
            ),
            *((_("Revoked on %(day)s") % {"day": row.revoked_on}, _notice(row), [row.source]) for row in revoked),
            (_("Contest"), str(work.contest), []),
            (_("Country or region"), ", ".join(countries.name(country) for country in work.countries), sources),
            (_("Year"), str(work.year or ""), sources),
            (_("Runtime"), clock(work.runtime), sources),
            (_("Spoken language"), language_label(work.language) if work.language else "", sources),
        ],
        quotes=_voices(said),
        quotes_total=said.count(),
    )


def _voices(said: Any) -> list[Quote]:
    """
    Choose at most `QUOTES` quotes from the queryset `said`, from as many speakers as possible. Quotes of at most 280
    characters are preferred, because a long quote takes much space and is never shortened.
    """
    rows = list(said.for_list().order_by("event__order", "order", "pk")[:MANY])
    rows.sort(key=lambda row: len(row.text) > 280)
    firsts: dict[int, Quote] = {}
    for row in rows:
        firsts.setdefault(row.speaker_id, row)
    return [*firsts.values(), *(row for row in rows if row not in firsts.values())][:QUOTES]


def _notice(row: Recognition) -> str:
    return f"{award_words(row)}. {row.revocation_reason}"


def _person(person: Any) -> str:
    return ", ".join(filter(None, (person.name, countries.name(person.country))))


def _makers(works: list[Submission]) -> list[str]:
    """Return the makers of the works that share an award: the first of each work, then the second ones, and so on."""
    makers = ([_person(credit.party) for credit in work.credits.all()] for work in works)
    return [name for names in zip_longest(*makers) for name in names if name]


def _credited(credit: Credit) -> str:
    """Return a credit as text, without the role: the name, the character, and the country or region."""
    told = with_character(name_in(credit), credit.character)
    return ", ".join(filter(None, (told, countries.name(credit.party.country))))


class _Sheet:
    """One fact sheet about `subject`. It splits each text into parts with one font each, and numbers the sources."""

    def __init__(self, subject: Any, contest: Contest, request: Request):
        self._subject, self._contest, self._request = subject, contest, request
        self._faces = Faces()
        self._sources: dict[int, Source] = {}

    def pdf(self, *, kicker: str, prose: Iterable[str], facts: Iterable[Any], **lists: Any) -> bytes:
        at: datetime = self._request.viewpoint.at
        name = (
            f"{self._subject} ({MARK})"
            if self._subject.is_synthetic or self._contest.is_synthetic
            else str(self._subject)
        )
        url = self._request.build_absolute_uri(self._subject.get_absolute_url())
        text, title = self._text, self._title
        data = {
            "language": (get_language() or "en").partition("-")[0],
            "accent": ACCENTS.get(self._contest.accent, ACCENTS["vermilion"]),
            "title": name,
            "description": _("Fact sheet"),
            "kicker": text(kicker.upper()),
            "name": title(name, getattr(self._subject, "title_language", "")),
            "length": title_length(name),
            "subtitle": title(lists.get("subtitle", ""), getattr(self._subject, "original_title_language", "")),
            "lead": title(lists["lead"]),
            "prose": [text(Truncator(words).words(90)) for words in prose if words.strip()],
            "facts": [
                {"label": text(label), "value": text(value), "marks": self._marks(sources)}
                for label, value, sources in facts
                if value
            ],
            "figures": [self._figure(row) for row in lists.get("figures", [])],
            "winners": [self._winner(row) for row in lists.get("winners", [])],
            "winners_total": lists.get("winners_total", 0),
            "quotes": [self._quote(row) for row in lists["quotes"]],
            "quotes_total": lists["quotes_total"],
            "labels": {
                "sheet": text(_("Fact sheet").upper()),
                "figures": text(_("Reported figures").upper()),
                "winners": text(_("Winners").upper()),
                "quotes": text(_("Heard on stage").upper()),
                "sources": text(_("Sources").upper()),
            },
            "foot": {
                "more": text(_("For all winners, quotes, images, sources and later changes, see:")),
                "url": url,
                "address": text(readable(url)),
                "laurel": title("Laurel"),
                "as_of": text(_("As of %(day)s") % {"day": date_format(at.astimezone(UTC), "DATE_FORMAT")}),
            },
        }
        data["sources"] = [
            {"number": number, "line": text(source_line(source))}
            for number, source in enumerate(self._sources.values(), 1)
            if number <= SOURCES
        ]
        with tempfile.TemporaryDirectory(prefix="laurel-") as folder:
            self._faces.write(Path(folder))
            return typst.compile(
                TEMPLATE.read_bytes(),
                font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                # The timestamp has no time of day, so that the same content gives the same file all day.
                timestamp=int(at.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()),
            )

    def _text(self, words: Any, language: str = "") -> dict[str, Any]:
        return self._faces.runs(str(words), TEXT, language)

    def _title(self, words: Any, language: str = "") -> dict[str, Any]:
        return self._faces.runs(str(words), TITLE, language)

    def _marks(self, sources: Iterable[Source | None]) -> list[int]:
        numbers = []
        for source in filter(None, sources):
            self._sources.setdefault(source.pk, source)
            numbers.append(list(self._sources).index(source.pk) + 1)
        return sorted(set(numbers))

    def _figure(self, row: Figure) -> dict[str, Any]:
        about = f"{row.organisation}: " if row.organisation else ""
        number = html.unescape(strip_tags(figure_number(row) + qualifier_behind(row)))
        label = f"{about}{row.unit} {row.label}".strip() if row.unit else f"{about}{row.label}"
        return {
            "qualifier": self._text(qualifier(row)),
            "number": self._title(number),
            "length": len(number),
            "label": self._text(f"{label}, {row.note}" if row.note else label),
            "marks": self._marks([row.source]),
        }

    def _winner(self, row: Recognition) -> dict[str, Any]:
        works, title = row.works, row.leading_work
        by = [str(each) for each in row.unnamed]
        if title:
            by += [_person(recipient) for recipient in row.recipients] or _makers(works)
        else:
            by = [*(work.title for work in works), *by]
        if not works and len(row.recipients) == 1:
            by = [countries.name(row.recipients[0].country)]
        by = list(dict.fromkeys(by))  # A person with several credits is named once.
        shown = by[:3] + (["…"] if len(by) > 3 else [])
        return {
            "award": self._text(award_words(row).upper()),
            "name": self._title(
                row.named if row.honouree else row.detail,
                title.title_language if title and len(works) == 1 else "",
            ),
            "by": self._text("; ".join(filter(None, shown))),
            "marks": self._marks([row.source]),
        }

    def _quote(self, row: Quote) -> dict[str, Any]:
        return {
            "text": self._title(f"“{row.text}”", row.language),
            "is_long": len(row.text) > 160,
            "by": self._text(f"{row.speaker.name}, {row.event.title}"),
            "context": self._text(" ".join(row.context.split())),
            "marks": self._marks([row.source]),
        }
