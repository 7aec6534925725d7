"""
Synthetic rows, which the portal generates for demonstrations. Their permanent key identifies them. Nobody can edit that
key, so no edit can turn a synthetic row into a real one.
"""

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

PREFIX = "synthetic-"
MARK = _("synthetic")


def is_synthetic(via: str = "") -> Q:
    """Return the condition that the row at the path `via` (such as `"contest__"`) is synthetic."""
    return Q(**{f"{via}key__startswith": PREFIX})


def named(field: str, via: str = "") -> Case:
    """Return an expression for the name in `field`, marked if the row at `via` is synthetic; for filter options."""
    marked = Concat(F(f"{via}{field}"), Value(f" ({MARK})"), output_field=CharField())
    return Case(When(is_synthetic(via), then=marked), default=F(f"{via}{field}"), output_field=CharField())
