from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")

    def ready(self):
        from portal import checks, file_permissions, log_redaction  # noqa: F401 (importing registers the checks)

        log_redaction.install()
        connection_created.connect(file_permissions.restrict_database)
