"""The change form of a row: all steps from the request to the saved row, with hooks for subclasses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from record.forms import keep_what_no_form_holds
from record.history import because, is_tracked, keep_first_version
from record.images import unused_files
from record.restoring import begin_anew, hanging_on, put_back_hanging
from record.slug_lookup import keep_former_slug
from record.synthetic import MARK

from .deleted_meanwhile import page_of_deleted
from .deletion import without_link_tables
from .history import HistoryPages
from .long_inlines import is_left_out, path_of
from .three_way_merge import OPENED, Opened, ThreeWayMerge, in_zone, row_label, values_on


class ChangeFormAdmin(HistoryPages):
    """
    The base class of the admin pages for rows with a history. When a form is submitted, these steps follow:

    1. `changeform_view` calls `prepared`, and activates the time zone that `zone_of` returns, until the page is
       rendered.
    2. If `keeps_others_edits` is set, an existing row and its inline rows are locked, and the changes that other
       editors have saved since the page was opened are merged into `request.POST` (record/admin/three_way_merge.py). If
       the row has been deleted, the response is a page with the editor's input.
    3. Django makes the form and the formsets (`get_form`, `get_formsets_with_inlines`) and validates them.
    4. The form or a formset is also invalid if the editor has to decide about a conflict, if a required reason is
       missing, or if the database refused the last attempt (record/forms.py). If anything is invalid, step 8 follows.
    5. `save_model` calls `before_save`, saves the row and its history entry, and calls `after_save`.
    6. `save_formset` saves the inline rows of one model, with the reason from the form, and stores former slugs.
    7. Django's `response_add` or `response_change` redirects. The steps end here.
    8. `render_change_form` calls `add_to_page`. The transaction ends here. After a POST, `before_rendering` is called.
       Then the page is rendered.

    Opening a page takes only the steps 1, 3 and 8. Restoring an old version (`history_form_view`) takes step 1, then
    calls `prepare_version`, then takes the steps 3 to 5 and 7.

    Subclasses can override these hooks. An override calls `super()`:

    - `prepared(request, object_id)` is a context manager around all steps. It begins before the transaction, so it may
      do what takes time, such as decoding and storing images. `object_id` is None for a new row.
    - `zone_of(request, object_id)` returns the time zone of the dates and times on the page.
    - `prepare_version(request, version)` may change an old version before its form is made. It returns nothing.
    - `before_save(request, obj, form, stored)` may change `obj`. It returns nothing and can't prevent the save; the
      `clean` method of the form can.
    - `after_save(request, obj, form, stored)` runs after the row is saved, in the same transaction. It returns nothing.
    - `add_to_page(request, context, obj)` may change the context of the page. It returns nothing. `obj` is None on the
      page of a new row.
    - `before_rendering(request, form)` may change an invalid form after the transaction. It returns nothing.

    `stored` is the row as it is in the database before the save. It is None if `obj` is a new row, or a deleted row
    that is being restored.
    """

    #: Whether saving a form keeps the changes that other editors saved after the page was opened. Needs a form like
    #: `RecordPageForm` and the template `admin/record_form.html`.
    keeps_others_edits = False

    # Hooks for subclasses (see the docstring of the class)

    @contextmanager
    def prepared(self, request: HttpRequest, object_id: str | None) -> Iterator[None]:
        yield

    def before_rendering(self, request: HttpRequest, form: Any) -> None:
        pass

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        return timezone.get_current_timezone()

    def prepare_version(self, request: HttpRequest, version: Model) -> None:
        pass

    def before_save(self, request: HttpRequest, obj: Model, form: ModelForm, stored: Model | None) -> None:
        pass

    def after_save(self, request: HttpRequest, obj: Model, form: ModelForm, stored: Model | None) -> None:
        pass

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Model | None) -> None:
        pass

    # Steps 1 and 2 (see the docstring of the class): before the form is made

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.opened_at = timezone.now()
        zone = self.zone_of(request, object_id)
        with unused_files.nothing_left_behind(), self.prepared(request, object_id):
            with timezone.override(zone):
                if request.method != "POST" or object_id is None or not self.keeps_others_edits:
                    response = super().changeform_view(request, object_id, form_url, extra_context)
                else:
                    response, zone = self._merged_changeform_view(request, object_id, form_url, extra_context, zone)
            # The transaction has ended, so nobody waits for its locks while the page is rendered.
            with timezone.override(zone):
                context = getattr(response, "context_data", None) or {}
                if request.method == "POST" and "adminform" in context:
                    self.before_rendering(request, context["adminform"].form)
                return _rendered(response)

    def _merged_changeform_view(
        self, request: HttpRequest, object_id: str, form_url: str, extra_context: Any, zone: tzinfo
    ) -> tuple[Any, tzinfo]:
        """Do step 2, then all other steps in the same transaction. Return the response and the time zone of the row."""
        with transaction.atomic(using=router.db_for_write(self.model)):
            key = unquote(object_id)
            obj = self.get_object(request, key)
            if obj is None:
                formsets = self._unbound_formsets(request, self.model())
                if page := page_of_deleted(self, request, key, formsets):
                    return page, zone
            elif self.has_change_permission(request, obj):
                zone = self._merge_edits(request, obj, object_id, zone)
            with timezone.override(zone):
                return super().changeform_view(request, object_id, form_url, extra_context), zone

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        zone = self.zone_of(request, object_id)
        with unused_files.nothing_left_behind(), self.prepared(request, object_id), timezone.override(zone):
            return super().history_form_view(request, object_id, version_id, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            # Saving a row writes all its columns, also those that are not on the form. Lock the row and its inline
            # rows, so that nobody can change them between this query and the save.
            try:
                pk = self.model._meta.pk.to_python(object_id)
            except ValidationError:
                return None
            list(self.model._base_manager.select_for_update().filter(pk=pk).values_list("pk"))
            inlines: list[Any] = [each for each in self.inlines if not is_left_out(request, each)]
            for inline in inlines:
                if getattr(inline, "via", ""):  # The owner of the rows, which a change of the row may change too.
                    owners = inline.owner_model(self.model)._base_manager.select_for_update()
                    list(owners.filter(pk__in=self.model._base_manager.filter(pk=pk).values(inline.via)).values("pk"))
                owned = inline.model._base_manager.filter(**{path_of(self, inline): pk}).values("pk")
                rows = inline.model._base_manager.select_for_update().filter(pk__in=owned)
                list(rows.order_by("pk").values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def _merge_edits(self, request: HttpRequest, obj: Model, object_id: str, zone: tzinfo) -> tzinfo:
        """
        Merge the changes that other editors have saved into `request.POST`, the input of this editor. Return the time
        zone of the merged row.
        """
        form = self.get_form(request, obj, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, obj)))
        merged_edits = ThreeWayMerge(request, form(instance=obj), self._unbound_formsets(request, obj))
        request.POST, request.merged_edits = merged_edits.data, merged_edits  # type: ignore[assignment, attr-defined]
        together = self.zone_of(request, object_id)
        if str(together) != str(zone):
            in_zone(merged_edits.form, merged_edits.data, together)
        return together

    def _unbound_formsets(self, request: HttpRequest, obj: Model) -> list[BaseInlineFormSet]:
        """Return unbound formsets with the inline rows that the editor may change, as they are in the database."""
        formsets: list[BaseInlineFormSet] = []
        prefixes: dict[str, int] = {}
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            prefix = formset.get_default_prefix()
            prefixes[prefix] = number = prefixes.get(prefix, 0) + 1
            if inline.has_change_permission(request, obj):
                own = prefix if number == 1 else f"{prefix}-{number}"
                formsets.append(formset(instance=obj, prefix=own, queryset=inline.get_queryset(request)))
        return formsets

    # Steps 3 and 4 (see the docstring of the class): making the form

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and getattr(obj, "_history", None) is not None:
            self.prepare_version(request, obj)
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if self.keeps_others_edits:
            form.merged_edits = getattr(request, "merged_edits", None)
            form.is_refused = getattr(request, "is_refused", False)
        return form

    # Steps 5 and 6 (see the docstring of the class): saving the row and its inline rows

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save the row. If `obj` is an old version that is being restored, it has the attribute `_history`."""
        is_version = getattr(obj, "_history", None) is not None
        stored: Any = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        was_deleted = is_version and stored is None
        reason = form.cleaned_data.get("change_reason", "")
        has_entry = not change or is_version or self._is_worth_an_entry(form, reason)
        obj._history_user, obj._change_reason = request.user, reason or None
        deleted_together: list[Model] = []
        if was_deleted:
            request.put_back = True  # type: ignore[attr-defined]  # HistoryPages.response_change reads it
            deleted_together = hanging_on(obj)
            begin_anew(obj, held=form.cleaned_data)
        elif is_version:
            keep_what_no_form_holds(obj, form.cleaned_data)
        if stored is not None and (has_entry or form.has_changed()):
            keep_first_version(type(obj), [obj.pk])
        self.before_save(request, obj, form, stored)
        if has_entry:
            super().save_model(request, obj, form, change)
        else:
            obj.save_without_historical_record()
        if was_deleted:
            self._restore_deleted_together(request, obj, deleted_together, reason)
        if stored is not None and "slug" in form.fields and stored.slug != obj.slug:
            keep_former_slug(obj, stored.slug)
        self.after_save(request, obj, form, stored)

    def _restore_deleted_together(self, request: HttpRequest, obj: Model, records: list[Model], reason: str) -> None:
        """Restore the rows that were deleted together with `obj`; show a message for each that can't be restored."""
        for lost in put_back_hanging(obj, records, actor=request.user, reason=reason).lost:
            self.message_user(request, gettext("Could not be restored: %(what)s") % {"what": lost}, messages.WARNING)

    @staticmethod
    def _is_worth_an_entry(form: ModelForm, reason: str) -> bool:
        """
        Return whether saving the row itself should write a history entry. If nothing has changed, an entry is written
        only if the editor gave a `reason`. If only many-to-many fields have changed, return False, because
        django-simple-history writes an entry when the form saves these fields.
        """
        changed = set(form.changed_data) - {"change_reason", "opened_with"}
        links = {field.name for field in type(form.instance).history.model._history_m2m_fields}
        if not form.has_changed():
            return bool(reason)
        return not changed <= links

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        deleted = [below.instance.pk for below in formset.initial_forms if formset._should_delete_form(below)]
        with because(form.cleaned_data.get("change_reason", "")):
            if is_tracked(formset.model):
                changed = [below.instance.pk for below in formset.initial_forms if below.has_changed()]
                keep_first_version(formset.model, changed)
            super().save_formset(request, form, formset, change)
        for row, names in formset.changed_objects:
            if "slug" in names:
                before = next(below.initial["slug"] for below in formset.initial_forms if below.instance == row)
                keep_former_slug(row, before)
        model_admin = self.admin_site._registry.get(formset.model)
        if deleted and isinstance(model_admin, HistoryPages):
            model_admin.offer_to_put_back(request, deleted)

    # Step 8 (see the docstring of the class): rendering the page

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        row = obj if change else None
        if row is not None:
            kind = capfirst(self.opts.verbose_name)
            context.update(title=str(row), subtitle=f"{kind}, {MARK}" if getattr(row, "is_synthetic", False) else kind)
            if self.keeps_others_edits:
                self._add_edits(request, context, row)
        self.add_to_page(request, context, row)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _add_edits(self, request: HttpRequest, context: dict[str, Any], obj: Model) -> None:
        """
        On a newly opened page, add a signed hidden field with the values that the page shows. After a POST, add the
        edits of other editors to `context`.
        """
        form: Any = context["adminform"].form
        if not form.is_bound and self.has_change_permission(request, obj):
            inlines = [inline for inline in context["inline_admin_formsets"] if inline.has_change_permission]
            values = values_on(form, [inline.formset for inline in inlines])
            opened = Opened(request.opened_at, values, values, [])  # type: ignore[attr-defined]
            form.initial[OPENED] = opened.signed(row_label(obj))
        merged_edits = getattr(request, "merged_edits", None)
        if merged_edits is not None and merged_edits.rows:
            # Count only errors of fields: messages for the whole form, such as the one about a conflict, are not input
            # errors.
            others = len(context["errors"]) - len(form.non_field_errors().get_json_data()) if form.errors else 0
            context |= {"merged_edits": merged_edits, "errors": context["errors"] if others else None}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return without_link_tables(deleted), counts, lacking, protected


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render a TemplateResponse now, while the time zone of the row is active. Return other responses unchanged."""
    return response.render() if hasattr(response, "render") else response
