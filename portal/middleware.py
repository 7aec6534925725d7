"""What every request and response gets, beyond Django's own middleware."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


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
