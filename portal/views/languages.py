from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from record.web.interface_languages import url_in


# The form has no CSRF token, because the token would make every page different for each visitor. A forged request could
# only change the language.
@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Store the visitor's choice of `language` in a cookie, and redirect to the page `next` in that language."""
    chosen, here = request.POST.get("language", ""), request.POST.get("next", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadRequest(f"The portal is not written in {chosen[:20]!r}.")
    # Check the URL in the new language: "/ja//example.org" is a local path, but its English version "//example.org"
    # leads to another website.
    there = url_in(chosen, here) if here.startswith("/") else ""
    is_local = url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    response = HttpResponseRedirect(there if is_local else url_in(chosen, reverse("home")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=cast(Any, settings.LANGUAGE_COOKIE_SAMESITE),
    )
    return response
