from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from record.web.interface_languages import url_in


# No CSRF token: it would make every page different for every visitor. A forged form could only change the language.
@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Save the visitor's choice of `language` and redirect to `next`, the page they were on, in that language."""
    chosen, here = request.POST.get("language", ""), request.POST.get("next", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadRequest(f"The portal is not written in {chosen[:20]!r}.")
    # Check the final URL: a path that is local with a prefix, "/ja//example.org", may lead elsewhere without it.
    there = url_in(chosen, here) if here.startswith("/") else ""
    is_local = url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    response = HttpResponseRedirect(there if is_local else url_in(chosen, reverse("home")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
