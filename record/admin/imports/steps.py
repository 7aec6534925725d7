"""
The steps of an import that editors start. Each one claims the import by its state, so that a second click, or another
editor at the same moment, does nothing.
"""

from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from record.background import WorkFailed, has_worker, start
from record.importing.running import check_import, run_import
from record.models import TableImport

State = TableImport.State
#: After this time, editors may stop an import that is being checked or written: its process was probably killed.
PATIENCE = timedelta(hours=1)
#: Imports that nobody has finished in this time are removed, because their files hold unpublished data. So are the
#: files of finished imports that have left out rows.
KEPT = timedelta(days=30)


def begin_check(stored: TableImport, options: dict[str, Any]) -> bool:
    """Check the table with these options. Return False if another step of the import has begun."""
    with _both():
        claimed = _claim(stored, (State.NEW, State.CHECKED, State.FAILED), State.CHECKING, options, report={})
        return claimed and _start(stored, check_import, State.CHECKING)


def begin_run(stored: TableImport, *, actor: Any, digest: str, only_good: bool) -> bool:
    """Write the rows of the preview with this `digest`. Return False if another step of the import has begun."""
    options = {**stored.options, "digest": digest, "only_good": only_good}
    with _both():
        claimed = _claim(stored, (State.CHECKED,), State.RUNNING, options, created_by=actor)
        return claimed and _start(stored, run_import, State.RUNNING)


def _both() -> AbstractContextManager[object]:
    """
    Return a transaction for the claim and the task of a worker. If the database is busy or away in between, the import
    would wait for a task that is not there. Without a worker, the work itself comes here, in transactions of its own.
    """
    return transaction.atomic() if has_worker() else nullcontext()


def _claim(stored: TableImport, states: tuple[str, ...], state: str, options: dict[str, Any], **values: Any) -> bool:
    """Give the import its new state, unless its state or its options have changed since `stored` was read."""
    same = TableImport.objects.filter(pk=stored.pk, state=stored.state, options=stored.options)
    begun = {**options, "begun": timezone.now().isoformat()}
    if stored.state not in states or not same.update(state=state, options=begun, phase="", done=0, total=0, **values):
        return False
    stored.state, stored.options = state, begun
    return True


def _start(stored: TableImport, work: Any, state: str) -> bool:
    # The import itself says that it has failed. If the task did not even begin, this is said here.
    with suppress(WorkFailed):
        start(work, number=stored.pk)
        return True
    _fail(stored, state)
    return True


def _fail(stored: TableImport, state: str) -> int:
    report = {"failure": _("The import has failed because of an error in the portal. Nothing was imported.")}
    waiting = TableImport.objects.filter(pk=stored.pk, state=state)
    return waiting.update(state=State.FAILED, phase="", report=report)


def is_overdue(stored: TableImport) -> bool:
    """Return whether the import has been busy for so long that editors may stop it."""
    begun = stored.options.get("begun", "")
    since = datetime.fromisoformat(begun) if begun else stored.created_at
    return stored.is_busy and timezone.now() - since > PATIENCE


def stop(stored: TableImport) -> bool:
    """Mark an overdue import as failed."""
    return is_overdue(stored) and bool(_fail(stored, stored.state))


def remove_forgotten() -> None:
    """
    Delete old imports that were never finished, with their files, and the files of old ones that have left out rows.
    Each upload does this.
    """
    old = timezone.now() - KEPT
    unfinished = TableImport.objects.filter(state__in=(State.NEW, State.CHECKED, State.FAILED))
    unfinished.filter(created_at__lt=old).delete()
    finished = TableImport.objects.filter(state__in=(State.DONE, State.UNDONE), finished_at__lt=old)
    finished.exclude(content=b"").update(content=b"")
