"""The forms on the pages that change the state of results."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from record.admin.widgets import Textarea
from record.visible_text import validate_visible

from .datetime_fields import UNREADABLE_DAY, MomentField


class RevealForm(forms.Form):
    """The form for a reveal: the time from which results are public."""

    at = MomentField(label=gettext_lazy("Public from"))


class RevocationForm(forms.Form):
    """The form for a revocation: its public reason and its date."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        validators=[validate_visible],
        widget=Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The reason is public: it appears on the page of the work or person."),
    )
    on = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=admin.widgets.AdminDateWidget,
        help_text=gettext_lazy("Leave blank for today."),
        error_messages={"invalid": UNREADABLE_DAY},
    )


class RestorationForm(forms.Form):
    """The form for restoring a revoked recognition: the public reason."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        max_length=90,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("The reason is public: it appears on the contest’s corrections page."),
    )
