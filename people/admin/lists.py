"""Lists of the record: what they can be narrowed to, and how far they go."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from people.models import Distinct
from people.synthetic import MARK, is_synthetic
from people.time_zones import told, zone_named

from .asked import AskedLists
from .keys import is_key

# No list goes further than this: whoever looks for a row among more narrows the list down.
LISTED = 10_000
# What no index can find is looked for among so many rows, those entered last.
LATEST = 20_000
OPTIONS = 20


@dataclass(frozen=True)
class Need:
    """Something that rows of a model lack or wait for. The first page counts it, the list narrows down to it."""

    name: str
    """In the address of the list: ?needs=poster."""
    label: Any
    """What is said of such a row: "without a poster"."""
    of: Callable[[QuerySet], QuerySet]
    """The rows that are so, of those given."""
    ordering: tuple[str, ...] = ()
    """The order that the list is read in, where its own is of no use."""


def moment_column(
    model: type[Model], name: str, zone_of: Callable[[Any], str] | None = None
) -> Callable[[admin.ModelAdmin, Model], str | None]:
    """
    A column, or a line of a page, with the moment in field `name` of `model`, and the name of its time zone: the one
    that `zone_of` says of the row, or else the current one.
    """

    @admin.display(description=model._meta.get_field(name).verbose_name, ordering=name)
    def column(self, obj: Model) -> str | None:
        moment = getattr(obj, name)
        return moment and told(moment, zone_of and zone_named(zone_of(obj)))

    return column


def latest(rows: QuerySet) -> QuerySet:
    """The rows among `rows` that are among the `LATEST` entered last: for a question that no index answers."""
    first = rows.model._base_manager.order_by("-pk").values("pk")[LATEST - 1 : LATEST]
    return rows.filter(pk__gte=Coalesce(Subquery(first), 0))


def without_source() -> Need:
    return Need("source", gettext_lazy("without a source"), lambda rows: rows.filter(source=None))


def without_sources(*texts: str) -> Need:
    """Rows with something in one of `texts`, and nothing in `sources` that backs it."""

    def unbacked(rows: QuerySet) -> QuerySet:
        field = rows.model._meta.get_field("sources")
        through = field.remote_field.through._base_manager
        said = Q(*((f"{text}__gt", "") for text in texts), _connector=Q.OR)
        return latest(rows).filter(said, ~Exists(through.filter(**{field.m2m_field_name(): OuterRef("pk")})))

    return Need("source", gettext_lazy("texts without a source"), unbacked)


def image_needs(image: str) -> tuple[Need, ...]:
    """What an image that is there may lack."""
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
    # Those that an editor found to be different are not asked about again.
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
        # Said of theirs too: PostgreSQL takes a key that most rows lack for one that most rows share.
        their_key = {theirs: OuterRef(mine), f"{theirs}__gt": ""}
        alike |= Q(Exists(others.filter(**their_key)), **{f"{mine}__gt": ""})
    return latest(rows).filter(alike)


ALIKE = Need("same", gettext_lazy("possible duplicate"), _alike, ordering=("name_key", "pk"))
BROKEN = Need(
    "link",
    gettext_lazy("broken link"),
    lambda rows: rows.filter(link_state__in=["gone", "unreachable"]),
)


class BoundedPaginator(Paginator):
    """Pages of the first `LISTED` rows; what follows is not counted."""

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by().values("pk")[: LISTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._found, LISTED)

    @property
    def goes_on(self) -> bool:
        return self._found > LISTED


class OptionsFilter(admin.SimpleListFilter):
    """A filter by conditions with names."""

    @abstractmethod
    def conditions(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> dict[str, tuple[Any, Any]]:
        """{value in the address: (label, a condition or a function of the rows)}."""

    def lookups(self, request, model_admin):
        self._conditions = self.conditions(request, model_admin)
        return [(value, label) for value, (label, _rows) in self._conditions.items()]

    def queryset(self, request, queryset):
        if self.value() not in self._conditions:
            return queryset
        condition = self._conditions[self.value()][1]
        return condition(queryset) if callable(condition) else queryset.filter(condition)


class NeedsFilter(OptionsFilter):
    """By what a row lacks or waits for: the same conditions that the desk's first page counts."""

    title = gettext_lazy("still to do")
    parameter_name = "needs"

    def conditions(self, request, model_admin):
        return {need.name: (capfirst(need.label), need.of) for need in model_admin.needs}


class ChangedFilter(OptionsFilter):
    """By when somebody changed a row the last time, as its history has it."""

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
    """Rows that the portal made up, or all others."""

    title = gettext_lazy("synthetic data")
    parameter_name = "synthetic"

    def conditions(self, request, model_admin):
        return {"yes": (_("Only synthetic data"), is_synthetic()), "no": (_("No synthetic data"), ~is_synthetic())}


class LanguageFilter(OptionsFilter):
    """The languages of the interface, and all others as one: the tags in use have no end."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def conditions(self, request, model_admin):
        tags = {}
        for code, _own_name in settings.LANGUAGES:
            language, _separator, script = code.partition("-")
            tags["-".join(filter(None, [language, script.title()]))] = get_language_info(code)["name"]
        named = {tag: (name, Q(language=tag)) for tag, name in tags.items()}
        other = {"other": (_("Another"), ~Q(language__in=[*tags, ""]))}
        may_be_blank = model_admin.opts.get_field("language").blank
        return named | other | ({"none": (_("Unknown"), Q(language=""))} if may_be_blank else {})


class KindFilter(admin.RelatedOnlyFieldListFilter):
    """By the kind of row, which Django calls a content type."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("kind")

    def field_choices(self, field, request, model_admin):
        used = model_admin.get_queryset(request).distinct().values_list(f"{self.field_path}__pk", flat=True)
        kinds = ContentType.objects.filter(pk__in=used)
        return sorted(((kind.pk, capfirst(kind.name)) for kind in kinds), key=lambda choice: choice[1])


class PowerFilter(admin.BooleanFieldListFilter):
    """By whether an account may do everything, which Django calls the superuser status."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("may do everything")


class PresenceFilter(admin.EmptyFieldListFilter):
    """By whether a field has a value, in words of its own; `presence` makes one."""

    heading: Any
    there: Any
    missing: Any

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = self.heading

    def choices(self, changelist):
        named = {None: _("All"), "0": self.there, "1": self.missing}
        for choice, value in zip(super().choices(changelist), (None, "1", "0"), strict=True):
            yield choice | {"display": named[value]}


def presence(heading: Any, there: Any, missing: Any) -> type[PresenceFilter]:
    """A filter with these words: what it asks for, and what a row with and without a value is called."""
    return type("PresenceFilter", (PresenceFilter,), {"heading": heading, "there": there, "missing": missing})


class LatestChoices(admin.RelatedFieldListFilter):
    """A filter by another row. It offers the last ones of its kind and the one chosen: all may be too many."""

    goes_on = False

    def field_choices(self, field, request, model_admin):
        rows = field.remote_field.model._default_manager
        found = list(rows.order_by("-pk")[: OPTIONS + 1])
        self.goes_on, found = len(found) > OPTIONS, found[:OPTIONS]
        chosen = [key for key in self.lookup_val or () if is_key(key)]
        if chosen and not any(str(row.pk) in chosen for row in found):
            found += rows.filter(pk__in=chosen[:1])
        return [(row.pk, _option(row)) for row in found]


def _option(row: Model) -> str:
    return f"{row} ({MARK})" if getattr(row, "is_synthetic", False) else str(row)


class ListOptions(AskedLists):
    """Lists with what an editor needs to find rows again, and with an end."""

    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    # The counts beside the filters would be of everything there is.
    show_facets = admin.ShowFacets.NEVER
    needs: tuple[Need, ...] = ()

    def get_list_filter(self, request: HttpRequest):
        needs = [NeedsFilter] if self.needs else []
        return [*needs, *super().get_list_filter(request), ChangedFilter, SyntheticFilter]

    def get_ordering(self, request: HttpRequest):
        asked = request.GET.get(NeedsFilter.parameter_name)
        need = next((need for need in self.needs if need.name == asked and need.ordering), None)
        return need.ordering if need else super().get_ordering(request)
