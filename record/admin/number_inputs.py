"""
Form fields for numbers. Browsers' inputs of type "number" change what they don't understand: "6:45" becomes 645, and
"42.000" becomes 42. Therefore these fields use text inputs. If a number is ambiguous, the error message shows both
spellings.
"""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]+")
_THOUSANDS = re.compile(
    r"\d{1,3}([.,])\d{3}(\1\d{3})+|\d{1,3},\d{3}(,\d{3})*\.\d{1,2}|\d{1,3}\.\d{3}(\.\d{3})*,\d{1,2}"
)
_ONE_MARK = re.compile(r"\d+[.,]\d{3}")


class WholeNumberWidget(AdminIntegerFieldWidget):
    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"inputmode": "numeric", "size": 8, **(attrs or {})})


class WholeNumberField(forms.IntegerField):
    """A field for a whole number, digits only."""

    default_error_messages = {"invalid": _("Enter a whole number in digits, for example 3.")}
    widget = WholeNumberWidget

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class AmountWidget(AdminTextInputWidget):
    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"inputmode": "decimal", "class": "vDecimalField", "size": 16, **(attrs or {})})


class AmountField(forms.DecimalField):
    """
    A field for a sum of money or a figure. It accepts thousands separators that can't be a decimal point, such as in
    "42 000", "1,250,000" or "1.250,50". It refuses "42,000", which is 42 in some countries and 42 thousand in others.
    """

    default_error_messages = {
        "invalid": _("Type the number alone, without a currency or a word: 42000 or 42000.50."),
        "two_ways": _("This number can be read in two ways. Type %(whole)s or %(fraction)s."),
    }
    widget = AmountWidget

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = self._plain(_SPACES.sub("", value))
        return super().to_python(value)

    def _plain(self, text: str) -> str:
        if _ONE_MARK.fullmatch(text):
            whole, fraction = re.split("[.,]", text)
            ways = {"whole": f"{whole}{fraction}", "fraction": f"{whole}.{fraction.rstrip('0') or '0'}"}
            raise ValidationError(self.error_messages["two_ways"] % ways, code="two_ways")
        if _THOUSANDS.fullmatch(text):
            groups = re.split("[.,]", text)
            cents = groups.pop() if len(groups[-1]) < 3 else ""
            return "".join(groups) + (f".{cents}" if cents else "")
        return text.replace(",", ".") if re.fullmatch(r"[+-]?\d+,\d+", text) else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class RunningTimeField(forms.IntegerField):
    """A field for a duration in seconds, typed and shown as on a clock: "6:45" or "1:32:05"."""

    default_error_messages = {
        "invalid": _(
            "Type minutes and seconds with a colon: 6:45, or 0:45 for less than a minute. With hours: 1:32:05."
        )
    }
    widget = WholeNumberWidget(attrs={"inputmode": "text"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        minutes, seconds = divmod(value, 60)
        hours, within = divmod(minutes, 60)
        return f"{hours}:{within:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        parts = value.strip().replace("：", ":").split(":")
        if len(parts) not in (2, 3) or not all(re.fullmatch(r"\d{1,4}", part) for part in parts):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        *before, minutes, seconds = map(int, parts)
        if seconds > 59 or (before and minutes > 59) or len(parts[-1]) != 2:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return ((before[0] if before else 0) * 60 + minutes) * 60 + seconds

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
