from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from record.time_zones import TimeZoneField
from record.visible_text import VisibleTextMixin

#: The end of the e-mail addresses of erased accounts. Nobody can have such an address (RFC 2606).
ERASED = "@erased.invalid"


class HistoryOfAccounts(HistoricalRecords):
    """The history of accounts. Saving only the field `last_login`, as each sign-in does, adds no history entry."""

    def post_save(self, instance: "User", created: bool, using: str | None = None, **kwargs: Any) -> None:
        if set(kwargs.get("update_fields") or ()) != {"last_login"}:
            super().post_save(instance, created, using=using, **kwargs)


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return `email` in lower case, as e-mail addresses are stored; return "" for None."""
        return (email or "").lower()

    def get_by_natural_key(self, email: str | None) -> "User":
        """
        Return the account with the e-mail address `email`, which may be in upper or lower case. Raise
        `User.DoesNotExist` if there is none.
        """
        return self.get(email=self.normalize_email(email))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """
        Create and return an account. An account without a password can't sign in. Raise `ValueError` if `email` is
        empty.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def who_may(self, permission: str) -> models.QuerySet["User"]:
        """
        Return the active accounts that may use the admin and have `permission`, such as "contests.approve_results":
        directly, through a group, or as superusers.
        """
        app, codename = permission.split(".")
        asked = Permission.objects.filter(content_type__app_label=app, codename=codename)
        may = (
            models.Q(is_superuser=True) | models.Q(user_permissions__in=asked) | models.Q(groups__permissions__in=asked)
        )
        return self.filter(is_staff=True, is_active=True, pk__in=self.filter(may).values("pk"))

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create and return an account that has all permissions and may use the admin."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(VisibleTextMixin, AbstractBaseUser, PermissionsMixin):
    """The account of a person, who signs in with an e-mail address."""

    class Role(models.TextChoices):
        """The roles of accounts. Each role is a group of the same name; `accounts/roles.py` lists its permissions."""

        VIEWER = "viewer", _("viewer")
        EDITOR = "editor", _("editor")
        PUBLISHER = "publisher", pgettext_lazy("role", "publisher")
        ADMINISTRATOR = "administrator", _("administrator")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_superuser = models.BooleanField(
        _("may do everything"),
        default=False,
        help_text=_("This account has all rights, regardless of its roles. For the people who run this portal."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("To block an account, turn this off instead of deleting it. Its history then stays."),
    )
    time_zone = TimeZoneField(
        _("time zone"), blank=True, help_text=_("The time zone for times in the admin. Default: UTC.")
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # `invited_by` and `confirmed_at` decide which accounts count as the same person: see accounts/same_person.py.
    invited_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="invited",
        verbose_name=_("invited by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed as a separate person"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("confirmed by")
    )
    #: When the personal data of the account was erased (accounts/erasure.py). The row stays, because the history refers
    #: to it.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = UserManager()
    history = HistoryOfAccounts(m2m_fields=["groups"], excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # django-simple-history reads these attributes when an account is saved.
    _history_user: Any
    _change_reason: str
    skip_history_when_saving: bool

    class Meta:
        ordering = ["email"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [("assign_roles", "Can put other accounts into roles and take them out")]
        constraints = [
            # Together with `unique=True` on the field `email`, this constraint allows only one account for each e-mail
            # address, regardless of case.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_in_small_letters",
                violation_error_message=_("Write the e-mail address in lowercase."),
            ),
            # Nothing can bring an erased account back.
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(
                    name="",
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                    email__endswith=ERASED,
                    last_login=None,
                ),
                name="user_erased_stays_empty",
                violation_error_message=_("The data of this account was erased."),
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("former user %(number)d") % {"number": self.pk}
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return str(self)
