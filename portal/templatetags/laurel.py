"""What Laurel's templates share. Loaded into every template, so that none has to ask for it."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError, numbers
from django import template
from django.template.context import RequestContext
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from contests.models import Contest, Figure, Submission
from contests.models.fields import zone_named
from people.models import Person, Source
from portal import artwork

register = template.Library()


class Footnotes:
    """The sources that a page has marked so far, numbered in the order of their first mark."""

    def __init__(self):
        self.sources: dict[str, Source] = {}

    def number(self, source: Source) -> int:
        self.sources.setdefault(source.slug, source)
        return list(self.sources).index(source.slug) + 1


def _footnotes(context: RequestContext) -> Footnotes:
    request = context["request"]
    if not hasattr(request, "footnotes"):
        request.footnotes = Footnotes()
    return request.footnotes


@register.simple_tag(takes_context=True)
def source_mark(context: RequestContext, backing: Any) -> SafeString | str:
    """
    The small numbers behind a fact that lead to its sources at the foot of the page. `backing` is a Source, a row with
    one `source`, or a noun with prefetched `sources`; nothing is shown where there is none.
    """
    if isinstance(backing, Source):
        sources = [backing]
    elif hasattr(backing, "source"):
        sources = [backing.source] if backing.source else []
    else:
        sources = list(backing.sources.all()) if backing else []
    notes = _footnotes(context)
    marks = SafeString("")
    for source in sources:
        number = notes.number(source)
        marks += format_html(
            '<sup class="source-mark"><a href="#source-{}" aria-label="{}">{}</a></sup>',
            number,
            _("Source %(number)s: %(title)s") % {"number": number, "title": source.title},
            number,
        )
    return marks


@register.inclusion_tag("components/footnotes.html", takes_context=True)
def footnotes(context: RequestContext) -> dict[str, Any]:
    """The sources marked on the page, in order. Stands after everything that marks one."""
    return {"sources": _footnotes(context).sources.values()}


@register.inclusion_tag("components/poster.html")
def poster(submission: Submission, *, lazy: bool = True, link: bool = False, caption: bool = True) -> dict[str, Any]:
    """The poster of a work: the uploaded one, or one that the portal draws, labelled as such."""
    art = None if submission.poster else artwork.poster(submission.slug, submission.title)
    title = {"title": submission.title}
    return {
        "submission": submission,
        "art": art,
        "label": _("Artwork by Laurel for “%(title)s”, not a still") % title,
        "alt": submission.poster_alt or _("Poster of “%(title)s”") % title,
        "caption": caption and (_("Artwork by Laurel, not a still") if art else submission.poster_credit),
        "href": submission.get_absolute_url() if link else "",
        "lazy": lazy,
    }


@register.inclusion_tag("components/portrait.html")
def portrait(person: Person, *, lazy: bool = True, link: bool = False) -> dict[str, Any]:
    """The portrait of a person: the uploaded one, or a monogram that the portal draws."""
    art = None if person.portrait else artwork.monogram(person.slug, person.name)
    name = {"name": person.name}
    return {
        "person": person,
        "art": art,
        "label": _("Monogram by Laurel for %(name)s, not a portrait") % name,
        "alt": person.portrait_alt or _("Portrait of %(name)s") % name,
        "caption": _("Monogram by Laurel, not a portrait") if art else person.portrait_credit,
        "href": person.get_absolute_url() if link else "",
        "lazy": lazy,
    }


@register.filter
def figure_number(figure: Figure) -> SafeString:
    """The value of a figure as a reader of the page's language writes it, "4,600", with what is no digit set small."""
    if figure.currency:
        text = money(figure.value, figure.currency)
    else:
        text = _compact(figure.value) or numbers.format_decimal(figure.value, locale=_locale())
    before, digits, after = _AROUND_DIGITS.fullmatch(text).groups()
    return format_html("{}{}{}", _small(before), digits, _small(after))


_AROUND_DIGITS = re.compile(r"(\D*)(.*\d)(\D*)")


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> str:
    """An amount in its currency, "$42,000" or "$100M"; whole amounts without decimals."""
    if amount is None:
        return ""
    if compact := _compact(amount, currency):
        return compact
    pattern = _locale().currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    shape = pattern.replace(".00", "") if whole else pattern
    return numbers.format_currency(amount, currency, shape, locale=_locale(), currency_digits=not whole)


def _compact(value: Decimal, currency: str = "") -> str:
    # Only where nothing is lost: 45,000,000 is "45 million", 45,678,901 stays as it is.
    if value < 1_000_000 or value % 100_000:
        return ""
    if currency:
        return numbers.format_compact_currency(
            value, currency, format_type="short", locale=_locale(), fraction_digits=1
        )
    return numbers.format_compact_decimal(value, format_type="long", locale=_locale(), fraction_digits=1)


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


@register.filter
def qualifier(figure: Figure) -> str:
    """The qualifier where it opens a line: "More than"; nothing for an exact number, which needs no word."""
    if figure.qualifier == Figure.Qualifier.EXACTLY:
        return ""
    word = str(figure.get_qualifier_display())
    return word[:1].upper() + word[1:]


@register.filter
def title_length(title: Any) -> str:
    """The class of a title's length, by which the style sheet sets its size."""
    return _length(title, short=12, medium=28, long=70)


@register.filter
def quote_length(text: str) -> str:
    """The class of a quote's length, by which its poster is set."""
    return _length(text, short=60, medium=200, long=100_000)


@register.filter
def quote_size(text: str) -> str:
    """The size in which a list sets a quote: short words large."""
    return {"short": "l", "medium": "m"}.get(quote_length(text), "")


def _length(text: Any, **limits: int) -> str:
    return next((name for name, limit in limits.items() if len(str(text)) <= limit), "endless")


@register.simple_tag
def contest_time(contest: Contest, moment: datetime) -> SafeString:
    """A moment in the contest's own time zone, with the name of the zone, so that it can't be misread."""
    zone = zone_named(contest.time_zone)
    local = moment.astimezone(zone)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local.isoformat(timespec="minutes"),
        date_format(local, "DATETIME_FORMAT"),
        zone.key,
    )


@register.filter
def language_label(tag: str) -> str:
    """The name of the language with a BCP 47 tag, in the language of the page; the tag where it has no name."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


@register.filter
def clock(seconds: int | None) -> str:
    """A runtime in seconds as minutes and seconds, "12:05"; hours where there are any."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.simple_tag(takes_context=True)
def canonical(context: RequestContext) -> str:
    """The one address of this page: that of the page itself for each page of a whole list, else without a question."""
    request, listed = context["request"], context.get("list")
    return request.build_absolute_uri(request.path) + (listed.canonical if listed else "")
