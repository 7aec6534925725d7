"""
Rows that the portal made up itself, for trying things out. They are told by their permanent key, which nobody can
edit, so that no change to such a row takes its mark away.
"""

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

PREFIX = "synthetic-"
MARK = _("synthetic")


def is_synthetic(via: str = "") -> Q:
    """The condition under which the row at the path `via` (such as `"contest__"`) is synthetic."""
    return Q(**{f"{via}key__startswith": PREFIX})


def named(field: str, via: str = "") -> Case:
    """The name in `field`, with the mark behind it where the row at `via` is synthetic: for the options of a filter."""
    marked = Concat(F(f"{via}{field}"), Value(f" ({MARK})"), output_field=CharField())
    return Case(When(is_synthetic(via), then=marked), default=F(f"{via}{field}"), output_field=CharField())
