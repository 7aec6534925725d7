"""How a row is called where an editor chooses one among many: so that two of one name can be told apart."""

from collections.abc import Sequence

from django.contrib import admin
from django.db import models
from django.db.models import F, OuterRef, Subquery

from record.slugs import slug_from

#: What stands between the parts of such a name.
BETWEEN = " · "


class Named:
    """
    A model admin that names its rows in pickers, on the desk and where two are merged: by its name, what tells it apart
    from others of that name, and a slug that doesn't follow from the name. Of two rows of one name, one at least has
    such a slug.
    """

    #: Columns that tell rows of one name apart.
    told_by: Sequence[str] = ()
    #: {name of an annotation: (relation to the row, a column of what leads there by it, its order)}. Shows the
    #: first that a row has, for rows from `for_choice`.
    known_by: dict[str, tuple[str, str, str]] = {}

    def row_label(self, obj: models.Model) -> str:
        """The name of a row, by itself."""
        return str(obj)

    def choice_label(self, obj: models.Model) -> str:
        """The name of a row among others."""
        told = [getattr(getattr(obj, name), "name", getattr(obj, name)) for name in self.told_by]
        known = [found for name in self.known_by if (found := obj.__dict__.get(name))]
        return BETWEEN.join(str(part) for part in [self.row_label(obj), *told, *known[:1], self._own_slug(obj)] if part)

    def _own_slug(self, obj: models.Model) -> str:
        words = self.prepopulated_fields.get("slug")
        if not words:
            return ""
        return "" if obj.slug == slug_from(" ".join(str(getattr(obj, word)) for word in words)) else obj.slug

    def for_choice(self, rows: models.QuerySet) -> models.QuerySet:
        """`rows` with what `known_by` names, read in the same statement."""
        for name, (relation, value, order) in self.known_by.items():
            field = self.model._meta.get_field(relation).field
            first = field.model._base_manager.filter(**{field.name: OuterRef("pk")}).order_by(order)
            rows = rows.annotate(**{name: Subquery(first.values(said=F(value))[:1])})
        return rows


def label_of(desk: admin.ModelAdmin, row: models.Model) -> str:
    return getattr(desk, "choice_label", str)(row)


def for_choice(desk: admin.ModelAdmin, rows: models.QuerySet) -> models.QuerySet:
    return desk.for_choice(rows) if hasattr(desk, "for_choice") else rows
