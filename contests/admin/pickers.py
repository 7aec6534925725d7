"""
Autocomplete fields of the admin that depend on the contest. A form offers only rows of its own contest, and the form of
a new row is filled in with the contest, event or award of the page that the editor came from.
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

#: For each model of this app, by its lower-case name, the lookup path from a row to its contest.
CONTEST_OF = {
    "contest": "pk",
    **dict.fromkeys(("award", "category", "event", "submission", "figure", "leadingregion"), "contest"),
    **dict.fromkeys(("quote", "appearance"), "event__contest"),
    "recognition": "award__contest",
    "party": "recognition__award__contest",
}
#: The value of the parameter `within` that autocomplete fields send as long as the form has no contest, and the message
#: that the editor then sees.
UNCHOSEN, CHOOSE_FIRST = "contest:", _("Choose the contest first.")


def contest_of(text: str) -> models.QuerySet | None:
    """
    Return a query for the primary key of the contest of a row. `text` names the row by its model and primary key, such
    as "event:12" or "contest:3". Return None if `text` has another form.
    """
    kind, _colon, key = text.partition(":")
    if kind not in CONTEST_OF or not is_key(key):
        return None
    rows = apps.get_model("contests", kind)._base_manager.filter(pk=key)
    return rows.order_by().values(CONTEST_OF[kind])


class ContestPickersMixin(RecordAdmin):
    """
    A model admin whose autocomplete view returns only rows of one contest, if the request has the parameter `within`.
    `static/js/pickers.js` adds the parameter.
    """

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
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
    A model admin or inline whose autocomplete fields offer only rows of one contest. `within` maps the name of each
    such field to the name of the field that determines the contest: `contest`, or a relation to a row with a contest.
    """

    within: dict[str, str] = {}
    model: type[models.Model]

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return self._limited(super().formfield_for_foreignkey(db_field, request, **kwargs), db_field.name, request)

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        return self._limited(super().formfield_for_manytomany(db_field, request, **kwargs), db_field.name, request)

    def _limited(self, field: Any, name: str, request: HttpRequest) -> Any:
        if field and name in self.within:
            field.widget.attrs["data-within"] = self.within[name]
            if fallback := self._contest_of_page(request):
                field.widget.attrs["data-within-page"] = fallback
        return field

    def _contest_of_page(self, request: HttpRequest) -> str:
        """
        Return a row as text, such as "event:12". Its contest limits the autocomplete fields as long as the form has no
        contest of its own. It is the row that the page edits or, on the page for a new row, the one that `came_from`
        returns.
        """
        match = request.resolver_match
        key = match.kwargs.get("object_id", "") if match else ""
        # For an inline, use the model of the page that contains it.
        model: type[models.Model] = getattr(self, "parent_model", self.model)
        return f"{model._meta.model_name}:{key}" if is_key(key) else came_from(request)


def came_from(request: HttpRequest) -> str:
    """
    Return, as text such as "event:12" or "contest:3", the row that determines the contest of a new row. Take it from
    the parameter `within` of the request, or from the filters of the list on which the editor clicked "Add". Return ""
    if there is none.
    """
    asked = request.GET.get("within", "")
    if contest_of(asked) is not None:
        return asked
    for name, key in _filters(request).items():
        if name.rpartition("__")[2] == "contest" and is_key(key):
            return f"contest:{key}"
    return ""


def _filters(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the list on which the editor clicked "Add", such as {"event__contest": "3"}."""
    asked = parse_qsl(request.GET.get("_changelist_filters", ""))
    return {name.removesuffix("__exact").removesuffix("__id"): key for name, key in asked}


class ContestFirstForm(RecordPageForm):
    """
    The form for a new row of a model without a field `contest`. The form asks for the contest only to limit the options
    of other fields.
    """

    #: The names of the fields that offer only rows of the chosen contest.
    of_contest: tuple[str, ...] = ()

    contest = RowField(
        Contest.objects.all(),
        label=_("Contest"),
        required=False,
        help_text=_("Choose the contest first. The fields below then offer only choices from that contest."),
    )

    def clean_contest(self) -> Contest | None:
        # Limit the fields after this one to rows of the contest. They are cleaned later, because this field is first.
        contest = self.cleaned_data["contest"]
        for name in self.of_contest if contest else ():
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(contest=contest)
            field.error_messages["invalid_choice"] = _(
                "This choice does not belong to the contest above. Choose another, or change the contest."
            )
        return contest

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "contest"]


class ContestFirstMixin(RecordAdmin):
    """
    A model admin whose page for a new row asks for the contest first. Among the base classes, it must come before
    `KeepContestMixin`.
    """

    #: The names of the fields whose values "Save and add another" copies to the form for the next row. They determine
    #: the contest of that row.
    kept: tuple[str, ...]
    within: dict[str, str]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        (title, options), *others = fieldsets
        return [(title, {**options, "fields": ["contest", *options["fields"]]}), *others]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None or change or not self.has_add_permission(request):
            return super().get_form(request, obj, change=change, **kwargs)
        own = type("ContestFirstForm", (ContestFirstForm, self.form), {})
        form: Any = super().get_form(request, obj, change=change, **{**kwargs, "form": own})
        form.of_contest = tuple(self.within)
        # The widget needs a foreign key to Contest, to know which model to search. The model that has the key doesn't
        # matter.
        column: Any = Submission._meta.get_field("contest")
        widget = KnownAutocomplete(column, self.admin_site)
        picker = RelatedFieldWidgetWrapper(widget, column.remote_field, self.admin_site, can_add_related=False)
        picker.choices, picker.is_required = form.base_fields["contest"].choices, False
        form.base_fields["contest"].widget = picker
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        parent = came_from(request) or next(filter(None, (self._named(name, initial) for name in self.within)), "")
        contest = contest_of(parent)
        if contest is not None:
            initial["contest"] = contest.values_list(*contest.query.values_select, flat=True).first()
        return initial

    def _named(self, name: str, initial: dict[str, Any]) -> str:
        """Return the first row that `initial` has for the field `name` as text, such as "award:3", or ""."""
        value = initial.get(name)
        key = value[0] if isinstance(value, list) and value else value
        model: Any = self.opts.get_field(name).related_model
        return f"{model._meta.model_name}:{key}" if key else ""


class KeepContestMixin(WithinContestMixin, CurrencySuggestionsMixin, RecordAdmin):
    """
    A model admin that fills in the form of a new row. If the list was filtered by contest, it fills in that contest.
    After "Save and add another", it fills in the `kept` fields of the row that was just saved.
    """

    kept: tuple[str, ...] = ("contest",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.fields if isinstance(field, models.ForeignKey)}
        for name, key in _filters(request).items():
            if name in relations and is_key(key):
                initial.setdefault(name, key)
        contest = contest_of(came_from(request))
        if "contest" in relations and "contest" not in initial and contest is not None:
            initial["contest"] = contest.values_list(*contest.query.values_select, flat=True).first()
        return initial

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._with_kept(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._with_kept(request, obj, super().response_change(request, obj))

    def _with_kept(self, request: HttpRequest, obj: Any, response: HttpResponse) -> HttpResponse:
        if "_addanother" not in request.POST or not isinstance(response, HttpResponseRedirect):
            return response
        parts = urlsplit(response.url)
        kept = {name: getattr(obj, obj._meta.get_field(name).attname) for name in self.kept}
        asked = {**dict(parse_qsl(parts.query)), **{name: key for name, key in kept.items() if key is not None}}
        return HttpResponseRedirect(urlunsplit(parts._replace(query=urlencode(asked))))
