"""The forms of the account pages: subclasses of allauth's forms, and the form that accepts an invitation."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.core.internal import ratelimit
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from record.visible_text import validate_line, validate_visible


class Labelled(forms.Form):
    """A form mixin that sets the labels of fields. `labels` maps field names to labels."""

    labels: dict[str, Any] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label


class LoginForm(Labelled, account_forms.LoginForm):
    """The sign-in form: e-mail address and password."""

    labels = {"login": _("E-mail address"), "remember": _("Stay signed in on this device")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # "username" lets password managers fill in the form; "webauthn" lets browsers offer passkeys.
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class ResetPasswordForm(Labelled, account_forms.ResetPasswordForm):
    """
    The form for users who have forgotten their password. It asks for an e-mail address, to send a link that resets the
    password. It looks for the address only in `User.email`. allauth's form would also send the link to a new e-mail
    address that is not confirmed yet and may be mistyped.
    """

    labels = {"email": _("E-mail address")}

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send nothing, and return the e-mail address from the form. The view calls `deliver` after the response."""
        return self.cleaned_data["email"]

    def deliver(self, request: HttpRequest) -> None:
        """
        Send the e-mail with the reset link, if an active account has the e-mail address in the form. Send nothing if
        the rate limit for this e-mail address is exceeded (setting `ACCOUNT_RATE_LIMITS`).
        """
        limit = {"app": "allauth.account", "action": "reset_password_mail", "key": self.cleaned_data["email"]}
        if self.users and ratelimit.consume(request, **limit):
            super().save(request)


class NewPasswordForm(Labelled, account_forms.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class FirstPasswordForm(Labelled, account_forms.SetPasswordForm):
    labels = {"password1": _("Password"), "password2": _("Password, once more")}


class ChangePasswordForm(Labelled, account_forms.ChangePasswordForm):
    labels = {"oldpassword": _("Current password"), **NewPasswordForm.labels}


class ChangeAddressForm(Labelled, account_forms.AddEmailForm):
    labels = {"email": _("New e-mail address")}


class CredentialField(forms.JSONField):
    """A passkey's answer as JSON. Django's field fails for deeply nested lists and numbers of thousands of digits."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": "…"}) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        # A page with an error does not repeat the answer, because a passkey gives a new one each time.
        return None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class WithCredential(forms.Form):
    """A form mixin that reads the answer of a passkey with `CredentialField`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(required=True, widget=forms.HiddenInput)


class LoginPasskeyForm(WithCredential, webauthn_forms.LoginWebAuthnForm):
    pass


class AuthenticatePasskeyForm(WithCredential, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(WithCredential, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(Labelled, WithCredential, webauthn_forms.AddWebAuthnForm):
    """The form that adds a passkey: its name, and whether the passkey alone is enough to sign in."""

    labels = {
        "name": _("Name of the passkey"),
        "passwordless": _("Sign in with this passkey alone, without a password"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 100
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.help_text = _(
            "When you sign in with this passkey, your device asks for your fingerprint, face or PIN."
        )


class InvitationForm(forms.Form):
    """The form that accepts an invitation: a name, and a new password typed twice."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        validators=[validate_visible, validate_line],
        help_text=_("Other editors see this name next to your changes."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validation.password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        elif first:
            try:
                password_validation.validate_password(first, User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class ErasureForm(forms.Form):
    """The form on which users confirm that their own account may be erased."""

    understood = forms.BooleanField(label=_("I understand that this can’t be undone"))
