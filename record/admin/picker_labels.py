"""Labels of rows in pickers. They distinguish rows with the same name."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import F, OuterRef, Subquery

from record.slugs import slug_from

#: The separator between the parts of a label.
BETWEEN = " · "


class Named(admin.ModelAdmin):
    """
    A model admin that labels its rows in pickers, on the dashboard and on the merge page. A label has the row's name,
    details that distinguish it from others with that name, and the slug if it can't be derived from the name. Of two
    rows with the same name, at least one has such a slug.
    """

    #: Columns that distinguish rows with the same name.
    told_by: Sequence[str] = ()
    #: Annotations that distinguish rows with the same name: {name: (relation to the row, column of the related table,
    #: order of the related rows)}. Their value is that of the first related row. A label shows the first annotation
    #: that has a value. Only rows from `for_choice` have annotations.
    known_by: dict[str, tuple[str, str, str]] = {}

    def row_label(self, obj: models.Model) -> str:
        """Return the plain name of a row."""
        return str(obj)

    def choice_label(self, obj: models.Model) -> str:
        """Return the label of a row in a picker."""
        told = [getattr(getattr(obj, name), "name", getattr(obj, name)) for name in self.told_by]
        known = [found for name in self.known_by if (found := obj.__dict__.get(name))]
        return BETWEEN.join(str(part) for part in [self.row_label(obj), *told, *known[:1], self._own_slug(obj)] if part)

    def _own_slug(self, obj: Any) -> str:
        words = self.prepopulated_fields.get("slug")
        if not words:
            return ""
        return "" if obj.slug == slug_from(" ".join(str(getattr(obj, word)) for word in words)) else obj.slug

    def for_choice(self, rows: models.QuerySet) -> models.QuerySet:
        """Annotate `rows` with the columns in `known_by`, without an extra statement."""
        for name, (relation, value, order) in self.known_by.items():
            field = self.model._meta.get_field(relation).field
            first = field.model._base_manager.filter(**{field.name: OuterRef("pk")}).order_by(order)
            rows = rows.annotate(**{name: Subquery(first.values(said=F(value))[:1])})
        return rows


def label_of(model_admin: admin.ModelAdmin, row: models.Model) -> str:
    return getattr(model_admin, "choice_label", str)(row)


def for_choice(model_admin: admin.ModelAdmin, rows: models.QuerySet) -> models.QuerySet:
    return model_admin.for_choice(rows) if hasattr(model_admin, "for_choice") else rows
