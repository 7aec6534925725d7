"""
The text files of a press kit, in UTF-8. Facts are written with their sources. The functions return iterators over the
parts of a text.
"""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from contests.formatting import clock, language_label, money
from contests.made_up import is_made_up
from contests.makers import as_printed, with_character
from contests.models import Contest, Figure, Quote, Recognition, Submission
from contests.recognition_words import award_words
from publishing.citations import figure_words, source_line
from record.list_format import enumerated
from record.models import Source
from record.synthetic import MARK
from record.time_zones import told, zone_named
from record.viewpoint import Request

Pieces = Iterator[str]
WIDTH = 96


def heading(words: Any) -> str:
    return f"{words}\n{'=' * min(len(str(words)), WIDTH)}\n\n"


def paragraphs(words: str) -> str:
    return f"{words.strip()}\n\n" if words.strip() else ""


def fact(label: Any, value: Any) -> str:
    """Return a line "label: value", or an empty string if the value is unknown."""
    return f"{label}: {value}\n" if value not in ("", None) else ""


def detail(label: str, value: Any) -> str:
    """Return an indented line "label: value", or an empty string if the value is unknown."""
    return f"    {fact(label, value)}" if value not in ("", None) else ""


def sources(*backing: Source | None) -> str:
    return "".join(detail(_("Source"), source_line(source)) for source in backing if source)


def marked(row: Any) -> str:
    """Return the name of a row, followed by "(synthetic)" if the row is synthetic."""
    return f"{row} ({MARK})" if is_made_up(row) else str(row)


def moment(row: Contest, when: Any) -> str:
    return told(when, zone_named(row.time_zone)) if when else ""


def readme(name: Any, url: str, request: Request, contents: Iterable[tuple[str, str]]) -> Pieces:
    at: Any = request.viewpoint.at
    yield heading(_("Press kit: %(name)s") % {"name": name})
    yield textwrap.fill(
        _(
            "This press kit contains everything that Laurel has published about “%(name)s” as of %(moment)s UTC. For "
            "later changes, such as a revoked award, see: %(url)s"
        )
        % {"name": name, "moment": at.strftime("%Y-%m-%d %H:%M:%S"), "url": url},
        WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield "\n\n" + heading(_("What is inside"))
    for path, about in contents:
        yield f"{path}\n    {about}\n"
    yield "\n" + heading(_("Conditions"))
    for rule in (
        _("Quotes are exact. Next to the words, give the speaker, the occasion, the source and the context."),
        _("Print a figure with its qualifier (“more than”, “about”) and its source: it was reported, not counted."),
        _("Images: print the credit given in images/CREDITS.txt. If none is given, ask the organiser first."),
        _("Posters and monograms in artwork/ are drawn by the portal. Caption: “Artwork by Laurel, not a still”."),
        _("Laurel leaves blank what no source says. Don’t fill it in with guesses."),
    ):
        yield textwrap.fill(rule, WIDTH, initial_indent="- ", subsequent_indent="  ") + "\n"


def contest(row: Contest, url: str) -> Pieces:
    yield heading(marked(row))
    yield paragraphs(row.tagline)
    yield fact(_("Series"), row.series)
    yield fact(_("Organiser"), row.organiser)
    yield fact(_("Place"), ", ".join(filter(None, (row.city, countries.name(row.country)))))
    yield fact(_("Alongside"), row.host_event)
    yield fact(_("Prize pool"), money(row.prize_pool, row.prize_currency))
    yield fact(_("Opens"), moment(row, row.opens_at))
    yield fact(_("Closes"), moment(row, row.closes_at))
    yield fact(_("Page"), url)
    yield "\n" + paragraphs(row.about)
    yield sources(*row.sources.all())


def work(row: Submission, url: str) -> Pieces:
    yield heading(marked(row))
    yield fact(_("Original title"), row.original_title)
    yield from credits(row)
    yield fact(_("Contest"), row.contest)
    yield fact(_("Category"), ", ".join(category.name for category in row.listed_categories))
    yield fact(_("Country or region"), ", ".join(countries.name(country) for country in row.countries))
    yield fact(_("Year"), row.year)
    yield fact(_("Runtime"), clock(row.runtime))
    yield fact(_("Spoken language"), row.language and language_label(row.language))
    yield fact(_("Tools used"), " / ".join(row.tools.split("\n")))
    yield fact(row.contest.work_phrases.link, row.public_work_url)
    yield fact(_("Page"), url)
    yield "\n" + paragraphs(row.logline) + paragraphs(row.synopsis)
    yield sources(*row.sources.all())


def credits(row: Submission) -> Pieces:
    for credit in row.credits.all():
        name = as_printed(marked(credit.party), filter(None, [credit.printed_name]))
        told = with_character(name, credit.character)
        yield fact(credit.role, ", ".join(filter(None, (told, countries.name(credit.party.country)))))


def figures(rows: Iterable[Figure]) -> Pieces:
    """List the figures about the contest itself, then those about its organiser and other organisations."""
    about = None
    for row in sorted(rows, key=lambda row: row.organisation_id is not None):
        if about != (about := row.organisation_id is not None):
            yield heading(_("Figures about organisations") if about else _("Reported figures"))
        yield f"{figure_words(row)}\n{sources(row.source)}\n"


def awards(title: str, rows: Iterable[Recognition], absolute: Any) -> Pieces:
    """
    List the award, the winner and the jury's citation of each recognition. If a recognition is revoked, also write when
    and why.
    """
    yield heading(title)
    for row in rows:
        names = enumerated(map(marked, row.honourees)) if row.honourees else row.named
        yield f"{award_words(row)}: {names}\n"
        if row.revoked_on:
            notice = _("Revoked on %(day)s: %(reason)s")
            yield f"    {notice % {'day': row.revoked_on.isoformat(), 'reason': row.revocation_reason}}\n"
        yield detail(_("Recipients"), "; ".join(map(str, row.parties.all())))
        yield detail(_("For"), row.detail)
        for work in row.works:
            yield f"    {marked(work)}\n" if [work] != row.honourees else ""
            yield from (f"    {line}" for line in credits(work))
            yield f"    {work.logline}\n" if work.logline else ""
        yield detail(_("Note"), row.note)
        presenters = ", ".join(person.name for person in row.presenters.all())
        yield detail(_("Presented by"), presenters)
        yield f"    “{row.citation}”\n" if row.citation else ""
        page = absolute(row.get_absolute_url())
        yield f"    {page}\n{sources(row.source)}\n"


def submissions(rows: Iterable[Submission], absolute: Any) -> Pieces:
    yield heading(_("Submissions"))
    for row in rows:
        yield f"{marked(row)}\n"
        yield from (f"    {line}" for line in credits(row))
        yield f"    {row.logline}\n" if row.logline else ""
        yield f"    {absolute(row.get_absolute_url())}\n\n"


def quotes(rows: Iterable[Quote], absolute: Any) -> Pieces:
    yield heading(_("Quotes"))
    for row in rows:
        said = [row.speaker.name, row.event.title, str(row.event.contest)]
        yield f"“{row.text}”\n    {', '.join(said)}\n"
        yield detail(row.event.contest.get_work_kind_display(), row.submission)
        yield detail(_("Context"), " ".join(row.context.split()))
        yield f"    {absolute(row.get_absolute_url())}\n{sources(row.source)}\n"


def source_list(rows: Iterable[Source], absolute: Any) -> Pieces:
    yield heading(_("Sources"))
    for row in rows:
        yield f"{source_line(row)}\n    {absolute(row.get_absolute_url())}\n"
        yield f"    {row.note}\n" if row.note else ""
        yield "\n"
