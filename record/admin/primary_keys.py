"""Primary keys as they come in: from an address or a form that somebody may have typed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404

LONGEST = 18
"""Digits that fit into the 64 bits of a key, whatever they are."""


def is_key(text: Any) -> bool:
    """Whether `text` can be the key of a row: the database may be asked for it."""
    return str(text).isdecimal() and len(str(text)) <= LONGEST


def key_or_404(model: type[Model], text: str) -> Any:
    """The primary key of `model` that `text` stands for; 404 where it can't be one."""
    try:
        return model._meta.pk.to_python(text)
    except ValidationError:
        raise Http404 from None
