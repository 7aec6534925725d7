from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from record.slugs import SlugField


class FormerSlug(models.Model):
    """A former slug of a row, kept so that its old URL redirects to the new one."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    object = GenericForeignKey()
    slug = SlugField()
    # Only set if the row that had this slug was hidden and merged into another: {model: primary keys} of the rows that
    # would have made it public. The old URL redirects as soon as one of them is public. See record/slug_lookup.py.
    waits_for = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("old URL")
        verbose_name_plural = _("old URLs")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "slug", "object_id"], name="former_slug_kept_once")
        ]

    def __str__(self) -> str:
        return self.slug
