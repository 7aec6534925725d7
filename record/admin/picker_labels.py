"""Makes the labels of rows in pickers, so that rows with the same name have different labels."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest

from record.slugs import slug_from

#: The separator between the parts of a label.
BETWEEN = " · "


def is_choice(request: HttpRequest) -> bool:
    """Return whether a picker asks for the rows that it offers."""
    return request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"


class Named(admin.ModelAdmin):
    """
    A model admin that labels its rows in pickers, on the dashboard and on the merge page. A label has the name of the
    row, details that distinguish the row from others with the same name, and the slug if it is not the one that is
    derived from the name.
    """

    #: The names of fields whose values are part of the label, to distinguish rows with the same name.
    told_by: Sequence[str] = ()
    #: Annotations that distinguish rows with the same name: {name: (reverse relation, field of the related model,
    #: ordering)}. The value of an annotation is that of the first related row in this ordering. The label has only the
    #: first annotation that is not empty. The method `for_choice` adds the annotations to a queryset.
    known_by: dict[str, tuple[str, str, str]] = {}

    def row_label(self, obj: models.Model) -> str:
        """Return the name of a row, without the details of `choice_label`."""
        return str(obj)

    def choice_label(self, obj: models.Model) -> str:
        """Return the label of a row in a picker: its name, the details that distinguish it, and its slug."""
        told = [getattr(getattr(obj, name), "name", getattr(obj, name)) for name in self.told_by]
        known = [found for name in self.known_by if (found := obj.__dict__.get(name))]
        return BETWEEN.join(str(part) for part in [self.row_label(obj), *told, *known[:1], self._own_slug(obj)] if part)

    def _own_slug(self, obj: Any) -> str:
        words = self.prepopulated_fields.get("slug")
        if not words:
            return ""
        return "" if obj.slug == slug_from(" ".join(str(getattr(obj, word)) for word in words)) else obj.slug

    def for_choice(self, rows: models.QuerySet) -> models.QuerySet:
        """Return `rows` with the annotations in `known_by`, which need no additional SQL statement."""
        for name, (relation, value, order) in self.known_by.items():
            field = self.model._meta.get_field(relation).field
            first = field.model._base_manager.filter(**{field.name: OuterRef("pk")}).order_by(order)
            rows = rows.annotate(**{name: Subquery(first.values(said=F(value))[:1])})
        return rows


def label_of(model_admin: admin.ModelAdmin, row: models.Model) -> str:
    return getattr(model_admin, "choice_label", str)(row)


def for_choice(model_admin: admin.ModelAdmin, rows: models.QuerySet) -> models.QuerySet:
    return model_admin.for_choice(rows) if hasattr(model_admin, "for_choice") else rows
