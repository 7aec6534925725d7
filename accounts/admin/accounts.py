"""The admin pages for accounts and groups."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.current_user import current_user
from accounts.forms import AccountChangeForm
from accounts.models import User
from record.admin.change_form import ChangeFormAdmin
from record.admin.counting import count_column, counted
from record.admin.lists import LatestChoices, PowerFilter, moment_column
from record.admin.pagination import BoundedPaginator

from .confirmation import ConfirmationPage
from .erasing import ErasurePage
from .second_factor import SecondFactorPage


class PermissionChoicesMixin(admin.ModelAdmin):
    """A ModelAdmin mixin: permission fields offer only the permissions of models that are registered in the admin."""

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and field.queryset is not None and db_field.related_model is Permission:
            models = [model._meta.model_name for model in self.admin_site._registry]
            field.queryset = field.queryset.select_related("content_type").filter(content_type__model__in=models)
        return field


@admin.register(User)
class AccountAdmin(
    SecondFactorPage, ConfirmationPage, ErasurePage, ChangeFormAdmin, PermissionChoicesMixin, auth_admin.UserAdmin
):
    list_display = ["email", "name", "is_staff", "is_superuser", "is_active", "last_came"]
    list_filter = ["is_staff", ("is_superuser", PowerFilter), "is_active", ("groups", LatestChoices)]
    search_fields = ["email", "name"]
    ordering = ["email"]
    date_hierarchy = "joined_at"
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    form = AccountChangeForm
    readonly_fields = ["last_came", "joined", "invited_by", "confirmed"]
    fieldsets = [
        (
            None,
            {
                "fields": ["email", "password", "name", "time_zone"],
                "description": _("The person signs in with this e-mail address."),
            },
        ),
        (
            _("Permissions"),
            {
                "fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"],
                "description": _(
                    "To let somebody work here, allow them to use the admin and give them a role. An account "
                    "with several roles has the permissions of all of them. You can’t give yourself a role. "
                    "Instead of deleting an account, make it inactive."
                ),
            },
        ),
        (
            _("Invitation and activity"),
            {
                "fields": ["joined", "invited_by", "confirmed", "last_came"],
                "description": _(
                    "Some actions need two people. A new account counts as the same person as its inviter until an "
                    "independent administrator confirms that somebody else uses the account."
                ),
            },
        ),
    ]

    last_came = moment_column(User, "last_login")
    joined = moment_column(User, "joined_at")
    confirmed = moment_column(User, "confirmed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Accounts are created by invitation only. Otherwise an editor could create a second account with a known
        # password, and act as two people.
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.pk == request.user.pk:
            return fieldsets
        # Leave out the password field: nobody may change the password of another account.
        return [(name, options | {"fields": _without("password", options)}) for name, options in fieldsets]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        user = current_user(request)
        fields = [*super().get_readonly_fields(request, obj)]
        if obj is not None and obj.pk != user.pk:
            # Only the owner of an account may change its e-mail address, because links to reset the password are sent
            # to it.
            fields += ["email"]
        if user.is_superuser:
            return fields
        fields += ["is_superuser", "user_permissions"]
        if obj is None:
            return fields
        if not may_assign_roles(user, obj):
            fields += ["is_staff", "groups"]
        return [*fields, "is_active"] if obj.pk == user.pk else fields

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and field.queryset is not None and db_field.name == "groups" and not request.user.is_superuser:
            field.queryset = field.queryset.filter(name__in=User.Role.values)
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "groups" in form.fields and not request.user.is_superuser:
            # The form offers only groups that are roles, so keep the account's other groups.
            others = form.instance.groups.exclude(name__in=User.Role.values)
            form.cleaned_data["groups"] = [*form.cleaned_data["groups"], *others]
        super().save_related(request, form, formsets, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        account = self.get_object(request, unquote(id))
        if account is None or account.pk != request.user.pk:
            raise PermissionDenied
        # Use allauth's page to change the password, because it asks for the current password. Django's page does not.
        return redirect("account_change_password")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        if obj is None or not may:
            return may
        if obj.erased_at is not None:
            return False
        return may_assign_roles(current_user(request), obj) or obj.pk == request.user.pk

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Nobody may delete accounts. Results must be approved by somebody who did not enter them, so the history must
        # keep the author of each change.
        return False


def _without(name: str, options: Mapping[str, Any]) -> list[str]:
    return [field for field in options["fields"] if field != name]


def may_assign_roles(actor: User, account: User) -> bool:
    """
    Return whether `actor` may assign roles to `account`. This needs the permission `accounts.assign_roles`; only a
    superuser may change the roles of their own account or of a superuser.
    """
    if actor.is_superuser:
        return True
    return actor.pk != account.pk and not account.is_superuser and actor.has_perm("accounts.assign_roles")


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ChangeFormAdmin, PermissionChoicesMixin, auth_admin.GroupAdmin):  # type: ignore[misc]
    list_display = ["name", "members"]
    list_per_page = 50
    show_full_result_count = False

    members = count_column("user", _("members"))

    # Only superusers may add, change or delete groups. Otherwise editors could add permissions to a group that their
    # own account belongs to.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).annotate(user_counted=counted(Group, "user"))
