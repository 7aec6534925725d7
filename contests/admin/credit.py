"""The admin pages of credits and of their roles."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contests.models import Credit, CreditRole
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import SEVERAL_LINES, RecordInline
from record.admin.lists import LatestChoices, OneRow, without_source
from record.admin.merging import MergeMixin

from .pickers import KeepContestMixin

# The list of credits offers no more roles as filters.
MOST_ROLES = 100


class CreditInline(RecordInline):
    """The credits of a work, on the page of the work. The role as printed is on the credit's own page."""

    model = Credit
    classes = [SEVERAL_LINES]
    fields = ["order", "person", "organisation", "role", "character", "credited_as", "source"]
    ordering = ["order"]
    joins = ("person", "organisation", "role", "source")

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "role":
            # A new credit is that of a creator unless the editor chooses another role.
            creator = CreditRole.objects.filter(key=CreditRole.CREATOR).first()
            field.initial = field.widget.known = creator
        return field


class RoleFilter(LatestChoices):
    """A filter by role. Its options are the roles in the order of the credits."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(role.pk, str(role)) for role in CreditRole.objects.order_by("order")[:MOST_ROLES]]


@admin.register(Credit)
class CreditAdmin(KeepContestMixin, RecordAdmin):
    kept = ("work",)
    list_display = ["made_by", "role", "work", "order", "source"]
    list_filter = [("work", OneRow), ("role", RoleFilter)]
    needs = (without_source(),)
    search_fields = ["person__name_key", "organisation__name_key", "work__folded_title"]
    searched_relations = ("person", "organisation", "work")
    list_select_related = ["person", "organisation", "role", "work", "source"]
    ordering = ["work_id", "order"]
    fieldsets = [
        (
            None,
            {
                "fields": ["work", "person", "organisation", "role", "order", "source"],
                "description": _("What a person, a team or an organisation did for a work. Name the source."),
            },
        ),
        (
            _("As printed"),
            {
                "fields": ["character", "credited_as", "wording"],
                "description": _("What the credits of the work itself say. Leave blank what is not in them."),
            },
        ),
    ]

    @admin.display(description=_("person or organisation"))
    def made_by(self, obj: Credit) -> str:
        return str(obj.party)

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.work}"


@admin.register(CreditRole)
class CreditRoleAdmin(MergeMixin, RecordAdmin):
    list_display = ["name", "slug", "is_author", "order", "credits"]
    search_fields = ["name", "slug", "name_ja", "name_zh_hans", "name_ko", "name_pl"]
    ordering = ["order", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "is_author", "order"],
                "description": _("What people and organisations do for works, such as direction or costume design."),
            },
        ),
        (
            _("In other languages"),
            {
                "fields": ["name_ja", "name_zh_hans", "name_ko", "name_pl"],
                "description": _("Pages in these languages show this name. Without it, they show the English name."),
            },
        ),
    ]

    credits = count_column("credits", _("credits"))
