from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from record.field_text import FORMATS
        from record.merging.journal import guard_with
        from record.merging.merges import allow
        from record.visibility import show_through

        from . import importing, merge_guard, people_visibility, standard_roles
        from .formatting import clock
        from .models import CreditRole, Recognition, Submission, Work
        from .models.same_contest import keep_links_in_contest
        from .triggers import TRIGGERS

        allow(Work)
        guard_with(merge_guard.in_the_way)
        allow(CreditRole)
        importing.register_kinds()
        runtime: Any = Submission._meta.get_field("runtime")
        FORMATS[runtime] = clock

        keep_links_in_contest(
            Submission.categories.through,
            {"submission": "contest", "category": "contest"},
            at="categories",
            message=_("This category belongs to another contest."),
        )
        keep_links_in_contest(
            Recognition.submissions.through,
            {"recognition": "award__contest", "submission": "contest"},
            at="submissions",
            message=_("A work and the award belong to different contests."),
        )

        TRIGGERS.connect(self)
        standard_roles.connect(self)

        show_through("people.Person", people_visibility.person_ties)
        show_through("people.Organisation", people_visibility.organisation_ties)
        show_through("record.Source", people_visibility.source_ties)
