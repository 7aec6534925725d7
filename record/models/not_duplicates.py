from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .record import Record

if TYPE_CHECKING:
    from accounts.models import User


class Distinct(models.Model):
    """
    A pair of similar rows that an editor marked as different, so that they are no longer listed as possible duplicates.
    It stores the permanent keys of both rows.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind"))
    one = models.CharField(_("permanent key of the first record"), max_length=100)
    other = models.CharField(_("permanent key of the second record"), max_length=100)
    names = models.CharField(_("names"), max_length=420)
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("noted by")
    )

    history = HistoricalRecords()

    # django-simple-history reads this attribute when the row is saved.
    _history_user: Any = None

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("pair that is not a duplicate")
        verbose_name_plural = _("not duplicates")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "one", "other"], name="distinct_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="distinct_in_order"),
        ]

    def __str__(self) -> str:
        return self.names

    @classmethod
    def note(cls, rows: list[Record], *, actor: "User") -> int:
        """Mark every pair of `rows`, which are of one model, as different. Return the number of new pairs."""
        kind, made = ContentType.objects.get_for_model(rows[0]), 0
        for pair in combinations(rows, 2):
            one, other = sorted(pair, key=lambda row: row.key)
            known = cls.objects.filter(content_type=kind, one=one.key, other=other.key)
            if one.pk == other.pk or known.exists():
                continue
            row = cls(content_type=kind, one=one.key, other=other.key, names=_both(one, other), noted_by=actor)
            row._history_user = actor
            row.save()
            made += 1
        return made

    @classmethod
    def pairs(cls, model: type[Record], one: models.F, other: models.F) -> models.QuerySet:
        """
        Return the pairs whose rows of `model` have the permanent keys `one` and `other`, in either order. The keys are
        given as expressions, so that the result can be used in a subquery.
        """
        kind = {"content_type__app_label": model._meta.app_label, "content_type__model": model._meta.model_name}
        either = models.Q(one=one, other=other) | models.Q(one=other, other=one)
        return cls.objects.filter(either, **kind)


def _both(one: Record, other: Record) -> str:
    """
    Return the names of both rows, separated by "≠". If the names are equal, each is followed by the slug of its row.
    """
    names = [str(one), str(other)]
    if names[0] == names[1]:
        names = [f"{row} ({getattr(row, 'slug', row.key)})" for row in (one, other)]
    return " ≠ ".join(names)[:420]
