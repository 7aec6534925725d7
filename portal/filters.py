import django_filters
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from contests.filters import CountryFilter
from contests.models import Appearance
from people.models import Person


def countries_of_people(at):
    return Person.objects.public(at).exclude(country="").values(value=F("country"), label=F("country"))


class PersonFilterSet(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(
        label=_("Role"), method="in_role", empty_label=_("All"), choices=Appearance.Role.choices
    )
    country = CountryFilter(label=_("Country or region"), field_name="country", options=countries_of_people)

    class Meta:
        model = Person
        fields: list[str] = []

    def in_role(self, queryset, name, value):
        appearances = Appearance.objects.public(self.request.at).filter(role=value)
        return queryset.filter(pk__in=appearances.values("person"))
