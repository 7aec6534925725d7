"""What a page tells of the piece of it that other sites may show."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from publishing.embeds import Noun, piece_of, snippet

register = template.Library()


@register.inclusion_tag("components/oembed_link.html", takes_context=True)
def oembed_link(context: RequestContext, noun: Noun) -> dict[str, Any]:
    """Where programs ask for the piece about a contest, a film or a quote: for the head of its page."""
    piece, address_of = piece_of(noun), context["request"].build_absolute_uri
    question = urlencode({"url": address_of(piece.page), "format": "json"})
    return {"href": address_of(f"{reverse('oembed')}?{question}"), "title": piece.title}


@register.simple_tag(takes_context=True)
def embedding(context: RequestContext, noun: Noun) -> dict[str, Any]:
    """The `path` of the page to be framed about a contest, a film or a quote, and the `snippet` that does it."""
    piece = piece_of(noun)
    return {"path": piece.path, "snippet": snippet(piece, context["request"].build_absolute_uri)}


@register.simple_tag(takes_context=True)
def whole_address(context: RequestContext, path: str) -> str:
    """The address of the whole web that `path` has on this portal."""
    return context["request"].build_absolute_uri(path)
