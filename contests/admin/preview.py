"""The admin pages of preview links, and the buttons that create and withdraw them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from contests import preview
from contests.models import PreviewLink
from contests.visibility import Results
from record.admin.change_form import ChangeFormAdmin
from record.admin.lists import LatestChoices, presence
from record.viewpoint import Viewpoint
from record.visible_text import validate_visible

from .datetime_fields import MomentField, in_words
from .steps import Step, StepsMixin

USUAL = timedelta(days=7)


class PreviewForm(forms.Form):
    """The form for a new preview link: for whom it is, and when it expires."""

    note = forms.CharField(
        label=_("For whom"),
        max_length=200,
        validators=[validate_visible],
        help_text=_(
            "Who gets the link, for example “the presenter” or “the press office”. Only editors see this note."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["expires_at"] = MomentField(
            label=_("Valid until"), initial=(timezone.now() + USUAL).replace(second=0, microsecond=0)
        )


PREVIEW = Step(
    name="preview",
    label=_("Make a preview link"),
    act=preview.make,
    is_open=lambda contest, at: contest.results(Viewpoint(at)) is not Results.PUBLIC,
    meaning=_(
        "Anyone with the link sees the whole contest as it will be after the reveal, without an "
        "account. The public sees none of it. You can withdraw the link at any time."
    ),
    permission=preview.PERMISSION,
    done=_("The preview link to %(row)s was created."),
    form=PreviewForm,
    rehearsed=None,
    leads_to=lambda link: reverse("admin:contests_previewlink_change", args=[link.pk]),
)

WITHDRAW = Step(
    name="withdraw",
    label=_("Withdraw"),
    act=preview.withdraw,
    is_open=preview.is_valid,
    meaning=_("The link stops working at once. You can make another one."),
    permission=preview.PERMISSION,
    done=_("The link for “%(row)s” was withdrawn."),
    rehearsed=None,
)


@admin.register(PreviewLink)
class PreviewLinkAdmin(StepsMixin, ChangeFormAdmin):
    """
    The admin of preview links. A button on the page of a contest creates a link, and a button on the page of the link
    withdraws it. Links can't be edited or deleted.
    """

    list_display = ["note", "contest", "state", "valid_until", "made_by", "made"]
    list_filter = [
        ("contest", LatestChoices),
        ("withdrawn_at", presence(_("state"), _("Withdrawn"), _("Not withdrawn"))),
    ]
    search_fields = ["note", "contest__title"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ["url", "state", "valid_until", "made_by", "made"]
    steps = (WITHDRAW,)
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "note", "url", "state", "valid_until", "made_by", "made"],
                "description": _("Share this URL only with the people it is for: it shows what is not public yet."),
            },
        ),
    ]

    def where_results_stand(self, obj: PreviewLink) -> str:
        return ""  # The page of a preview link doesn't show the state of the results; the page of the contest does.

    def has_view_permission(self, request: HttpRequest, obj: PreviewLink | None = None) -> bool:
        return request.user.has_perm(preview.PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PreviewLink | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PreviewLink | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PreviewLink]:
        return preview.with_makers(super().get_queryset(request).select_related("contest", "made_by"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> PreviewLink | None:
        link: Any = super().get_object(request, object_id, from_field)
        if link is not None:
            link.absolute_url = request.build_absolute_uri(preview.url_of(link))
        return link

    @admin.display(description=_("URL"))
    def url(self, obj: Any) -> str:
        if not preview.is_valid(obj, timezone.now()):
            return "—"
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', obj.absolute_url)

    @admin.display(description=_("state"))
    def state(self, obj: PreviewLink) -> str:
        if obj.withdrawn_at:
            return str(_("withdrawn"))
        if obj.expires_at <= timezone.now():
            return str(_("expired"))
        if preview.is_valid(obj, timezone.now()):
            return str(_("valid"))
        return str(_("not valid: the person who made the link may no longer share links"))

    @admin.display(description=_("valid until"), ordering="expires_at")
    def valid_until(self, obj: PreviewLink) -> str:
        return in_words(obj.expires_at, obj.contest.time_zone)

    @admin.display(description=_("created"), ordering="made_at")
    def made(self, obj: PreviewLink) -> str:
        return in_words(obj.made_at, obj.contest.time_zone)
