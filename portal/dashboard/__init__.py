"""
The admin's dashboard, which shows what needs attention. Each finding is a filter of an admin list, with the number of
rows that match the filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.admin import counting
from record.admin.lists import Need
from record.admin.picker_labels import for_choice, label_of

if TYPE_CHECKING:
    from portal.admin_site import LaurelAdminSite

SHOWN = 4

# The panels of the dashboard, most urgent first, as pairs (title, names of the needs). A need (`record.admin.lists`) is
# a filter for rows that lack something or wait for something. Scheduled reveals and changes by other users have
# separate panels.
PANELS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Results changed since their approval"), ("changed",)),
    (gettext_lazy("Results waiting for approval"), ("approval",)),
    (gettext_lazy("Approved results without a reveal date"), ("undated",)),
    (gettext_lazy("Facts without a source"), ("source",)),
    (gettext_lazy("Works without a poster"), ("poster",)),
    (gettext_lazy("Images without alternative text or credit"), ("alt", "credit")),
    (gettext_lazy("People who may be the same"), ("same",)),
    (gettext_lazy("Sources with a broken link"), ("link",)),
)


@dataclass(frozen=True)
class Line:
    """One row that needs attention: its label, and the URL of its page in the admin."""

    text: str
    url: str
    is_synthetic: bool = False


@dataclass
class Finding:
    """The rows of one model that match the filter `need`: their number, and the first few of them as `lines`."""

    model_admin: ModelAdmin
    need: Need
    number: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def rows(self) -> QuerySet:
        return self.need.of(self.model_admin.model._default_manager.all())

    @property
    def url(self) -> str:
        """Return the URL of the admin list with this filter, which shows exactly the rows of this finding."""
        name = admin_urlname(self.model_admin.opts, mark_safe("changelist"))
        return f"{reverse(name, current_app=self.model_admin.admin_site.name)}?needs={self.need.name}"

    @property
    def text(self) -> str:
        """Return the finding as text, such as "12 credits: without a source"."""
        return _("%(number)s: %(need)s") % {"number": self.counted, "need": self.need.label}

    @property
    def counted(self) -> str:
        """Return the number of rows as text, such as "12 credits" or "more than 1,000 people"."""
        opts = self.model_admin.opts
        return (
            f"{counting.number_text(self.number)} {opts.verbose_name if self.number == 1 else opts.verbose_name_plural}"
        )


@dataclass(frozen=True)
class Panel:
    """
    A panel of the dashboard: a title and its findings. There is one finding for each model and filter with matching
    rows.
    """

    title: str
    findings: Sequence[Finding]

    @property
    def number(self) -> str:
        return counting.number_text(sum(finding.number for finding in self.findings))


def panels(site: "LaurelAdminSite", request: HttpRequest) -> list[Panel]:
    """
    Return the panels that have at least one finding in the models that the user may view. Runs one SQL statement, plus
    one for each finding.
    """
    findings = [
        Finding(model_admin, need)
        for model_admin in visible(site, request)
        for need in getattr(model_admin, "needs", ())
        if any(need.name in names for _title, names in PANELS)
    ]
    for finding, number in zip(findings, counting.capped_counts(finding.rows for finding in findings), strict=True):
        finding.number = number
        if number:
            finding.lines = _lines(finding)
    shown = []
    for title, names in PANELS:
        found = [finding for finding in findings if finding.need.name in names and finding.number]
        if found:
            shown.append(Panel(title, found))
    return shown


def visible(site: "LaurelAdminSite", request: HttpRequest) -> list[ModelAdmin]:
    """Return the model admins of the models that the user may view, in the order of an editor's work."""
    admins = [model_admin for model_admin in site._registry.values() if model_admin.has_view_permission(request)]
    return sorted(admins, key=lambda model_admin: site.position_of(str(model_admin.opts.object_name)))


def _lines(finding: Finding) -> list[Line]:
    model_admin = finding.model_admin
    rows = for_choice(model_admin, finding.rows.select_related(*joins_of(model_admin)))
    return [line(model_admin, row) for row in rows.order_by(*finding.need.ordering or ("-pk",))[:SHOWN]]


def joins_of(model_admin: ModelAdmin) -> Sequence[str]:
    """
    Return the relations in `list_select_related`, which the admin list loads with a join. Return an empty tuple if
    `list_select_related` is a boolean.
    """
    joins = model_admin.list_select_related
    return () if isinstance(joins, bool) else joins


def line(model_admin: ModelAdmin, row: Model) -> Line:
    """Return a `Line` for `row`, with its label and the URL of its page in the admin."""
    name = admin_urlname(model_admin.opts, mark_safe("change"))
    page = reverse(name, args=[row.pk], current_app=model_admin.admin_site.name)
    return Line(label_of(model_admin, row), page, getattr(row, "is_synthetic", False))
