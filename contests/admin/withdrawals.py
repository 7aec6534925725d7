"""What an editor is told where a change has withdrawn approvals, which the database does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contests.models import Recognition, Step

from .steps import changed_since

NAMED = 5


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Warns of the approvals that were withdrawn meanwhile. Two statements where none was."""
    history = Recognition.history
    last = history.aggregate(last=Max("history_id"))["last"] or 0
    yield
    if not request.user.has_perm("contests.view_recognition"):
        return
    keys = history.filter(history_id__gt=last, step=Step.WITHDRAWN).order_by().values("id")
    withdrawn = Recognition.objects.filter(pk__in=keys).select_related("award", "submission", "person")
    rows = list(withdrawn.order_by("pk")[: NAMED + 1])
    for text in changed_since(rows[:NAMED]):
        messages.warning(request, text)
    if len(rows) > NAMED:
        messages.warning(request, _("There are more like this."))
