"""Files for browsers, search engines and monitoring."""

from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import sitemaps as sitemap_index
from publishing.palette import PAPER


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """
    Return robots.txt. It names the sitemap index, and asks search engines not to read the admin, the account pages and
    the press kits, which only repeat the content of pages.
    """
    sitemap = request.build_absolute_uri(reverse("sitemaps"))
    closed = "".join(
        f"Disallow: {path}\n" for path in (reverse("admin:index"), reverse("account"), "/*/press-kit.zip$")
    )
    body = f"User-agent: *\n{closed}\nSitemap: {sitemap}\n"
    return HttpResponse(body, content_type="text/plain; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Return the web app manifest (W3C), which phones need to add the portal to the home screen."""
    # The icon has a background and a wide margin, so that phones can cut it into any shape.
    pictures = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": reverse("home"),
        "name": "Laurel",
        "short_name": "Laurel",
        "description": _("Contests for creators: who won what and what was said, with sources."),
        "lang": get_language(),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "minimal-ui",
        # A manifest can have only one theme colour: that of the light colour scheme, as in base.html.
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}, *pictures],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect from /favicon.ico to the current icon file."""
    return redirect(static("img/icon-192.png"))


@require_safe
def sitemaps(request: HttpRequest) -> HttpResponse:
    """Return the sitemap index. It lists all sitemaps that contain a public page."""
    return sitemap_views.index(request, sitemap_index.named(), sitemap_url_name="sitemap")
