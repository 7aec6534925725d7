"""
Leaves inline rows out of a page if there are too many of them, for example the 500 quotes of an event. The page then
shows their number, with links to their list and to the page for a new row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from .counting import capped_counts, number_text

#: The name of the hidden input that says, in a POST, which inlines the page has left out. So if rows have been added or
#: deleted since the page was opened, exactly the rows that were on the page are read from the POST.
LEFT_OUT = "_left_out"


@dataclass(frozen=True)
class LongInline:
    """
    An inline that a page leaves out: its rows, and the URLs of their list and of the page for a new row. A URL is "" if
    the account may not open it.
    """

    name: str
    heading: str
    number: str
    list_url: str
    add_url: str

    @property
    def rows(self) -> str:
        """What the rows are and how many, such as "Quotes (1)". These words need no plural form."""
        return f"{capfirst(self.heading)} ({self.number})"


class LongInlinesMixin(admin.ModelAdmin):
    """A model admin that leaves out inlines with more rows than their attribute `most_rows` allows."""

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[InlineModelAdmin]:
        inlines = super().get_inline_instances(request, obj)
        numbers = self._left_out(request, obj, inlines)
        return [inline for inline in inlines if inline.model not in numbers]

    def long_inlines(self, request: HttpRequest, obj: Model | None) -> list[LongInline]:
        """Return the inlines that the page of `obj` leaves out."""
        inlines = super().get_inline_instances(request, obj)
        numbers = self._left_out(request, obj, inlines)
        return [
            self._long_inline(request, obj, inline, numbers[inline.model])
            for inline in inlines
            if inline.model in numbers
        ]

    def _left_out(
        self, request: HttpRequest, obj: Model | None, instances: Iterable[InlineModelAdmin]
    ) -> dict[type[Model], int]:
        """Return the models of the inlines that the page of `obj` leaves out, with the numbers of their rows."""
        inlines: list[Any] = [inline for inline in instances if hasattr(inline, "most_rows")]
        if obj is None or obj.pk is None or not inlines:
            return {}
        kept = vars(request).setdefault("left_out", {})
        if obj.pk not in kept:
            rows = [inline.model._base_manager.filter(**{path_of(self, inline): obj.pk}) for inline in inlines]
            kept[obj.pk] = {
                inline.model: number
                for inline, number in zip(inlines, capped_counts(rows), strict=True)
                if (number > inline.most_rows if request.method != "POST" else is_left_out(request, inline))
            }
        return kept[obj.pk]

    def _long_inline(self, request: HttpRequest, obj: Any, inline: InlineModelAdmin, number: int) -> LongInline:
        opts, via = inline.opts, getattr(inline, "via", "")
        parent = path_of(self, inline).partition("__")[0]
        owner = obj.serializable_value(via) if via else obj.pk
        route = f"admin:{opts.app_label}_{opts.model_name}"
        listed = f"{reverse(f'{route}_changelist')}?{urlencode({f'{parent}__id__exact': owner})}"
        new = f"{reverse(f'{route}_add')}?{urlencode({parent: owner})}"
        return LongInline(
            str(opts.model_name),
            str(opts.verbose_name_plural),
            number_text(number),
            listed if inline.has_view_permission(request, obj) else "",
            new if inline.has_add_permission(request, obj) else "",
        )


def links_to_rows(
    request: HttpRequest, related: Iterable[tuple[QuerySet, dict[str, Any], dict[str, Any]]]
) -> list[LongInline]:
    """
    Return links to related rows that are never inline rows, because they have a page each. `related` has a tuple for
    each kind of row: the rows, the filter of their list that finds them, and the initial values of a new row. Leave out
    what the account may not see. Needs at most one SQL statement.
    """
    user: Any = request.user
    kinds = [(rows, rows.model._meta, *values) for rows, *values in related]
    seen = [kind for kind in kinds if user.has_perm(f"{kind[1].app_label}.view_{kind[1].model_name}")]
    numbers = capped_counts([rows for rows, *_others in seen])
    links: list[LongInline] = []
    for number, (_rows, opts, asked, initial) in zip(numbers, seen, strict=True):
        route = f"admin:{opts.app_label}_{opts.model_name}"
        may_add = user.has_perm(f"{opts.app_label}.add_{opts.model_name}")
        links.append(
            LongInline(
                str(opts.model_name),
                str(opts.verbose_name_plural),
                number_text(number),
                f"{reverse(f'{route}_changelist')}?{urlencode(asked)}",
                f"{reverse(f'{route}_add')}?{urlencode(initial)}" if may_add and initial else "",
            )
        )
    return links


def is_left_out(request: HttpRequest, inline: Any) -> bool:
    """Return whether the page that sent this POST has left out `inline`, an inline or its class."""
    return inline.model._meta.model_name in request.POST.getlist(LEFT_OUT)


def path_of(model_admin: admin.ModelAdmin, inline: Any) -> str:
    """Return the lookup path from a row of `inline`, an inline or its class, to the row of the page."""
    path: str = inline.path_to_parent(model_admin.model)
    return path
