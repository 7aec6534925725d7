"""The base class of the querysets of all `Record` models, and the queryset of sources."""

from typing import Any, Self

from django.db import models
from django.db.models.query import ModelIterable

from record.json_rows import Embedded
from record.synthetic import is_synthetic
from record.viewpoint import Viewpoint
from record.visibility import IsShown


class RecordQuerySet(models.QuerySet):
    _embedded: tuple[Embedded, ...] = ()

    def embed(self, name: str, *paths: str) -> Self:
        """
        Load the rows of the relation `name` too, as `prefetch_related` does, but without an SQL statement of their own.
        `Embedded` says what `paths` are. Columns that are not among them need a statement for each row when they are
        read.
        """
        embedded = Embedded(self.model, name, *paths)
        found = self.annotate(**{embedded.column: embedded.annotation()})
        found._embedded = (*self._embedded, embedded)
        return found

    def _clone(self) -> Self:
        found = super()._clone()  # type: ignore[misc]
        found._embedded = self._embedded
        return found

    def _fetch_all(self) -> None:
        if self._embedded and self._result_cache is None and issubclass(self._iterable_class, ModelIterable):
            rows: Any = self
            self._result_cache = list(self._iterable_class(rows))
            for embedded in self._embedded:
                embedded.fill(self._result_cache)
        super()._fetch_all()

    def real(self) -> Self:
        """Return the rows that are not synthetic. Search engines must not list synthetic rows."""
        return self.exclude(is_synthetic())

    def get_by_natural_key(self, key: str) -> Any:
        """
        Return the row with the permanent key `key`, for `loaddata`. If there is none and slugs of the model are unique,
        return the row with the slug `key`, because an editor may have entered the row of the fixture by hand. Raise
        `DoesNotExist` if there is no such row either.
        """
        has_own_slug = any(field.name == "slug" and field.unique for field in self.model._meta.fields)
        if has_own_slug and not self.filter(key=key).exists():
            return self.get(slug=key)
        return self.get(key=key)


class SourceQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the sources that are public at `viewpoint`: those that a public row refers to."""
        return self.filter(IsShown("record.Source", viewpoint))
