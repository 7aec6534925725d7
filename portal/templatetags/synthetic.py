"""The notice at the top of pages about synthetic content."""

from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext_lazy as _

from record.models import Record

register = template.Library()

# The names in the context of a page, the subject of the page before what it belongs to.
SENTENCES = {
    "quote": _("This quote is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "event": _("This event is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "work": _("This work is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "person": _("This person is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "organisation": _(
        "This organisation is synthetic: made up by the portal for testing. Nothing on this page is real."
    ),
    "source": _("This source is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "line": _("This award is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "series": _("This series is synthetic: made up by the portal for testing. Nothing on this page is real."),
    "contest": _("This contest is synthetic: made by the portal for testing. None of it is real."),
}


@register.simple_tag(takes_context=True)
def synthetic_sentence(context: RequestContext) -> str:
    """Say what is synthetic: the subject of the page or, if that row is not marked, the contest that it belongs to."""
    rows = ((name, context.get(name)) for name in SENTENCES)
    marked = (name for name, row in rows if isinstance(row, Record) and row.is_synthetic)
    return str(SENTENCES[next(marked, "contest")])
