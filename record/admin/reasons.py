"""Ask for a reason when something is deleted. It is required for public rows; the corrections page shows it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from record.history import because
from record.visibility import is_shown
from record.visible_text import is_blank


class ReasonMixin:
    """A model admin that asks for a reason before a deletion and stores it in every history entry of the deletion."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None):
        row = self.get_object(request, unquote(object_id))
        if ask_why(request, self.model, [row.pk] if row else []):
            request.POST = QueryDict()  # makes Django show its confirmation page again
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with because(request.POST.get("reason", "")):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with because(request.POST.get("reason", "")):
            super().delete_queryset(request, queryset)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        with because(form.cleaned_data.get("change_reason", "")):
            super().save_formset(request, form, formset, change)


def ask_why(request: HttpRequest, model: Any, keys: Iterable[Any]) -> bool:
    """
    Return whether a required reason is missing. Sets two attributes on `request` for the confirmation page:
    `needs_reason`, if the public sees one of the rows, and `lacks_reason`, if the reason is needed but was not given.
    """
    request.needs_reason = is_shown(model, list(keys))
    said = request.POST.get("reason", "")
    request.lacks_reason = request.needs_reason and request.POST.get("post") is not None and is_blank(said)
    return request.lacks_reason


def deletion_of_many(modeladmin: Any, request: HttpRequest, queryset: QuerySet, act: Any) -> HttpResponse | None:
    """Run `act`, Django's action for deleting many rows. It asks again if a required reason is missing."""
    if ask_why(request, modeladmin.model, queryset.order_by().values_list("pk", flat=True)):
        request.POST = request.POST.copy()
        del request.POST["post"]
    return act(modeladmin, request, queryset)
