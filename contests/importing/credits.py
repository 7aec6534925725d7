"""The columns for the credits of works, one for each role, and the credits in the lines of a table."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext_lazy

from contests.models import Credit, CreditRole, Work
from people.importing import Beside, Namesakes, key_of
from people.models import Organisation, Person
from record.importing.columns import Column
from record.importing.kinds import Line
from record.importing.matching import LIST, Named, names_in, written_name
from record.importing.people_names import is_of_company
from record.importing.planning import Plan
from record.merging.journal import in_chunks

#: Further headers for roles, as festivals and FilmFreeway write them.
ALSO = {
    "director": ("directors", "director(s)", "directed by"),
    "writer": ("writers", "writer(s)", "written by"),
    "producer": ("producers", "producer(s)", "produced by"),
    "cast": ("key cast", "actors", "starring"),
    "creator": ("creators", "artist", "artists", "maker", "makers", "author", "authors"),
    "cinematographer": ("cinematography", "director of photography", "dop", "dp"),
    "editor": ("editors", "editing"),
    "composer": ("composers", "music"),
}
#: The roles of organisations: a new name there is that of an organisation.
OF_ORGANISATIONS = ("production-company", "distributor")
#: The roles whose notes in brackets name a character.
PLAYED = ("cast", "voice", "narration")
_QUOTED = re.compile(r"(.+?)\s+[\"“„«「](.+)[\"”»」]")
#: How many names of a work a question has.
MOST_NAMED = 3
#: How a cell says that a name is that of an organisation, or of a person in a role of organisations.
ORGANISATION, PERSON = "organisation", "person"


def credit_columns(works: str = "") -> list[Column]:
    """Return a column for each role. `works` is the attribute of a row with its work, "" for a work itself."""
    return [_column(role, works) for role in CreditRole.objects.order_by("order", "pk")]


def _played(names: Iterable[Named]) -> list[Named]:
    """Read quoted words behind a name as the character, as FilmFreeway writes it: Ada Specimen "Mother"."""
    found = []
    for name in names:
        quoted = None if name.note or name.key else _QUOTED.fullmatch(name.name)
        found.append(replace(name, name=quoted[1], note=quoted[2]) if quoted else name)
    return found


def _column(role: CreditRole, works: str) -> Column:
    names = (role.name, role.name_ja, role.name_zh_hans, role.name_ko, role.name_pl)

    def of(row: Any) -> str:
        work = getattr(row, works) if works else row
        return LIST.join(_written(credit) for credit in work.credits.all() if credit.role_id == role.pk)

    return Column(
        name=f"credit_{role.slug}",
        label=str(role),
        read=lambda value, _reading: _played(names_in(value)) if role.slug in PLAYED else names_in(value),
        help=gettext_lazy("Names, separated by semicolons. In brackets: the character, or “organisation”."),
        also=(*names, *(f"{name}s" for name in names[:1]), *ALSO.get(role.slug, ()), role.slug.replace("-", " ")),
        of=of,
        has_names=True,
        example="Ada Specimen; Bo Sample" if role.slug == "director" else "",
    )


def with_parties(credits: str) -> Prefetch:
    """
    Return the prefetch of the relation `credits` with people, organisations and roles. It joins them: a prefetch of
    more than a thousand people has a condition that is too long for SQLite.
    """
    return Prefetch(credits, Credit.objects.select_related("person", "organisation", "role"))


def blank_roles(works: Any) -> set[str]:
    """Return the names of the columns for roles that no credit of `works`, a queryset or its primary keys, has."""
    used = CreditRole.objects.filter(Exists(Credit.objects.filter(role=OuterRef("pk"), work__in=works)))
    blank = CreditRole.objects.exclude(pk__in=used.values("pk"))
    return {f"credit_{slug}" for slug in blank.values_list("slug", flat=True)}


def _written(credit: Credit) -> str:
    party: Any = credit.person or credit.organisation
    note = credit.character if credit.role.slug in PLAYED else credit.wording
    if credit.organisation_id:
        note = "" if credit.role.slug in OF_ORGANISATIONS else ORGANISATION
    elif credit.role.slug in OF_ORGANISATIONS:
        note = PERSON
    return written_name(party.name, note=note, key=party.key)


def _party(credit: Credit) -> Any:
    return credit.person or credit.organisation


def _place(party: Any, role: CreditRole) -> tuple[Any, ...]:
    """Return what tells a credit of a work from others, beside its character. A new row has no primary key."""
    return type(party), party.pk or id(party), party.pk is None, role.pk


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")


class Parties:
    """
    The people and organisations of credits and recognitions, one object each. A join would make an object for each
    credit: 70 of 90 MB for 31,000 credits of 9,000 people.
    """

    MODELS: tuple[tuple[str, Any], ...] = (("person", Person), ("organisation", Organisation))

    def __init__(self) -> None:
        self.loaded: dict[str, dict[int, Any]] = {name: {} for name, _model in self.MODELS}

    def join(self, rows: Collection[Any]) -> None:
        """Give these rows their `person` and `organisation`."""
        for name, model in self.MODELS:
            known = self.loaded[name]
            for some in in_chunks({getattr(row, f"{name}_id") for row in rows} - {None} - known.keys()):
                known |= model._base_manager.in_bulk(some)
            for row in rows:
                if key := getattr(row, f"{name}_id"):
                    setattr(row, name, known[key])


class Credits:
    """Adds the credits in the lines of a table to works."""

    def __init__(self, plan: Plan, lines: Iterable[Line]):
        self.plan = plan
        self.roles = {f"credit_{role.slug}": role for role in CreditRole.objects.order_by("order", "pk")}
        self.people, self.organisations = Namesakes(plan, Person), Namesakes(plan, Organisation)
        of_people: list[Named] = []
        of_organisations: list[Named] = []
        for line in lines:
            for column, role in self.roles.items():
                for name in line[column] or ():
                    (of_organisations if self._is_of_organisation(role, name) else of_people).append(name)
        self.people.load((each.name for each in of_people if not each.key), (each.key for each in of_people))
        self.organisations.load(
            (each.name for each in of_organisations if not each.key), (each.key for each in of_organisations)
        )
        self.known: dict[int, list[Credit]] = {}
        self._loaded: set[int] = set()
        self.parties = Parties()

    @staticmethod
    def _is_of_organisation(role: CreditRole, name: Named, beside: Beside | None = None) -> bool:
        """
        Return whether `name` is that of an organisation: by its note, by its role, or by its legal form, such as
        "Ltd". A person of this name among those `beside`, the parties of the work, stays a person.
        """
        note = name.note.lower()
        if note in (ORGANISATION, PERSON) or role.slug in OF_ORGANISATIONS:
            return note == ORGANISATION or (role.slug in OF_ORGANISATIONS and note != PERSON)
        # An export has a note for each organisation with a permanent key.
        if name.key or role.slug in PLAYED or not is_of_company(name.name):
            return False
        there = beside.named(name.name) if beside else ()
        return not any(isinstance(row, Person) and key_of(row.name) == key_of(name.name) for row in there)

    def load(self, works: Iterable[Work]) -> None:
        """Load the credits of these works, each once."""
        stored = {work.pk for work in works if work.pk is not None} - self._loaded
        self._loaded |= stored
        loaded: list[Credit] = []
        for some in in_chunks(stored):
            loaded += Credit.objects.filter(work__in=some).order_by("work_id", "order")
        roles = {role.pk: role for role in self.roles.values()}
        self.parties.join(loaded)
        for credit in loaded:
            credit.role = roles[credit.role_id]
            self.known.setdefault(credit.work_id, []).append(credit)

    def shares(self, line: Line, work: Work) -> bool | None:
        """
        Return whether `line` credits a person whom the stored `work` credits too. Organisations count if one of the two
        has no people. None if one of the two credits nobody, or one only people and the other only organisations.
        """
        finders: tuple[tuple[Namesakes, str], ...] = ((self.people, "person"), (self.organisations, "organisation"))
        for finder, party in finders:
            named = [name for name in self._names(line) if self._is_of_organisation(*name) == (party != "person")]
            there = [row for credit in self.known.get(work.pk, ()) if (row := getattr(credit, party))]
            if named and there:
                return finder.may_be_among((name for _role, name in named), there)
        return None

    def named(self, work: Work) -> str:
        """Return the first people and organisations of a stored work, for questions."""
        return _listed(str(credit.person or credit.organisation) for credit in self.known.get(work.pk, ()))

    def named_in(self, line: Line) -> str:
        """Return the first names in the credits of `line`, for questions."""
        return _listed(name.name for _role, name in self._names(line))

    def _names(self, line: Line) -> list[tuple[CreditRole, Named]]:
        return [(role, name) for column, role in self.roles.items() for name in line[column] or ()]

    def add(self, line: Line, work: Work) -> None:
        """Give `work` the credits of `line` that it does not have."""
        key = work.pk if work.pk is not None else -id(work)
        known = self.known.setdefault(key, [])
        # A work may have thousands of credits.
        beside = Beside(map(_party, known))
        said: dict[Any, set[str]] = {}
        for credit in known:
            said.setdefault(_place(_party(credit), credit.role), set()).add(credit.character)
        for column, role in self.roles.items():
            for name in line[column] or ():
                is_organisation = self._is_of_organisation(role, name, beside)
                finder = self.organisations if is_organisation else self.people
                party: Any = finder.find(name, line, column, beside=beside)
                character = name.note if role.slug in PLAYED and not is_organisation else ""
                characters = said.setdefault(_place(party, role), set())
                if characters and (not character or character in characters):
                    continue
                to = {"organisation": party} if is_organisation else {"person": party}
                is_wording = role.slug not in (*PLAYED, *OF_ORGANISATIONS) and name.note.lower() not in (
                    ORGANISATION,
                    PERSON,
                )
                wording = name.note if is_wording else ""
                credit = self.plan.make(Credit, work=work, role=role, character=character, wording=wording, **to)
                known.append(credit)
                beside.add(party)
                characters.add(character)
                self.plan.add(credit, line.number, columns=dict.fromkeys(("person", "character", "wording"), column))
                if not self.plan.is_new(work):
                    note = str(Organisation._meta.verbose_name) if is_organisation else ""
                    self.plan.said(line.number, column, name.name + (f" ({note})" if note else ""))
