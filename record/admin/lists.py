"""The admin lists: their filters, columns and limits."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django_countries import filters

from record.importing.permissions import import_url
from record.models import Distinct
from record.synthetic import MARK, PREFIX, is_synthetic
from record.time_zones import told, zone_named

from .bulk import BulkOptions
from .counting import counted
from .export import ExportOptions
from .import_templates import ImportTemplateOptions
from .pagination import FEW, BoundedPaginator
from .primary_keys import is_key

# A condition that no index supports is checked only for the newest rows, at most this many.
LATEST = 5_000
OPTIONS = 20


@dataclass(frozen=True)
class Need:
    """
    Something that rows of a model may lack or wait for, such as a poster. The dashboard counts the rows with this need,
    and the admin list has a filter for them.
    """

    name: str
    """The name of the need, as in the URL of the list: ?needs=poster."""
    label: Any
    """The description of a row with this need: "without a poster"."""
    of: Callable[[QuerySet], QuerySet]
    """A function that filters a queryset to the rows that have this need."""
    ordering: tuple[str, ...] = ()
    """The order of the filtered list; empty for the usual order of the list."""


def moment_column(
    model: type[Model], name: str, zone_of: Callable[[Any], str] | None = None
) -> Callable[[admin.ModelAdmin, Model], str | None]:
    """
    Return a function for `list_display` or `readonly_fields` that shows the time in the field `name` of `model` with
    the name of its time zone. `zone_of` returns the time zone for a row; without `zone_of`, it is the current time
    zone.
    """

    field: Any = model._meta.get_field(name)

    @admin.display(description=field.verbose_name, ordering=name)
    def column(self: Any, obj: Model) -> str | None:
        moment = getattr(obj, name)
        return moment and told(moment, zone_of and zone_named(zone_of(obj)))

    return column


def latest(rows: QuerySet) -> QuerySet:
    """
    Return those of `rows` that are among the newest `LATEST` rows of the table. Call this before filtering by a
    condition that no index supports.
    """
    first = rows.model._base_manager.order_by("-pk").values("pk")[LATEST - 1 : LATEST]
    return rows.filter(pk__gte=Coalesce(Subquery(first), 0))


def without_source() -> Need:
    return Need("source", gettext_lazy("without a source"), lambda rows: rows.filter(source=None))


def without_sources(model: type[Model], *texts: str) -> Need:
    """Return a `Need` for rows of `model` that have text in one of the fields `texts`, but no `sources`."""

    def unbacked(rows: QuerySet) -> QuerySet:
        field: Any = rows.model._meta.get_field("sources")
        through = field.remote_field.through._base_manager
        said = Q(*((f"{text}__gt", "") for text in texts), _connector=Q.OR)
        links = through.filter(**{field.m2m_field_name(): OuterRef("pk")}).order_by().values("pk")[:1]
        # With `Exists`, PostgreSQL would read the links of all rows of the table.
        return latest(rows).filter(said, IsNull(Subquery(links), True))

    fields: list[Any] = [model._meta.get_field(text) for text in texts]
    return Need("source", _unbacked_texts([field.verbose_name for field in fields]), unbacked)


def _named_texts(names: Iterable[Any]) -> str:
    return _("no source for: %(fields)s") % {"fields": ", ".join(map(str, names))}


_unbacked_texts = lazy(_named_texts, str)


def image_needs(image: str) -> tuple[Need, ...]:
    """Return the two `Need`s of an image field: a missing alternative text and a missing credit."""
    there = Q(**{f"{image}__gt": ""})
    return (
        Need(
            "alt",
            gettext_lazy("image without alternative text"),
            lambda rows: rows.filter(there, **{f"{image}_alt": ""}),
        ),
        Need(
            "credit", gettext_lazy("image without credit"), lambda rows: rows.filter(there, **{f"{image}_credit": ""})
        ),
    )


def _alike(rows: QuerySet) -> QuerySet:
    # Leave out pairs that an editor has marked as different.
    different = Distinct.pairs(rows.model, OuterRef("key"), OuterRef(OuterRef("key")))
    others = rows.model._base_manager.exclude(pk=OuterRef("pk")).filter(~Exists(different))
    pairs = [
        ("name_key", "name_key"),
        ("native_key", "native_key"),
        ("name_key", "native_key"),
        ("native_key", "name_key"),
    ]
    alike = Q()
    for mine, theirs in pairs:
        # The second check for blank keys is redundant, but without it PostgreSQL's query planner would expect each key
        # to match many rows.
        their_key = {theirs: OuterRef(mine), f"{theirs}__gt": ""}
        # A database checks the two conditions in this order. If it began with the search, it would search for the rows
        # without a native name, which are nearly all rows, once for each of these rows.
        alike |= Q(**{f"{mine}__gt": ""}) & Q(Exists(others.filter(**their_key)))
    return latest(rows).filter(alike)


ALIKE = Need("same", gettext_lazy("possible duplicate"), _alike, ordering=("name_key", "pk"))
BROKEN = Need(
    "link",
    gettext_lazy("broken link"),
    lambda rows: rows.filter(link_state__in=["gone", "unreachable"]),
)


class OptionsFilter(admin.SimpleListFilter):
    """The base class of list filters with one option for each condition."""

    @abstractmethod
    def conditions(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> dict[str, tuple[Any, Any]]:
        """
        Return the options: {value in the URL: (label, condition)}. A condition is a Q object, or a function that takes
        a queryset and returns the filtered queryset.
        """

    def lookups(self, request, model_admin):
        self._conditions = self.conditions(request, model_admin)
        return [(value, label) for value, (label, _rows) in self._conditions.items()]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None or value not in self._conditions:
            return queryset
        condition = self._conditions[value][1]
        return condition(queryset) if callable(condition) else queryset.filter(condition)


class NeedsFilter(OptionsFilter):
    """A filter for rows that lack something or wait for something (see `Need`). The dashboard counts the same rows."""

    title = gettext_lazy("still to do")
    parameter_name = "needs"

    def conditions(self, request, model_admin):
        return {need.name: (capfirst(need.label), need.of) for need in model_admin.needs}


class ChangedFilter(OptionsFilter):
    """A filter by the time of the last change, as recorded in the history."""

    title = gettext_lazy("last changed")
    parameter_name = "changed"

    def conditions(self, request, model_admin):
        spans = {"1": _("In the last 24 hours"), "7": _("In the last 7 days"), "30": _("In the last 30 days")}

        def since(days: str) -> Callable[[QuerySet], QuerySet]:
            def changed(rows: QuerySet) -> QuerySet:
                history = model_admin.model.history.filter(history_date__gte=timezone.now() - timedelta(days=int(days)))
                return rows.filter(pk__in=history.order_by().values(model_admin.opts.pk.attname))

            return changed

        return {days: (label, since(days)) for days, label in spans.items()}


class SyntheticFilter(OptionsFilter):
    """A filter for synthetic rows, or for all rows that are not synthetic."""

    title = gettext_lazy("synthetic data")
    parameter_name = "synthetic"

    def conditions(self, request, model_admin):
        return {"yes": (_("Only synthetic data"), is_synthetic()), "no": (_("No synthetic data"), _not_synthetic)}


def _not_synthetic(rows: QuerySet) -> QuerySet:
    """
    Return those of `rows` that are not synthetic. If the table has few of them, an index finds them. Otherwise nearly
    every row is one. Needs one SQL statement.
    """
    few = rows.model._base_manager.filter(key__begins_otherwise=PREFIX).order_by().values_list("pk", flat=True)
    keys = list(few[: FEW + 1])
    return rows.filter(pk__among=keys) if len(keys) <= FEW else rows.filter(~is_synthetic())


class LanguageFilter(OptionsFilter):
    """A filter by language. It offers the languages of the interface, and one option for all other languages."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def conditions(self, request, model_admin):
        tags = {}
        for code, _own_name in settings.LANGUAGES:
            language, _separator, script = code.partition("-")
            tags["-".join(filter(None, [language, script.title()]))] = get_language_info(code)["name"]
        named = {tag: (name, Q(language=tag)) for tag, name in tags.items()}
        other = {"other": (_("Another language"), ~Q(language__in=[*tags, ""]))}
        may_be_blank = model_admin.opts.get_field("language").blank
        return named | other | ({"none": (_("Unknown"), Q(language=""))} if may_be_blank else {})


class KindFilter(admin.RelatedOnlyFieldListFilter):
    """A filter by Django's content type. It offers only the content types that occur in the list."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("kind")

    def field_choices(self, field, request, model_admin):
        used = model_admin.get_queryset(request).distinct().values_list(f"{self.field_path}__pk", flat=True)
        kinds = ContentType.objects.filter(pk__in=used)
        return sorted(((kind.pk, capfirst(kind.name)) for kind in kinds), key=lambda choice: choice[1])


class CountryFilter(filters.CountryFilter):
    """
    A filter by country. Its options are the countries in the list. An index of the countries is read country by
    country; without an index, the database reads all rows.
    """

    def lookup_choices(self, changelist):
        model, column = changelist.model, self.field.column
        if not any(index.fields[:1] == [self.field_path] for index in model._meta.indexes):
            return super().lookup_choices(changelist)
        table, column = map(connection.ops.quote_name, (model._meta.db_table, column))
        next_one = f"SELECT MIN({column}) FROM {table} WHERE {column}"  # noqa: S608 (names of the model)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE found(country) AS ({next_one} > '' UNION ALL "  # noqa: S608
                f"SELECT ({next_one} > found.country) FROM found WHERE found.country IS NOT NULL) "
                "SELECT country FROM found WHERE country IS NOT NULL"
            )
            used = {country for (country,) in cursor.fetchall()}
        return [choice for choice in self.field.get_choices(include_blank=False) if choice[0] in used]


class PowerFilter(admin.BooleanFieldListFilter):
    """A filter for accounts with unlimited permissions (Django's superuser status)."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("may do everything")


class PresenceFilter(admin.EmptyFieldListFilter):
    """A filter by whether a field has a value. The function `presence` makes subclasses with their own labels."""

    heading: Any
    there: Any
    missing: Any

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = self.heading

    def queryset(self, request, queryset):
        if self.lookup_val == "0" and self.field.empty_strings_allowed and not self.field.null:
            # An index finds these rows, but not those that are not blank.
            return queryset.filter(**{f"{self.field_path}__gt": ""})
        return super().queryset(request, queryset)

    def choices(self, changelist):
        named = {None: _("All"), "0": self.there, "1": self.missing}
        for choice, value in zip(super().choices(changelist), (None, "1", "0"), strict=True):
            yield choice | {"display": named[value]}


def presence(heading: Any, there: Any, missing: Any) -> type[PresenceFilter]:
    """
    Return a filter class with the title `heading`. Its options are `there`, for rows with a value in the field, and
    `missing`, for rows without a value.
    """
    return type("PresenceFilter", (PresenceFilter,), {"heading": heading, "there": there, "missing": missing})


class LatestChoices(admin.RelatedFieldListFilter):
    """
    A filter by a related row. Its options are only the newest rows and the chosen row, because a table may have too
    many rows to list.
    """

    goes_on = False

    def field_choices(self, field, request, model_admin):
        rows = field.remote_field.model._default_manager
        found = list(rows.order_by("-pk")[: OPTIONS + 1])
        self.goes_on, found = len(found) > OPTIONS, found[:OPTIONS]
        chosen = [key for key in self.lookup_val or () if is_key(key)]
        if chosen and not any(str(row.pk) in chosen for row in found):
            found += rows.filter(pk__in=chosen[:1])
        return [(row.pk, _option(row)) for row in found]


class OneRow(LatestChoices):
    """
    A filter by a related row that a link has chosen. It offers no other rows, and is shown only if a row is chosen.
    """

    def field_choices(self, field, request, model_admin):
        chosen = [key for key in self.lookup_val or () if is_key(key)][:1]
        return [(row.pk, _option(row)) for row in field.remote_field.model._default_manager.filter(pk__in=chosen)]

    def has_output(self):
        return bool(self.lookup_choices)


def _option(row: Model) -> str:
    return f"{row} ({MARK})" if getattr(row, "is_synthetic", False) else str(row)


class ListOptions(BulkOptions, ExportOptions, ImportTemplateOptions):
    """A model admin whose list has filters, bulk changes, an export, a template for imports, and a maximum length."""

    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    # Show no counts at the options of filters, because Django would count all rows again for each filter.
    show_facets = admin.ShowFacets.NEVER
    needs: tuple[Need, ...] = ()

    def get_list_filter(self, request: HttpRequest) -> Any:
        needs = [NeedsFilter] if self.needs else []
        return [*needs, *super().get_list_filter(request), ChangedFilter, SyntheticFilter]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"import_url": import_url(request, self.model), **(extra_context or {})}
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        asked = request.GET.get(NeedsFilter.parameter_name)
        need = next((need for need in self.needs if need.name == asked and need.ordering), None)
        return need.ordering if need else super().get_ordering(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        joins: Any = self.list_select_related or ()
        rows = rows.select_related(*joins) if joins else rows
        model: Any = self.model
        columns = [getattr(self, name, None) for name in self.list_display if isinstance(name, str)]
        counts = {name: relation for column in columns for name, relation in getattr(column, "counts", {}).items()}
        return rows.annotate(**{name: counted(model, relation) for name, relation in counts.items()})
