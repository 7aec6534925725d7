"""
The URLs of the API: an index, a list and a single record for each resource, the statistics and the OpenAPI document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from contests.views import NEWEST, OF_ALL_AWARDS, VOICES
from record.viewpoint import Request, Viewpoint

from . import params, queries, schemas
from .openapi import document
from .pagination import InvalidCursorError, page_of
from .problems import faults_of, problem
from .serializers import Writer
from .statistics import statistics_of

Id = Annotated[str, Field(max_length=100, pattern=r"^[^/\x00]+$", description="The record's permanent id.")]

api = NinjaAPI(
    title="Laurel",
    version="1",
    description="The public record of creators' contests, read only. Every fact names its source.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)


# An empty set of query parameters, for URLs without any.
NOTHING = params.Params()


@dataclass(frozen=True)
class Resource:
    """One kind of record in the API: its rows, their sort order, its query parameters and the JSON of its response."""

    name: str
    summary: str
    rows: Callable[[Viewpoint, Any], QuerySet]
    order: tuple[str, ...]
    shape: type[BaseModel]
    of_list: type[params.ListParams]
    of_one: type[params.Params]


RESOURCES = [
    Resource(
        "series",
        "Series of contests, by name",
        queries.series,
        ("sort_key", "pk"),
        schemas.Series,
        params.AllSeriesParams,
        params.SeriesParams,
    ),
    Resource(
        "contests",
        "Contests, newest first",
        queries.contests,
        NEWEST[0].columns,
        schemas.Contest,
        params.ContestsParams,
        params.ContestParams,
    ),
    Resource(
        "works",
        "Works, by title",
        queries.works,
        ("sort_key", "pk"),
        schemas.Work,
        params.WorksParams,
        params.WorkParams,
    ),
    Resource(
        "submissions",
        "Submissions, by title",
        queries.submissions,
        ("sort_key", "pk"),
        schemas.Submission,
        params.SubmissionsParams,
        params.SubmissionParams,
    ),
    Resource(
        "awards",
        "Awards",
        queries.awards,
        ("pk",),
        schemas.Award,
        params.AwardsParams,
        params.AwardParams,
    ),
    Resource(
        "recognitions",
        "Recognitions, by contest and award",
        queries.recognitions,
        OF_ALL_AWARDS[0].columns,
        schemas.Recognition,
        params.RecognitionsParams,
        params.RecognitionParams,
    ),
    Resource(
        "people",
        "People, by name",
        queries.people,
        ("sort_key", "pk"),
        schemas.Person,
        params.PeopleParams,
        params.PersonParams,
    ),
    Resource(
        "organisations",
        "Organisations, by name",
        queries.organisations,
        ("sort_key", "pk"),
        schemas.Organisation,
        params.OrganisationsParams,
        params.OrganisationParams,
    ),
    Resource(
        "events",
        "Events",
        queries.events,
        ("pk",),
        schemas.Event,
        params.EventsParams,
        params.EventParams,
    ),
    Resource(
        "quotes",
        "Quotes, by speaker",
        queries.quotes,
        VOICES[0].columns,
        schemas.Quote,
        params.QuotesParams,
        params.QuoteParams,
    ),
    Resource(
        "sources",
        "Sources, by title",
        queries.sources,
        ("sort_key", "pk"),
        schemas.Source,
        params.ListParams,
        params.Params,
    ),
]


#: The number of unknown parameters that a response names. With thousands, it would be larger than the request.
TOLD = 20


def answer(shape: BaseModel) -> HttpResponse:
    """Return `shape` as a JSON response. Fields that were not set are left out."""
    return HttpResponse(shape.model_dump_json(exclude_unset=True), content_type="application/json")


def refuse_unknown(request: HttpRequest, asked: params.Params) -> None:
    """
    Raise `ValidationError` if the request has unknown query parameters, or if it has several values for a parameter
    other than `expand`. If the API ignored a misspelt filter, a program would get the whole list without noticing.
    """
    unknown = sorted(set(request.GET) - set(type(asked).model_fields))
    if unknown:
        raise ValidationError(
            [{"loc": ("query", name[:100]), "msg": "There is no such parameter."} for name in unknown[:TOLD]]
        )
    # Reject a parameter with several values, because Django would use only the last one.
    if several := [name for name, values in request.GET.lists() if name != "expand" and len(set(values)) > 1]:
        raise ValidationError([{"loc": ("query", name), "msg": "Give this parameter once."} for name in several])


def narrowed(request: HttpRequest, found: QuerySet, asked: params.Params) -> QuerySet:
    """
    Return the rows of `found` that match the filters in the query parameters `asked`. Raise `ValidationError` if the
    value of a filter is invalid.
    """
    values = {name: getattr(asked, name) for name in type(asked).model_fields if name in asked.FILTERS.base_filters}
    filters = asked.FILTERS(values, queryset=found, request=request)
    if not filters.form.is_valid():
        raise ValidationError(
            [{"loc": ("query", name), "msg": " ".join(words)} for name, words in filters.form.errors.items()]
        )
    return filters.qs


def _serve(resource: Resource) -> None:
    asked_of_list, asked_of_one = resource.of_list, resource.of_one

    @api.get(
        f"/{resource.name}",
        url_name=resource.name,
        operation_id=resource.name,
        summary=resource.summary,
        response=schemas.Page[resource.shape],  # type: ignore[name-defined]
        tags=[resource.name],
    )
    def listed(request: Request, asked: Query[asked_of_list]) -> HttpResponse:  # type: ignore[valid-type]
        question: params.ListParams = asked
        refuse_unknown(request, question)
        tree, writer = question.tree(), Writer(request)
        found = narrowed(request, resource.rows(request.viewpoint, tree), question)
        return answer(page_of(request, found, resource.order, question.limit, lambda row: writer.write(row, tree)))

    @api.get(
        f"/{resource.name}/{{id}}",
        url_name=f"{resource.name}_one",
        operation_id=f"{resource.name}_one",
        summary=f"One of the {resource.name}",
        response=resource.shape,
        tags=[resource.name],
    )
    def one(request: Request, id: Path[Id], asked: Query[asked_of_one] = NOTHING) -> HttpResponse:  # type: ignore[valid-type]
        question: params.Params = asked
        refuse_unknown(request, question)
        tree = question.tree()
        row = resource.rows(request.viewpoint, tree).filter(key=id).first()
        if row is None:
            raise Http404
        return answer(Writer(request).write(row, tree))


@api.get(
    "/", url_name="index", operation_id="index", summary="The URLs of everything in this API", response=schemas.Index
)
def index(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request, NOTHING)
    urls = {name: reverse(f"api:{name}") for name in schemas.Index.model_fields if name != "documentation"}
    urls["documentation"] = reverse("api")
    return answer(schemas.Index(**{name: request.build_absolute_uri(path) for name, path in urls.items()}))


for each in RESOURCES:
    _serve(each)


@api.get(
    "/statistics",
    url_name="statistics",
    operation_id="statistics",
    summary="Reported and counted numbers",
    response=schemas.Statistics,
)
def statistics(request: Request, asked: Query[params.StatisticsParams]) -> HttpResponse:
    refuse_unknown(request, asked)
    return answer(statistics_of(Writer(request), asked.contest))


@api.get("/openapi.json", url_name="openapi", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(api), json_dumps_params={"ensure_ascii": False})


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 404)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code)


@api.exception_handler(ValidationError)
def invalid_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(request, 422, faults_of(error.errors))


@api.exception_handler(InvalidCursorError)
def invalid_cursor(request: HttpRequest, error: InvalidCursorError) -> HttpResponse:
    name = "after" if request.GET.get("after") else "before"
    words = "This is not a cursor of this list. Use the one from `next` or `previous`, unchanged."
    return problem(request, 422, faults_of([{"loc": ("query", name), "msg": words}]))


@api.exception_handler(Exception)
def unexpected_error(request: HttpRequest, error: Exception) -> HttpResponse:
    # Raise the error again: Django logs it, and `ApiMiddleware` returns a problem response.
    raise error
