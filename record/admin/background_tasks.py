"""The admin pages of background tasks: the package's own read-only pages, with the columns and checks of our lists."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from record import background

from .lists import moment_column
from .lookup_guard import LookupGuardMixin

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(LookupGuardMixin, DBTaskResultAdmin):
    # Not `task_name`, which fails for a row with `run_after` while `TASKS` is not set.
    list_display = ("task_path", "status", "attempts", "reason", "enqueued", "started", "finished")  # type: ignore[assignment]
    list_filter = ("status",)  # type: ignore[assignment]
    search_fields = ("task_path", "exception_class_path")
    actions = ("run_again",)

    enqueued = moment_column(DBTaskResult, "enqueued_at")
    started = moment_column(DBTaskResult, "started_at")
    finished = moment_column(DBTaskResult, "finished_at")

    @admin.display(description=_("Attempts"))
    def attempts(self, row: DBTaskResult) -> str:
        return f"{len(row.worker_ids)} / {background.ATTEMPTS}"

    @admin.display(description=_("Reason"))
    def reason(self, row: DBTaskResult) -> str:
        """Return the message of the error of the last attempt. More lines may follow it in the traceback."""
        name = row.exception_class_path.rpartition(".")[2]
        lines = [line for line in row.traceback.splitlines() if name in line and not line.startswith(" ")]
        return Truncator(lines[-1] if lines else "").chars(200)

    # Only administrators may view tasks, and nobody may change them.
    @admin.action(description=_("Run again"), permissions=["view"])
    def run_again(self, request: HttpRequest, rows: QuerySet[DBTaskResult]) -> None:
        number = background.run_again(rows)
        text = ngettext("%(number)d failed task runs again.", "%(number)d failed tasks run again.", number)
        self.message_user(request, text % {"number": number})

    def get_readonly_fields(self, request: HttpRequest, obj: DBTaskResult | None = None) -> list[str]:
        names: dict[str, Any] = {"enqueued_at": "enqueued", "started_at": "started", "finished_at": "finished"}
        return [names.get(name, name) for name in super().get_readonly_fields(request, obj) if "run_after" not in name]
