"""Queries that every row of the record shares, and those for sources."""

from datetime import datetime
from typing import Any, Self

from django.db import models

from record.synthetic import is_synthetic
from record.visibility import IsShown


class RecordQuerySet(models.QuerySet):
    def real(self) -> Self:
        """Without the synthetic rows: what search engines are told of."""
        return self.exclude(is_synthetic())

    def get_by_natural_key(self, key: str) -> Any:
        """
        The row with this key, so that a fixture loaded again finds the row that it made before, whatever an editor
        changed in it since. Where a slug names one row of the whole portal, a row that an editor had entered by hand
        under the same slug counts as found.
        """
        has_own_slug = any(field.name == "slug" and field.unique for field in self.model._meta.fields)
        if has_own_slug and not self.filter(key=key).exists():
            return self.get(slug=key)
        return self.get(key=key)


class SourceQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Every source that backs something public at the moment `at`."""
        return self.filter(IsShown("record.Source", at))
