"""
Edit conflicts: if two editors change the same row, the second to save sees the first one's changes and chooses.

The page of a row contains a signed copy of its values at the time when it was opened. On saving, these are compared
with the row in the database and with the input, including the inline rows. Nothing is saved until the editor has seen
the changes of others and has chosen a value for each field that both changed.
"""

from datetime import tzinfo
from typing import Any

from django.contrib.admin.options import flatten_fieldsets
from django.contrib.admin.utils import unquote
from django.db import router, transaction
from django.db.models import Model
from django.forms import BaseForm, BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .form_values import fields_of, in_words, normalised
from .posted_rows import PostedRows
from .three_way_merge import CHOICE, KEPT, OPENED, Opened, ThreeWayMerge, in_zone, row_label, values_on


class EditConflictMixin:
    """A model admin whose change page never overwrites what another editor saved since the page was opened."""

    change_form_template = "admin/record_form.html"

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        """Return the time zone for the dates and times on the page of a row."""
        return timezone.get_current_timezone()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.meeting = getattr(request, "meeting", None)
        form.is_refused = getattr(request, "is_refused", False)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            request.opened_at = timezone.now()
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            obj = self.get_object(request, unquote(object_id))
            if obj is None and (page := self._gone(request, unquote(object_id))):
                return page
            zone = self.zone_of(request, object_id)
            if obj is not None and self.has_change_permission(request, obj):
                zone = self._merge_edits(request, obj, object_id, zone)
            with timezone.override(zone):
                response = super().changeform_view(request, object_id, form_url, extra_context)
                return response.render() if hasattr(response, "render") else response

    def _merge_edits(self, request: HttpRequest, obj: Model, object_id: str, zone: tzinfo) -> tzinfo:
        """Merge both edits into `request.POST`. Return the time zone of the merged row."""
        form = self.get_form(request, obj, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, obj)))
        meeting = ThreeWayMerge(request, form(instance=obj), self._rows_below(request, obj))
        request.POST, request.meeting = meeting.data, meeting
        together = self.zone_of(request, object_id)
        if str(together) != str(zone):
            in_zone(meeting.form, meeting.data, together)
        return together

    def _rows_below(self, request: HttpRequest, obj: Model) -> list[BaseInlineFormSet]:
        """Return the formsets of the inline rows that the editor may change, unbound, as they are in the database."""
        formsets: list[BaseInlineFormSet] = []
        prefixes: dict[str, int] = {}
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            prefix = formset.get_default_prefix()
            prefixes[prefix] = number = prefixes.get(prefix, 0) + 1
            if inline.has_change_permission(request, obj):
                own = prefix if number == 1 else f"{prefix}-{number}"
                formsets.append(formset(instance=obj, prefix=own, queryset=inline.get_queryset(request)))
        return formsets

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form: BaseForm = context["adminform"].form
        if change and not form.is_bound and self.has_change_permission(request, obj):
            inlines = [inline for inline in context["inline_admin_formsets"] if inline.has_change_permission]
            values = values_on(form, [inline.formset for inline in inlines])
            form.initial[OPENED] = Opened(request.opened_at, values, values, []).signed(row_label(obj))
        meeting = getattr(request, "meeting", None)
        if meeting is not None and meeting.rows:
            # The message about the conflict is not an input error.
            others = len(context["errors"]) - len(form.non_field_errors().get_json_data()) if form.errors else 0
            context |= {"meeting": meeting, "errors": context["errors"] if others else None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Deleted rows

    def _gone(self, request: HttpRequest, key: str) -> HttpResponse | None:
        """If the row was deleted after its page was opened, return a page with the editor's input; otherwise None."""
        was_there = Opened.read(request.POST.get(OPENED, ""), f"{self.model._meta.label_lower}:{key}")
        if was_there is None or not self.has_change_permission(request):
            return None
        blank = self.get_form(request, None, change=False)()
        pages = [self._typed(capfirst(self.opts.verbose_name), blank, request.POST)]
        again = request.POST.copy()
        for name in [name for name in again if name.startswith((CHOICE, KEPT, "_")) or name == OPENED]:
            del again[name]
        for formset in self._rows_below(request, self.model()):
            posted = PostedRows(formset, again)
            rows = [row for row in [*posted.known.values(), *posted.new] if not row.get("DELETE")]
            for row in rows:
                row.pop(formset.model._meta.pk.name, None)
                row.pop(formset.fk.name, None)
                pages.append(self._typed(capfirst(formset.model._meta.verbose_name), formset.empty_form, row))
            posted.new = rows
            posted.write([], 0)
        record = self.model.history.filter(**{self.opts.pk.attname: key}).select_related("history_user").first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("This was deleted while you had it open"),
            "record": record,
            "pages": pages,
            "again": [(name, text) for name, texts in again.lists() for text in texts if name != "csrfmiddlewaretoken"],
            "add": self.has_add_permission(request)
            and reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_add"),
        }
        return render(request, "admin/conflict_deleted.html", context)

    @staticmethod
    def _typed(kind: str, form: BaseForm, data: Any) -> tuple[str, list[tuple[str, str]]]:
        typed = [(form[name].label, field, normalised(field, name, data)) for name, field in fields_of(form).items()]
        return kind, [(label, in_words(field, [text])[text]) for label, field, text in typed if text]
