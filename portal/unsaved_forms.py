"""Shows what was typed into an admin form that cannot be saved, so that it is not lost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# What a form holds beside what is typed.
NOT_TYPED = {"csrfmiddlewaretoken", "opened_with", "action", "index", "select_across", "seen", "next"}
NOT_TYPED_ENDS = ("_FORMS", "-waiting", "-id", "password", "password1", "password2")


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The texts in a submitted form: (field name, text)."""
    return [
        (name.replace("-", " ").replace("_", " "), text)
        for name, texts in request.POST.lists()
        if name not in NOT_TYPED and not name.startswith("_") and not name.endswith(NOT_TYPED_ENDS)
        for text in texts
        if text.strip() and not text.isdecimal()
    ]


def signed_out(request: HttpRequest) -> HttpResponse:
    """For an editor whose session ended. 403."""
    return _page(request, "admin/login_expired.html", 403)


def not_saved(request: HttpRequest) -> HttpResponse:
    """For a form whose row is gone, or that holds a number too large for the database. 404."""
    return _page(request, "admin/not_saved.html", 404)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {"typed": typed(request), "way_back": request.get_full_path()}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
