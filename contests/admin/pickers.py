"""
Pickers that depend on the contest: a form offers only rows of its own contest, and a new row starts with the contest,
event or award that the editor came from.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.apps import apps
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from contests import currencies
from contests.models import Contest, Submission
from record.admin.base import RecordAdmin
from record.admin.choices import RowField
from record.admin.form_fields import RecordOptions
from record.admin.primary_keys import is_key
from record.admin.widgets import KnownAutocomplete
from record.forms import RecordPageForm

#: For each kind of row, the path to its contest.
CONTEST_OF = {
    "contest": "pk",
    **dict.fromkeys(("award", "category", "event", "submission", "figure", "leadingregion"), "contest"),
    **dict.fromkeys(("quote", "appearance"), "event__contest"),
    "credit": "submission__contest",
    "recognition": "award__contest",
}
#: The value of `within` and the message for a form without a contest.
UNCHOSEN, CHOOSE_FIRST = "contest:", _("Choose the contest first.")


def contest_of(text: str) -> models.QuerySet | None:
    """
    Return a query for the primary key of the contest that `text` leads to ("event:12", "contest:3"); None if it leads
    to none.
    """
    kind, _colon, key = text.partition(":")
    if kind not in CONTEST_OF or not is_key(key):
        return None
    rows = apps.get_model("contests", kind)._base_manager.filter(pk=key)
    return rows.order_by().values(CONTEST_OF[kind])


class ContestPickersMixin(RecordAdmin):
    """A model admin whose rows are restricted to one contest if a picker names it (static/js/pickers.js)."""

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str):
        is_choice = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        asked = request.GET.get("within", "") if is_choice else ""
        if asked:
            contest = contest_of(asked)
            queryset = queryset.none() if contest is None else queryset.filter(contest__in=contest)
        return super().get_search_results(request, queryset, search_term)


class CurrencySuggestionsMixin(RecordAdmin):
    suggested = RecordAdmin.suggested | {"currency-names": currencies.offered}


class WithinContestMixin(RecordOptions):
    """
    A form, or an inline formset. `within` maps each picker to the field of the form that determines its contest: the
    contest itself, or something that belongs to one.
    """

    within: dict[str, str] = {}

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name in self.within:
            field.widget.attrs["data-within"] = self.within[db_field.name]
            if fallback := self._contest_of_page(request):
                field.widget.attrs["data-within-page"] = fallback
        return field

    def _contest_of_page(self, request: HttpRequest) -> str:
        """
        Return the contest to use while that field of the form is empty: that of the stored row, or the one the editor
        came from.
        """
        match = request.resolver_match
        key = match.kwargs.get("object_id", "") if match else ""
        model = getattr(self, "parent_model", self.model)  # for an inline, the model of the parent row
        return f"{model._meta.model_name}:{key}" if is_key(key) else came_from(request)


def came_from(request: HttpRequest) -> str:
    """
    Return the contest in the query string of a form, or in the filters of the list that the editor came from:
    "contest:3".
    """
    asked = request.GET.get("within", "")
    if contest_of(asked) is not None:
        return asked
    for name, key in _filters(request).items():
        if name.rpartition("__")[2] == "contest" and is_key(key):
            return f"contest:{key}"
    return ""


def _filters(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the list that the editor came from: {"event__contest": "3"}."""
    asked = parse_qsl(request.GET.get("_changelist_filters", ""))
    return {name.removesuffix("__exact").removesuffix("__id"): key for name, key in asked}


class ContestFirstForm(RecordPageForm):
    """The form of a new row without a contest field. It asks for the contest only to narrow the choices."""

    #: The fields whose rows belong to the contest.
    of_contest: tuple[str, ...] = ()

    contest = RowField(
        Contest.objects.all(),
        label=_("Contest"),
        required=False,
        help_text=_("Choose the contest first: the fields below then offer only what belongs to it."),
    )

    def clean_contest(self) -> Contest | None:
        # This field is the first, so the fields after it look only for rows of this contest.
        contest = self.cleaned_data["contest"]
        for name in self.of_contest if contest else ():
            field = self.fields[name]
            field.queryset = field.queryset.filter(contest=contest)
            field.error_messages["invalid_choice"] = _("This does not belong to the contest chosen above.")
        return contest

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "contest"]


class ContestFirstMixin(RecordAdmin):
    """A model admin whose add page asks for the contest first. List it before `KeepContestMixin`."""

    #: The field that determines the contest of a row, and of the next new row.
    kept: tuple[str, ...]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        (title, options), *others = fieldsets
        return [(title, {**options, "fields": ["contest", *options["fields"]]}), *others]

    def get_form(self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs):
        if obj is not None or change or not self.has_add_permission(request):
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, **{**kwargs, "form": ContestFirstForm})
        form.of_contest = tuple(self.within)
        # The picker needs some relation to a contest to know where to search; any one will do.
        column = Submission._meta.get_field("contest")
        picker = KnownAutocomplete(column, self.admin_site)
        picker = RelatedFieldWidgetWrapper(picker, column.remote_field, self.admin_site, can_add_related=False)
        picker.choices, picker.is_required = form.base_fields["contest"].choices, False
        form.base_fields["contest"].widget = picker
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        place = came_from(request) or next((f"{name}:{initial[name]}" for name in self.within if initial.get(name)), "")
        contest = contest_of(place)
        if contest is not None:
            initial["contest"] = contest.values_list(*contest.query.values_select, flat=True).first()
        return initial


class KeepContestMixin(WithinContestMixin, CurrencySuggestionsMixin):
    """
    A model admin whose new rows continue where the editor is: "Add" in a list filtered by a contest, and "Save and add
    another". `kept` lists the fields that the next row copies from the last one.
    """

    kept: tuple[str, ...] = ("contest",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.fields if isinstance(field, models.ForeignKey)}
        for name, key in _filters(request).items():
            if name in relations and is_key(key):
                initial.setdefault(name, key)
        contest = contest_of(came_from(request))
        if "contest" in relations and "contest" not in initial and contest is not None:
            initial["contest"] = contest.values_list(*contest.query.values_select, flat=True).first()
        return initial

    def response_add(self, request: HttpRequest, obj: models.Model, post_url_continue: str | None = None):
        return self._with_kept(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: models.Model):
        return self._with_kept(request, obj, super().response_change(request, obj))

    def _with_kept(self, request: HttpRequest, obj: models.Model, response: HttpResponse) -> HttpResponse:
        if "_addanother" not in request.POST or not isinstance(response, HttpResponseRedirect):
            return response
        parts = urlsplit(response.url)
        kept = {name: getattr(obj, obj._meta.get_field(name).attname) for name in self.kept}
        asked = {**dict(parse_qsl(parts.query)), **{name: key for name, key in kept.items() if key is not None}}
        return HttpResponseRedirect(urlunsplit(parts._replace(query=urlencode(asked))))
