"""Middleware for every request and response, in addition to Django's."""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from record.viewpoint import Request, Viewpoint
from record.web.conditional_requests import whole

#: In bytes: Django does not compress shorter responses.
SHORTEST = 200


class ViewpointMiddleware:
    """
    Sets `request.viewpoint`, from which the whole response is rendered: what the public sees now. Responses get
    "no-cache", so that caches revalidate each time: a reveal can happen at any time.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.viewpoint = Viewpoint.now()
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response


class PermissionsPolicyMiddleware:
    """Tells browsers that the portal never uses sensors, camera, microphone or payment."""

    POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class CompressionMiddleware(GZipMiddleware):
    """
    Compresses pages and feeds, for portals without a compressing proxy. Images and archives are sent as they are,
    because compression takes time and doesn't make them smaller; SVG images are text and are compressed. Django adds a
    random number of bytes, so that the size of a response reveals nothing about its content.
    """

    COMPRESSED = ("image/", "application/octet-stream", "application/pdf", "application/zip")

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        given = whole(response)
        content_type = given.headers.get("Content-Type", "")
        if content_type.startswith(self.COMPRESSED) and content_type != "image/svg+xml":
            return response
        if given is not response and len(given.content) >= SHORTEST:
            patch_vary_headers(response, ("Accept-Encoding",))
        return super().process_response(request, response)
