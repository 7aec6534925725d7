"""The admin pages of background tasks: the package's own read-only pages, with the checks of all our lists."""

from django.contrib import admin
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from .lookup_guard import LookupGuardMixin

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(LookupGuardMixin, DBTaskResultAdmin):
    # Not `task_name`, which fails for a row with `run_after` while `TASKS` is not set.
    list_display = ("task_path", "status", "enqueued_at", "started_at", "finished_at")
    list_filter = ("status",)
