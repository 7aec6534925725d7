"""The queryset of all models in the record, and that of sources."""

from typing import Any, Self

from django.db import models

from record.synthetic import is_synthetic
from record.viewpoint import Viewpoint
from record.visibility import IsShown


class RecordQuerySet(models.QuerySet):
    def real(self) -> Self:
        """Leave out synthetic rows, which search engines must not list."""
        return self.exclude(is_synthetic())

    def get_by_natural_key(self, key: str) -> Any:
        """
        Return the row with this key. Loading a fixture again thus finds its row even if an editor has changed it. For
        models with a globally unique slug, fall back to the slug: an editor may have entered the row by hand.
        """
        has_own_slug = any(field.name == "slug" and field.unique for field in self.model._meta.fields)
        if has_own_slug and not self.filter(key=key).exists():
            return self.get(slug=key)
        return self.get(key=key)


class SourceQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the sources that support something public at `viewpoint`."""
        return self.filter(IsShown("record.Source", viewpoint))
