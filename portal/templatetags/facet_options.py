"""The options of a filter. This is Python because a list may have a hundred of them."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from record.facets import Option

register = template.Library()


@register.simple_tag
def facet_options(options: Iterable[Option]) -> SafeString:
    """Show options as list items with links. The link of a chosen option removes the filter."""
    return mark_safe("".join(map(_item, options)))  # noqa: S308 (escaped)


def _item(option: Option) -> str:
    current, remove = "", ""
    if option.is_chosen:
        words = _("Remove:")
        current, remove = ' aria-current="true"', f'<span class="visually-hidden">{escape(words)} </span>'
    return (
        f'\n<li><a id="{escape(option.id)}" href="{escape(option.href)}" rel="nofollow"{current}>'
        f"<span>{remove}<bdi>{escape(option.label)}</bdi></span> "
        f'<span class="number">{escape(option.number)}</span></a></li>\n'
    )
