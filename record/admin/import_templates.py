"""Offers a workbook with the columns of a kind of import, beside the list of its rows."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import path

from record.importing.kinds import kind_of
from record.importing.templates import file_name, template_of

from .picker_labels import Named


class ImportTemplateOptions(Named):
    """A model admin with a template for imports, if its model has a kind of import: `template/` below its list."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_import_template"
        view = self.admin_site.admin_view(self.import_template_view)
        return [path("template/", view, name=name), *super().get_urls()]

    def import_template_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        kind = kind_of(self.model)
        if kind is None:
            raise Http404
        return FileResponse(template_of(kind), as_attachment=True, filename=file_name(kind))
