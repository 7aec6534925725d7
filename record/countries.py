"""A model field for countries. It lists the countries of today first, then those that are no more."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import django_countries
from django_countries import fields

from record.former_countries import FORMER, INTERNATIONAL


def _place(code: str) -> int:
    return 2 if code == INTERNATIONAL else 1 if code in FORMER else 0


class Countries(django_countries.Countries):
    """The countries of today by name, then those that are no more, then "international"."""

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(super().__iter__(), key=lambda pair: _place(pair[0])))


if TYPE_CHECKING:
    CountryField = fields.CountryField
else:

    class CountryField(fields.CountryField):
        """A model field for one or several countries: ISO 3166-1 codes, ISO 3166-3 codes, or "international"."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("countries", Countries)
            super().__init__(*args, **kwargs)

        def deconstruct(self) -> Any:
            # Migrations use the field of django-countries, because the database column is the same.
            name, _path, args, kwargs = super().deconstruct()
            kwargs.pop("countries", None)
            return name, "django_countries.fields.CountryField", args, kwargs
