"""
Synthetic rows: rows that the portal generates for demonstrations. Their permanent keys have a prefix. Nobody can edit a
key, so a synthetic row can't become a real one.
"""

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

PREFIX = "synthetic-"
MARK = _("synthetic")


def is_synthetic(via: str = "") -> Q:
    """
    Return the condition that a row is synthetic. `via` is the path to that row, such as "contest__"; by default, it is
    the row of the query itself.
    """
    return Q(**{f"{via}key__startswith": PREFIX})


def named(field: str, via: str = "", text: Combinable | None = None) -> Case:
    """
    Return an expression for the text of `field`, followed by "(synthetic)" if the row is synthetic. `via` is the path
    to the row, such as "contest__". Used for the labels of filter options. With `text`, the label is this expression.
    """
    text = F(f"{via}{field}") if text is None else text
    marked = Concat(text, Value(f" ({MARK})"), output_field=CharField())
    return Case(When(is_synthetic(via), then=marked), default=text, output_field=CharField())
