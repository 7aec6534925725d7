"""Template tags for laurels."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import RequestContext

from contests.models import Recognition

register = template.Library()

# If there are more laurels than these, a page draws only the first ones.
ALL_DRAWN, DRAWN = 6, 3


@register.simple_tag(takes_context=True)
def laurels_to_take(context: RequestContext, kind: str, subject: Any) -> dict[str, list[Recognition]]:
    """
    Return the recognitions for which a page offers laurels: all recognitions of a work or a person that were given and
    are not revoked. The recognitions of a person's works are not included. For other kinds of pages there are none. The
    page shows the laurels of those in `drawn`, wins first, and has links to the pages with the laurels of those in
    `linked`.
    """
    won: Iterable[Recognition] = []
    if kind == "work":
        won = subject.recognitions.all()
    elif kind == "person":
        won = context["recognitions"]
    offered = [recognition for recognition in won if recognition.has_laurel]
    if len(offered) > ALL_DRAWN:
        offered.sort(key=lambda recognition: not recognition.is_won)
    shown = len(offered) if len(offered) <= ALL_DRAWN else DRAWN
    return {"drawn": offered[:shown], "linked": offered[shown:]}
