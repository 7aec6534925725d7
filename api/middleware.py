"""Headers, rate limits, ETags and error responses of the API."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from record.web import rate_limits
from record.web.conditional_requests import unchanged

from .problems import CONTENT_TYPE, problem

ROOT = "/api/"
PREFIX = "/api/v1/"
METHODS = "GET, HEAD, OPTIONS"


class ApiMiddleware:
    """
    Handles all requests under `/api/v1/`.

    Scripts of any website may read the responses (CORS). Requests are limited per client. A client that already has the
    current version of a response gets the status 304 (ETag). Every error is a problem response (RFC 9457). Responses
    are in English, whatever language the browser asks for.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self._elsewhere(request)
        with translation.override(settings.LANGUAGE_CODE):
            response = self._answer(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, RateLimit, RateLimit-Policy, Retry-After"
        return response

    def _elsewhere(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A 404 response for another version of the API, such as `/api/v2/`, is also replaced by a problem response.
        if response.status_code != 404 or not request.path_info.startswith(ROOT):
            return response
        response = problem(request, 404)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return _options()
        if request.method not in ("GET", "HEAD"):
            refused = problem(request, 405)
            refused.headers["Allow"] = METHODS
            return refused
        left = rate_limits.allowance(request, "api", settings.API_RATE_LIMIT)
        response = problem(request, 429) if left and left.is_used_up else self._read(request)
        if left:
            left.tell(response)
        return response

    def _read(self, request: HttpRequest) -> HttpResponse:
        # Handle HEAD like GET. The server removes the body of the response.
        method, request.method = request.method, "GET"
        response = self.get_response(request)
        request.method = method
        if response.status_code >= 400:
            is_stated = response.headers.get("Content-Type") == CONTENT_TYPE
            return response if is_stated else problem(request, response.status_code)
        if response.status_code == 200:
            etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response.headers["ETag"] = etag
            return unchanged(request, response)
        return response


def _options() -> HttpResponse:
    told = {
        "Allow": METHODS,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return HttpResponse(status=204, headers=told)
