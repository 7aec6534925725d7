"""
Error responses of the API in the format of RFC 9457. Each response links to the section of the documentation page that
explains the error.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .schemas import Fault, Problem

CONTENT_TYPE = "application/problem+json"
# For each HTTP status: the anchor of the error on the documentation page, and the description of the error.
KINDS = {
    400: ("bad-request", "The request could not be read."),
    404: ("not-found", "There is nothing public at this URL, or not yet."),
    405: ("method-not-allowed", "This API is read-only: use GET or HEAD."),
    422: ("invalid-parameters", "Some parameters are invalid."),
    429: ("too-many-requests", "Too many requests. Retry-After says how many seconds to wait."),
    500: ("server-error", "The error is on our side and has been recorded. Try again later."),
    503: ("unavailable", "The portal can't be used right now. Retry-After says how many seconds to wait."),
}


def problem(request: HttpRequest, status: int, faults: list[Fault] | None = None) -> HttpResponse:
    """
    Return the error response for an HTTP status. `faults` are errors in single query parameters. A status that is not
    in `KINDS` gets the description of 500 if it is at least 500, otherwise that of 400.
    """
    known = status if status in KINDS else 500 if status >= 500 else 400
    name, detail = KINDS[known]
    stated: dict[str, Any] = {
        "type": _explained(request, name),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        stated["errors"] = faults
    body = Problem(**stated).model_dump_json(exclude_unset=True)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def _explained(request: HttpRequest, name: str) -> str:
    try:
        return f"{request.build_absolute_uri(reverse('api'))}#{name}"
    except DisallowedHost:
        return "about:blank"


def faults_of(errors: list[dict[str, Any]]) -> list[Fault]:
    """
    Convert validation errors of pydantic or django-ninja to a list of `Fault` objects. Each names the invalid
    parameter.
    """
    found = []
    for error in errors:
        named = [part for part in error["loc"] if isinstance(part, str) and part not in ("query", "path", "asked")]
        found.append(Fault(parameter=named[0] if named else "", detail=error["msg"]))
    return found
