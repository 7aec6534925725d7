"""
What tells the index that something has changed: triggers in the database, so that nothing gets past it, be it
`loaddata`, `update()`, `bulk_create()` or SQL written by hand.

Migrations rebuild tables, on SQLite even without saying so. Before one runs the triggers are taken away, after it they
are made anew; since changes may have been missed in between, everything is looked at again.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from portal.search import postgresql, sqlite
from portal.search.models import Kind

FORM = {"sqlite": sqlite, "postgresql": postgresql}
# Of each table, and column where only that one matters: which entries have something of a row in them.
AFFECTED: dict[tuple[str, str], list[tuple[Kind, str]]] = {
    ("contests_contest", ""): [(Kind.CONTEST, "SELECT {row}.id AS id")],
    ("contests_contest", "slug"): [
        (Kind.FILM, "SELECT id FROM contests_submission WHERE contest_id = {row}.id")  # it is in their addresses
    ],
    ("contests_contest", "reveal_at"): [
        # Of a film that was shown ahead of the others, the other awards come now.
        (Kind.FILM, "SELECT id FROM contests_submission WHERE contest_id = {row}.id AND reveal_at IS NOT NULL")
    ],
    ("contests_series", ""): [(Kind.CONTEST, "SELECT id FROM contests_contest WHERE series_id = {row}.id")],
    ("contests_event", ""): [
        (Kind.CONTEST, "SELECT {row}.contest_id AS id"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE event_id = {row}.id"),
    ],
    ("contests_award", ""): [
        (Kind.CONTEST, "SELECT {row}.contest_id AS id"),
        (Kind.FILM, "SELECT submission_id AS id FROM contests_recognition WHERE award_id = {row}.id"),
    ],
    ("contests_recognition", ""): [(Kind.FILM, "SELECT {row}.submission_id AS id")],
    ("contests_credit", ""): [(Kind.FILM, "SELECT {row}.submission_id AS id")],
    ("contests_submission", ""): [
        (Kind.FILM, "SELECT {row}.id AS id"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE submission_id = {row}.id"),
    ],
    ("contests_quote", ""): [(Kind.QUOTE, "SELECT {row}.id AS id")],
    ("people_person", ""): [
        (Kind.PERSON, "SELECT {row}.id AS id"),
        (Kind.FILM, "SELECT submission_id AS id FROM contests_credit WHERE person_id = {row}.id"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE speaker_id = {row}.id"),
    ],
    ("people_affiliation", ""): [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    ("people_pastwork", ""): [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    ("people_nextproject", ""): [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    ("people_organisation", ""): [
        (Kind.PERSON, "SELECT person_id AS id FROM people_affiliation WHERE organisation_id = {row}.id"),
        (Kind.CONTEST, "SELECT id FROM contests_contest WHERE organiser_id = {row}.id"),
    ],
    ("people_source", ""): [(Kind.SOURCE, "SELECT {row}.id AS id")],
}
TABLES = {
    Kind.FILM: "contests_submission",
    Kind.PERSON: "people_person",
    Kind.CONTEST: "contests_contest",
    Kind.QUOTE: "contests_quote",
    Kind.SOURCE: "people_source",
}


def form():
    """The module of the database in use."""
    return FORM[connection.vendor]


def _wanted() -> dict[str, list[str]]:
    """Every trigger by name, with the statements that make it. The names tell one version of a trigger from another."""
    wanted = form().own_triggers()
    for (table, column), affected in AFFECTED.items():
        insert = "; ".join(_noting(kind, rows) for kind, rows in affected)
        version = sha256(insert.encode()).hexdigest()[:6]
        name = "_".join(part for part in ("search", table, column, version) if part)
        wanted |= form().triggers(name, table, column, insert)
    return wanted


def _noting(kind: Kind, rows: str) -> str:
    found = f"SELECT {kind:d}, id FROM ({rows}) AS r WHERE id IS NOT NULL"  # noqa: S608
    return f"INSERT INTO search_change (kind, object_id) {found}"


def install(using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
    """Makes the triggers that are missing; if any was, all of the record is looked at again. Does nothing else."""
    if using != DEFAULT_DB_ALIAS:
        return
    needed = {table for table, _column in AFFECTED} | {"search_change", "search_entry"}
    wanted = _wanted() if needed <= set(connection.introspection.table_names()) else {}
    present = _present()
    if set(wanted) == set(present):
        return
    _run(statement for name, table in present.items() for statement in form().drop(name, table))
    _run(statement for statements in wanted.values() for statement in statements)
    if wanted:
        _run(form().REBUILD)
        note_everything()


def remove(using: str = DEFAULT_DB_ALIAS, plan: Iterable = (), **signal: Any) -> None:
    """Takes all triggers away where migrations of their tables are about to run."""
    if using == DEFAULT_DB_ALIAS and any(m.app_label in ("people", "contests", "portal") for m, _backwards in plan):
        _run(statement for name, table in _present().items() for statement in form().drop(name, table))


def note_everything() -> None:
    """Notes everything that can be found as changed."""
    _run(_noting(kind, f"SELECT id FROM {table}") for kind, table in TABLES.items())  # noqa: S608


def _present() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(form().INSTALLED, [])
        return dict(cursor.fetchall())


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
