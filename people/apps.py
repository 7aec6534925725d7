from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People and sources")

    def ready(self):
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_save
        from simple_history.signals import pre_create_historical_record

        from . import history, letters, row_names, visibility
        from .images import keeping
        from .merging import merges

        row_names.name_rows(apps.get_models(include_auto_created=True))
        keeping.hold(merges.holds)
        post_save.connect(history.leave_no_trace)
        connection_created.connect(letters.keep_function)
        pre_create_historical_record.connect(history.keep_reason)
        visibility.show_through("people.Organisation", visibility.organisation_ties)
        visibility.show_through("people.Source", visibility.source_ties)
