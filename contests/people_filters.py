"""The filters of the public lists of people and organisations."""

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from contests.filters import CountryFacet
from contests.models import Appearance
from contests.visibility import appearance_is_public
from people.models import Organisation, Person
from record.facets import Facet
from record.prepared_queries import Given
from record.viewpoint import Viewpoint


class RoleFacet(Facet):
    """A filter by the roles that people had at events."""

    def label_of(self, value: str, label: str) -> str:
        return str(dict(Appearance.Role.choices).get(value, value))


def roles(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    took_part = rows.filter(appearance_is_public(viewpoint, "appearances__"), appearances__role__gt="")
    return took_part.annotate(value=F("appearances__role"), label=F("appearances__role"))


def own_countries(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    return rows.exclude(country="").annotate(value=F("country"), label=F("country"))


class PersonFilterSet(django_filters.FilterSet):
    role = RoleFacet(label=_("Role"), method="in_role", options=roles)
    country = CountryFacet(field_name="country", options=own_countries)

    class Meta:
        model = Person
        fields: list[str] = []

    def in_role(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        appearances = Appearance.objects.public(self.request.viewpoint).filter(role=value)
        return queryset.filter(pk__in=appearances.values("person"))


class OrganisationFilterSet(django_filters.FilterSet):
    country = CountryFacet(field_name="country", options=own_countries)

    class Meta:
        model = Organisation
        fields: list[str] = []
