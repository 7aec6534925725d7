"""Template tags for laurels."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import RequestContext

from contests.models import Recognition

register = template.Library()


@register.simple_tag(takes_context=True)
def laurels_to_take(context: RequestContext, kind: str, subject: Any) -> list[Recognition]:
    """
    Return the recognitions for which a page offers laurels: all recognitions of a work or a person that are not
    revoked. The recognitions of a person's works are not included. For other kinds of pages the list is empty.
    """
    won: Iterable[Recognition] = []
    if kind == "work":
        won = subject.recognitions.all()
    elif kind == "person":
        won = context["recognitions"]
    return [recognition for recognition in won if not recognition.is_revoked]
