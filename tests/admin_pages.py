"""Helpers for the tests of the admin: URLs of its pages, and forms filled in as a browser would."""

from html.parser import HTMLParser

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm, BoundField
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests import factories as make


def page(row: Model | type[Model], what: str = "change") -> str:
    """Return the URL of an admin page: of a row, or of a model ("changelist", "add")."""
    args = [] if isinstance(row, type) else [row.pk]
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=args)


def account_that_may(*codenames: str) -> User:
    """Create a user who may use the admin with these permissions only, such as "view_person"."""
    user = make.UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def version_page(row: Model, number: int) -> str:
    """Return the URL of an old version of `row`. Number 0 is the oldest version."""
    versions = list(row.history.order_by("history_id"))
    model = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{model}_simple_history", args=[row.pk, versions[number].pk])


def statements(client: Client, address: str) -> int:
    """Return the number of SQL statements of a page."""
    client.get(address)  # The first request fills the caches of this process.
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def filled(response: HttpResponse, **changes) -> dict[str, object]:
    """
    Return the data that a browser would send for the form in `response`, with `changes`. In the names of `changes`,
    `a__b` stands for the form field `a-b`.
    """
    forms = [response.context["adminform"].form if "adminform" in response.context else response.context["form"]]
    for formset in response.context.get("inline_admin_formsets", ()):
        forms += [formset.formset.management_form, *formset.formset.forms]
    values = {}
    for form in forms:
        values |= sent_by(form)
    if left_out := response.context.get("long_inlines"):
        values["_left_out"] = [part.name for part in left_out]
    return values | {name.replace("__", "-"): value for name, value in changes.items()}


def sent_by(form: BaseForm) -> dict[str, object]:
    """Return the data that a browser would send for the fields of `form`."""
    return {name: value for bound in form for name, value in _sent(bound).items()}


def _sent(bound: BoundField) -> dict[str, object]:
    widget, value = bound.field.widget, bound.value()
    if hasattr(widget, "widgets"):
        parts = enumerate(value if isinstance(value, list) else widget.decompress(value))
        return {f"{bound.html_name}_{number}": part for number, part in parts if part is not None}
    if isinstance(value, FieldFile) or value is None or value is False:
        return {}
    if isinstance(value, list):
        value = [getattr(item, "pk", item) for item in value]
    elif value is True:
        value = "on"
    elif hasattr(widget, "input_type") and widget.input_type in ("text", "number", "url", "email"):
        value = widget.format_value(value) or ""
    return {bound.html_name: value}


def saved(response: HttpResponse) -> HttpResponse:
    """Return `response` if the form was saved. Otherwise fail with the errors of the form."""
    assert response.status_code == 302, response.context["errors"]
    return response


class Inline(HTMLParser):
    """Collects what the Content-Security-Policy would block: inline scripts, styles and event handlers."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in attrs and attrs.get("type") != "application/json"):
            self.found.append(tag)
        if str(attrs.get("href", "")).startswith("javascript:"):
            self.found.append(f"{tag} href")


def inline_in(response: HttpResponse) -> list[str]:
    """Return the inline scripts, styles and event handlers in a page."""
    parser = Inline()
    parser.feed(response.content.decode())
    return parser.found
