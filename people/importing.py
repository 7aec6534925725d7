"""Import people and organisations from tables, and find those that other tables name."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import (
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.importing.columns import Column, column_for
from record.importing.field_values import has_value
from record.importing.kinds import Kind, Line, register
from record.importing.matching import (
    UNKNOWN_KEY,
    Named,
    Once,
    Sources,
    add_identifiers,
    by_identifier,
    by_key,
    identified,
    identifier_columns,
    is_new_key,
    key_column,
    row_by,
    source_column,
    texts_in,
    written_list,
)
from record.importing.planning import ARE_NEW, SAID, Plan
from record.merging.journal import in_chunks
from record.models import Record
from record.partial_dates import year_of
from record.sort_keys import folded, name_key

SAID |= {Person, Organisation}


@lru_cache(20_000)
def key_of(name: str) -> str:
    """Return the key for comparing names. Names without letters are compared as they are."""
    return name_key(name) or folded(name)


def described(row: Any) -> str:
    """Return what tells a person or organisation from another one of the same name, for questions."""
    began = row.born if isinstance(row, Person) else row.founded
    parts = [row.name, row.disambiguation, row.country.name if row.country else "", began[:4], row.slug]
    return " · ".join(part for part in parts if part)


class Beside:
    """The people and organisations that are in one place already, such as those in the credits of a work, by name."""

    def __init__(self, rows: Iterable[Any] = ()):
        self._by_name: dict[str, list[Any]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Any) -> None:
        for name in _names_of(row):
            self._by_name.setdefault(name, []).append(row)

    def named(self, name: str) -> Sequence[Any]:
        """Return the rows with this name."""
        return self._by_name.get(key_of(name), ())


def _names_of(row: Any) -> set[str]:
    native = getattr(row, "native_name", "") if row.pk is not None else ""
    return {key_of(row.name), key_of(native)} if native else {key_of(row.name)}


class Namesakes:
    """
    Finds the people, or the organisations, that the lines of a table name, or makes new ones. The same name in several
    lines means the same row.
    """

    def __init__(self, plan: Plan, model: Any):
        self.plan, self.model = plan, model
        self.by_name: dict[str, list[Any]] = {}
        self.by_key: dict[str, Any] = {}
        self.made = Once()

    def load(self, names: Iterable[str], keys: Iterable[str] = ()) -> None:
        """Load the rows with these names, their native or other names, and those with these permanent keys."""
        wanted = {key_of(name) for name in names}
        found: dict[str, dict[int, Any]] = {}
        native = [field.name for field in self.model._meta.fields if field.name == "native_key"]
        for some in in_chunks(sorted(wanted)):
            # A name without letters has no key.
            condition = Q(name_key__in=some) | Q(name_key="", name__in=some)
            for name in native:
                condition |= Q(**{f"{name}__in": some})
            for row in self.model._base_manager.filter(condition).order_by("pk"):
                for key in {key_of(row.name), *(getattr(row, name) for name in native)} & set(some):
                    found.setdefault(key, {})[row.pk] = row
            aliases = self.model._meta.get_field("other_names").related_model
            owner = self.model._meta.get_field("other_names").field.name
            for alias in aliases._base_manager.filter(name_key__in=some).select_related(owner).order_by("pk"):
                row = getattr(alias, owner)
                found.setdefault(key_of(alias.name), {}).setdefault(row.pk, row)
        self.by_name = {key: list(rows.values()) for key, rows in found.items()}
        self.by_key = row_by(self.model._base_manager, "key", keys)

    def find(self, name: Named, line: Line, column: str, *, beside: Beside | Iterable[Any] = ()) -> Record:
        """
        Return the row that `name` means in `line`. `beside` has the rows that are in the same place already: a row of
        this name among them is meant.
        """
        if key := name.key:
            if row := self.by_key.get(key) or self.made.get(key):
                self.plan.use(row, line.number)
                return row
            if not is_new_key(key):
                self.plan.problem(line.number, column, UNKNOWN_KEY % {"key": key})
                return self._new(name, line, column)
            return self.made.keep(key, self._new(name, line, column, key=key))
        folded_name = key_of(name.name)
        alike = beside.named(name.name) if isinstance(beside, Beside) else beside
        for row in alike:
            if isinstance(row, self.model) and folded_name in _names_of(row):
                return row
        if row := self.made.get(folded_name):
            self.plan.use(row, line.number)
            return row
        found = self.by_name.get(folded_name, [])
        if found:
            told = [described(row) for row in found]
            kind = str(self.model._meta.model_name)
            if row := self.plan.which(kind, name.name, found, line, column, told):
                return row
            if self.plan.waits(kind, name.name):
                # It is not kept, so that each other line with this name waits for the answer too.
                return self._new(name, line, column)
        return self.made.keep(folded_name, self._new(name, line, column))

    def may_be_among(self, names: Iterable[Named], rows: Iterable[Any]) -> bool:
        """Return whether a name may mean one of these stored rows: by permanent key, or by one of its names."""
        listed = list(names)
        keys = {name.key for name in listed if name.key}
        named = {key_of(name.name) for name in listed if not name.key}
        found = {row.pk for key in named for row in self.by_name.get(key, ())}
        return any(row.key in keys or row.pk in found or not named.isdisjoint(_names_of(row)) for row in rows)

    def _new(self, name: Named, line: Line, column: str, key: str = "") -> Any:
        values = {"key": key} if key else {}
        if self.model is Person and name.sort_name:
            values["sort_name"] = name.sort_name
        row = self.plan.make(self.model, name=name.name, **values)
        self.plan.add(row, line.number, columns={"name": column, "sort_name": column})
        return row


class _NamedKind(Kind):
    """What people and organisations have in common."""

    names: ClassVar[Any]
    since: ClassVar[str]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        model: Any = self.model
        stored, known = by_key(plan, lines, model._base_manager.all()), by_identifier(plan, lines, model)
        namesakes, sources = Namesakes(plan, model), Sources(plan, lines)
        namesakes.load(line["name"] for line in lines if line["name"])
        mine: dict[tuple[Any, ...], int] = {}
        for line in lines:
            name, values = line["name"], plan.values_from(line)
            row = stored.get(line["key"] or "") or identified(line, model, known)
            if row is None and name and not line["key"]:
                row = self._by_name(plan, namesakes, line, values)
                same = (key_of(name), values.get("country", ""), values.get(self.since, ""), line["disambiguation"])
                if same in mine:
                    message = _("Row %(number)s has the same name, and nothing tells the two apart.")
                    plan.problem(line.number, "name", message % {"number": mine[same]})
                mine.setdefault(same, line.number)
            if row is None:
                row = plan.make(model, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
            else:
                plan.compare(row, values, line.number, is_main=True)
            add_identifiers(plan, line, row, known)
            sources.cite(line, row)
            self._add_names(plan, line, row)

    def _by_name(self, plan: Plan, namesakes: Namesakes, line: Line, values: dict[str, Any]) -> Any:
        """
        Return the row with the name of `line` if it is sure: the only one without another country or year, and with the
        same country or year; or the only one that has all values of the line. Ask if it is not sure.
        """
        began, country = values.get(self.since, ""), values.get("country", "")
        found = [
            row
            for row in namesakes.by_name.get(key_of(line["name"]), [])
            if not (country and row.country and str(row.country.code) != country)
            and not (began and getattr(row, self.since) and year_of(getattr(row, self.since)) != year_of(began))
        ]
        if not found:
            return None
        exact = [row for row in found if all(has_value(row, *item) for item in values.items())]
        says_more = set(values) != {"name"} or plan.options.same_names == ARE_NEW
        if len(exact) == 1 and (len(found) == 1 or says_more):
            return exact[0]
        if len(found) == 1:
            [row] = found
            if (country and row.country) or (began and getattr(row, self.since)):
                return row
        told, kind = [described(row) for row in found], str(self.model._meta.model_name)
        # If several rows have all values of the line, it may be that of an earlier import, so it is not surely new.
        return plan.which(kind, line["name"], found, line, "name", told, may_be_new=not exact)

    def _add_names(self, plan: Plan, line: Line, row: Any) -> None:
        known: set[str] = (
            set() if plan.is_new(row) or not line["other_names"] else {each.name for each in row.other_names.all()}
        )
        relation: Any = type(row)._meta.get_field("other_names")
        owner = relation.field.name
        for name in line["other_names"] or ():
            if name not in known:
                row_of_name = plan.make(self.names, name=name, **{owner: row})
                plan.add(row_of_name, line.number, columns={"name": "other_names"})
                if not plan.is_new(row):
                    plan.said(line.number, "other_names", name)

    def for_export(self, rows: Any) -> Any:
        return rows.prefetch_related("identifiers", "other_names", "sources")


def _other_names() -> Column:
    return Column(
        name="other_names",
        label=gettext_lazy("other names"),
        read=lambda value, _reading: texts_in(value),
        help=gettext_lazy("Separated by semicolons."),
        also=("also known as", "aka", "aliases"),
        of=lambda row: written_list(sorted(each.name for each in row.other_names.all())),
    )


class PersonKind(_NamedKind):
    name = "people"
    label = gettext_lazy("People")
    model = Person
    writes = (PersonName, PersonIdentifier)
    names = PersonName
    since = "born"

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Person),
            column_for(Person, "name", required=True, also=("full name", "person"), example="Ada Specimen"),
            column_for(Person, "sort_name", also=("last name first",), example="Specimen, Ada"),
            column_for(Person, "slug"),
            column_for(Person, "kind"),
            column_for(Person, "native_name"),
            column_for(Person, "native_language"),
            column_for(Person, "disambiguation"),
            column_for(Person, "country", also=("country", "nationality", "country of residence"), example="PL"),
            column_for(Person, "born", also=("date of birth", "birth year", "birthday"), example="1932-05-17"),
            column_for(Person, "died", also=("date of death",)),
            column_for(Person, "headline", also=("profession", "occupation")),
            column_for(Person, "biography", also=("bio",)),
            column_for(Person, "website", also=("url", "web", "homepage")),
            _other_names(),
            *identifier_columns(Person),
            source_column(),
        ]


class OrganisationKind(_NamedKind):
    name = "organisations"
    label = gettext_lazy("Organisations")
    model = Organisation
    writes = (OrganisationName, OrganisationIdentifier)
    names = OrganisationName
    since = "founded"

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Organisation),
            column_for(
                Organisation,
                "name",
                required=True,
                also=("organization", "company", "studio"),
                example="Specimen Films",
            ),
            column_for(Organisation, "slug"),
            column_for(Organisation, "disambiguation"),
            column_for(Organisation, "country", also=("country",), example="KR"),
            column_for(Organisation, "founded", example="1994"),
            column_for(Organisation, "dissolved"),
            column_for(Organisation, "description", also=("about",)),
            column_for(Organisation, "website", also=("url", "web", "homepage")),
            _other_names(),
            *identifier_columns(Organisation),
            source_column(),
        ]


def register_kinds() -> None:
    """Make both kinds known to the pages and the command."""
    for kind in (PersonKind(), OrganisationKind()):
        register(kind)
