"""Middleware of the portal for every request and response."""

from collections.abc import Callable
from typing import cast

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from portal import page_cache
from record.viewpoint import VIEWPOINT, Request, Viewpoint
from record.web.conditional_requests import whole

#: The minimum size in bytes of a response that is compressed. Django does not compress shorter responses.
SHORTEST = 200


class ViewpointMiddleware:
    """
    Sets `request.viewpoint` to the current time. All queries of a request use this viewpoint to decide what is public.
    A request in this process may bring its own (portal/static_copy).

    Responses get the header "Cache-Control: no-cache", because a reveal can happen at any time. If there is a page
    cache in front of Django, it learns whether it may keep the response, and writes this header itself.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.viewpoint = request.META.get(VIEWPOINT) or Viewpoint.now()
        response = self.get_response(request)
        keeper = request.META.get(page_cache.MARK)
        if keeper is not None and page_cache.is_public(request, response):
            keeper.append(True)
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        return response


class PermissionsPolicyMiddleware:
    """Tells browsers that the portal never uses the camera, microphone, location or payment."""

    POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class PolicyMiddleware(CSPMiddleware):
    """
    Sets the header Content-Security-Policy. The policy of the settings is built once, because that takes django-csp a
    sixth of the processor time that all middleware needs for a request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        super().__init__(get_response)
        self._usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Attributes that start with "_csp" are the policy of a view (django-csp's decorators), or a nonce.
        own = any(name.startswith("_csp") for part in (request, response) for name in vars(part))
        if own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response


class CompressionMiddleware(GZipMiddleware):
    """
    Compresses pages and feeds, for portals without a proxy that compresses. Archives, PDF files and images except SVG
    are not compressed, because that would not make them smaller. Django adds a random number of bytes, so that the size
    of a response reveals nothing about secrets in it.
    """

    COMPRESSED = ("image/", "application/octet-stream", "application/pdf", "application/zip")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        given = whole(cast(HttpResponse, response))
        content_type = given.headers.get("Content-Type", "")
        if content_type.startswith(self.COMPRESSED) and content_type != "image/svg+xml":
            return response
        if given is not response and len(given.content) >= SHORTEST:
            patch_vary_headers(response, ("Accept-Encoding",))
        return super().process_response(request, response)
