"""The admin pages for the other names and the identifiers of people and organisations."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from people.models import OrganisationIdentifier, OrganisationName, PersonIdentifier, PersonName
from record.admin.base import RecordAdmin
from record.admin.lists import OneRow, without_source

IDENTIFIERS = _("The identifier that another catalogue gave. Pages link to that catalogue.")


@admin.register(PersonName)
class PersonNameAdmin(RecordAdmin):
    list_display = ["name", "kind", "person", "language", "source"]
    list_filter = [("person", OneRow)]
    needs = (without_source(),)
    search_fields = ["name_key", "person__name_key"]
    searched_relations = ("person",)
    list_select_related = ["person", "source"]
    ordering = ["person_id", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": ["person", "name", "kind", "language", "source"],
                "description": _("Another name of a person. Visitors find the person by it. Name the source."),
            },
        ),
    ]


@admin.register(OrganisationName)
class OrganisationNameAdmin(RecordAdmin):
    list_display = ["name", "kind", "organisation", "language", "source"]
    list_filter = [("organisation", OneRow)]
    needs = (without_source(),)
    search_fields = ["name_key", "organisation__name_key"]
    searched_relations = ("organisation",)
    list_select_related = ["organisation", "source"]
    ordering = ["organisation_id", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": ["organisation", "name", "kind", "language", "source"],
                "description": _("Another name of an organisation. Visitors find it by this name. Name the source."),
            },
        ),
    ]


@admin.register(PersonIdentifier)
class PersonIdentifierAdmin(RecordAdmin):
    list_display = ["value", "scheme", "person"]
    list_filter = [("person", OneRow)]
    search_fields = ["value", "person__name_key"]
    searched_relations = ("person",)
    list_select_related = ["person"]
    ordering = ["person_id", "pk"]
    fieldsets = [(None, {"fields": ["person", "scheme", "value"], "description": IDENTIFIERS})]


@admin.register(OrganisationIdentifier)
class OrganisationIdentifierAdmin(RecordAdmin):
    list_display = ["value", "scheme", "organisation"]
    list_filter = [("organisation", OneRow)]
    search_fields = ["value", "organisation__name_key"]
    searched_relations = ("organisation",)
    list_select_related = ["organisation"]
    ordering = ["organisation_id", "pk"]
    fieldsets = [(None, {"fields": ["organisation", "scheme", "value"], "description": IDENTIFIERS})]
