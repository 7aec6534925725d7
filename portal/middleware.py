"""What every request and response gets, beyond Django's own middleware."""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from record.web.conditional import whole

#: In bytes: Django compresses nothing shorter.
SHORTEST = 200


class MomentMiddleware:
    """
    Sets `request.at`: the one moment for which the whole response shows what is public. A cache has to ask again each
    time, since the next moment may be that of a reveal.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response


class PermissionsPolicyMiddleware:
    """Tells the browser that no page of the portal uses its sensors, camera, microphone or payment."""

    POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class CompressionMiddleware(GZipMiddleware):
    """
    Compresses pages and feeds, for a portal without a proxy that does. Pictures and archives are left as they are: they
    only take time and get no smaller; a drawing in SVG is text, and does. Django pads what it compresses by a random
    length, so that its size tells nobody what is in it.
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
