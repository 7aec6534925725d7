"""The documentation of the API, made from its own description."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api.openapi import document


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """How to read the record with a program."""
    return render(request, "portal/api.html", {"document": document()})
