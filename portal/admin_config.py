from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _
from django_tasks_db.apps import TasksAppConfig


class LaurelAdminConfig(AdminConfig):
    default_site = "portal.admin_site.LaurelAdminSite"


class BackgroundTasksConfig(TasksAppConfig):
    """The app with the rows of background tasks, under a translated name."""

    verbose_name = _("Background tasks")  # type: ignore[assignment]
