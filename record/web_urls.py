"""A model field for URLs that pages link to. It refuses schemes such as `javascript:` and `data:`."""

import re
from typing import Any

from django.core.validators import URLValidator
from django.db import models

_OF_THE_WEB = re.compile(r"(?:https?|ftps?)://[^\s/?#\\]+[^\s\x00-\x1f\x7f]*", re.IGNORECASE)


class WebURLField(models.URLField):
    """
    A model field for an HTTP, HTTPS, FTP or FTPS URL. Validators don't run for rows from a fixture. Therefore, any
    other value in the database is read as blank, so that no page, API response, feed or file contains it.
    """

    default_validators = [URLValidator(schemes=["http", "https", "ftp", "ftps"])]

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return value if value is None or _OF_THE_WEB.fullmatch(value) else ""

    def deconstruct(self) -> Any:
        # Migrations use Django's URLField, because the database column is the same.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
