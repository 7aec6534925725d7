"""
Leaves inline rows out of a page if there are too many of them, for example the 500 quotes of an event. The page then
shows their number, with links to their list and to the page for a new row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

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


def is_left_out(request: HttpRequest, inline: Any) -> bool:
    """Return whether the page that sent this POST has left out `inline`, an inline or its class."""
    return inline.model._meta.model_name in request.POST.getlist(LEFT_OUT)


def path_of(model_admin: admin.ModelAdmin, inline: Any) -> str:
    """Return the lookup path from a row of `inline`, an inline or its class, to the row of the page."""
    path: str = inline.path_to_parent(model_admin.model)
    return path
