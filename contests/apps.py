from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        from record.merging.journal import guard_with
        from record.visibility import show_through

        from . import merge_guard, people_visibility, triggers

        guard_with(merge_guard.in_the_way)

        pre_migrate.connect(triggers.remove, sender=self)
        post_migrate.connect(triggers.install, sender=self)

        show_through("people.Person", people_visibility.person_ties)
        show_through("people.Organisation", people_visibility.organisation_ties)
        show_through("record.Source", people_visibility.source_ties)
