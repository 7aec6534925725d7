"""Readable names for rows of many-to-many tables, and for rows of library models that define no `__str__`."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from record.model_fields import target_of


def name_rows(models: Iterable[type[Model]]) -> None:
    """
    Set a readable verbose name on many-to-many tables among `models`, and a `__str__` on models without one. Django's
    defaults, such as “Submission_sources object (9)”, appear on the admin's confirmation page for deletions.
    """
    for model in models:
        if model._meta.auto_created:
            ends = [target_of(field)._meta for field in model._meta.fields if field.remote_field]
            one, other = (opts.verbose_name for opts in ends)
            model._meta.verbose_name = format_lazy(_("link between {one} and {other}"), one=one, other=other)
            model._meta.verbose_name_plural = format_lazy(_("links between {one} and {other}"), one=one, other=other)
        if model.__str__ is Model.__str__:
            model.__str__ = _kind_and_number  # type: ignore[method-assign, assignment]


def _kind_and_number(row: Model) -> str:
    return f"{capfirst(row._meta.verbose_name)} {row.pk}"
