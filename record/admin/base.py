"""The base class of the admin pages for `Record` models."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.admin.utils import lookup_spawns_duplicates, unquote
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
from .long_inlines import LongInlinesMixin
from .page_source import source_field
from .picker_labels import BETWEEN, is_choice
from .search import best_first, found, near
from .suggestions import Offer, suggestions_for


class RecordAdmin(LongInlinesMixin, ListOptions, RecordOptions, ChangeFormAdmin):
    """
    The base class of the admin pages for a `Record` model. `ListOptions` provides the list with filters, bulk changes
    and export. `LongInlinesMixin` leaves out inline rows that are too many for a page. `RecordOptions` chooses the form
    fields. `ChangeFormAdmin` saves a form and defines hooks for subclasses. `Named`, a base class of `ListOptions`,
    makes the labels of rows in pickers.
    """

    form = RecordPageForm
    change_form_template = "admin/record_form.html"
    keeps_others_edits = True
    save_on_top = False
    readonly_fields: ClassVar[list[str] | tuple[str, ...]] = ("key",)
    #: Help texts for read-only fields: {field name: why the field is read-only, and how to change its value}. A help
    #: text is shown only if `get_readonly_fields` returns the field.
    why_read_only: dict[str, Any] = {}
    #: The fields that autocomplete searches. If empty, `search_fields` is used.
    chosen_by: tuple[str, ...] = ()
    #: Relations to rows that the search finds by their names, also beyond the newest rows (record/admin/search.py).
    searched_relations: tuple[str, ...] = ()
    #: Whether the list says that the search looks for parts of words only in the newest rows.
    searches_newest = True

    #: Suggestions for text fields: {ID of the `<datalist>`: function that returns (value, label) pairs}.
    suggested: dict[str, Offer] = {"language-names": content_languages.suggested}

    class Media:
        js = ["admin/js/urlify.js", "js/slug.js", "js/datetime_shortcuts.js"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        chosen_by = [by_letters(name) for name in self.chosen_by] if is_choice(request) else []
        return chosen_by or super().get_search_fields(request)

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str) -> Any:
        # Remove null characters, and the separators that an editor has copied with a label from a picker.
        search_term = search_term.replace(BETWEEN, " ").replace("\x00", "")
        if not search_term.strip():
            return queryset, False
        reach = near(queryset, self.searched_relations, search_term)
        request.search_reach = reach  # type: ignore[attr-defined] # for `get_paginator`
        queryset = queryset.filter(reach.condition)
        if is_choice(request):
            queryset = best_first(queryset, search_term)
        fields = self.get_search_fields(request)
        relations = {name.partition("__")[0] for name in fields if lookup_spawns_duplicates(self.opts, name)}
        if relations:
            return found(queryset, fields, search_term), False
        return super().get_search_results(request, queryset, search_term)

    def get_paginator(self, request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        paginator: Any = super().get_paginator(request, *arguments, **options)
        paginator.reach = getattr(request, "search_reach", None)
        return paginator

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # Ignore initial values for date-time fields: such a field has two inputs, but the URL has only one text for it.
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
        # Return no link if the row is not public, because its public page responds with 404 even to editors.
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
        context["long_inlines"] = self.long_inlines(request, obj)
        context["suggestions"] = suggestions_for(forms, self.suggested)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        row = self.get_object(request, unquote(object_id))
        if ask_why(request, self.model, [row.pk] if row else []):
            request.POST = QueryDict()  # an empty POST makes Django show the confirmation page again
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
