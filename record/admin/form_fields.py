"""Chooses the form field and the widget for each model field, on the page of a row and in inline rows."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.checks import InlineModelAdminChecks
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.db import models
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from record.forms import RecordForm, RecordFormSet
from record.images import FocusField, ImageField
from record.slugs import SlugField

from .choices import RowField, RowsField
from .number_inputs import AmountField, AmountWidget, WholeNumberField, WholeNumberWidget
from .picker_labels import label_of
from .primary_keys import is_key
from .widgets import CheckBoxes, ImageInput, KnownAutocomplete, KnownAutocompleteMultiple, Textarea


class RecordOptions(BaseModelAdmin):
    """Chooses the form field and the widget for each model field. The base class for model admins and inlines."""

    formfield_overrides = {
        ImageField: {"widget": ImageInput},
        FocusField: {},
        models.IntegerField: {"form_class": WholeNumberField, "widget": WholeNumberWidget},
        models.DecimalField: {"form_class": AmountField, "widget": AmountWidget},
        models.TextField: {"widget": Textarea},
        models.URLField: {"assume_scheme": "https"},
    }

    def slug_words(self, cleaned: dict[str, Any]) -> str:
        """
        Return the text from which a slug is made if the editor leaves the slug blank. It consists of the values in
        `cleaned` of the fields that `prepopulated_fields` names for the slug.
        """
        sources = self.prepopulated_fields.get("slug", ())
        return " ".join(str(cleaned.get(name) or "") for name in sources)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        # Use autocomplete for every relation, because every related table can grow too long for a plain list of
        # options.
        fields = [*self.opts.fields, *self.opts.many_to_many]
        return [field.name for field in fields if field.remote_field and field.editable]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if getattr(db_field, "multiple", False):  # a CountryField for several countries
            kwargs["widget"] = CheckBoxes
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, SlugField):
            field.required = False
            field.words = self.slug_words
        elif field and db_field.name in RecordForm.POSITION_FIELDS:
            # Don't use the model's default, 1: another row probably has this position already.
            field.required, field.initial = False, None
            field.help_text = field.help_text or _("Leave blank for the last position.")
        if field and hasattr(field.widget, "can_delete_related"):
            # Offer no button that deletes the related row: an editor who corrects a quote must not delete its speaker
            # by accident.
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocomplete(db_field, self.admin_site))
            kwargs.setdefault("form_class", RowField)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field:
            related = self.admin_site.get_model_admin(db_field.related_model)
            field.label_from_instance = partial(label_of, related)
            key = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
            if db_field.related_model is self.model and is_key(key):
                field.widget.attrs["data-except"] = key  # don't offer the row itself
        return field

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocompleteMultiple(db_field, self.admin_site))
            kwargs.setdefault("form_class", RowsField)
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field:
            # A required widget has no "clear all" button. This button would be an invalid item in the list of chosen
            # rows, and each of these rows has its own remove button.
            field.widget.is_required = True
        return field


class PartChecks(InlineModelAdminChecks):
    """Django's checks, except those of the foreign key to the parent if the rows belong to another row (`via`)."""

    def _check_relation(self, obj: Any, parent_model: type[models.Model]) -> list[Any]:
        return super()._check_relation(obj, obj.owner_model(parent_model))  # type: ignore[misc]

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: type[models.Model]) -> list[Any]:
        return [] if obj.via else super()._check_exclude_of_parent_model(obj, parent_model)  # type: ignore[misc]


class PartOptions(RecordOptions, InlineModelAdmin):
    """
    The base class of inlines, which edit rows on the page of their parent row.

    If `via` is set, the rows belong to the row to which the foreign key `via` of the parent refers, the owner. For
    example, the page of an entry has the credits of its work. The formset of such an inline is a `ViaFormSet`.
    """

    checks_class = PartChecks
    via = ""

    formfield_overrides = {
        **RecordOptions.formfield_overrides,
        models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 40})},
    }
    form = RecordForm
    formset = RecordFormSet
    extra = 0
    show_change_link = True
    #: The relations that `select_related` loads with the rows, because the labels of the rows use them.
    joins: tuple[str, ...] = ()
    #: If there are more rows, the page leaves them out (record/admin/long_inlines.py).
    most_rows = 100

    @classmethod
    def owner_model(cls, parent: type[models.Model]) -> type[models.Model]:
        """Return the model of the row to which the rows belong on a page of the model `parent`."""
        found: Any = parent._meta.get_field(cls.via).related_model if cls.via else parent
        return found

    @classmethod
    def path_to_parent(cls, parent: type[models.Model]) -> str:
        """Return the lookup path from a row to the row of the page, such as "submission" or "work__entries"."""
        key = _get_foreign_key(cls.owner_model(parent), cls.model, fk_name=cls.fk_name).name
        back: Any = parent._meta.get_field(cls.via) if cls.via else None
        return f"{key}__{back.remote_field.get_accessor_name()}" if back else key

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        page, self.parent_model = self.parent_model, self.owner_model(self.parent_model)
        try:
            formset: Any = super().get_formset(request, obj, **kwargs)
        finally:
            self.parent_model = page
        if self.via:
            formset.via = self.via
        return formset

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related(*self.joins)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and hasattr(field.widget, "can_change_related"):
            # Hide the links to the related row: an inline row has room for only one link, which leads to its own page.
            field.widget.can_change_related = field.widget.can_view_related = False
        return field


#: The CSS class of a `RecordInline` with so many fields that a row takes several lines on most screens.
SEVERAL_LINES = "several-lines"


class RecordInline(PartOptions, admin.TabularInline):
    """An inline for rows with a few short fields, shown as a table."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            # Screen readers don't read the column heading as the label of the field, so the field gets its own label.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = capfirst(str(field.label))
        return field


class RecordStackedInline(PartOptions, admin.StackedInline):
    """An inline for rows with long texts, shown one below the other."""

    most_rows = 30
