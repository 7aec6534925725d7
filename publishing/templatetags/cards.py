"""
Template tags for link previews in chats and social media: Open Graph, and additional tags for X (formerly Twitter).
"""

from typing import Any

from babel import Locale
from babel.core import get_global
from django import template
from django.template.context import RequestContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from publishing import cards
from record.web.canonical_urls import canonical

register = template.Library()
#: The Open Graph type (ogp.me) for each kind of page. Works are missing here, because their type depends on the
#: contest. All other pages have the type "website".
KINDS = {"person": "profile", "quote": "article", "event": "article"}


@register.inclusion_tag("components/share_tags.html", takes_context=True)
def share_tags(context: RequestContext, kind: str = "", **asked: str) -> dict[str, Any]:
    """
    Return the values for the link preview tags of a page. `kind` is the kind of page: "contest", "work", "person",
    "organisation", "event" or "quote", or empty for other pages. Title and description come from the blocks of the
    page's template. `asked` are the query parameters that belong to the canonical URL.
    """
    request = context["request"]
    card, path = card_of(context, kind)
    return {
        "title": block(context, "title"),
        "description": block(context, "description"),
        "url": canonical(context, **asked),
        "type": type_of(context, kind),
        "locale": locale(get_language() or "en"),
        "image": request.build_absolute_uri(path),
        "width": cards.WIDTH,
        "height": cards.HEIGHT,
        "alternative": card.alternative,
    }


def type_of(context: RequestContext, kind: str) -> str:
    """Return the Open Graph type of a page. The type of a work depends on its contest."""
    if kind == "work":
        return context["submission"].contest.work_phrases.open_graph_type
    return KINDS.get(kind, "website")


@register.simple_tag(takes_context=True)
def card_url(context: RequestContext, kind: str) -> str:
    """Return the path of the page's share card, with the version of the card."""
    return card_of(context, kind)[1]


def card_of(context: RequestContext, kind: str) -> tuple[cards.Card, str]:
    """Return the share card of the page whose template context is `context`, and the path of the card."""
    subject: Any = context[{"work": "submission"}.get(kind, kind)] if kind else None
    match kind:
        case "contest":
            card = cards.of_contest(subject)
        case "work":
            card = cards.of_work(subject)
        case "event":
            card = cards.of_event(subject)
        case "person":
            card = cards.of_person(subject, [*context["recognitions"], *context["of_works"]], context["appearances"])
        case "organisation":
            card = cards.of_organisation(subject)
        case "quote":
            card = cards.of_quote(subject)
        case _:
            card = cards.of_site()
    return card, cards.url_of(card, subject)


def block(context: RequestContext, name: str) -> SafeString:
    """
    Return the content of a block of the page's template on one line, HTML-escaped. Return an empty string if the page
    has no such block.
    """
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    node = blocks.get_block(name) if blocks else None
    return mark_safe(" ".join(node.render(context).split())) if node else SafeString("")  # noqa: S308 (escaped by it)


def locale(language: str) -> str:
    """
    Return a language in the format of Open Graph, with the country where most of its speakers live: "en_US", "zh_CN".
    """
    known = get_global("likely_subtags")
    tag = Locale.parse(language, sep="-")
    country = (known.get(str(tag)) or known.get(tag.language) or "").rpartition("_")[2]
    return f"{tag.language}_{country}" if country else tag.language
