"""The import of an uploaded archive in the background: first its preview; the import if an editor confirms it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import Error
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from record.background import WorkFailed, described, has_worker, start, task
from record.importing.running import record_changed

from .errors import PortalChangedError
from .importing import READING, import_archive
from .pending import CHECKED, CHECKING, DONE, FAILED, REFUSED, RUNNING, PendingImport, Progress, Told
from .preview import preview_of
from .reading import Archive

_FAILURE = gettext_lazy("The import has failed because of an error in the portal. Nothing was imported.")


def begin_check(pending: PendingImport) -> None:
    """Make the preview of a new upload."""
    try:
        _start(check_archive, pending)
    except Error:
        pending.forget()
        raise


def begin_run(pending: PendingImport, told: Told, *, seen: str) -> bool:
    """Import the archive with the preview `seen`. Return False if another step has begun, or the preview is another."""
    is_seen = told.state == CHECKED and told.report["seen"] == seen
    if not is_seen or not pending.change(told, state=RUNNING, phase="", done=0, total=0):
        return False
    try:
        _start(run_archive, pending)
    except Error:
        # The database is busy or away, so no worker will begin. The editor can confirm the preview again.
        if (begun := pending.read()) is not None and begun.is_busy:
            pending.change(begun, state=CHECKED)
        raise
    return True


def _start(work: Any, pending: PendingImport) -> None:
    try:
        start(work, owner=pending.owner, token=pending.token)
    except WorkFailed:
        # The task itself notes that it has failed, unless it did not even begin.
        told = pending.read()
        if told is not None and told.is_busy:
            pending.change(told, state=FAILED, phase="", messages=[str(_FAILURE)])


@described(gettext_lazy("Preview of an archive"))
@task
def check_archive(*, owner: int, token: str) -> None:
    """Make the preview of an uploaded archive: import it and undo that."""
    with _begun(owner, token, CHECKING) as begun:
        if begun is not None:
            _check(*begun)


@described(gettext_lazy("Import of an archive"))
@task
def run_archive(*, owner: int, token: str) -> None:
    """Import an uploaded archive as its editor has seen it. If the portal has changed, make the preview again."""
    with _begun(owner, token, RUNNING) as begun:
        if begun is None:
            return
        pending, progress, actor = begun
        told = progress.told
        try:
            with pending.open() as file:
                progress(READING)
                archive = Archive(file)
                found = import_archive(
                    archive, file_name=told.name, actor=actor, seen=told.report["seen"], say=progress
                )
        except PortalChangedError:
            _check(pending, progress, actor, is_stale=True)
            return
        result = {
            **{"new": found.new_count, "changed": len(found.changes)},
            **{name: archive.manifest[name] for name in ("kind", "slug")},
        }
        progress.change(state=DONE, phase="", report=result)
        pending.remove_file()
        if has_worker():
            record_changed.send(PendingImport)


def _check(pending: PendingImport, progress: Progress, actor: User, *, is_stale: bool = False) -> None:
    with pending.open() as file:
        progress(READING)
        archive = Archive(file)
        found = import_archive(archive, file_name=progress.told.name, actor=actor, is_trial=True, say=progress)
        report = preview_of(archive, found, actor) | {"is_stale": is_stale}
    progress.change(state=CHECKED, phase="", report=report)


@contextmanager
def _begun(owner: int, token: str, state: str) -> Iterator[tuple[PendingImport, Progress, User] | None]:
    """
    Give the import with its progress and its editor if it has the state `state`. Note the messages of a refusal, and
    remove the file. Other errors leave the state "failed" and are raised again.
    """
    pending, actor = PendingImport(owner, token), User.objects.filter(pk=owner, is_active=True).first()
    told = pending.read()
    if told is None or actor is None or told.state != state:
        yield None
        return
    progress = Progress(pending, told)
    try:
        with override(told.language):
            yield pending, progress, actor
    except ValidationError as error:
        progress.change(state=REFUSED, phase="", messages=error.messages)
        pending.remove_file()
    except Exception:
        with override(told.language):
            progress.change(state=FAILED, phase="", messages=[str(_FAILURE)])
        pending.remove_file()
        raise
