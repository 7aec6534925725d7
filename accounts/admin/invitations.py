"""The admin pages for invitations. The permission to add invitations also allows resending and withdrawing them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Field, ManyToManyField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_tasks import TaskResultStatus

from accounts import invitations
from accounts.current_user import current_user
from accounts.models import Invitation, User
from record import mail
from record.admin.change_form import ChangeFormAdmin
from record.admin.lists import moment_column


class InvitationForm(forms.ModelForm):
    """The form of a new invitation: e-mail address, name and roles."""

    class Meta:
        model = Invitation
        fields = ("email", "name", "roles")
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def clean_email(self) -> str:
        if problem := invitations.in_the_way(self.cleaned_data["email"]):
            raise ValidationError(problem)
        return User.objects.normalize_email(self.cleaned_data["email"])


@admin.register(Invitation)
class InvitationAdmin(ChangeFormAdmin):
    list_display = ["email", "name", "state", "invited_by", "sent", "expires"]
    list_select_related = ["invited_by"]
    search_fields = ["email", "name"]
    ordering = ["-created_at", "-pk"]
    sortable_by = ["email"]
    list_per_page = 50
    show_full_result_count = False
    actions = None
    form = InvitationForm
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name", "roles"],
                "description": gettext_lazy(
                    "The invited person gets an e-mail with a link to choose a password. The link works once, "
                    "within seven days."
                ),
            },
        )
    ]
    fieldsets = [
        (None, {"fields": ["email", "name", "roles", "state", "invited_by", "sent", "expires"]}),
        (gettext_lazy("Outcome"), {"fields": ["used", "account", "withdrawn"]}),
    ]
    readonly_fields = ["state", "invited_by", "sent", "expires", "used", "account", "withdrawn"]

    sent = moment_column(Invitation, "sent_at")
    expires = moment_column(Invitation, "expires_at")
    used = moment_column(Invitation, "used_at")
    withdrawn = moment_column(Invitation, "withdrawn_at")

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Invitation) -> str:
        if not obj.is_waiting:
            return obj.state
        if not hasattr(obj, "mail_state"):
            self._read_mail_states([obj])
        if obj.mail_state == TaskResultStatus.FAILED:
            return _("e-mail not sent: send the invitation again")
        if obj.mail_state in (TaskResultStatus.READY, TaskResultStatus.RUNNING):
            return _("e-mail not sent yet")
        return obj.state

    def _read_mail_states(self, rows: Iterable[Invitation]) -> None:
        waiting = [row for row in rows if row.is_waiting]
        states = invitations.mail_states(waiting)
        for row in waiting:
            row.mail_state = states.get(row.pk, "")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        self._read_mail_states(found.result_list)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        kwargs["queryset"] = invitations.assignable_roles(current_user(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "roles":
            field.widget.can_add_related = False
            field.help_text = gettext_lazy(
                "What the invited person may do in the admin. Only roles that you can give are listed."
            )
        return field

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """
        Create the invitation with `invitations.invite`, which checks the roles and makes the token. Then send the
        e-mail.
        """
        values = form.cleaned_data
        invitation, token = invitations.invite(
            values["email"], name=values["name"], roles=values["roles"], actor=current_user(request)
        )
        obj.pk = invitation.pk
        obj.refresh_from_db()
        if mail.is_left_to_worker():
            done = _("An e-mail to %(email)s is on its way.")
        else:
            done = _("We sent an e-mail to %(email)s.")
        self._send(request, invitation, token, done % {"email": invitation.email})

    def _send(self, request: HttpRequest, invitation: Invitation, token: str, done: str) -> None:
        """Send the e-mail after the commit, then show the message `done`, or an error if it could not be sent."""

        def send() -> None:
            try:
                invitations.send(invitation, token)
            except OSError:  # includes SMTP errors
                text = _("The e-mail could not be sent. Send the invitation again later.")
                messages.error(request, text)
            else:
                messages.success(request, done)

        # A rolled-back transaction can't take back an e-mail, so send it only after the commit.
        transaction.on_commit(send)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.step_view)
        steps = ("again", "withdraw")
        own = [path(f"<int:pk>/{step}/", page, {"step": step}, name=f"accounts_invitation_{step}") for step in steps]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Send the invitation again if `step` is "again", or withdraw it if `step` is "withdraw"."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        invitation = Invitation.objects.filter(pk=pk).first()
        if invitation is None:
            raise Http404
        try:
            if step == "withdraw":
                invitations.withdraw(invitation, actor=current_user(request))
                messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
            else:
                token = invitations.renew(invitation, actor=current_user(request))
                done = _("We sent a new e-mail. The link in the old one no longer works.")
                self._send(request, invitation, token, done)
        except ValidationError as error:
            messages.error(request, error.message)
        return redirect("admin:accounts_invitation_change", pk)

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None:
            context["can_step"] = self.has_add_permission(request) and not (obj.used_at or obj.withdrawn_at)
