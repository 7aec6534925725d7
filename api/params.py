"""
The query parameters of each resource: `expand`, the cursor and page size of a list, and the same filters as on the
portal's pages.
"""

from typing import Annotated, Any, ClassVar, Literal

import django_filters
from ninja import Schema
from pydantic import Field
from pydantic_core import CoreSchema, core_schema

from contests.filters import QuoteFilterSet, SubmissionFilterSet
from contests.models import Appearance, Award, Contest, Event
from contests.people_filters import OrganisationFilterSet, PersonFilterSet
from contests.recognition_filters import ContestResultFilterSet, WinnerFilterSet
from record.keyset import LONGEST

from .schemas import COUNTRY, OneOf

MOST = 100
# Reject the character NUL: PostgreSQL raises an error if a query contains it.
WITHOUT_NUL = r"^[^\x00]*$"


def _split(value: Any) -> Any:
    """Split the values of `expand` at commas, so that `expand=a,b` and `expand=a&expand=b` mean the same."""
    return [name for part in value for name in part.split(",")] if isinstance(value, list) else value


class Relations:
    """
    Metadata for `Annotated`: the relations that `expand` accepts. A name may contain a dot: "credits.person" includes
    the credits of a submission, and the person of each credit.
    """

    def __init__(self, *names: str):
        self.names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        each = core_schema.literal_schema([*self.names])
        return core_schema.no_info_before_validator_function(
            _split, core_schema.list_schema(each, min_length=1, max_length=50)
        )


EXPAND: Any = Field(default_factory=list, description="Relations to include in full, separated by commas.")


def text(description: str, **options: Any) -> Any:
    return Field("", description=description, max_length=200, pattern=WITHOUT_NUL, **options)


class Params(Schema):
    """
    The query parameters of a request. Some of them may be filters: the django-filter class `FILTERS` applies these.
    """

    FILTERS: ClassVar[type[django_filters.FilterSet]] = django_filters.FilterSet

    def tree(self) -> dict[str, Any]:
        """Return the relations in `expand` as nested dicts: "credits.person" becomes {"credits": {"person": {}}}."""
        found: dict[str, Any] = {}
        for path in getattr(self, "expand", []):
            branch = found
            for name in path.split("."):
                branch = branch.setdefault(name, {})
        return found


class ListParams(Params):
    limit: int = Field(25, ge=1, le=MOST, description="Records per page, 1 to 100.")
    after: str = Field(
        "", max_length=LONGEST, description="The cursor after which the page starts, as in the URL in `next`."
    )
    before: str = Field(
        "",
        max_length=LONGEST,
        description="The cursor before which the page ends, as in the URL in `previous`. Ignored with `after`.",
    )


CONTEST = "The slug of a contest."
SERIES = "The slug of a series."
EVERY_CONTEST = ("awards", "categories", "events", "figures", "leading_regions", "organisation_figures", "sources")
EVERY_SERIES = ("editions", "lines", "organisers", "sources")
EVERY_SUBMISSION = (
    "contest",
    "credits",
    "credits.person",
    "recognitions",
    "recognitions.award",
    "sources",
)
EVERY_WORK = ("credits", "credits.person", "entries", "entries.contest", "sources")
EVERY_AWARD = ("contest", "source")
EVERY_RECOGNITION = (
    "award",
    "parties",
    "presenters",
    "source",
    "submissions",
    "submissions.credits",
    "submissions.credits.person",
)
EVERY_PERSON = (
    "affiliations",
    "appearances",
    "credits",
    "credits.work",
    "identifiers",
    "next_projects",
    "other_names",
    "past_works",
    "sources",
)
EVERY_ORGANISATION = ("affiliations", "affiliations.person", "identifiers", "other_names", "sources")
EVERY_EVENT = ("appearances", "appearances.person", "contest", "sources")
EVERY_QUOTE = ("event", "source", "speaker", "submission")


class ContestFilters(django_filters.FilterSet):
    series = django_filters.CharFilter(field_name="series__slug")

    class Meta:
        model = Contest
        fields: list[str] = []


class AwardFilters(django_filters.FilterSet):
    contest = django_filters.CharFilter(field_name="contest__slug")
    series = django_filters.CharFilter(field_name="contest__series__slug")
    line = django_filters.CharFilter(field_name="line__slug")

    class Meta:
        model = Award
        fields: list[str] = []


class EventFilters(django_filters.FilterSet):
    contest = django_filters.CharFilter(field_name="contest__slug")

    class Meta:
        model = Event
        fields: list[str] = []


class SubmissionFilters(SubmissionFilterSet):
    contest = django_filters.CharFilter(field_name="contest__slug")


class QuoteFilters(QuoteFilterSet):
    film = django_filters.CharFilter(method="by_path")


class RecognitionFilters(WinnerFilterSet):
    # Without a contest, these slugs select rows of several contests, such as all editions of one.
    award = django_filters.CharFilter(field_name="award__slug")
    category = django_filters.CharFilter(method="with_category")
    person = django_filters.CharFilter(method="of_person")
    status = django_filters.CharFilter(method="in_status")

    def with_category(self, queryset, name, value):
        return ContestResultFilterSet.in_category(self, queryset, name, value)

    def of_person(self, queryset, name, value):
        return queryset.belonging_to(person__slug=value)

    def in_status(self, queryset, name, value):
        return queryset if value == "all" else queryset.filter(revoked_on__isnull=value == "in_force")


class ContestParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_CONTEST)] = EXPAND


class ContestsParams(ListParams, ContestParams):
    FILTERS = ContestFilters
    series: str = text(SERIES)


class SeriesParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_SERIES)] = EXPAND


class AllSeriesParams(ListParams, SeriesParams):
    pass


class SubmissionParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_SUBMISSION)] = EXPAND


class SubmissionsParams(ListParams, SubmissionParams):
    FILTERS = SubmissionFilters
    contest: str = text(CONTEST)
    award: str = text("The slug of an award that it has won.")
    category: str = text("The slug of its category.")
    country: str = text(f"The country of one of its creators. {COUNTRY}")


class WorkParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_WORK)] = EXPAND


class WorksParams(ListParams, WorkParams):
    pass


class AwardParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_AWARD)] = EXPAND


class AwardsParams(ListParams, AwardParams):
    FILTERS = AwardFilters
    contest: str = text(CONTEST)
    series: str = text(SERIES)
    line: str = text("The slug of a continuing award of the series.")


class RecognitionParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_RECOGNITION)] = EXPAND


class RecognitionsParams(ListParams, RecognitionParams):
    FILTERS = RecognitionFilters
    contest: str = text(CONTEST)
    award: str = text("The slug of an award.")
    line: str = text("The slugs of a series and of a continuing award of it, with a slash between them.")
    standing: Literal["", "winner", "runner_up", "finalist", "nominee", "mention"] = Field(
        "", description="The standing. Then recognitions that were withdrawn or are not official are left out."
    )
    year: str = text("The year of the contest as people write it, such as 1975 or 1927/28.")
    category: str = text("The slug of a category of one of its works.")
    country: str = text(f"The country of a person whom it names or, if none, of an author of its works. {COUNTRY}")
    person: str = text("The slug of a person whom it names or, if it names none, who created the work.")
    status: Literal["in_force", "revoked", "all"] = Field("in_force", description="Winners, revoked awards, or both.")


class PersonParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_PERSON)] = EXPAND


class PeopleParams(ListParams, PersonParams):
    FILTERS = PersonFilterSet
    role: Annotated[str, OneOf("", *Appearance.Role.values)] = Field("", description="Their role at an event.")
    country: str = text(COUNTRY)


class OrganisationParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_ORGANISATION)] = EXPAND


class OrganisationsParams(ListParams, OrganisationParams):
    FILTERS = OrganisationFilterSet
    country: str = text(COUNTRY)


class EventParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_EVENT)] = EXPAND


class EventsParams(ListParams, EventParams):
    FILTERS = EventFilters
    contest: str = text(CONTEST)


class QuoteParams(Params):
    expand: Annotated[list[str], Relations(*EVERY_QUOTE)] = EXPAND


class QuotesParams(ListParams, QuoteParams):
    FILTERS = QuoteFilters
    contest: str = text(CONTEST)
    speaker: str = text("The slug of the speaker.")
    event: str = text("The event: the slugs of the contest and the event, “contest/event”.")
    work: str = text("The work that it is about: the slugs of the contest and the work, “contest/work”.")
    film: str = text("The former name of `work`.", json_schema_extra={"deprecated": True})


class StatisticsParams(Params):
    contest: str = text(f"{CONTEST} Default: all contests that aren't synthetic.")
