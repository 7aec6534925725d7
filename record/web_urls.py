"""URLs that pages link to. Only web URLs are allowed, so that no page ever links to `javascript:` or `data:`."""

import re
from typing import Any

from django.core.validators import URLValidator
from django.db import models

_OF_THE_WEB = re.compile(r"(?:https?|ftps?)://[^\s/?#\\]+[^\s\x00-\x1f\x7f]*", re.IGNORECASE)


class WebURLField(models.URLField):
    """
    The URL of a page or file on the web. Other URLs can still reach the database, through a fixture or by hand. They
    are read as blank, so that no page, API response, feed or file contains them.
    """

    default_validators = [URLValidator(schemes=["http", "https", "ftp", "ftps"])]

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return value if value is None or _OF_THE_WEB.fullmatch(value) else ""

    def deconstruct(self) -> Any:
        # Its database column is that of URLField, so migrations need not know this class.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
