"""Shows the texts from an admin form that could not be saved, so that the editor does not lose them."""

import re
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Field, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst

from record.field_text import labels_of
from record.web import error_pages

# The names of form fields whose content was not typed by the editor.
NOT_ENTERED = {"csrfmiddlewaretoken", "opened_with", "action", "index", "select_across", "seen", "next"}
# The browser also sends the hidden row that it copies when the editor adds one: "other_names-__prefix__-kind".
EMPTY_ROW = "-__prefix__-"
NOT_ENTERED_ENDS = ("_FORMS", "-waiting", "-id", "password", "password1", "password2")


# "other_names-0-name" is the field "name" of the first row of "other_names". Anybody can send other names to the admin,
# and Python refuses to read a number with thousands of digits.
_IN_A_ROW = re.compile(r"(?P<rows>\w+)-(?P<number>\d{1,9})-(?P<name>\w+)")


def entered_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """
    Return the texts that the editor typed into a submitted form, as pairs (label of the field, text). Left out are
    texts that consist only of digits, ticked boxes, and the defaults of the fields.
    """
    model = _model_of(request)
    # Once for each field: making the labels of all countries takes 2 ms, and a form can have thousands of them.
    labels = cache(labels_of)
    found = []
    for name, texts in request.POST.lists():
        if name in NOT_ENTERED or EMPTY_ROW in name or name.startswith("_") or name.endswith(NOT_ENTERED_ENDS):
            continue
        label, field = _label(name, model)
        for text in texts:
            if text.strip() and not text.isdecimal() and not _is_given(text, field):
                found.append((label, str(labels(field).get(text, text)) if field else text))
    return found


def _model_of(request: HttpRequest) -> type[Model] | None:
    """Return the model whose form has been sent, or None for other pages of the admin."""
    view = request.resolver_match.func if request.resolver_match else None
    # Django's ModelAdmin sets this attribute on each of its views.
    model_admin = getattr(view, "model_admin", None)
    return model_admin.model if model_admin else None


def _label(name: str, model: type[Model] | None) -> tuple[str, Field | None]:
    """Return the label of a form field, and its database field if it has one."""
    row = _IN_A_ROW.fullmatch(name)
    rows = row and model and _relations(model).get(row["rows"])
    if row and rows:
        field = _field(rows, row["name"])
        label = f"{capfirst(rows._meta.verbose_name)} {int(row['number']) + 1}"
        return f"{label}: {field.verbose_name if field else row['name'].replace('_', ' ')}", field
    field = _field(model, name) if model else None
    return str(capfirst(field.verbose_name)) if field else name.replace("-", " ").replace("_", " "), field


def _relations(model: type[Model]) -> dict[str, type[Model]]:
    """Return the models of the rows that forms show inside a row of `model`, by the prefix of their fields."""
    return {relation.get_accessor_name() or "": relation.related_model for relation in model._meta.related_objects}


def _field(model: type[Model], name: str) -> Field | None:
    # Two boxes for one field, such as a date and a time, are called "published_0" and "published_1".
    for candidate in (name, re.sub(r"_\d$", "", name)):
        try:
            field = model._meta.get_field(candidate)
        except FieldDoesNotExist:
            continue
        return field if isinstance(field, Field) else None
    return None


def _is_given(text: str, field: Field | None) -> bool:
    """Return whether the form had this text from the beginning, or whether it is the value of a ticked box."""
    return field is not None and (isinstance(field, BooleanField) or text == str(field.get_default()))


def login_expired(request: HttpRequest) -> HttpResponse:
    """Return a page with the submitted texts for an editor whose session has ended, with status 403."""
    return _page(request, "admin/login_expired.html", 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    Answer a form whose CSRF token is not valid, with status 403 (Django's `CSRF_FAILURE_VIEW`). Signing in changes the
    token. So an editor who has signed in again, in another tab, gets a page with the texts of the form that was open.
    """
    # Django checks the origin before the token. What another website has sent is never shown.
    is_of_admin = reason.startswith("CSRF token") and request.path_info.startswith(reverse("admin:index"))
    if is_of_admin and request.user.is_authenticated and request.user.is_staff and entered_texts(request):
        return _page(request, "admin/form_expired.html", 403)
    return error_pages.csrf_failure(request, reason)


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
