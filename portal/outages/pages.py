"""
The answers to requests that fail: 503 with Retry-After if a server or the disk is away, otherwise 500. Nothing here
needs the database.
"""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from api.middleware import ROOT as API
from api.problems import problem
from portal import unsaved_forms
from portal.body_limits import _read, _size
from portal.databases import commits
from portal.outages.kinds import Outage, outage_of
from record.web import error_pages
from record.web.interface_languages import language_of_error

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
#: After how many seconds a client may try again.
RETRY_AFTER = {Outage.DATABASE: 10, Outage.BUSY: 5, Outage.STORAGE: 120}
#: A form that is given back has at most so many bytes.
LARGEST = 1_000_000


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request whose handling has raised the current exception. Django calls this within `except`."""
    outage = outage_of(sys.exc_info()[1])
    if outage is None:
        return error_pages.server_error(request)
    response = _answer(request, outage)
    response.headers["Retry-After"] = str(RETRY_AFTER[outage])
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest, outage: Outage) -> HttpResponse:
    if request.path_info.startswith(API):
        return problem(request, 503)
    heading, sentence, may_save_again = _told(request, outage)
    if not _wants_page(request):
        # Also the answer to scripts of the admin.
        return HttpResponse(f"{heading}. {sentence}\n", status=503, content_type="text/plain; charset=utf-8")
    if may_save_again and (form := _form_again(request, heading, sentence)):
        return form
    return error_pages.unavailable(request, heading, sentence)


def _told(request: HttpRequest, outage: Outage) -> "tuple[StrPromise, StrPromise, bool]":
    """Return the heading and the sentence of the page, and whether the form can be sent once more without harm."""
    if request.method in SAFE:
        return _("Not available right now"), _("This page can’t be shown right now. Try again in a minute."), False
    if not request.path_info.startswith(reverse("admin:index")):
        sentence = _("What you sent could not be processed. Go back and send it again in a minute.")
        return _("Not available right now"), sentence, False
    done = commits.so_far()
    if done.is_uncertain or done.done:
        sentence = _("Some of it may have been saved. Open the page again and check before you send the form again.")
        return _("Maybe not everything was saved"), sentence, False
    sentence = {
        Outage.DATABASE: _("The database can’t be reached right now. Save again in a minute."),
        Outage.BUSY: _("Other changes are being saved right now. Save again in a moment."),
        Outage.STORAGE: _("The server can’t store anything right now. Tell an administrator, and save again later."),
    }[outage]
    return _("Nothing was saved"), sentence, True


def _wants_page(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "*/*")
    is_file = "." in request.path_info.rpartition("/")[2] or request.path_info.startswith(settings.MEDIA_URL)
    return "text/html" in accepted or ("*/*" in accepted and not is_file)


def _form_again(request: HttpRequest, heading: "StrPromise", sentence: "StrPromise") -> HttpResponse | None:
    """
    Return a page with the form that an editor has sent, ready to be sent again, or None if the form is too large or has
    a password in it. Uploaded files are not in it: only the browser can send them again.

    The page has the CSRF token that the browser sent, not a valid one: another website may have sent the form.
    """
    with suppress(Exception):
        is_read = hasattr(request, "_post")
        if not is_read and (_size(request) > LARGEST or _read(request) is not None):
            return None
        fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
        if sum(len(text) for _name, text in fields) > LARGEST or any("password" in name for name, _text in fields):
            return None
        context = {
            **{"heading": heading, "sentence": sentence, "fields": fields, "has_files": bool(request.FILES)},
            **{"texts": unsaved_forms.entered_texts(request), "action": request.get_full_path()},
            # The context processor would read messages from the session, which is in the database.
            "messages": [],
        }
        with translation.override(language := language_of_error(request)):
            response = render(request, "admin/save_again.html", context, status=503)
        response.headers["Content-Language"] = language
        return response
    return None
