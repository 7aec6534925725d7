"""The admin pages for accounts and groups."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.forms import AccountChangeForm
from accounts.models import User
from record.admin.change_form import ChangeFormAdmin
from record.admin.lists import BoundedPaginator, LatestChoices, PowerFilter, count_column, counted, moment_column

from .confirmation import ConfirmationPage
from .second_factor import SecondFactorPage


class PermissionChoicesMixin:
    """Offers only permissions on models that have a page in the admin."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.remote_field.model is Permission:
            models = [model._meta.model_name for model in self.admin_site._registry]
            field.queryset = field.queryset.select_related("content_type").filter(content_type__model__in=models)
        return field


@admin.register(User)
class AccountAdmin(SecondFactorPage, ConfirmationPage, ChangeFormAdmin, PermissionChoicesMixin, auth_admin.UserAdmin):
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
                    "Some steps need two people. There, an invited account counts as the same person as its "
                    "inviter. This ends when an administrator who counts as a different person confirms that "
                    "somebody else uses the account."
                ),
            },
        ),
    ]

    last_came = moment_column(User, "last_login")
    joined = moment_column(User, "joined_at")
    confirmed = moment_column(User, "confirmed_at")

    def has_add_permission(self, request) -> bool:
        # Accounts are created by invitation only. An editor who set another account's password could act as two people.
        return False

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.pk == request.user.pk:
            return fieldsets
        # The page has a separate button for a new password.
        return [(name, options | {"fields": _without("password", options)}) for name, options in fieldsets]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj is not None and obj.pk != request.user.pk:
            # Nobody may change another account's e-mail address: it receives the links to reset the password.
            fields = [*fields, "email"]
        if request.user.is_superuser:
            return fields
        fields = [*fields, "is_superuser", "user_permissions"]
        if obj is None:
            return fields
        if not may_assign_roles(request.user, obj):
            fields += ["is_staff", "groups"]
        return [*fields, "is_active"] if obj.pk == request.user.pk else fields

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "groups" and not request.user.is_superuser:
            field.queryset = field.queryset.filter(name__in=User.Role.values)
        return field

    def save_related(self, request, form, formsets, change):
        others = Group.objects.none()
        if "groups" in form.fields and not request.user.is_superuser:
            # The form offers only roles. Keep the account's other groups.
            others = form.instance.groups.exclude(name__in=User.Role.values)
            form.cleaned_data["groups"] = [*form.cleaned_data["groups"], *others]
        super().save_related(request, form, formsets, change)

    def user_change_password(self, request, id, form_url=""):
        account = self.get_object(request, unquote(id))
        if account is None or account.pk != request.user.pk:
            raise PermissionDenied
        return redirect("account_change_password")  # that page asks for the current password

    def has_change_permission(self, request, obj=None) -> bool:
        may = super().has_change_permission(request, obj)
        if obj is None or not may:
            return may
        return may_assign_roles(request.user, obj) or obj.pk == request.user.pk

    def has_delete_permission(self, request, obj=None) -> bool:
        # Deleting an account would remove the author of a result from the history, so that anybody could approve it.
        return False


def _without(name: str, options: dict) -> list[str]:
    return [field for field in options["fields"] if field != name]


def may_assign_roles(actor: User, account: User) -> bool:
    """Return whether `actor` may assign roles to `account`. Only superusers may do so for themselves or a superuser."""
    if actor.is_superuser:
        return True
    return actor.pk != account.pk and not account.is_superuser and actor.has_perm("accounts.assign_roles")


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ChangeFormAdmin, PermissionChoicesMixin, auth_admin.GroupAdmin):
    list_display = ["name", "members"]
    list_per_page = 50
    show_full_result_count = False

    members = count_column("user", _("members"))

    # A group's permissions apply to all its members, perhaps including the editor's own account.
    def has_add_permission(self, request) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(user_counted=counted(Group, "user"))
