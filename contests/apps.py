from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from record.merging.journal import guard_with
        from record.merging.merges import allow
        from record.visibility import show_through

        from . import merge_guard, people_visibility, standard_roles
        from .models import CreditRole, Work
        from .triggers import TRIGGERS

        allow(Work)
        guard_with(merge_guard.in_the_way)
        allow(CreditRole)

        TRIGGERS.connect(self)
        standard_roles.connect(self)

        show_through("people.Person", people_visibility.person_ties)
        show_through("people.Organisation", people_visibility.organisation_ties)
        show_through("record.Source", people_visibility.source_ties)
