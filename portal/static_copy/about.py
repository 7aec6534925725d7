"""The page about a static copy: when it was made, and what it leaves out."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation

from record.viewpoint import Request, Viewpoint
from record.web.interface_languages import url_in


def about_page(
    language: str, viewpoint: Viewpoint, *, moment: datetime, name: str, portal: str, data: Sequence[str]
) -> str:
    """
    Return the page in `language`. `moment` is the time of the last change of the copy; `name` that of its contest or
    series, "" for the whole site; `portal` the URL of the portal or ""; and `data` has the names of the data files.
    """
    request = Request()
    request.method, request.user, request.viewpoint = "GET", AnonymousUser(), viewpoint
    site = urlsplit(settings.SITE_URL)
    request.META.update(SERVER_NAME=site.hostname, SERVER_PORT=str(site.port or 80))
    request.path = request.path_info = url_in(language, "/about-this-copy.html")
    with translation.override(language):
        context = {"moment": moment, "name": name, "portal": portal, "data": data}
        return render_to_string("portal/about_this_copy.html", context, request)
