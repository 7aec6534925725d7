from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from people.visibility import show_through

        from . import visibility

        show_through("people.Person", visibility.person_ties)
        show_through("people.Organisation", visibility.organisation_ties)
        show_through("people.Source", visibility.source_ties)
