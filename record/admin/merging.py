"""Merging two rows in the admin: a page shows both rows side by side. Past merges are in past_merges.py."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.field_text import as_text, field_text
from record.images import ImageField
from record.merging import BOTH, GONE, KEPT, ChangedSinceError, Choice, Plan, merge, mergeable
from record.merging.journal import owner_of
from record.models import Merge
from record.viewpoint import Viewpoint

from .choices import RowField
from .not_duplicates import DISTINCT, DistinctMixin, distinct_action
from .widgets import KnownAutocomplete

MERGE = gettext_lazy("Merge two records")
FEW = 5
LONG = 600


class MergeForm(forms.Form):
    """
    The form of a merge. For each field that differs, the editor chooses which value to keep. A reason is optional.
    """

    shown = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why these records are the same"),
        required=False,
        max_length=90,
        help_text=gettext_lazy(
            "Optional. The reason appears in the history of every row that is moved, and on the corrections "
            "page of a contest whose results are public."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["shown"].initial = plan.fingerprint
        for choice in plan.fields:
            options = [(KEPT, KEPT), (GONE, GONE), *([(BOTH, BOTH)] if choice.many else [])]
            self.fields[f"take_{choice.name}"] = forms.ChoiceField(choices=options, initial=choice.default)

    @property
    def choices(self) -> dict[str, str]:
        return {choice.name: self.cleaned_data[f"take_{choice.name}"] for choice in self.plan.fields}

    def rows(self) -> list[dict[str, Any]]:
        """
        Return a list with a dict for each field that differs: `label`, `name` (of the input), `many` (whether both
        values can be kept), `is_both` (whether both are kept), and `sides`. `sides` has a dict for each of the two
        rows: `value`, `is_chosen`, `text`, and, for an image, `image` (its URL).
        """
        return [self._row(choice) for choice in self.plan.fields]

    def _row(self, choice: Choice) -> dict[str, Any]:
        name = f"take_{choice.name}"
        chosen = self[name].value()
        sides = [
            {"value": option, "is_chosen": chosen == option, **_shown(row, choice.field)}
            for option, row in [(KEPT, self.plan.kept), (GONE, self.plan.gone)]
        ]
        label = str(capfirst(choice.field.verbose_name))
        return {"label": label, "name": name, "sides": sides, "many": choice.many, "is_both": chosen == BOTH}


def _shown(row: Model, field: models.Field) -> dict[str, Any]:
    """Return the value of `field` in `row` for display: a dict with `text`, and with `image` (a URL) for an image."""
    if field.many_to_many:
        return {"text": as_text([str(other) for other in getattr(row, field.name).all()[: FEW * 4]])}
    if isinstance(field, ImageField) and getattr(row, field.name):
        return {"text": "", "image": getattr(row, field.name).url}
    text = field_text(row, field)
    return {"text": text[:LONG] + "…" if len(text) > LONG else text}


def _names(table: type[Model], rows: Sequence[Model]) -> list[str]:
    """
    Return the names of the first `FEW` of `rows`, which are rows of the model `table`. For rows of a many-to-many
    table, return the names of the rows that the links belong to. Runs one SQL statement.
    """
    joins = [column.name for column in table._meta.fields if column.remote_field]
    found = table._base_manager.select_related(*joins).filter(pk__in=[row.pk for row in rows[:FEW]]).order_by("pk")
    owner = owner_of(table)
    return [str(getattr(row, owner.name) if owner else row) for row in found]


def _doubles(plan: Plan) -> list[tuple[str, int, list[str]]]:
    """
    Return the duplicates that the merge deletes, as tuples (plural name of the model, number of rows, first few names).
    """
    kinds: dict[type[Model], list[Model]] = {}
    for double in plan.doubles:
        kinds.setdefault(type(double.row), []).append(double.row)
    return [
        (str(capfirst(table._meta.verbose_name_plural)), len(rows), _names(table, rows))
        for table, rows in kinds.items()
    ]


def url_of_row(row: Model) -> str:
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


class MergeMixin(DistinctMixin):
    """
    A model admin with pages for merging two rows. Editors start from the page of a row, or with an action on the list.
    """

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("merge/", self.admin_site.admin_view(self.merge_view), name=f"{name}_merge"),
            path(
                "<path:object_id>/merge/", self.admin_site.admin_view(self.merge_with_view), name=f"{name}_merge_with"
            ),
            *super().get_urls(),
        ]

    def may_merge(self, request: HttpRequest, row: Model | None = None) -> bool:
        return self.has_change_permission(request, row) and self.has_delete_permission(request, row)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if self.may_merge(request):
            actions["merge"] = (_merge_action, "merge", MERGE)
            actions["distinct"] = (distinct_action, "distinct", DISTINCT)
        return actions

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Model | None) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None and self.may_merge(request, obj):
            context["merge_address"] = reverse(self.url_name("merge_with"), args=[obj.pk])

    def merge_url(self, kept: Any, gone: Any) -> str:
        return f"{reverse(self.url_name('merge'))}?{urlencode({'keep': kept, 'merge': gone})}"

    def _context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, **more}

    def _row(self, request: HttpRequest, key: str) -> Model:
        row = self.for_choice(self.get_queryset(request)).filter(pk=int(key)).first() if is_merge_key(key) else None
        if row is None:
            raise Http404
        if not self.may_merge(request, row):
            raise PermissionDenied
        return row

    def merge_with_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which row to merge with the row `object_id`, then redirect to the page that shows both rows."""
        row = self._row(request, object_id)
        column = next(relation.field for relation in self.opts.related_objects if relation.one_to_many)
        others = self.for_choice(self.model._default_manager.exclude(pk=row.pk))
        field = RowField(
            others,
            label=capfirst(self.opts.verbose_name),
            widget=KnownAutocomplete(column, self.admin_site, attrs={"data-except": row.pk}),
            help_text=_(
                "The next page shows both records side by side. Nothing changes until you confirm the merge there."
            ),
        )
        field.label_from_instance = self.choice_label  # type: ignore[method-assign]
        form_class = type("OtherForm", (forms.Form,), {"other": field})
        form = form_class(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            other = form.cleaned_data["other"]
            try:
                mergeable(row, other)
            except ValidationError as error:
                form.add_error("other", error)
            else:
                return redirect(self.merge_url(row.pk, other.pk))
        context = self._context(
            request,
            title=_("Merge “%(name)s” with another") % {"name": self.choice_label(row)},
            form=form,
            media=self.media + form.media,
            back=url_of_row(row),
        )
        return render(request, "admin/merge_with.html", context)

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Show both rows side by side. On POST, merge them or mark them as different."""
        kept, gone = self._row(request, request.GET.get("keep", "")), self._row(request, request.GET.get("merge", ""))
        try:
            mergeable(kept, gone)
        except ValidationError as error:
            for text in error.messages:
                self.message_user(request, text, messages.ERROR)
            return redirect(self.url_name("changelist"))
        if request.method == "POST" and "distinct" in request.POST:
            self.note_distinct(request, [kept, gone])
            return redirect(url_of_row(kept))
        plan = Plan(kept, gone, timezone.now())
        form = MergeForm(request.POST if request.method == "POST" else None, plan=plan)
        if request.method == "POST" and form.is_valid():
            try:
                done = merge(
                    kept,
                    gone,
                    form.choices,
                    actor=request.user,  # type: ignore[arg-type]
                    reason=form.cleaned_data["reason"],
                    shown=form.cleaned_data["shown"],
                )
            except ChangedSinceError as error:
                for text in error.messages:
                    self.message_user(request, text, messages.ERROR)
                return redirect(self.merge_url(kept.pk, gone.pk))
            except ValidationError as error:
                form.add_error(None, ValidationError(error.messages))
            else:
                self.log_change(request, kept, f"Merged: {done}")
                self.message_user(request, self._said(done), messages.SUCCESS)
                return redirect(url_of_row(kept))
        # Sentences have the short names, unless these are the same.
        names = [str(kept), str(gone)]
        kept_name, gone_name = names if len(set(names)) == 2 else map(self.choice_label, (kept, gone))
        context = self._context(
            request,
            title=_("Merge two records"),
            plan=plan,
            form=form,
            fields=form.rows(),
            moved=[(moved.label, len(moved.rows), _names(moved.table, moved.rows)) for moved in plan.moved],
            doubles=_doubles(plan),
            few=FEW,
            kept_address=url_of_row(kept),
            gone_address=url_of_row(gone),
            kept_label=self.choice_label(kept),
            gone_label=self.choice_label(gone),
            kept_name=kept_name,
            gone_name=gone_name,
            hidden_name=gone_name if plan.hidden == gone else kept_name,
            other_way=self.merge_url(gone.pk, kept.pk),
            media=self.media,
            back=url_of_row(kept),
        )
        return render(request, "admin/merge.html", context)

    @staticmethod
    def _said(done: Merge) -> str:
        return format_html(
            '{} <a href="{}">{}</a>',
            _("“%(gone)s” was merged into this.") % {"gone": done.gone_name},
            url_of_row(done),
            _("View or undo the merge"),
        )


def is_merge_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


@admin.action(description=MERGE)
def _merge_action(modeladmin: MergeMixin, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
    rows = list(queryset[:3])
    if len(rows) != 2:
        modeladmin.message_user(request, _("Choose exactly two to merge."), messages.ERROR)
        return None
    keys = [row.pk for row in rows]
    shown = set(
        modeladmin.model._default_manager.public(Viewpoint.now()).filter(pk__in=keys).values_list("pk", flat=True)
    )
    # Keep the public row. If both rows or neither of them are public, keep the older one.
    kept, gone = sorted(rows, key=lambda row: (row.pk not in shown, row.pk))
    return redirect(modeladmin.merge_url(kept.pk, gone.pk))
