"""The page shown to an editor who tries to save a row that was deleted after the editor had opened its form."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .form_values import fields_of, in_words, normalised
from .posted_rows import PostedRows
from .three_way_merge import CHOICE, KEPT, OPENED, Opened


def page_of_deleted(
    model_admin: ModelAdmin, request: HttpRequest, key: str, formsets: Iterable[Any]
) -> HttpResponse | None:
    """
    Return a page with the input of an editor who tried to save the deleted row with the primary key `key`. The page
    offers to add the input as a new row. Return None if the request does not come from the form of this row, or if the
    editor may not change rows. `formsets` are the unbound formsets of a new row.
    """
    opts = model_admin.opts
    if Opened.read(request.POST.get(OPENED, ""), f"{opts.label_lower}:{key}") is None:
        return None
    if not model_admin.has_change_permission(request):
        return None
    blank = model_admin.get_form(request, None, change=False)()
    pages = [_typed(str(capfirst(opts.verbose_name)), blank, request.POST)]
    again = request.POST.copy()
    for name in [name for name in again if name.startswith((CHOICE, KEPT, "_")) or name == OPENED]:
        del again[name]
    for formset in formsets:
        posted = PostedRows(formset, again)
        rows = [row for row in [*posted.known.values(), *posted.new] if not row.get("DELETE")]
        for row in rows:
            row.pop(formset.model._meta.pk.name, None)
            row.pop(formset.fk.name, None)
            pages.append(_typed(str(capfirst(formset.model._meta.verbose_name)), formset.empty_form, row))
        posted.new = rows
        posted.write([], 0)
        # The page may have left out these rows, with their numbers.
        again.setdefault(f"{formset.prefix}-TOTAL_FORMS", "0")
        again.setdefault(f"{formset.prefix}-INITIAL_FORMS", "0")
    record = model_admin.model.history.filter(**{opts.pk.attname: key}).select_related("history_user").first()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "title": _("This record was deleted while you were editing it"),
        "record": record,
        "pages": pages,
        "again": [(name, text) for name, texts in again.lists() for text in texts if name != "csrfmiddlewaretoken"],
        "add": model_admin.has_add_permission(request)
        and reverse(f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_add"),
    }
    return render(request, "admin/conflict_deleted.html", context)


def _typed(kind: str, form: BaseForm, data: Any) -> tuple[str, list[tuple[str, str]]]:
    typed = [(str(form[name].label), field, normalised(field, name, data)) for name, field in fields_of(form).items()]
    return kind, [(label, in_words(field, [text])[text]) for label, field, text in typed if text]
