"""The form that changes an account in the admin."""

from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class AccountChangeForm(UserChangeForm):
    """The form that changes an account. It refuses an e-mail address of another account, regardless of case."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("An account with this e-mail address already exists."), code="email_taken")
        return email
