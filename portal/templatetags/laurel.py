"""Laurel's template tags and filters. They are available in every template without `{% load %}`."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel import Locale
from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from contests import formatting
from contests.made_up import is_made_up
from contests.models import Contest, Submission
from people.models import Person
from portal import style_bundles
from publishing import artwork, structured_pages, structured_series
from record.content_languages import tags_in
from record.excerpts import beginning
from record.images import MIDDLE, StoredImage, renditions
from record.list_format import enumerated, enumerated_html
from record.models import Record, Source
from record.partial_dates import formatted as partial_date
from record.synthetic import MARK
from record.time_zones import local, on_clocks, told, zone_named
from record.web import interface_languages
from record.web.canonical_urls import canonical, question_of

register = template.Library()
for written in (
    told,
    beginning,
    formatting.figure_number,
    formatting.figure_length,
    formatting.number,
    formatting.qualified_number,
    formatting.qualifier,
    formatting.qualifier_behind,
    formatting.title_length,
    formatting.quote_length,
    formatting.quote_size,
    formatting.language_label,
    formatting.clock,
    formatting.country_name,
    formatting.readable,
):
    register.filter(written)
register.filter("partial_date", partial_date)
register.simple_tag(formatting.money)
register.simple_tag(formatting.period)


class Footnotes:
    """The sources that the page has cited so far, numbered in the order of their first use."""

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
    Show the numbers of a fact's sources, which link to the list of sources at the end of the page. `backing` is a
    Source, a row with a `source`, or a row with prefetched `sources`. Show nothing if there is no source.
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
    """List the sources that the page has cited. Use this tag after all source marks of the page."""
    return {
        "sources": _footnotes(context).sources.values(),
        "page_is_synthetic": context.get("page_is_synthetic"),
        "request": context["request"],
    }


# Default values for the HTML attribute `sizes`: for a large image, and for an image in a list.
WIDE_SIZES = "(min-width: 80rem) 33rem, (min-width: 60rem) 41vw, (min-width: 40rem) 58vw, 90vw"
LIST_SIZES = "(min-width: 80rem) 26rem, (min-width: 40rem) 34vw, 90vw"


def _cropped(width: int, height: int, ratio: float, sizes: str) -> tuple[int, int, str]:
    """
    Return the visible width and height in px of an image that CSS crops to the aspect ratio `ratio`. Also return
    `sizes`, adapted to the width of the whole image.
    """
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
    Show an uploaded image with its renditions. `sizes` is the value of the HTML attribute `sizes`: the width of the
    image on the screen. Use `lazy` for images that are not visible without scrolling; other images load with priority.
    `ratio` is the aspect ratio to which CSS crops the image.
    """
    width, height = image.size_in_px
    if ratio and width and height:
        width, height, sizes = _cropped(width, height, ratio, sizes)
    # Round the focal point to a multiple of ten, because the style sheet has one class for each ten per cent. This
    # moves the image by at most 5 % of the length that is cropped.
    focus = {side: round(percent, -1) for side, percent in zip("xy", image.focus, strict=True)}
    sources = {extension: srcset for extension in renditions.FORMATS if (srcset := image.srcset(extension))}
    return {
        "image": image,
        "alt": alt,
        "width": width,
        "height": height,
        "focus": {side: percent for side, percent in focus.items() if percent != MIDDLE},
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
    """Show the poster of a work: the uploaded image, or artwork by the portal with a label that says so."""
    title, art = {"title": submission.title}, ""
    if not submission.poster:
        label = _("Artwork by Laurel for “%(title)s”, not a still") % title
        art = artwork.kept_svg(artwork.poster, submission.slug, submission.title, label)
    return {
        "submission": submission,
        "art": art,
        "alt": submission.poster.alt or _("Poster of “%(title)s”") % title,
        "caption": caption and (_("Artwork by Laurel, not a still") if art else submission.poster.credit),
        "licence": caption and not lazy and submission.poster.licence if submission.poster else None,
        "href": submission.get_absolute_url() if link else "",
        "lazy": lazy,
        "sizes": sizes or (WIDE_SIZES if wide or not lazy else LIST_SIZES),
    }


@register.inclusion_tag("components/portrait.html")
def portrait(
    person: Person, *, lazy: bool = True, link: bool = False, wide: bool = False, sizes: str = ""
) -> dict[str, Any]:
    """Show the portrait of a person: the uploaded image, or a monogram by the portal with a label that says so."""
    name, art = {"name": person.name}, ""
    if not person.portrait:
        label = _("Monogram by Laurel for %(name)s, not a portrait") % name
        art = artwork.kept_svg(artwork.monogram, person.slug, person.name, label)
    return {
        "person": person,
        "art": art,
        "alt": person.portrait.alt or _("Portrait of %(name)s") % name,
        "caption": _("Monogram by Laurel, not a portrait") if art else person.portrait.credit,
        "licence": person.portrait.licence if person.portrait and not lazy else None,
        "href": person.get_absolute_url() if link else "",
        "lazy": lazy,
        "sizes": sizes or (WIDE_SIZES if wide or not lazy else LIST_SIZES),
    }


@register.simple_tag
def lang_of(tag: str = "") -> SafeString | str:
    """
    Return a `lang` attribute, with a space before it, for content in the language `tag`.

    If `tag` is empty, the content is in the language `CONTENT_LANGUAGE`. In this case, return nothing if the page has
    the same language, and add a `dir` attribute if the page has another text direction.
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
    Put a text in the quotation marks of its language. If the portal has no translation for the language, use the
    quotation marks of the page's language.
    """
    with translation.override(interface_languages.nearest(language) or translation.get_language()):
        # Keep the markup of a text that is already marked as safe HTML, such as search highlights.
        return mark_safe(pgettext("quotation marks", "“%(text)s”") % {"text": conditional_escape(text)})  # noqa: S308


@register.simple_tag
def styles(kind: str) -> SafeString:
    """Link the style sheets of this kind of page (portal/style_bundles.py)."""
    links = ((static(sheet),) for sheet in style_bundles.sheets(kind))
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag(takes_context=True)
def current(context: RequestContext, path: str) -> SafeString | str:
    """
    Return the attribute `aria-current` for the navigation link to `path` if the current page has this path or a path
    below it. Otherwise return an empty string.
    """
    here = context["request"].path
    if here == path:
        return mark_safe(' aria-current="page"')  # noqa: S308 (a constant)
    return mark_safe(' aria-current="true"') if here.startswith(path) else ""  # noqa: S308 (a constant)


@register.simple_tag(takes_context=True)
def href(context: RequestContext, path: str, on_paper: str = "") -> SafeString:
    """
    Return the attribute `href` of the link to `path`, and the attribute `data-address` with a readable URL. In print,
    the style sheet shows this URL after the link. It is the URL of the link, unless `on_paper` is another.
    """
    if not on_paper:
        request = context.get("request")
        on_paper = f"{request.get_host() if request else ''}{formatting.readable(path)}"
    return format_html(' href="{}" data-address="{}"', path, on_paper)


@register.simple_tag
def comma() -> str:
    """Return the separator between two facts on a line, including the space."""
    return pgettext("between facts", ", ")


@register.simple_tag
def explained(name: Any, words: Any) -> SafeString | str:
    """Join a name and its explanation, such as "Quotes: by Ada". Without an explanation, return the name."""
    if not words:
        return name
    return format_html(pgettext("name and explanation", "{name}: {words}"), name=name, words=words)


@register.simple_tag
def place_name(part: str, whole: str) -> str:
    """
    Join a place and the larger place that contains it, such as "Ginza, Tokyo", in the order of the page's language.
    Either of them may be empty.
    """
    if not (part and whole):
        return part or whole
    return pgettext("place", "%(part)s, %(whole)s") % {"part": part, "whole": whole}


@register.simple_tag
def country_names(countries: Iterable[Any]) -> str:
    """Return the names of countries as text in the page's language, such as "Japan, Poland and Brazil"."""
    return enumerated(country.name for country in countries)


@register.simple_tag
def language_names(tags: str) -> str:
    """Return the names of the languages `tags`, such as "en,ja", as text in the page's language."""
    return enumerated(map(formatting.language_label, tags_in(tags)))


@register.simple_tag
def linked_people(people: Iterable[Person]) -> SafeString:
    """
    Return the names of people as text in the page's language, such as "A, B and C". Each name is a link to the person's
    page.
    """
    link = '<a href="{}"><bdi>{}</bdi></a>'
    return enumerated_html(format_html(link, person.get_absolute_url(), person.name) for person in people)


@register.simple_tag
def contest_time(contest: Contest, moment: datetime) -> SafeString:
    """Show a time in the contest's time zone, followed by the name of the zone."""
    zone = zone_named(contest.time_zone)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local(moment, zone).isoformat(timespec="minutes"),
        on_clocks(moment, zone),
        zone.key,
    )


@register.inclusion_tag("components/language_links.html", takes_context=True)
def language_links(context: RequestContext, **asked: str) -> dict[str, Any]:
    """
    Return the canonical URL of the page (see `canonical`) and its URL in each language. The English URL is also listed
    as "x-default", for visitors with any other language.
    """
    request, question = context["request"], question_of(context, **asked)

    def url_in(language: str) -> str:
        return request.build_absolute_uri(interface_languages.url_in(language, request.path)) + question

    return {
        "canonical": canonical(context, **asked),
        "alternates": [
            *((language, url_in(language)) for language, _name in settings.LANGUAGES),
            ("x-default", url_in(settings.LANGUAGE_CODE)),
        ],
    }


@register.inclusion_tag("components/language_switch.html", takes_context=True)
def language_switch(context: RequestContext) -> dict[str, Any]:
    """
    Return the languages that a visitor can choose from. Their names come from the settings, because Django would
    translate the names into the language of the page.
    """
    return {"request": context["request"], "languages": settings.LANGUAGES, "current": get_language()}


# The same escapes as in Django's `json_script`, so that no text can end the HTML element `script`.
_IN_SCRIPT = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@register.inclusion_tag("components/structured_data.html", takes_context=True)
def structured_data(context: RequestContext, page: str) -> dict[str, Any]:
    """
    Return the JSON-LD of the page, which the function `of_<page>` in `publishing.structured_pages` makes. Return
    nothing if the page is about a synthetic row.
    """
    if context.get("page_is_synthetic"):
        return {}
    module = structured_pages if hasattr(structured_pages, f"of_{page}") else structured_series
    said = getattr(module, f"of_{page}")(context.flatten(), context["request"].build_absolute_uri)
    return {"json": mark_safe(json.dumps(said, ensure_ascii=False).translate(_IN_SCRIPT))}  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def synthetic_page(context: RequestContext) -> bool:
    """Return whether the page is about a synthetic row. If it is, a notice at the top of the page says so."""
    names = ("contest", "submission", "event", "person", "organisation", "quote", "source", "series")
    nouns = [context.get(name) for name in names]
    nouns += [getattr(noun, "contest", None) or getattr(noun, "event", None) for noun in nouns]
    return any(isinstance(noun, Record) and noun.is_synthetic for noun in nouns)


@register.simple_tag(takes_context=True)
def synthetic_mark(context: RequestContext, row: Any) -> SafeString | str:
    """
    Show the mark for synthetic content after the name of a row that is synthetic or belongs to a synthetic contest.
    Show nothing if a notice at the top of the page already says that the content is synthetic.
    """
    if row is None or not is_made_up(row) or context.get("page_is_synthetic"):
        return ""
    # The mark may be inside a title whose language differs from that of the page, so it has its own `lang` attribute.
    return format_html(
        ' <span class="synthetic-mark" lang="{}" dir="auto" title="{}">{}</span>',
        get_language() or "en",
        _("The portal made this up for testing. It is not real."),
        MARK,
    )
