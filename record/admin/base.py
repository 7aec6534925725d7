"""The base classes of the record's admin pages."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.deletion import get_candidate_relations_to_delete
from django.db.models.functions import Coalesce
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from record.forms import RecordForm, RecordFormSet, RecordPageForm
from record.images import FocusField, ImageField
from record.slug_lookup import keep_former_slug
from record.slugs import SlugField
from record.synthetic import MARK
from record.text_folding import by_letters
from record.viewpoint import Viewpoint

from .bulk import BulkOptions
from .choices import RowField, RowsField
from .conflicts import EditConflictMixin
from .export import ExportOptions
from .history import HistoryAdmin
from .lists import ListOptions
from .lookup_guard import LookupGuardMixin
from .number_inputs import AmountField, AmountWidget, WholeNumberField, WholeNumberWidget
from .page_source import PageSourceMixin
from .picker_labels import BETWEEN, Named, label_of
from .primary_keys import is_key, key_or_404
from .reasons import ReasonMixin
from .suggestions import SuggestionsMixin
from .widgets import CheckBoxes, ImageInput, KnownAutocomplete, KnownAutocompleteMultiple, Textarea

PROTECTED_SHOWN = 50


def count_column(relation: str, title: Any) -> Callable[[admin.ModelAdmin, models.Model], int]:
    """Return a list column with the number of rows in `relation`, counted in the same statement as the list."""
    name = "all_counted" if relation == "*" else f"{relation}_counted"

    @admin.display(description=title, ordering=name)
    def column(self, obj: models.Model) -> int:
        return getattr(obj, name)

    column.counts = {name: relation}  # type: ignore[attr-defined]
    return column


@cache
def counted(model: type[models.Model], relation: str) -> models.Expression:
    """
    Return an annotation that counts the rows in `relation` (reverse or many-to-many) for each row of `model`. With "*",
    it counts the rows in all relations that point to `model`.
    """
    if relation == "*":
        return sum((counted(model, other.name) for other in model._meta.related_objects), start=models.Value(0))
    field = model._meta.get_field(relation)
    if field.many_to_many and field.concrete:
        table, parent = field.remote_field.through, field.m2m_field_name()
    elif field.many_to_many:
        table, parent = field.through, field.field.m2m_reverse_field_name()
    else:
        table, parent = field.related_model, field.field.name
    rows = table._base_manager.filter(**{parent: models.OuterRef("pk")}).order_by().values(parent)
    return Coalesce(models.Subquery(rows.annotate(number=models.Count("pk")).values("number")), 0)


def thumbnail(image) -> SafeString | str:
    """Return an `<img>` tag for a stored image; admin.css sets its size."""
    if not image:
        return ""
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy" decoding="async">', image.url)


class RecordOptions:
    """Options for pages and inlines: the form field used for each model field."""

    formfield_overrides = {
        ImageField: {"widget": ImageInput},
        FocusField: {},
        models.IntegerField: {"form_class": WholeNumberField, "widget": WholeNumberWidget},
        models.DecimalField: {"form_class": AmountField, "widget": AmountWidget},
        models.TextField: {"widget": Textarea},
        models.URLField: {"assume_scheme": "https"},
    }

    def slug_words(self, cleaned: dict[str, Any]) -> str:
        """Return the text for a slug left blank, from the same fields that the browser uses."""
        sources = self.prepopulated_fields.get("slug", ())
        return " ".join(str(cleaned.get(name) or "") for name in sources)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        # Every related table can grow too long for a plain list of options.
        fields = [*self.opts.fields, *self.opts.many_to_many]
        return [field.name for field in fields if field.remote_field and field.editable]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs):
        if getattr(db_field, "multiple", False):  # a field with several countries
            kwargs["widget"] = CheckBoxes
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, SlugField):
            field.required = False
            field.words = self.slug_words
        elif field and db_field.name in RecordForm.POSITION_FIELDS:
            # The model's default, 1, is already used as soon as there are two rows.
            field.required, field.initial = False, None
            field.help_text = field.help_text or _("Blank: placed last.")
        elif field and db_field.name in RecordForm.FOLLOWING:
            field.required = False
            field.widget.attrs["data-follows"] = RecordForm.FOLLOWING[db_field.name]
        if field and hasattr(field.widget, "can_delete_related"):
            # An editor who corrects a quote must not delete its speaker by accident.
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocomplete(db_field, self.admin_site))
            kwargs.setdefault("form_class", RowField)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field:
            related = self.admin_site.get_model_admin(db_field.related_model)
            field.label_from_instance = partial(label_of, related)
            key = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
            if db_field.related_model is self.model and is_key(key):
                field.widget.attrs["data-except"] = key  # a row can't be a part of itself
        return field

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocompleteMultiple(db_field, self.admin_site))
            kwargs.setdefault("form_class", RowsField)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field:
            # Each choice has its own remove button. A "clear all" button would be an invalid item in that list.
            field.widget.is_required = True
        return field


class PartOptions(RecordOptions):
    """Inline rows, edited on the page of their parent. `joins` are the relations that their labels need."""

    formfield_overrides = {
        **RecordOptions.formfield_overrides,
        models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 40})},
    }
    form = RecordForm
    formset = RecordFormSet
    extra = 0
    show_change_link = True
    joins: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related(*self.joins)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and hasattr(field.widget, "can_change_related"):
            # A row has room for one link only: to its own page.
            field.widget.can_change_related = field.widget.can_view_related = False
        return field


class RecordInline(PartOptions, admin.TabularInline):
    """Inline rows with a few short fields, shown as a table."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            # Screen readers don't read the column heading as the field's label.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = capfirst(str(field.label))
        return field


class RecordStackedInline(PartOptions, admin.StackedInline):
    """Inline rows with long texts, shown one below the other."""


class PageTitlesMixin(LookupGuardMixin):
    """Admin pages titled with the name of the row or kind that they show, not with an action ("Change person")."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None):
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            key_or_404(self.model, chosen)
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_deleted_objects(self, objs, request: HttpRequest):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return _without_links(deleted), counts, lacking, protected

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj is not None:
            kind = capfirst(self.opts.verbose_name)
            context.update(title=str(obj), subtitle=f"{kind}, {MARK}" if getattr(obj, "is_synthetic", False) else kind)
        return super().render_change_form(request, context, add, change, form_url, obj)


class RecordAdmin(
    ListOptions,
    BulkOptions,
    ExportOptions,
    PageSourceMixin,
    SuggestionsMixin,
    RecordOptions,
    Named,
    PageTitlesMixin,
    EditConflictMixin,
    ReasonMixin,
    HistoryAdmin,
):
    """The admin pages for one kind of row: list, form and history."""

    form = RecordPageForm
    save_on_top = False
    readonly_fields = ("key",)
    #: {field that `get_readonly_fields` makes read-only: the reason, and how to change the value instead}
    why_read_only: dict[str, Any] = {}
    #: The fields that the autocomplete searches for these rows; empty means `search_fields`.
    chosen_by: tuple[str, ...] = ()

    class Media:
        js = ["admin/js/urlify.js", "js/slug.js", "js/autofill.js", "js/datetime_shortcuts.js"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        is_choice = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        chosen_by = [by_letters(name) for name in self.chosen_by] if is_choice else []
        return chosen_by or super().get_search_fields(request)

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str):
        # The separator that `choice_label` puts between two names is not a search term.
        return super().get_search_results(request, queryset, search_term.replace(BETWEEN, " ").replace("\x00", ""))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        if self.list_select_related:
            rows = rows.select_related(*self.list_select_related)
        columns = [getattr(self, name, None) for name in self.list_display if isinstance(name, str)]
        counts = {name: relation for column in columns for name, relation in getattr(column, "counts", {}).items()}
        return rows.annotate(**{name: counted(self.model, relation) for name, relation in counts.items()})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # A date and a time input can't show the single text that a URL holds for the field.
        moments = {field.name for field in self.opts.fields if isinstance(field, models.DateTimeField)}
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if name not in moments}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None):
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            # Saving writes every column, also those that are not on the form. Lock the row and its inline rows, so that
            # nobody changes them between our read and our write.
            try:
                pk = self.model._meta.pk.to_python(object_id)
            except ValidationError:
                return None
            list(self.model._base_manager.select_for_update().filter(pk=pk).values_list("pk"))
            for inline in self.inlines:
                parent = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name).name
                rows = inline.model._base_manager.select_for_update().filter(**{parent: pk})
                list(rows.order_by("pk").values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def get_form(self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs):
        only_read = self.get_readonly_fields(request, obj)
        told = {name: why for name, why in self.why_read_only.items() if name in only_read}
        return super().get_form(request, obj, change=change, help_texts=told or None, **kwargs)

    def get_view_on_site_url(self, obj: models.Model | None = None) -> str | None:
        # Until the row is public, its page is a 404 for editors too.
        url = super().get_view_on_site_url(obj)
        if url is None or not self.model._default_manager.public(Viewpoint.now()).filter(pk=obj.pk).exists():
            return None
        return url

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None):
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is None:
            # A new row has no read-only values to show.
            only_read = self.get_readonly_fields(request, obj)
            fieldsets = [(name, {**told, "fields": _without(only_read, told["fields"])}) for name, told in fieldsets]
            return [(name, told) for name, told in fieldsets if told["fields"]]
        own = ["change_reason", "key"] if self.has_change_permission(request, obj) else ["key"]
        return [*fieldsets, (_("Record"), {"fields": own})]

    def save_model(self, request: HttpRequest, obj: models.Model, form, change: bool) -> None:
        before = None
        if change and "slug" in form.fields:
            before = self.model._base_manager.filter(pk=obj.pk).values_list("slug", flat=True).first()
        super().save_model(request, obj, form, change)
        if before is not None and before != obj.slug:
            keep_former_slug(obj, before)

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for row, changed in getattr(formset, "changed_objects", ()):
            if "slug" in changed:
                before = next(f.initial["slug"] for f in formset.initial_forms if f.instance == row)
                keep_former_slug(row, before)

    def get_deleted_objects(self, objs, request: HttpRequest):
        # Check first: Django would load and name every protected row, and there may be 100,000.
        protected = self._in_the_way(objs)
        if protected:
            return [], {}, set(), protected
        return super().get_deleted_objects(objs, request)

    def _in_the_way(self, objs) -> list[SafeString | str]:
        """Return links to the rows that protect `objs` from deletion; only the first ones of a long list."""
        keys = [obj.pk for obj in objs]
        found: dict[models.Model, None] = {}
        more = 0
        for relation in get_candidate_relations_to_delete(self.opts):
            if relation.on_delete is models.PROTECT:
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
                first = list(rows[: PROTECTED_SHOWN - len(found)])
                more += rows.count() - len(first)
                found |= dict.fromkeys(_owner(row) for row in first)
        links = sorted((self._link(row) for row in found), key=str)
        if more:
            links.append(ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more})
        return links

    def _link(self, row: models.Model) -> SafeString | str:
        kind = capfirst(row._meta.verbose_name)
        if not self.admin_site.is_registered(type(row)):
            return f"{kind}: {row}"
        page = f"{self.admin_site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
        return format_html('{}: <a href="{}">{}</a>', kind, reverse(page, args=[quote(row.pk)]), row)


def _without(names: Iterable[str], fields: Iterable[Any]) -> list[Any]:
    return [field for field in fields if field not in names]


def _without_links(names: list) -> list:
    """Drop link-table rows from the nested list of deleted objects: both linked rows have pages, and one remains."""
    links = tuple(
        f"{capfirst(model._meta.verbose_name)}: "
        for model in apps.get_models(include_auto_created=True)
        if model._meta.auto_created
    )
    nested = [_without_links(name) if isinstance(name, list) else name for name in names]
    return [name for name in nested if name and not (isinstance(name, str) and name.startswith(links))]


def _owner(row: models.Model) -> models.Model:
    """For a row of a many-to-many table, return the row whose form edits it; for any other row, itself."""
    if not row._meta.auto_created:
        return row
    owner = next(field for field in row._meta.fields if field.related_model is row._meta.auto_created)
    return getattr(row, owner.name)
