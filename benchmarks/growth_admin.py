"""
The URLs of the admin pages that `benchmarks/growth.py` measures: the lists with their last pages, filters and searches,
autocomplete, forms, histories, and the pages that explain a step.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.sites import site
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

#: For each filter, only this many choices are measured: the first ones.
CHOICES = 6


def admin_pages(client: Client, work: Any) -> dict[str, str]:
    """Return the URLs by name. `client` is signed in as an administrator. `work` is a submission with an award."""
    from contests.models import Appearance, Award, Category, Contest, Credit, Event, Quote, Recognition, Submission
    from people.models import Organisation, Person
    from record.models import Source

    recognition = Recognition.objects.filter(submissions=work).order_by("pk")[0]
    event = Event.objects.filter(contest=work.contest).order_by("pk")[0]
    person = Person.objects.filter(credits__work=work.work).order_by("credits__order")[0]
    urls = {"admin: dashboard": reverse("admin:index"), "admin: history of all": reverse("admin:record_history")}
    filtered: list[Any] = [Submission, Person, Credit, Recognition, Quote, Source]
    for model in (*filtered, Contest, Award, Event, Category, Appearance, Organisation):
        urls |= _list(client, model, has_filters=model in filtered)
    for name, model, field in (
        ("people", Credit, "person"),
        ("sources", Credit, "source"),
        ("works", Credit, "work"),
        ("awards", Recognition, "award"),
        ("contests", Submission, "contest"),
    ):
        asked = {"app_label": "contests", "model_name": model._meta.model_name, "field_name": field}
        for said, term in (("", ""), (", two letters", "la"), (", a rare word", "alzheimer")):
            url = f"{reverse('admin:autocomplete')}?{urlencode({**asked, 'term': term})}"
            urls[f"admin: autocomplete of {name}{said}"] = url
    for row in (work, work.contest, person, event, recognition):
        kind = row._meta.verbose_name
        # A public recognition can't be deleted.
        for page in ("change", "history", "delete") if row is not recognition else ("change", "history"):
            urls[f"admin: {kind}, {page}"] = reverse(_route(type(row), page), args=[row.pk])
    for row in (work.contest, Contest.objects.latest("pk"), recognition, Recognition.objects.latest("pk")):
        urls |= _steps(row)
    return urls


def _route(model: Any, page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def _steps(row: Any) -> dict[str, str]:
    """Return the URLs of the pages that explain the steps that are possible for `row`, such as its approval."""
    model_admin: Any = site.get_model_admin(type(row))
    row, now = model_admin.get_queryset(RequestFactory().get("/")).get(pk=row.pk), timezone.now()
    possible = [step.name for step in model_admin.steps if step.is_open(row, now)]
    pages = {step: reverse(_route(type(row), "step"), args=[step]) for step in possible}
    return {f"admin: {row._meta.verbose_name}, {step}": f"{page}?row={row.pk}" for step, page in pages.items()}


def _list(client: Client, model: Any, *, has_filters: bool) -> dict[str, str]:
    """Return the URLs of the list of `model`: its first and last page, its searches, and its filters."""
    url, name = reverse(_route(model, "changelist")), f"admin: {model._meta.verbose_name_plural}"
    response: Any = client.get(url)
    changelist = response.context_data["cl"]
    last = changelist.paginator.num_pages
    # Without a second page, the parameter would be refused.
    urls = {name: url, f"{name}, last page": f"{url}?p={last}" if last > 1 else url}
    if site._registry[model].search_fields:
        searches = {"two letters": "la", "a rare word": "alzheimer", "nothing found": "qqqqqq", "two words": "jo an"}
        urls |= {f"{name}, search for {said}": f"{url}?{urlencode({'q': term})}" for said, term in searches.items()}
    for each in changelist.filter_specs if has_filters else ():
        choices = [choice for choice in each.choices(changelist) if choice["query_string"] != "?"][:CHOICES]
        for choice in choices:
            urls[f"{name}, {each.title}: {choice['display']}"] = url + str(choice["query_string"])
    return urls
