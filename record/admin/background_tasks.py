"""The admin pages of background tasks: the package's own read-only pages, with the columns and checks of our lists."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from .lists import moment_column
from .lookup_guard import LookupGuardMixin

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(LookupGuardMixin, DBTaskResultAdmin):
    # Not `task_name`, which fails for a row with `run_after` while `TASKS` is not set.
    list_display = ("task_path", "status", "enqueued", "started", "finished")  # type: ignore[assignment]
    list_filter = ("status",)  # type: ignore[assignment]
    search_fields = ("task_path", "exception_class_path")

    enqueued = moment_column(DBTaskResult, "enqueued_at")
    started = moment_column(DBTaskResult, "started_at")
    finished = moment_column(DBTaskResult, "finished_at")

    def get_readonly_fields(self, request: HttpRequest, obj: DBTaskResult | None = None) -> list[str]:
        names: dict[str, Any] = {"enqueued_at": "enqueued", "started_at": "started", "finished_at": "finished"}
        return [names.get(name, name) for name in super().get_readonly_fields(request, obj) if "run_after" not in name]
