"""URLs that pages link to. Only those of the web: whatever is stored, no page leads to `javascript:` or `data:`."""

import re
from typing import Any

from django.core.validators import URLValidator
from django.db import models

_OF_THE_WEB = re.compile(r"(?:https?|ftps?)://[^\s/?#\\]+[^\s\x00-\x1f\x7f]*", re.IGNORECASE)


class WebURLField(models.URLField):
    """
    The URL of a page or file on the web. What a form refuses can still be stored, by a fixture or by hand; it is read
    as blank, so that every page, API, feed, file and link made of the row goes without it.
    """

    default_validators = [URLValidator(schemes=["http", "https", "ftp", "ftps"])]

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return value if value is None or _OF_THE_WEB.fullmatch(value) else ""

    def deconstruct(self) -> Any:
        # In the database it is the same as its parent, and so are migrations.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
