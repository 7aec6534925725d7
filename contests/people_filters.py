"""The filters of the public lists of people and organisations."""

import django_filters
from django.db.models import CharField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Left
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contests.filters import CountryFacet
from contests.models import Appearance
from contests.visibility import appearance_is_public
from people.models import Organisation, Person
from record.facets import Facet
from record.letters import LetterFacet
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


def letters(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    return rows.annotate(value=F("letter"), label=F("letter"))


class DecadeFacet(Facet):
    """A filter by the decade. The values are the first years of decades, such as "1930"."""

    def label_of(self, value: str, label: str) -> str:
        return gettext("%(year)ss") % {"year": value}


def decades(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    decade = Concat(Left("born", 3), Value("0"), output_field=CharField())
    latest_first = 0 - Cast(Left("born", 3), IntegerField())
    return rows.filter(born__gt="").annotate(value=decade, label=decade, option_rank=latest_first)


class PersonFilterSet(django_filters.FilterSet):
    letter = LetterFacet(label=_("Letter"), field_name="letter", options=letters)
    role = RoleFacet(label=_("Role"), method="in_role", options=roles)
    country = CountryFacet(field_name="country", options=own_countries)
    born = DecadeFacet(
        label=_("Decade of birth"),
        phrase=_("born in the %(value)s"),
        method="in_decade",
        options=decades,
        is_ranked=True,
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def in_decade(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        # The sign ":" comes after all digits, so an index finds the dates between "1930" and "193:".
        given = value if isinstance(value, Given) else Value(value, output_field=TextField())
        return queryset.filter(born__gte=given, born__lt=Concat(Left(given, 3), Value(":"), output_field=CharField()))

    def in_role(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        appearances = Appearance.objects.public(self.request.viewpoint).filter(role=value)
        return queryset.filter(pk__in=appearances.values("person"))


class OrganisationFilterSet(django_filters.FilterSet):
    letter = LetterFacet(label=_("Letter"), field_name="letter", options=letters)
    country = CountryFacet(field_name="country", options=own_countries)

    class Meta:
        model = Organisation
        fields: list[str] = []
