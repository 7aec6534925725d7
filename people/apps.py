from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People and organisations")

    def ready(self):
        from accounts import erasure as accounts_erasure
        from record.merging.merges import allow
        from record.visibility import show_through

        from . import erasure, importing, visibility
        from .models import Organisation, Person

        allow(Person, Organisation)
        importing.register_kinds()
        accounts_erasure.ALSO.append(erasure.forget_account)
        show_through("people.Organisation", visibility.organisation_ties)
        show_through("record.Source", visibility.source_ties)
