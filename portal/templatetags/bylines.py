"""The creators of a work. This is Python because a template took a fifth of the time of a page with many works."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django import template
from django.template.context import RequestContext
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.formatting import country_name
from contests.models import Credit, Party
from portal.templatetags.laurel import comma, synthetic_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def makers(context: RequestContext, credits: Iterable[Credit], few: bool = False) -> SafeString:
    """
    Show the people with `credits`, each with roles and country or region. If there are more than four, show only the
    first three; with `few`, show only the first, without roles. Then show the number of the others.
    """
    people = [list(own) for _person, own in groupby(credits, attrgetter("person"))]
    shown = 1 if few else 4 if len(people) == 4 else 3
    parts = [_maker(context, own, few) for own in people[:shown]]
    if (more := len(people) - shown) > 0:
        words = ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more}
        parts.append(f'<span class="muted">{escape(words)}</span>')
    return mark_safe("".join(parts))  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def recipient(context: RequestContext, party: Party) -> SafeString:
    """Show a person or an organisation that shares a recognition, with the part and the printed name."""
    row = party.recipient
    mark = "" if party.is_synthetic else synthetic_mark(context, row)
    page = getattr(row, "get_absolute_url", None)
    name = f"<bdi>{escape(row.name)}</bdi>"
    link = f'<a href="{escape(page())}">{name}</a>' if page else name
    printed = [escape(party.part)] if party.part else []
    if party.credited_as and party.credited_as != row.name:
        printed.append(escape(_("as %(name)s") % {"name": party.credited_as}))
    told = "".join(f"{escape(comma())}{words}" for words in printed)
    return mark_safe(f'<span class="maker">{link}{mark}{told}</span>')  # noqa: S308 (escaped)


def _maker(context: RequestContext, credits: list[Credit], few: bool) -> str:
    person = credits[0].person
    # A synthetic work already has the mark.
    mark = "" if credits[0].is_synthetic else synthetic_mark(context, person)
    roles = [credit.get_role_display() for credit in credits if credit.role != Credit.Role.CREATOR and not few]
    told = "".join(f"{escape(comma())}{escape(role)}" for role in roles)
    country = person.country
    origin = f' <span class="muted">{escape(country_name(country))}</span>' if country else ""
    link = f'<a href="{escape(person.get_absolute_url())}"><bdi>{escape(person.name)}</bdi></a>'
    return f'<span class="maker">{link}{mark}{told}{origin}</span>'
