"""The filters of the public list of works."""

import django_filters
from django.core.validators import RegexValidator
from django.db.models import CharField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Left
from django.utils.translation import gettext_lazy as _

from contests.models import Work
from contests.people_filters import DecadeFacet, letters
from record.letters import LetterFacet
from record.prepared_queries import Given
from record.viewpoint import Viewpoint


def decades(rows: QuerySet, viewpoint: Viewpoint) -> QuerySet:
    decade = Concat(Left(Cast("year_from", TextField()), 3), Value("0"), output_field=CharField())
    # The latest first.
    return rows.filter(year_from__isnull=False).annotate(value=decade, label=decade, option_rank=-F("year_from") / 10)


class WorkFilterSet(django_filters.FilterSet):
    letter = LetterFacet(label=_("Letter"), field_name="letter", options=letters)
    decade = DecadeFacet(
        label=_("Decade"),
        phrase=_("from the %(value)s"),
        method="in_decade",
        options=decades,
        is_ranked=True,
        validators=[RegexValidator(r"\A[0-9]{3}0\Z")],
    )

    class Meta:
        model = Work
        fields: list[str] = []

    def in_decade(self, queryset: QuerySet, name: str, value: str | Given) -> QuerySet:
        given = value if isinstance(value, Given) else Value(value, output_field=TextField())
        first = Cast(given, IntegerField())
        return queryset.filter(year_from__gte=first, year_from__lt=first + 10)
