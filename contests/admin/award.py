"""What a contest gives, and to whom it went."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contests import results
from contests.models import Award, Recognition
from contests.visibility import Results
from people.admin.base import RecordAdmin, count_column
from people.admin.lists import LatestChoices, Need, without_source

from .steps import RevocationForm, Step, StepsMixin

STEPS = (
    Step(
        name="revoke",
        label=_("Revoke"),
        act=results.revoke,
        is_open=lambda row, at: not row.is_revoked and row.award.contest.results(at) is Results.PUBLIC,
        effects=lambda row, at: [
            _("It leaves the lists of winners at once. Its page stays, with a notice: the date and the reason below.")
        ],
        permission="contests.revoke_recognition",
        done=_("“%(row)s” is revoked."),
        form=RevocationForm,
    ),
    Step(
        name="restore",
        label=_("Restore"),
        act=results.restore,
        is_open=lambda row, at: row.is_revoked,
        effects=lambda row, at: [
            _("It is back among the winners at once, and the public notice disappears. The history keeps both."),
            _("The notice now: %(reason)s") % {"reason": row.revocation_reason},
        ],
        permission="contests.revoke_recognition",
        done=_("“%(row)s” is in force again."),
    ),
)

UNAPPROVED = Need(
    "approval",
    _("waiting for approval"),
    # Until the contest itself is approved, it is the contest that waits.
    lambda rows: rows.filter(approved_at=None, revoked_on=None, award__contest__approved_at__isnull=False),
)
TO_COME = Need(
    "reveal", _("reveal to come"), lambda rows: rows.filter(reveal_at__gt=timezone.now()), ("reveal_at", "pk")
)


@admin.register(Award)
class AwardAdmin(RecordAdmin):
    list_display = ["name", "contest", "kind", "precedence", "prize_amount", "prize_currency", "recognitions"]
    list_filter = [("contest", LatestChoices), "kind"]
    needs = (without_source(),)
    search_fields = ["name", "contest__title"]
    list_select_related = ["contest", "source"]
    ordering = ["contest_id", "precedence"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "name", "slug", "kind", "precedence", "description"],
                "description": _(
                    "What the contest gives. To whom it went is a recognition, entered at the submission."
                ),
            },
        ),
        (
            _("Prize"),
            {
                "fields": ["prize_amount", "prize_currency", "source"],
                "description": _("Only where a source names the amount: a share of the pool is not guessed."),
            },
        ),
    ]

    recognitions = count_column("recognitions", _("recognitions"))

    def choice_label(self, obj: Award) -> str:
        return f"{obj} · {obj.contest}"


@admin.register(Recognition)
class RecognitionAdmin(StepsMixin, RecordAdmin):
    list_display = ["__str__", "standing", "contest", "order", "in_force", "source"]
    list_filter = [
        ("award__contest", LatestChoices),
        "standing",
        "award__kind",
        ("revoked_on", admin.EmptyFieldListFilter),
    ]
    needs = (UNAPPROVED, TO_COME, without_source())
    search_fields = ["award__name", "submission__title", "person__name", "citation"]
    list_select_related = ["award__contest", "submission__contest", "person", "source"]
    ordering = ["award_id", "order", "pk"]
    readonly_fields = ["key", "revoked_on", "revocation_reason"]
    steps = STEPS
    fieldsets = [
        (
            None,
            {
                "fields": ["award", "submission", "person", "standing", "order"],
                "description": _("That an award went to a work or to a person: choose one of the two."),
            },
        ),
        (
            _("What was said of it"),
            {
                "fields": ["citation", "presenters", "source"],
                "description": _("The jury’s words exactly, who handed the award over, and the source of both."),
            },
        ),
        (
            _("Revocation"),
            {
                "fields": ["revoked_on", "revocation_reason"],
                "description": _(
                    "A public recognition that was wrong is not deleted: it is revoked, with the button above, and its "
                    "page says so."
                ),
            },
        ),
    ]

    @admin.display(description=_("contest"), ordering="award__contest")
    def contest(self, obj: Recognition):
        return obj.award.contest

    @admin.display(description=_("in force"), boolean=True, ordering="revoked_on")
    def in_force(self, obj: Recognition) -> bool:
        return not obj.is_revoked
