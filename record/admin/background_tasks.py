"""The admin pages of background tasks: the package's own read-only pages, with the columns and checks of our lists."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult, get_date_max

from record import background
from record.time_zones import told

from .lists import moment_column
from .lookup_guard import LookupGuardMixin

#: Texts of the package, which has no translations of its own: our catalogs have them.
TEXTS = (
    *(_("Task Result"), _("Task Results"), pgettext_lazy("Task", "Ready"), pgettext_lazy("Task", "Running")),
    *(pgettext_lazy("Task", "Failed"), pgettext_lazy("Task", "Successful")),
)
admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(LookupGuardMixin, DBTaskResultAdmin):
    # Not `task_name`, which fails for a row with `run_after` while `TASKS` is not set.
    list_display = ("kind", "status", "attempts", "reason", "waiting_since", "next_attempt", "finished")  # type: ignore[assignment]
    list_filter = ("status",)  # type: ignore[assignment]
    search_fields = ("task_path", "exception_class_path")
    actions = ("run_again",)

    enqueued = moment_column(DBTaskResult, "enqueued_at")
    started = moment_column(DBTaskResult, "started_at")
    finished = moment_column(DBTaskResult, "finished_at")

    @admin.display(description=_("Task"), ordering="task_path")
    def kind(self, row: DBTaskResult) -> str:
        return str(background.kind_of(row).label)

    @admin.display(description=_("Attempts"))
    def attempts(self, row: DBTaskResult) -> str:
        return f"{len(row.worker_ids)} / {background.kind_of(row).attempts}"

    @admin.display(description=_("Waiting since"), ordering="enqueued_at")
    def waiting_since(self, row: DBTaskResult) -> str | None:
        return told(row.enqueued_at) if row.status == TaskResultStatus.READY else None

    @admin.display(description=_("Next attempt"), ordering="run_after")
    def next_attempt(self, row: DBTaskResult) -> str | None:
        """Return when the task is tried again. Without a pause, it is done as soon as a worker is free."""
        is_paused = row.status == TaskResultStatus.READY and timezone.now() < row.run_after < get_date_max()
        return told(row.run_after) if is_paused else None

    @admin.display(description=_("Details"))
    def details(self, row: DBTaskResult) -> str:
        """Return the arguments of the task, except the secret ones."""
        secret = background.kind_of(row).secret
        found = [
            f"{name}: {value}" for name, value in row.args_kwargs["kwargs"].items() if name not in secret and value
        ]
        return Truncator(", ".join(found)).chars(500)

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
        first = ["kind", "status", "attempts", "next_attempt", "enqueued", "started", "finished", "reason", "details"]
        left_out = {"enqueued_at", "started_at", "finished_at", "display_run_after", "args_kwargs", *first}
        others = super().get_readonly_fields(request, obj)
        return [*first, *(name for name in others if name not in left_out)]
