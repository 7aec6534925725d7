from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """A merge of two duplicate rows: which row was kept, which one was deleted, and all data that an undo needs."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind"))
    kept_id = models.PositiveBigIntegerField()
    kept = GenericForeignKey("content_type", "kept_id")
    kept_name = models.CharField(_("kept record"), max_length=300)
    gone_id = models.PositiveBigIntegerField()
    gone_name = models.CharField(_("merged record"), max_length=300)
    gone = models.JSONField(blank=True, help_text=_("The values of the deleted row, by column."))
    journal = models.JSONField(
        default=list,
        blank=True,
        help_text=_("The steps of the merge in order: rows changed, deleted and inserted, with all their values."),
    )
    files = models.TextField(
        blank=True,
        help_text=_(
            "Names of image files that are no longer used, one per line. They are kept so that the merge can be undone."
        ),
    )
    reason = models.CharField(_("why"), max_length=100, blank=True)
    merged_at = models.DateTimeField(_("merged at"), default=timezone.now)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("merged by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes = [models.Index(fields=["content_type", "kept_id"], name="merge_by_kept")]

    def __str__(self) -> str:
        return f"{self.gone_name} → {self.kept_name}"
