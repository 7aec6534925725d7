"""The admin pages of awards and recognitions."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contests import results
from contests.approval import why_not_seen
from contests.models import Award, Contest, Party, Recognition
from contests.models.fields import zone_named
from contests.querysets import works_and_parties
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import SEVERAL_LINES, RecordInline
from record.admin.lists import LatestChoices, Need, OneRow, presence, without_source
from record.admin.picker_labels import BETWEEN
from record.forms import RecordFormSet, RecordPageForm
from record.viewpoint import Viewpoint

from .datetime_fields import in_words
from .pickers import ContestFirstMixin, ContestPickersMixin, KeepContestMixin
from .result_state import of_recognition, once_approved
from .step_forms import RestorationForm, RevealForm, RevocationForm
from .steps import Step, StepsMixin, alone, changed_since, reveal_set

# The label of a recognition names no more works and recipients.
NAMED = 4


def _waits(row: Any, at: datetime) -> bool:
    """
    Return whether the recognition `row` and the results of its contest are approved, but the recognition is not public
    yet. `at` is not used.
    """
    return row.approved_at is not None and row.award.contest.approved_at is not None and not row.is_known


def _before_approval(row: Recognition) -> list[str]:
    contest = row.award.contest
    if contest.approved_at is None:
        when = _("The public sees it once the results of %(contest)s are approved and revealed too.")
        return [when % {"contest": contest}, *changed_since([row]), *alone()]
    return [once_approved(contest), *changed_since([row]), *alone()]


STEPS = (
    Step(
        name="approve",
        label=_("Approve"),
        act=results.approve_recognition,
        is_open=lambda row, at: row.approved_at is None,
        meaning=_("By approving, you confirm that this result is right. See below when it becomes public."),
        permission="contests.approve_results",
        done=_("“%(row)s” is approved."),
        until_reveal=True,
        covers=lambda rows: Recognition.objects.filter(pk__in=[row.pk for row in rows]),
        notes=_before_approval,
        said_after=lambda row: [of_recognition(row)],
    ),
    Step(
        name="reveal",
        label=_("Reveal only this result now"),
        act=results.reveal_recognition,
        is_open=_waits,
        meaning=_(
            "This result becomes public at once, before the other results of the contest. You can’t take this back."
        ),
        permission="contests.reveal_results",
        done=_("“%(row)s” is public."),
    ),
    Step(
        name="schedule",
        label=_("Schedule only this result"),
        act=results.reveal_recognition,
        is_open=_waits,
        meaning=_(
            "This result becomes public at the time you choose, or with the other results if they are revealed earlier."
        ),
        permission="contests.reveal_results",
        done=_("The reveal of “%(row)s” is set."),
        form=RevealForm,
        notes=reveal_set,
        said_after=lambda row: [of_recognition(row)],
    ),
    Step(
        name="seal",
        label=_("Take back the approval"),
        act=results.seal_recognition,
        is_open=lambda row, at: row.approved_at is not None and not row.is_known,
        meaning=_(
            "The approval of this result is taken back, and its own reveal if one is set. The public sees it only "
            "after it is approved again."
        ),
        permission="contests.approve_results",
        done=_("The approval of “%(row)s” is taken back."),
        until_reveal=True,
    ),
    Step(
        name="revoke",
        label=_("Revoke"),
        act=results.revoke,
        is_open=lambda row, at: not row.is_revoked and row.is_known,
        meaning=_(
            "The award leaves the lists of winners at once, and its laurel is withdrawn. Its page "
            "stays, with a notice that shows the date and the reason below."
        ),
        permission="contests.revoke_recognition",
        done=_("“%(row)s” is revoked."),
        form=RevocationForm,
        rehearsed={"reason": "rehearsed"},
    ),
    Step(
        name="restore",
        label=_("Restore"),
        act=results.restore,
        is_open=lambda row, at: row.is_revoked,
        meaning=_(
            "The award is valid again at once, and the public notice disappears. The history keeps both changes."
        ),
        permission="contests.revoke_recognition",
        done=_("“%(row)s” is valid again."),
        form=RestorationForm,
        rehearsed={"reason": "rehearsed"},
        notes=lambda row: [_("Current notice: %(reason)s") % {"reason": row.revocation_reason}],
    ),
)

UNAPPROVED = Need(
    "approval",
    _("waiting for approval"),
    # Leave out recognitions of contests whose results are not approved: the dashboard lists these contests instead.
    lambda rows: rows.filter(
        approved_at=None, approved_as__isnull=True, revoked_on=None, award__contest__approved_at__isnull=False
    ),
)
CHANGED = Need(
    "changed",
    _("changed since the approval"),
    lambda rows: rows.filter(approved_at=None, approved_as__isnull=False),
)
TO_COME = Need(
    "reveal", _("upcoming reveal"), lambda rows: rows.filter(reveal_at__gt=timezone.now()), ("reveal_at", "pk")
)


@admin.register(Award)
class AwardAdmin(KeepContestMixin, ContestPickersMixin, RecordAdmin):
    within = {"line": "contest"}
    list_display = ["name", "contest", "kind", "precedence", "prize_amount", "prize_currency", "recognitions"]
    list_filter = [("contest", LatestChoices), "kind"]
    needs = (without_source(),)
    search_fields = ["name", "contest__title"]
    list_select_related = ["contest", "line__series", "source"]
    ordering = ["contest_id", "precedence"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "name", "slug", "line", "kind", "honours", "precedence", "description"],
                "description": _("An award that the contest gives. Enter its winners under “Recognitions”."),
            },
        ),
        (
            _("Prize"),
            {
                "fields": ["prize_amount", "prize_currency", "source"],
                "description": _(
                    "Enter prize money only if a source names the amount. Don’t calculate it from the prize pool."
                ),
            },
        ),
    ]

    recognitions = count_column("recognitions", _("recognitions"))

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.contest}"


def _approved(row: Recognition) -> Recognition | None:
    """Return the stored recognition if it is approved. `row` may be an old version, or that of a deleted row."""
    return Recognition.objects.filter(pk=row.pk, approved_at__isnull=False).first() if row.pk else None


class RecognitionForm(RecordPageForm):
    """The form of a recognition. Its works must belong to the contest of its award."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        works, award = cleaned.get("submissions"), cleaned.get("award")
        if works is None:
            return cleaned
        if award and any(work.contest_id != award.contest_id for work in works):
            self.add_error("submissions", _("A work and the award belong to different contests."))
        self.instance.gets_other_works = True
        approved = _approved(self.instance)
        if approved and {work.pk for work in works} != {work.pk for work in approved.works}:
            self.add_error("submissions", approved.why_it_stays)
        return cleaned


class PartyFormSet(RecordFormSet):
    """The formset of a recognition's parties. It refuses to change those of an approved recognition."""

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and (approved := _approved(self.instance)):
            raise ValidationError(approved.why_it_stays)


class PartyInline(RecordInline):
    model = Party
    classes = [SEVERAL_LINES]
    formset = PartyFormSet
    fields = ["order", "person", "organisation", "part", "credited_as"]
    ordering = ["order"]
    joins = ("person", "organisation")


@admin.register(Recognition)
class RecognitionAdmin(ContestFirstMixin, KeepContestMixin, StepsMixin, RecordAdmin):
    within, kept = {"award": "contest", "submissions": "contest"}, ("award",)
    list_display = ["named", "works", "standing", "contest", "approval", "in_force", "source"]
    list_filter = [
        ("submissions", OneRow),
        ("submissions__work", OneRow),
        ("award__contest", LatestChoices),
        "standing",
        "award__kind",
        ("approved_at", presence(_("approval"), _("Approved"), _("Not approved"))),
        ("revoked_on", presence(_("revocation"), _("Revoked"), _("Not revoked"))),
    ]
    needs = (CHANGED, UNAPPROVED, TO_COME, without_source())
    search_fields = ["award__name", "submissions__folded_title", "parties__person__name_key", "detail", "citation"]
    searched_relations = ("award", "submissions", "parties__person")
    list_select_related = ["award__contest", "source"]
    ordering = ["award_id", "order", "pk"]
    readonly_fields = ["key", "results", "revoked_on", "revocation_reason"]
    form = RecognitionForm
    inlines = [PartyInline]
    steps = STEPS
    fieldsets = [
        (
            None,
            {
                "fields": ["award", "submissions", "standing", "outcome", "order"],
                "description": _(
                    "What was recognised: choose the work. Below, enter the people and organisations that the award "
                    "names, if it names any."
                ),
            },
        ),
        (
            _("Details"),
            {
                "fields": ["detail", "rank", "is_tied", "is_shared", "note"],
                "description": _("Only what the source says. Most recognitions need none of this."),
            },
        ),
        (
            _("Citation and presenters"),
            {
                "fields": ["citation", "presenters", "source"],
                "description": _("The jury’s exact words, who presented the award, and the source of both."),
            },
        ),
        (
            _("Results"),
            {
                "fields": ["results", "revoked_on", "revocation_reason"],
                "description": _(
                    "Use the buttons at the top of this page to approve and reveal this result. Don’t delete "
                    "a public result that turns out to be wrong: use “Revoke”. Its page then says so."
                ),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        known = Recognition.objects.revealed(Viewpoint.now()).filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_known=Exists(known)).prefetch_related(*works_and_parties())

    def for_choice(self, rows: QuerySet) -> QuerySet:
        return super().for_choice(rows).prefetch_related(*works_and_parties())

    def row_label(self, obj: Any) -> str:
        return self._label(obj, obj.works)

    @staticmethod
    def _label(obj: Recognition, works: Sequence[Any]) -> str:
        """
        Return the name of a recognition with what distinguishes it from others with the same award: the other
        recipients, `works` and what was recognised.
        """
        others = [row for row in [*obj.recipients, *works] if row != obj.honouree]
        detail = obj.detail if obj.honouree else ""
        return BETWEEN.join([str(obj), *map(str, others[:NAMED]), *filter(None, ["…" * (len(others) > NAMED), detail])])

    @admin.display(description=_("recognition"))
    def named(self, obj: Recognition) -> str:
        return self._label(obj, ())

    @admin.display(description=_("works"))
    def works(self, obj: Recognition) -> str:
        shown = [str(work) for work in obj.works]
        return BETWEEN.join(shown[:NAMED]) + " …" * (len(shown) > NAMED)

    def where_results_stand(self, obj: Recognition) -> str:
        return of_recognition(obj)

    def contest_of_row(self, row: Recognition) -> Contest:
        return row.award.contest

    def step_zone(self, rows: Sequence[Any]) -> tzinfo:
        names = {row.award.contest.time_zone for row in rows}
        return zone_named(names.pop() if len(names) == 1 else "")

    @admin.display(description=_("results"))
    def results(self, obj: Any) -> str:
        if obj.pk is None or obj.approved_at is None:
            return " ".join([*changed_since([obj]), str(_("This result is not approved: only editors see it."))])
        zone = obj.award.contest.time_zone
        said = _("Approved on %(when)s.") % {"when": in_words(obj.approved_at, zone)}
        if obj.is_known:
            return f"{said} " + _("Public.")
        if unseen := next(filter(None, map(why_not_seen, obj.works)), ""):
            return f"{said} {unseen}"
        if obj.reveal_at:
            return f"{said} " + _("This result’s own reveal is set to %(when)s.") % {
                "when": in_words(obj.reveal_at, zone)
            }
        return f"{said} " + _("This result becomes public with the other results of its contest.")

    @admin.display(description=_("public"), boolean=True)
    def is_public(self, obj: Any) -> bool:
        return obj.is_known

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An approved recognition can't be deleted: take back its approval first or, if it is public, revoke it.
        return super().has_delete_permission(request, obj) and (obj is None or not obj.why_it_stays)

    @admin.display(description=_("contest"), ordering="award__contest")
    def contest(self, obj: Recognition) -> Contest:
        return obj.award.contest

    @admin.display(description=_("approval"), ordering="approved_at")
    def approval(self, obj: Recognition) -> str:
        if obj.approval_is_withdrawn:
            return str(_("changed since the approval"))
        return str(_("approved") if obj.approved_at else _("waiting for approval"))

    @admin.display(description=_("not revoked"), boolean=True, ordering="revoked_on")
    def in_force(self, obj: Recognition) -> bool:
        return not obj.is_revoked
