"""A field for one source of all inline rows on a page, so that an editor need not repeat it in each row."""

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from record.forms import ROWS_SOURCE
from record.models import Source

from .choices import RowField
from .widgets import KnownAutocomplete


class PageSourceMixin:
    """A model admin whose page has a field for the source of its inline rows (record/forms.py fills it in)."""

    def get_form(self, request: HttpRequest, obj=None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        columns = [column for inline in self.get_inline_instances(request, obj) if (column := _source_of(inline))]
        if columns and (self.has_change_permission(request, obj) if change else self.has_add_permission(request)):
            rows = self.admin_site.get_model_admin(Source)
            widget = RelatedFieldWidgetWrapper(
                KnownAutocomplete(columns[0], self.admin_site),
                columns[0].remote_field,
                self.admin_site,
                can_add_related=rows.has_add_permission(request),
            )
            form.base_fields[ROWS_SOURCE] = RowField(
                Source.objects.all(),
                required=False,
                widget=widget,
                label=_("Source for the rows below"),
                help_text=_("Used for every row below that has no source."),
            )
        return form


def _source_of(inline):
    try:
        return inline.opts.get_field("source")
    except FieldDoesNotExist:
        return None
