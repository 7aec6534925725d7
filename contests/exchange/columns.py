"""How the value of a model field is written as JSON, and checked when it is read."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _

from record.countries import CountryField
from record.images import ImageField
from record.models import is_within
from record.visible_text import CONTROL, is_blank

#: The name of the member with an image: its checksum and the extension of its format.
MEDIA = re.compile(r"media/[0-9a-f]{64}\.(?:jpe?g|png|webp)")
#: Texts that a database can't store, or that are no text.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: The values that are remembered for a column are short, and not more than this.
_REMEMBERED, _SHORT = 5_000, 60


class Column:
    """
    A field of a kind of rows. `to` is the name of the kind that a reference leads to, and `is_many` says whether the
    value is a list of references.
    """

    def __init__(self, field: Any, to: str = ""):
        self.field, self.to = field, to
        self.name: str = field.name
        self.is_many: bool = bool(field.many_to_many)
        self.is_image = isinstance(field, ImageField)
        self._encode = _encoder(field)
        self._known: dict[Any, Any] = {}

    @property
    def path(self) -> str:
        """The lookup path to the value in the database."""
        return f"{self.name}__key" if self.to else self.name

    def encoded(self, value: Any) -> Any:
        """Return a value of the database as it is written in an archive."""
        return value if value is None else self._encode(value)

    def stored(self, value: Any) -> Any:
        """
        Return a value of an archive as the model has it; the keys of other rows, and the names of images, stay as they
        are. Raise `ValidationError` if the model would not accept the value, or would store another one.
        """
        kind = type(value)
        is_short = kind in (int, bool) or value is None or (kind is str and len(value) <= _SHORT)
        if is_short and (known := self._known.get((kind, value), self)) is not self:
            return known
        result = self._stored(value)
        if is_short and len(self._known) < _REMEMBERED:
            self._known[kind, value] = result
        return result

    def _stored(self, value: Any) -> Any:
        if self.is_many:
            return _references(value)
        if self.to or self.name == "key":
            return _reference(value, may_be_null=self.field.null)
        if self.is_image:
            if value != "" and not (isinstance(value, str) and MEDIA.fullmatch(value)):
                raise ValidationError(_("This is not the name of an image in the archive."))
            return value
        if value is None:
            if not self.field.null:
                raise ValidationError(self.field.error_messages["null"])
            return None
        found = self._checked(self._of_type(value))
        if self._encode(found) != value:
            raise ValidationError(_("This value is not written as an export writes it."))
        return found

    def _of_type(self, value: Any) -> Any:
        """Return a value of the Python type of the field. Raise `ValidationError` if it is of another type."""
        field = self.field
        if isinstance(field, models.JSONField):
            return _json(value)
        wanted = bool if isinstance(field, models.BooleanField) else int if _is_number(field) else str
        if type(value) is not wanted:
            raise ValidationError(_("This value has the wrong type."))
        if isinstance(field, models.DateTimeField):
            return _parsed(str(value), _MOMENT, datetime.fromisoformat)
        if isinstance(field, models.DateField):
            return _parsed(str(value), _DAY, date.fromisoformat)
        if isinstance(field, models.DecimalField):
            try:
                return Decimal(value)
            except InvalidOperation:
                raise ValidationError(_("This value has the wrong type.")) from None
        return value

    def _checked(self, value: Any) -> Any:
        """Return `value` as the field cleans it. Raise `ValidationError` if the field refuses it."""
        field = self.field
        if isinstance(value, str):
            self._check_text(value)
        if _is_number(field) and not limits(field)[0] <= value <= limits(field)[1]:
            raise ValidationError(_("This number is too small or too large."))
        if isinstance(value, date) and not is_within(value):
            raise ValidationError(_("This date is out of bounds."))
        if isinstance(field, CountryField):
            codes = value.split(",") if field.multiple and value else [value] if value else []
            if len(set(codes)) != len(codes) or not all(code in field.countries for code in codes):
                raise ValidationError(_("Unknown country."))
            if not codes and not field.blank:
                raise ValidationError(field.error_messages["blank"])
            field.run_validators(value)
        elif not isinstance(field, models.JSONField):
            value = field.clean(value, None)
            if field.choices and value not in field.empty_values and value not in dict(field.flatchoices):
                raise ValidationError(_("This value is not one of the choices."))
        return value

    def _check_text(self, value: str) -> None:
        if _NO_TEXT.search(value) or (isinstance(self.field, models.CharField) and CONTROL.search(value)):
            raise ValidationError(_("This text has characters that can’t be stored."))
        if value and is_blank(value):
            raise ValidationError(_("This text has no visible character."))


def _encoder(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, models.DateTimeField):
        return lambda value: f"{value.astimezone(UTC).isoformat().removesuffix('+00:00')}Z"
    if isinstance(field, models.DateField):
        return lambda value: value.isoformat()
    if isinstance(field, models.DecimalField):
        return f"{{:.{field.decimal_places}f}}".format
    if isinstance(field, models.BooleanField):
        return bool
    if _is_number(field) or isinstance(field, models.JSONField) or field.remote_field:
        return lambda value: value
    return str


def _is_number(field: Any) -> bool:
    return isinstance(field, models.IntegerField)


def limits(field: Any) -> tuple[int, int]:
    """
    Return the smallest and the largest number that a field for whole numbers accepts on every database. Django's own
    limits are those of the present database.
    """
    given = field._validators
    least = [validator.limit_value for validator in given if isinstance(validator, MinValueValidator)]
    most = [validator.limit_value for validator in given if isinstance(validator, MaxValueValidator)]
    size = 2**15 - 1 if isinstance(field, models.PositiveSmallIntegerField) else 2**31 - 1
    return max([0, *least]), min([size, *most])


def _parsed(value: str, form: re.Pattern[str], parse: Callable[[str], Any]) -> Any:
    if form.fullmatch(value):
        try:
            return parse(value)
        except ValueError:
            pass
    raise ValidationError(_("There is no such date."))


def _reference(value: Any, *, may_be_null: bool = False) -> str | None:
    if value is None and may_be_null:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= 100 or CONTROL.search(value) or is_blank(value):
        raise ValidationError(_("This is not a permanent key."))
    return value


def _references(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValidationError(_("This value has the wrong type."))
    found: list[Any] = [_reference(key) for key in value]
    if any(one >= other for one, other in zip(found, found[1:], strict=False)):
        raise ValidationError(_("These keys are not sorted, or one is named twice."))
    return found


def _json(value: Any) -> Any:
    """Return `value` if it is what an approval describes: texts, numbers and lists of texts by their names."""
    if not isinstance(value, dict):
        raise ValidationError(_("This value has the wrong type."))
    for text in value.values():
        for part in text if isinstance(text, list) else [text]:
            if type(part) not in (str, int, bool) or (isinstance(part, str) and _NO_TEXT.search(part)):
                raise ValidationError(_("This value has the wrong type."))
    if any(_NO_TEXT.search(name) for name in value):
        raise ValidationError(_("This text has characters that can’t be stored."))
    return value
