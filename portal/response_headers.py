"""Security headers that depend on what a response contains: pages, files that other websites may show, and images."""

from collections.abc import Callable, MutableMapping

from csp.constants import HEADER
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from record.web.conditional_requests import whole

#: The policy of images, uploads and static drawings. An SVG file can contain scripts. Opened by itself, it runs none
#: and belongs to no origin.
OF_FILES = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
#: The same for static files, which are ours. It is short, because each page has ten of them.
OF_STATIC_FILES = "default-src 'none'; sandbox"
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"


class ResponseHeadersMiddleware:
    """
    Sets the header Cross-Origin-Resource-Policy, and the Content-Security-Policy of images. Other websites may show
    public files, such as share cards, laurels, feeds and responses of the API, but load no pages and nothing private.

    This middleware is the outermost one. So it also sees the responses to requests that other middleware refuses, such
    as those with a forged host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        content_type = whole(response).headers.get("Content-Type", "")
        is_upload = request.path_info.startswith(settings.MEDIA_URL) and response.status_code < 400
        if content_type.startswith("image/") or is_upload:
            response.headers[HEADER] = OF_FILES
        is_public = not content_type.startswith("text/html") and not _is_private(request, response)
        response.headers.setdefault(RESOURCE_POLICY, "cross-origin" if is_public else "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        return response


def _is_private(request: HttpRequest, response: HttpResponse) -> bool:
    told = response.headers.get("Cache-Control", "")
    is_of_desk = request.path_info.startswith(reverse("admin:index"))
    return is_of_desk or "private" in told or "no-store" in told


def of_static_file(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Add the security headers of a static file, which WhiteNoise serves in front of Django's middleware."""
    headers["X-Content-Type-Options"] = "nosniff"
    if url.endswith(".svg"):
        headers[HEADER] = OF_STATIC_FILES
    # Without the redirect to HTTPS, requests may come over HTTP, and such a response must not have this header.
    if settings.SECURE_SSL_REDIRECT and settings.SECURE_HSTS_SECONDS:
        more = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD
        told = [name for name, is_on in zip(("includeSubDomains", "preload"), more, strict=True) if is_on]
        headers["Strict-Transport-Security"] = "; ".join([f"max-age={settings.SECURE_HSTS_SECONDS}", *told])
