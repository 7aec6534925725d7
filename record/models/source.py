from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from record.querysets import SourceQuerySet
from record.slugs import SlugField
from record.sort_keys import SortKeyField
from record.web_urls import WebURLField

from .date_bounds import days_within
from .protected_links import ProtectedManyToManyField
from .record import Record


class Source(Record):
    """The source of a fact, such as an article, a press release or a recording. Only its title is required."""

    class LinkState(models.TextChoices):
        """The result of the last check of the URL. The field is blank if the URL was never checked."""

        ANSWERS = "answers", _("reachable")
        MOVED = "moved", _("moved permanently")
        GONE = "gone", _("gone")
        UNREACHABLE = "unreachable", _("can’t be reached")

    slug = SlugField(unique=True)
    title = models.CharField(
        _("title"),
        max_length=300,
        help_text=_(
            "The title as published. If it is unknown, describe the source: “News report on the awards ceremony”."
        ),
    )
    sort_key = SortKeyField(source="title")
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    author = models.CharField(_("author"), max_length=200, blank=True)
    url = WebURLField(_("URL"), max_length=500, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    accessed_on = models.DateField(_("accessed on"), null=True, blank=True)
    checked_at = models.DateTimeField(_("URL checked at"), null=True, blank=True, editable=False)
    link_state = models.CharField(
        _("status of the URL"),
        max_length=12,
        choices=LinkState,
        blank=True,
        editable=False,
        help_text=_("The result of the last check of the URL. Blank: not checked yet."),
    )
    note = models.TextField(
        _("note"), blank=True, help_text=_("What readers should know about the source. Shown on its page.")
    )

    objects: ClassVar = SourceQuerySet.as_manager()
    # The results of URL checks are left out of the history, because they are not edits.
    history = HistoricalRecords(excluded_fields=["sort_key", "checked_at", "link_state"])

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="source_by_sort_key"),
            models.Index(fields=["link_state"], name="source_by_link_state"),
        ]
        constraints = [*days_within("published_on", "accessed_on")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.slug])


class SourcesField(ProtectedManyToManyField):
    """A many-to-many field for the sources of the texts of a row."""

    def __init__(self, to: str = "record.Source", **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", _("sources"))
        kwargs.setdefault("blank", True)
        super().__init__(to, **kwargs)


def source_of_fact(related_name: str, *, required: bool = False) -> models.ForeignKey:
    """
    Return a foreign key to the source of a fact. With `required`, it must not be null. A source that a row refers to
    can't be deleted.
    """
    return models.ForeignKey(
        "record.Source",
        models.PROTECT,
        related_name=related_name,
        verbose_name=_("source"),
        null=not required,
        blank=not required,
    )
