"""Template tags for citations. They run no SQL."""

from collections.abc import Callable
from typing import Any

from django import template
from django.template.context import RequestContext

from contests.models import Contest, Figure, Quote, Submission
from publishing import citations

register = template.Library()
_OF: dict[type, Callable[[Any, citations.AbsoluteURL], citations.Citation]] = {
    Quote: citations.of_quote,
    Submission: citations.of_work,
    Figure: citations.of_figure,
}


@register.simple_tag(takes_context=True)
def citation(context: RequestContext, row: Quote | Submission | Figure, contest: Contest | None = None) -> str:
    """Return the citation of `row` as plain text. For a figure, `contest` must be the contest of the figure."""
    if isinstance(row, Figure) and contest is not None:
        row.contest = contest
    return citations.sentences(_OF[type(row)](row, context["request"].build_absolute_uri))
