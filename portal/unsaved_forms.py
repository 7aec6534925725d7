"""Shows the texts from an admin form that could not be saved, so that the editor does not lose them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The names of form fields whose content was not typed by the editor.
NOT_ENTERED = {"csrfmiddlewaretoken", "opened_with", "action", "index", "select_across", "seen", "next"}
# The browser also sends the hidden row that it copies when the editor adds one: "other_names-__prefix__-kind".
EMPTY_ROW = "-__prefix__-"
NOT_ENTERED_ENDS = ("_FORMS", "-waiting", "-id", "password", "password1", "password2")


def entered_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """
    Return the texts that the editor typed into a submitted form, as pairs (readable field name, text). Texts that
    consist only of digits are left out.
    """
    return [
        (name.replace("-", " ").replace("_", " "), text)
        for name, texts in request.POST.lists()
        if name not in NOT_ENTERED
        and EMPTY_ROW not in name
        and not name.startswith("_")
        and not name.endswith(NOT_ENTERED_ENDS)
        for text in texts
        if text.strip() and not text.isdecimal()
    ]


def login_expired(request: HttpRequest) -> HttpResponse:
    """Return a page with the submitted texts for an editor whose session has ended, with status 403."""
    return _page(request, "admin/login_expired.html", 403)


def not_saved(request: HttpRequest) -> HttpResponse:
    """
    Return a page with the submitted texts, with status 404. It is used if the row has been deleted, or if a number in
    the form is too large for the database.
    """
    return _page(request, "admin/not_saved.html", 404)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {"texts": entered_texts(request), "way_back": request.get_full_path()}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
