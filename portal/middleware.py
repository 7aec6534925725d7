"""What every request and response gets, beyond Django's own middleware."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class MomentMiddleware:
    """Sets `request.at`: the one moment for which the whole response shows what is public."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()
        return self.get_response(request)


class PermissionsPolicyMiddleware:
    """Tells the browser that no page of the portal uses its sensors, camera, microphone or payment."""

    POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response
