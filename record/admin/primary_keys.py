"""Check primary keys that come from a URL or a form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404

LONGEST = 18
"""The most digits for which every number fits into 64 bits."""


def is_key(text: Any) -> bool:
    """Return whether `text` may be a primary key, so that it is safe to query for it."""
    return str(text).isdecimal() and len(str(text)) <= LONGEST


def key_or_404(model: type[Model], text: str) -> Any:
    """Convert `text` to a primary key of `model`. Raise Http404 if it can't be one."""
    try:
        return model._meta.pk.to_python(text)
    except ValidationError:
        raise Http404 from None
