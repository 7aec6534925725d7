"""What the history of a row begins with."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Model, OuterRef

FIRST_VERSION = "As it was before the first change"


def keep_first_version(model: type[Model], keys: Iterable[Any]) -> None:
    """
    Has the history begin with the rows as they are, where it knows nothing of them: a fixture leaves no trace, and the
    first change would have nothing to be compared with. To be called before the change.
    """
    known = model.history.filter(**{model._meta.pk.attname: OuterRef("pk")})
    rows = list(model._base_manager.filter(~Exists(known), pk__in=list(keys)))
    for row in rows:
        row._history_user = None  # not whoever is at the desk
    model.history.bulk_history_create(rows, default_change_reason=FIRST_VERSION)
