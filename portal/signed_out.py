"""What somebody had typed into a form of the admin who is signed out by now: shown to them, since nothing keeps it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# What a form holds beside what is typed.
NOT_TYPED = {"csrfmiddlewaretoken", "opened_with", "action", "index", "select_across", "seen", "next"}
NOT_TYPED_ENDS = ("_FORMS", "-waiting", "-id", "password", "password1", "password2")


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The texts in a form that was sent, each behind the name of its field."""
    return [
        (name.replace("-", " ").replace("_", " "), text)
        for name, texts in request.POST.lists()
        if name not in NOT_TYPED and not name.startswith("_") and not name.endswith(NOT_TYPED_ENDS)
        for text in texts
        if text.strip() and not text.isdecimal()
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Says that nothing was saved, and gives back what was typed. 403, to be kept by nobody."""
    context = {"typed": typed(request), "way_back": request.get_full_path()}
    response = render(request, "admin/signed_out.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response
