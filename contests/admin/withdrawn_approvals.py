"""Warn an editor after a change that made database triggers withdraw approvals of results."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from contests.models import Recognition, Step

from .steps import changed_since

NAMED = 5
#: Warn about approvals withdrawn up to this long before `since` too: the clock of the database may be behind.
MARGIN = timedelta(seconds=1)
_WARNED = "withdrawals_warned"


def warn(request: HttpRequest, response: HttpResponse, *, since: datetime) -> None:
    """
    Show the editor a warning for each approval that was withdrawn after the time `since`, if `response` is the redirect
    after a saved change. If no approval was withdrawn, only one SQL statement is needed.
    """
    if response.status_code != 302 or not request.user.has_perm("contests.view_recognition"):
        return
    entries = Recognition.history.filter(
        step=Step.WITHDRAWN, history_date__gte=since - MARGIN, history_id__gt=request.session.get(_WARNED, 0)
    )
    found = dict(entries.order_by("history_id").values_list("id", "history_id"))
    if not found:
        return
    request.session[_WARNED] = max(found.values())
    rows = list(Recognition.objects.filter(pk__in=found).for_names()[: NAMED + 1])
    for text in changed_since(rows[:NAMED]):
        messages.warning(request, text)
    if len(rows) > NAMED:
        messages.warning(request, _("More rows are affected than those listed here."))
