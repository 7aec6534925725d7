"""Template tags for embeds, which other websites can show in a frame."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from publishing.embeds import Subject, piece_of, snippet

register = template.Library()


@register.inclusion_tag("components/oembed_link.html", takes_context=True)
def oembed_link(context: RequestContext, subject: Subject) -> dict[str, Any]:
    """
    Return a dict with the `href` and `title` of the oEmbed link. The link is in the head of the page of a contest, a
    work or a quote.
    """
    piece, absolute = piece_of(subject), context["request"].build_absolute_uri
    question = urlencode({"url": absolute(piece.page), "format": "json"})
    return {"href": absolute(f"{reverse('oembed')}?{question}"), "title": piece.title}


@register.simple_tag(takes_context=True)
def embed_code(context: RequestContext, subject: Subject) -> dict[str, Any]:
    """
    Return a dict about the embed of a contest, a work or a quote: `path`, the path of the embed, and `snippet`, the
    HTML that shows the embed on another website.
    """
    piece = piece_of(subject)
    return {"path": piece.path, "snippet": snippet(piece, context["request"].build_absolute_uri)}


@register.simple_tag(takes_context=True)
def absolute_url(context: RequestContext, path: str) -> str:
    """Return the absolute URL of `path` on this portal."""
    return context["request"].build_absolute_uri(path)
