"""What Laurel's templates share. Loaded into every template, so that none has to ask for it."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from unicodedata import east_asian_width
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError, numbers
from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.utils import translation
from django.utils.encoding import uri_to_iri
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext, pgettext_lazy, to_locale
from django.utils.translation import gettext as _

from contests.models import Contest, Figure, Submission
from people.models import Person
from publishing import artwork
from publishing import structured_data as structured
from record.excerpts import beginning
from record.images import MIDDLE, StoredImage, renditions
from record.list_format import enumerated, enumerated_html
from record.models import Record, Source
from record.synthetic import MARK
from record.time_zones import local, on_clocks, told, zone_named
from record.web import languages

register = template.Library()
register.filter(told)
register.filter(beginning)


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
            _("Source %(number)s") % {"number": number},
            number,
        )
    return marks


@register.inclusion_tag("components/footnotes.html", takes_context=True)
def footnotes(context: RequestContext) -> dict[str, Any]:
    """The sources marked on the page, in order. Stands after everything that marks one."""
    return {
        "sources": _footnotes(context).sources.values(),
        "page_is_synthetic": context.get("page_is_synthetic"),
        "request": context["request"],
    }


# What a picture measures on the screen where a page doesn't say: a large one, and one among others.
WIDE_SIZES = "(min-width: 80rem) 33rem, (min-width: 60rem) 41vw, (min-width: 40rem) 58vw, 90vw"
LIST_SIZES = "(min-width: 80rem) 26rem, (min-width: 40rem) 34vw, 90vw"


def _cropped(width: int, height: int, ratio: float, sizes: str) -> tuple[int, int, str]:
    """What is left of a picture in px where it is cropped to `ratio`, and how wide the whole of it would be shown."""
    seen = max(1, min(width, round(height * ratio)))
    if seen < width:
        parts = [part.rpartition(" ") for part in sizes.split(", ")]
        sizes = ", ".join(f"{when}{space}calc({width / seen:.2f} * {size})" for when, space, size in parts)
    return seen, max(1, round(seen / ratio)), sizes


@register.inclusion_tag("components/picture.html")
def picture(
    image: StoredImage, alt: str, *, sizes: str, lazy: bool = True, ratio: float | None = None
) -> dict[str, Any]:
    """
    A stored image with its renditions. `sizes` says how wide it is on the screen, as in HTML; `lazy` is for all that
    are below the fold, and the one above it is asked for first. `ratio` is what style sheets crop it to, if they do.
    """
    width, height = image.size_in_px
    if ratio and width and height:
        width, height, sizes = _cropped(width, height, ratio, sizes)
    # Styles are left to the style sheets, which know tens: no more than a twentieth of what is cut off is misplaced.
    focus = {side: round(place, -1) for side, place in zip("xy", image.focus, strict=True)}
    sources = {extension: srcset for extension in renditions.FORMATS if (srcset := image.srcset(extension))}
    return {
        "image": image,
        "alt": alt,
        "width": width,
        "height": height,
        "focus": {side: place for side, place in focus.items() if place != MIDDLE},
        "sources": sources,
        "sizes": sizes,
        "lazy": lazy,
    }


@register.inclusion_tag("components/poster.html")
def poster(
    submission: Submission,
    *,
    lazy: bool = True,
    link: bool = False,
    caption: bool = True,
    wide: bool = False,
    sizes: str = "",
) -> dict[str, Any]:
    """The poster of a work: the uploaded one, or one that the portal draws, labelled as such."""
    art = None if submission.poster else artwork.poster(submission.slug, submission.title)
    title = {"title": submission.title}
    return {
        "submission": submission,
        "art": art,
        "label": _("Artwork by Laurel for “%(title)s”, not a still") % title,
        "alt": submission.poster_alt or _("Poster of “%(title)s”") % title,
        "caption": caption and (_("Artwork by Laurel, not a still") if art else submission.poster_credit),
        "licence": caption and not lazy and submission.poster.licence if submission.poster else None,
        "href": submission.get_absolute_url() if link else "",
        "lazy": lazy,
        "sizes": sizes or (WIDE_SIZES if wide or not lazy else LIST_SIZES),
    }


@register.inclusion_tag("components/portrait.html")
def portrait(
    person: Person, *, lazy: bool = True, link: bool = False, wide: bool = False, sizes: str = ""
) -> dict[str, Any]:
    """The portrait of a person: the uploaded one, or a monogram that the portal draws."""
    art = None if person.portrait else artwork.monogram(person.slug, person.name)
    name = {"name": person.name}
    return {
        "person": person,
        "art": art,
        "label": _("Monogram by Laurel for %(name)s, not a portrait") % name,
        "alt": person.portrait_alt or _("Portrait of %(name)s") % name,
        "caption": _("Monogram by Laurel, not a portrait") if art else person.portrait_credit,
        "licence": person.portrait.licence if person.portrait and not lazy else None,
        "href": person.get_absolute_url() if link else "",
        "lazy": lazy,
        "sizes": sizes or (WIDE_SIZES if wide or not lazy else LIST_SIZES),
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


@register.filter
def figure_length(figure: Figure) -> str:
    """The class of the width that `figure_number` takes: digits are set large, all else small or narrow."""
    text = strip_tags(figure_number(figure))
    digits = sum(character.isdigit() for character in text)
    # In hundredths of the size of the digits.
    width = 56 * digits + 25 * (len(text) - digits)
    return next((name for name, limit in (("short", 360), ("medium", 480), ("long", 900)) if width <= limit), "endless")


_AROUND_DIGITS = re.compile(r"(\D*)(.*\d)(\D*)")


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""


@register.filter
def number(value: Decimal | int) -> str:
    """A number as a reader of the page's language writes it: "4,729"."""
    return numbers.format_decimal(value, locale=_locale())


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
    # Without the decimals of its column, by which Polish would have "45,00 miliona" and not "45 milionów".
    value, locale, digits = Decimal(int(value)), _locale(), 7
    if currency:
        return numbers.format_compact_currency(
            value, currency, format_type="short", locale=locale, fraction_digits=digits
        )
    # Where a language has one short way to write it, Babel knows of no long one.
    style: Literal["short", "long"] = "long" if "long" in locale.compact_decimal_formats else "short"
    return numbers.format_compact_decimal(value, format_type=style, locale=locale, fraction_digits=digits)


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


#: A number in a line, with its qualifier at the side where the language has it.
QUALIFIED = {
    Figure.Qualifier.MORE_THAN: pgettext_lazy("number", "more than {number}"),
    Figure.Qualifier.ABOUT: pgettext_lazy("number", "about {number}"),
}


@register.filter
def qualified_number(figure: Figure) -> SafeString:
    """The number of a figure within a line: "more than 4,600"; the number alone where it is exact."""
    number = figure_number(figure)
    words = QUALIFIED.get(Figure.Qualifier(figure.qualifier))
    return format_html(str(words), number=number) if words else number


@register.filter
def qualifier(figure: Figure) -> str:
    """The qualifier above a number that stands alone, "More than": nothing for an exact one, or where it follows."""
    word = _around_number(figure)[0].strip()
    return word[:1].upper() + word[1:]


@register.filter
def qualifier_behind(figure: Figure) -> SafeString | str:
    """The qualifier behind a number that stands alone, set small, in a language that has it there: "4,600超"."""
    return _small(_around_number(figure)[2])


def _around_number(figure: Figure) -> tuple[str, str, str]:
    return str(QUALIFIED.get(Figure.Qualifier(figure.qualifier), "")).partition("{number}")


@register.simple_tag
def lang_of(tag: str = "") -> SafeString | str:
    """
    The `lang` attribute of content, with a space before it: the language `tag` that is known of it, else that of what
    editors write, where the page is in another; `dir` too where that one is read the other way.
    """
    page, content = get_language() or settings.LANGUAGE_CODE, tag or settings.CONTENT_LANGUAGE
    if not tag and content == page:
        return ""
    if tag or _is_rtl(content) == _is_rtl(page):
        return format_html(' lang="{}"', content)
    return format_html(' lang="{}" dir="{}"', content, "rtl" if _is_rtl(content) else "ltr")


def _is_rtl(language: str) -> bool:
    return Locale.parse(to_locale(language)).text_direction == "rtl"


@register.filter
def in_quotes(text: str, language: str = "") -> SafeString:
    """
    A text between the quotation marks of its own language, or of the page's where the portal isn't written in that one.
    """
    with translation.override(languages.nearest(language) or translation.get_language()):
        # What was found in it may be marked.
        return mark_safe(pgettext("quotation marks", "“%(text)s”") % {"text": conditional_escape(text)})  # noqa: S308


@register.simple_tag(takes_context=True)
def current(context: RequestContext, path: str) -> SafeString | str:
    """The `aria-current` attribute of the navigation link to `path`: set on its page and on the pages below it."""
    here = context["request"].path
    if here == path:
        return mark_safe(' aria-current="page"')  # noqa: S308 (a constant)
    return mark_safe(' aria-current="true"') if here.startswith(path) else ""  # noqa: S308 (a constant)


@register.simple_tag(takes_context=True)
def on_paper(context: RequestContext, path: str) -> SafeString:
    """The attribute with the address of a link as a reader of the printed page types it."""
    request = context.get("request")
    return format_html(' data-address="{}{}"', request.get_host() if request else "", readable(path))


@register.simple_tag
def comma() -> str:
    """What stands between two facts in a line, with its space."""
    return pgettext("between facts", ", ")


@register.simple_tag
def explained(name: Any, words: Any) -> SafeString | str:
    """A name and what is said of it, "Quotes: by Ada"; the name alone where nothing is."""
    if not words:
        return name
    return format_html(pgettext("name and explanation", "{name}: {words}"), name=name, words=words)


@register.simple_tag
def place_name(part: str, whole: str) -> str:
    """A place in a larger one, "Ginza, Tokyo", as the page's language orders them; either may be empty."""
    if not (part and whole):
        return part or whole
    return pgettext("place", "%(part)s, %(whole)s") % {"part": part, "whole": whole}


@register.simple_tag
def country_names(countries: Iterable[Any]) -> str:
    """The names of several countries or regions in a row."""
    return enumerated(country.name for country in countries)


@register.simple_tag
def linked_people(people: Iterable[Person]) -> SafeString:
    """Several people in a row, each with a link to their page."""
    link = '<a href="{}"><bdi>{}</bdi></a>'
    return enumerated_html(format_html(link, person.get_absolute_url(), person.name) for person in people)


@register.filter
def readable(address: str) -> str:
    """An address as people read it and may type it: in its own script."""
    return uri_to_iri(address)


@register.filter
def title_length(title: Any) -> str:
    """The class of a title's length, by which the style sheet sets its size."""
    return _length(title, short=12, medium=28, long=70)


@register.filter
def quote_length(text: str) -> str:
    """The class of a quote's length, by which its poster is set."""
    return _length(text, short=60, medium=200, long=700)


@register.filter
def quote_size(text: str) -> str:
    """The size in which a list sets a quote: short words large, a long speech small."""
    return {"short": "l", "medium": "m", "endless": "s"}.get(quote_length(text), "")


def _length(text: Any, **limits: int) -> str:
    # A full-width character, such as a Chinese one, takes the room of two and a half Latin letters.
    length = sum(2.5 if east_asian_width(character) in "WF" else 1 for character in str(text))
    return next((name for name, limit in limits.items() if length <= limit), "endless")


@register.simple_tag
def contest_time(contest: Contest, moment: datetime) -> SafeString:
    """A moment in the contest's own time zone, with the name of the zone, so that it can't be misread."""
    zone = zone_named(contest.time_zone)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local(moment, zone).isoformat(timespec="minutes"),
        on_clocks(moment, zone),
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


def question_of(context: RequestContext, **asked: str) -> str:
    """What of the question makes another page of this one: the filters of a list, or those of `asked` that are set."""
    listed = context.get("list")
    named = {name: value for name, value in asked.items() if value}
    return listed.canonical if listed else f"?{urlencode(named)}" if named else ""


def canonical(context: RequestContext, **asked: str) -> str:
    """The one address of this page: that of the page itself for each page of a whole list, else with `asked` alone."""
    request = context["request"]
    return request.build_absolute_uri(request.path) + question_of(context, **asked)


@register.inclusion_tag("components/addresses.html", takes_context=True)
def addresses(context: RequestContext, **asked: str) -> dict[str, Any]:
    """
    The one address of this page (see `canonical`), and the same in each language, of which English is for those who
    speak none of them.
    """
    request, question = context["request"], question_of(context, **asked)

    def address(language: str) -> str:
        return request.build_absolute_uri(languages.address_in(language, request.path)) + question

    return {
        "canonical": canonical(context, **asked),
        "alternates": [
            *((language, address(language)) for language, _name in settings.LANGUAGES),
            ("x-default", address(settings.LANGUAGE_CODE)),
        ],
    }


@register.inclusion_tag("components/language_switch.html", takes_context=True)
def language_switch(context: RequestContext) -> dict[str, Any]:
    """The languages to choose from. Their names come from the settings: Django would translate them."""
    return {"request": context["request"], "languages": settings.LANGUAGES, "current": get_language()}


# As Django escapes JSON in a page, so that no text in it ends the block.
_IN_SCRIPT = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@register.inclusion_tag("components/structured_data.html", takes_context=True)
def structured_data(context: RequestContext, page: str) -> dict[str, Any]:
    """The page's JSON-LD, made by `of_<page>` in `publishing.structured_data`; none for synthetic rows."""
    if context.get("page_is_synthetic"):
        return {}
    said = getattr(structured, f"of_{page}")(context.flatten(), context["request"].build_absolute_uri)
    return {"json": mark_safe(json.dumps(said, ensure_ascii=False).translate(_IN_SCRIPT))}  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def synthetic_page(context: RequestContext) -> bool:
    """Whether the page is about something synthetic, by the noun that it is about. Then it says so at its head."""
    nouns = [context.get(name) for name in ("contest", "submission", "event", "person", "quote", "source")]
    nouns += [getattr(noun, "contest", None) or getattr(noun, "event", None) for noun in nouns]
    return any(isinstance(noun, Record) and noun.is_synthetic for noun in nouns)


@register.simple_tag(takes_context=True)
def synthetic_mark(context: RequestContext, row: Any) -> SafeString | str:
    """The mark behind a row that the portal made up. None for a real one, nor where the head of the page says it."""
    if row is None or not row.is_synthetic or context.get("page_is_synthetic"):
        return ""
    # A title may be in another language than the page, and the mark stands within it.
    return format_html(
        ' <span class="synthetic-mark" lang="{}" dir="auto" title="{}">{}</span>',
        get_language() or "en",
        _("Made up by the portal, for testing. It is not real."),
        MARK,
    )
