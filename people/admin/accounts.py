"""Who may sign in, and what they may do."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

from people.forms import AccountChangeForm, AccountCreationForm
from people.models import User

from .base import NamedPages, count_column, counted
from .history import HistoryAdmin
from .second_factor import SecondFactorPage


class ReadablePermissions:
    """Permissions to choose from: those on what an editor can open here."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.remote_field.model is Permission:
            models = [model._meta.model_name for model in self.admin_site._registry]
            field.queryset = field.queryset.select_related("content_type").filter(content_type__model__in=models)
        return field


@admin.register(User)
class AccountAdmin(SecondFactorPage, NamedPages, HistoryAdmin, ReadablePermissions, auth_admin.UserAdmin):
    list_display = ["email", "name", "is_staff", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    date_hierarchy = "joined_at"
    list_per_page = 50
    show_full_result_count = False
    form = AccountChangeForm
    add_form = AccountCreationForm
    change_user_password_template = "admin/password.html"  # noqa: S105 (a template, no password)
    readonly_fields = ["last_login", "joined_at"]
    fieldsets = [
        (
            None,
            {
                "fields": ["email", "password", "name"],
                "description": _("Whoever signs in does so with this e-mail address."),
            },
        ),
        (
            _("Permissions"),
            {
                "fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"],
                "description": _(
                    "To let somebody edit, let them use the admin and put them in a group that may change the record. "
                    "Instead of deleting an account, make it inactive."
                ),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name", "usable_password", "password1", "password2"],
                "description": _("The next page lets you choose what the account may do."),
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        # Who may edit accounts must not be able to give themselves every permission.
        return [*fields, "is_superuser", "groups", "user_permissions"]

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    @staticmethod
    def _may_touch(request, obj) -> bool:
        if obj is None or request.user.is_superuser:
            return True
        # Setting somebody's password is becoming them: nobody gets at more than they may do already.
        return not obj.is_superuser and obj.get_all_permissions() <= request.user.get_all_permissions()


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(NamedPages, ReadablePermissions, auth_admin.GroupAdmin):
    list_display = ["name", "members"]
    list_per_page = 50
    show_full_result_count = False

    members = count_column("user", _("members"))

    # A group's permissions are those of all its members, one's own account among them.
    def has_add_permission(self, request) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(user_counted=counted(Group, "user"))
