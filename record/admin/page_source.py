"""
A form field with one source for all inline rows on a page, so that an editor need not repeat the source in each row.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from record.models import Source

from .choices import RowField
from .widgets import KnownAutocomplete


def source_field(site: AdminSite, request: HttpRequest, inlines: Iterable[InlineModelAdmin]) -> RowField | None:
    """
    Return the form field for the source of the rows in `inlines`, or None if no model in `inlines` has a source.
    `RecordFormSet` (record/forms.py) copies the chosen source to the rows that have no source of their own.
    """
    columns = [column for inline in inlines if (column := _source_of(inline))]
    if not columns:
        return None
    may_add = site.get_model_admin(Source).has_add_permission(request)
    picker = KnownAutocomplete(columns[0], site)
    return RowField(
        Source.objects.all(),
        required=False,
        widget=RelatedFieldWidgetWrapper(picker, columns[0].remote_field, site, can_add_related=may_add),
        label=_("Source for the rows below"),
        help_text=_("Every row below that has no source gets this one."),
    )


def _source_of(inline: InlineModelAdmin) -> Any:
    try:
        return inline.opts.get_field("source")
    except FieldDoesNotExist:
        return None
