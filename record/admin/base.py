"""The base class of the admin pages for `Record` models."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from record import content_languages
from record.forms import ROWS_SOURCE, RecordPageForm
from record.history import because
from record.text_folding import by_letters
from record.viewpoint import Viewpoint

from .change_form import ChangeFormAdmin
from .deletion import ask_why, rows_in_the_way
from .form_fields import RecordOptions
from .lists import ListOptions
from .page_source import source_field
from .picker_labels import BETWEEN
from .suggestions import Offer, suggestions_for


class RecordAdmin(ListOptions, RecordOptions, ChangeFormAdmin):
    """
    The admin pages for one `Record` model. `ChangeFormAdmin` (change_form.py) processes a form and defines the hooks.
    The form fields are in `RecordOptions`. The list with its filters, bulk changes and export is in `ListOptions`, and
    the labels of rows in pickers are in `Named` (picker_labels.py).
    """

    form = RecordPageForm
    change_form_template = "admin/record_form.html"
    keeps_others_edits = True
    save_on_top = False
    readonly_fields: ClassVar[list[str] | tuple[str, ...]] = ("key",)
    #: {field that `get_readonly_fields` makes read-only: the reason, and how to change the value instead}
    why_read_only: dict[str, Any] = {}
    #: The fields that the autocomplete searches for these rows; empty means `search_fields`.
    chosen_by: tuple[str, ...] = ()

    #: The suggestions for text fields: {name of a list: function that returns (value, label) pairs}.
    suggested: dict[str, Offer] = {"language-names": content_languages.suggested}

    class Media:
        js = ["admin/js/urlify.js", "js/slug.js", "js/autofill.js", "js/datetime_shortcuts.js"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        is_choice = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        chosen_by = [by_letters(name) for name in self.chosen_by] if is_choice else []
        return chosen_by or super().get_search_fields(request)

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str) -> Any:
        # Ignore the separators of a label that an editor has copied from a picker, and null characters.
        return super().get_search_results(request, queryset, search_term.replace(BETWEEN, " ").replace("\x00", ""))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # Leave out fields with date and time: such a field has two inputs, but the URL has a single text for it.
        moments = {field.name for field in self.opts.fields if isinstance(field, models.DateTimeField)}
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if name not in moments}

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        only_read = self.get_readonly_fields(request, obj)
        why = {name: reason for name, reason in self.why_read_only.items() if name in only_read}
        form = super().get_form(request, obj, change=change, help_texts=why or None, **kwargs)
        if self.has_change_permission(request, obj) if change else self.has_add_permission(request):
            field = source_field(self.admin_site, request, self.get_inline_instances(request, obj))
            if field is not None:
                form.base_fields[ROWS_SOURCE] = field
        return form

    def get_view_on_site_url(self, obj: models.Model | None = None) -> str | None:
        # Return no link if the row is not public: its page then responds with 404, for editors too.
        url = super().get_view_on_site_url(obj)
        if (
            obj is None
            or url is None
            or not self.model._default_manager.public(Viewpoint.now()).filter(pk=obj.pk).exists()
        ):
            return None
        return url

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None:
            # A new row has no read-only values to show.
            only_read = self.get_readonly_fields(request, obj)
            fieldsets = [(name, {**told, "fields": _without(only_read, told["fields"])}) for name, told in fieldsets]
            return [(name, told) for name, told in fieldsets if told["fields"]]
        own = ["change_reason", "key"] if self.has_change_permission(request, obj) else ["key"]
        return [*fieldsets, (_("Record"), {"fields": own})]

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: models.Model | None) -> None:
        super().add_to_page(request, context, obj)
        forms = [context["adminform"].form]
        forms += [inline.formset.empty_form for inline in context["inline_admin_formsets"]]
        context["suggestions"] = suggestions_for(forms, self.suggested)

    # Deletion

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        row = self.get_object(request, unquote(object_id))
        if ask_why(request, self.model, [row.pk] if row else []):
            request.POST = QueryDict()  # makes Django show its confirmation page again
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        with because(request.POST.get("reason", "")):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        with because(request.POST.get("reason", "")):
            super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if protected := rows_in_the_way(self.admin_site, self.model, objs):
            return [], {}, set(), protected
        return super().get_deleted_objects(objs, request)


def _without(names: Iterable[str], fields: Iterable[Any]) -> list[Any]:
    return [field for field in fields if field not in names]
