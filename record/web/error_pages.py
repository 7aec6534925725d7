"""The views of the error pages. Each page has a heading, a sentence and a link, and needs no SQL statement."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from record.request_id import request_id
from record.web.interface_languages import language_of_error

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("This request can’t be read"), _("Your browser sent invalid data."))


def length_required(request: HttpRequest) -> HttpResponse:
    return _page(request, 411, _("This request can’t be read"), _("Your browser sent invalid data."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, _("No access"), _("You are not allowed to open this page."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("This form has expired"),
        _("Go back, reload the page and send the form again. If that does not help, allow cookies for this site."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("Page not found"), _("There is no page at this URL. It may not be public yet."))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return _page(request, 429, _("Too many requests"), _("You sent too many requests. Try again in a minute."))


def too_large(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 413, _("Too much data"), _("You sent too much data for this page. Send smaller files or less text.")
    )


def signed_out_upload(request: HttpRequest) -> HttpResponse:
    """
    Return the error page for an editor who is no longer signed in and has sent a form with an upload. The page can't
    contain the form again, because the upload is too large.
    """
    # Signing in changes the CSRF token, so the form itself can't be sent again.
    sentence = _("Nothing was saved. Go back and copy what you typed. Then sign in, and enter it again.")
    return _page(request, 413, _("You are signed out"), sentence)


def too_busy(request: HttpRequest) -> HttpResponse:
    response = _page(
        request, 503, _("The server is busy"), _("Too many forms are being sent right now. Try again in a minute.")
    )
    response.headers["Retry-After"] = "10"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, _("Something went wrong"), _("The error is on our side and has been recorded. Try again later.")
    )


def unavailable(request: HttpRequest, heading: "StrPromise", sentence: "StrPromise") -> HttpResponse:
    """Return the page that is shown while the database or the storage is away (portal/outages)."""
    return _page(request, 503, heading, sentence)


def _page(request: HttpRequest, status: int, heading: "StrPromise", sentence: "StrPromise") -> HttpResponse:
    context = {"status": status, "heading": heading, "sentence": sentence}
    if status == 500:
        # With this number, the people who run the portal find the error in the log.
        context["number"] = request_id.get()
    # The language must not stay active: CommonMiddleware looks next whether a URL with a final slash exists, and URLs
    # without a language prefix exist only in English.
    with translation.override(language := language_of_error(request)):
        response = render(request, "error.html", context, status=status)
    response.headers["Content-Language"] = language
    return response
