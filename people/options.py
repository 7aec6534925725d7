"""Filters whose options are the public values in the record, offered and checked with one statement each."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LIMIT = 200
PER_PAGE = 24


class OptionFilter(django_filters.ChoiceFilter):
    """
    A choice among what is public. `options` takes the moment and returns a queryset with the annotations or columns
    `value` and `label`; at most 200 are offered, the chosen one always among them.
    """

    def __init__(self, *args, options: Callable[[datetime], QuerySet], **kwargs):
        self.options = options
        super().__init__(*args, **{"empty_label": _("All"), **kwargs})

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            chosen = self.parent.data.get(self.field_key, "").replace("\x00", "")
            rows = self.options(self.parent.request.at).annotate(
                is_chosen=Case(When(value=chosen, then=Value(0)), default=Value(1), output_field=IntegerField())
            )
            rows = rows.order_by("is_chosen", "label").values_list("value", "label").distinct()[:LIMIT]
            self.extra["choices"] = sorted(
                {value: self.label_of(value, label) for value, label in rows}.items(),
                key=lambda option: str(option[1]).casefold(),
            )
            self._field = super().field
        return self._field

    @property
    def field_key(self) -> str:
        return next(name for name, candidate in self.parent.filters.items() if candidate is self)

    def label_of(self, value: str, label: str) -> str:
        return label


class FilteredList:
    """
    A list as a visitor asked for it: the page of rows, the form to ask again, and what was wrong with the question.
    A value that is unknown or malformed gives a message and the unfiltered list.
    """

    def __init__(self, filterset: django_filters.FilterSet, per_page: int = PER_PAGE):
        self.filterset = filterset
        self.form = filterset.form
        self.is_refused = not self.form.is_valid()
        self.is_filtered = not self.is_refused and any(self.form.cleaned_data.values())
        rows = filterset.queryset if self.is_refused else filterset.qs
        self.page: Page = Paginator(rows, per_page).get_page(filterset.data.get("page"))
        self.total: int = self.page.paginator.count

    @property
    def fields(self) -> list[forms.BoundField]:
        """The fields that offer something to choose from."""
        return [bound for bound in self.form if any(value for value, _label in bound.field.choices)]

    @property
    def chosen(self) -> list[dict[str, str]]:
        """What the list is filtered by, for chips: `label`, `value` and `without`, the question less this one."""
        if not self.is_filtered:
            return []
        chips = []
        for name, field in self.form.fields.items():
            if value := self.form.cleaned_data.get(name):
                rest = {k: v for k, v in self.form.cleaned_data.items() if v and k != name}
                without = f"?{urlencode(rest)}" if rest else ""
                chips.append({"label": field.label, "value": dict(field.choices)[value], "without": without})
        return chips

    @property
    def problem(self) -> str:
        """What to tell a visitor whose filter could not be used; empty where all is well."""
        if not self.is_refused:
            return ""
        names = ", ".join(str(self.form.fields[name].label) for name in self.form.errors if name in self.form.fields)
        return _("Nothing is known by the value given for: %(names)s. The whole list is shown.") % {"names": names}


def filtered(
    filterset_class, request: HttpRequest, queryset: QuerySet, *, per_page: int = PER_PAGE, **kwargs
) -> FilteredList:
    """The rows of `queryset` as the address of `request` asks for them."""
    return FilteredList(filterset_class(request.GET, queryset=queryset, request=request, **kwargs), per_page)


def page_of(request: HttpRequest, queryset: QuerySet, per_page: int = PER_PAGE) -> Page:
    """The page of `queryset` that the address asks for; the first where it asks for none or for nonsense."""
    return Paginator(queryset, per_page).get_page(request.GET.get("page"))
