"""
Database triggers that note which search entries are out of date. They catch every change, including `loaddata`,
`update()`, `bulk_create()` and plain SQL.

Migrations may rebuild tables, on SQLite even implicitly. So the triggers are dropped before a migration and created
again after it. Changes may have been missed in between, so everything is then queued for indexing.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from django.db import connection
from django.db.models import Model

from record.database_triggers import TriggerGroup, run
from search import postgresql, sqlite, visibility_columns
from search.models import Change, Entry, Kind, Reason

FORM = {"sqlite": sqlite, "postgresql": postgresql}
# For each reason, the reasons of notes that make another note of the same row unnecessary: because of them, the next
# update of the index does at least the same.
_COVERED_BY = {
    Reason.TEXTS: [Reason.TEXTS],
    Reason.REBUILD: [Reason.TEXTS, Reason.REBUILD],
    Reason.VISIBILITY: [Reason.TEXTS, Reason.VISIBILITY, Reason.REBUILD],
}
_COLUMN = re.compile(r"\{row\}\.(\w+)")
Affected = list[tuple[Kind, str]]
_WORKS = "SELECT submission_id AS id FROM contests_recognition_submissions"
_CREDITING = (
    "SELECT contests_submission.id FROM contests_submission JOIN contests_credit"
    " ON contests_credit.work_id = contests_submission.work_id WHERE"
)
_IS_APPROVED = (
    "EXISTS (SELECT 1 FROM contests_recognition AS given WHERE given.id = {row}.recognition_id"
    " AND given.approved_at IS NOT NULL)"
)
_OF_PARTIES = "WHERE recognition_id IN (SELECT recognition_id FROM contests_party WHERE {}_id = {{row}}.id)"
# For each table: which search entries contain text from a row of the table, and are out of date when it changes. Each
# pair has the kind of the entries and SQL that selects the ids of their rows (works, people and so on). `{row}` stands
# for the changed row, OLD or NEW.
IN_TEXTS: dict[str, Affected] = {
    "contests_contest": [(Kind.CONTEST, "SELECT {row}.id AS id")],
    "contests_series": [
        (Kind.SERIES, "SELECT {row}.id AS id"),
        (Kind.CONTEST, "SELECT id FROM contests_contest WHERE series_id = {row}.id"),
        (Kind.AWARD_LINE, "SELECT id FROM contests_awardline WHERE series_id = {row}.id"),
    ],
    "contests_awardline": [(Kind.AWARD_LINE, "SELECT {row}.id AS id")],
    "contests_event": [
        (Kind.CONTEST, "SELECT {row}.contest_id AS id"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE event_id = {row}.id"),
    ],
    "contests_award": [
        (Kind.CONTEST, "SELECT {row}.contest_id AS id"),
        (
            Kind.WORK,
            f"{_WORKS} WHERE recognition_id IN"  # noqa: S608
            " (SELECT id FROM contests_recognition WHERE award_id = {row}.id AND approved_at IS NOT NULL)",
        ),
    ],
    # No entry contains a recognition that is not approved, so creating such a recognition must not mark the entry of
    # the work as out of date.
    "contests_recognition": [
        (Kind.WORK, f"{_WORKS} WHERE recognition_id = {{row}}.id AND {{row}}.approved_at IS NOT NULL")
    ],
    "contests_recognition_submissions": [
        (Kind.WORK, f"SELECT {{row}}.submission_id AS id WHERE {_IS_APPROVED}"),
        # The other works that share it: whether they show it depends on the status of all of them.
        (Kind.WORK, f"{_WORKS} WHERE recognition_id = {{row}}.recognition_id AND {_IS_APPROVED}"),
    ],
    "contests_party": [(Kind.WORK, f"{_WORKS} WHERE recognition_id = {{row}}.recognition_id AND {_IS_APPROVED}")],
    "contests_credit": [(Kind.WORK, "SELECT id FROM contests_submission WHERE work_id = {row}.work_id")],
    "contests_submission": [
        (Kind.WORK, "SELECT {row}.id AS id"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE submission_id = {row}.id"),
    ],
    "contests_quote": [(Kind.QUOTE, "SELECT {row}.id AS id")],
    "people_person": [
        (Kind.PERSON, "SELECT {row}.id AS id"),
        (Kind.WORK, f"{_CREDITING} contests_credit.person_id = {{row}}.id"),
        (Kind.WORK, f"{_WORKS} {_OF_PARTIES.format('person')}"),
        (Kind.QUOTE, "SELECT id FROM contests_quote WHERE speaker_id = {row}.id"),
    ],
    "people_affiliation": [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    "people_pastwork": [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    "people_nextproject": [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    "people_personname": [(Kind.PERSON, "SELECT {row}.person_id AS id")],
    "people_organisationname": [(Kind.ORGANISATION, "SELECT {row}.organisation_id AS id")],
    "people_organisation": [
        (Kind.WORK, f"{_CREDITING} contests_credit.organisation_id = {{row}}.id"),
        (Kind.ORGANISATION, "SELECT {row}.id AS id"),
        (Kind.PERSON, "SELECT person_id AS id FROM people_affiliation WHERE organisation_id = {row}.id"),
        (Kind.CONTEST, "SELECT id FROM contests_contest WHERE organiser_id = {row}.id"),
        (Kind.WORK, f"{_WORKS} {_OF_PARTIES.format('organisation')}"),
    ],
    "record_source": [(Kind.SOURCE, "SELECT {row}.id AS id")],
}
# Like `IN_TEXTS`, but only for changes of a single column. The keys are pairs (table, column). For example, the
# `reveal_at` of a contest decides which awards the entry of a work contains.
IN_TEXTS_BY_COLUMN: dict[tuple[str, str], Affected] = {
    **{
        # The URL of a work contains its slug. The rest tells it from others with the same title.
        ("contests_work", column): [(Kind.WORK, "SELECT id FROM contests_submission WHERE work_id = {row}.id")]
        for column in ("slug", "disambiguation", "year_from", "year_to")
    },
    # The entry of a work contains its contest with the year, and also the facts of an award: its series and the
    # continuing award.
    **{
        ("contests_contest", column): [(Kind.WORK, "SELECT id FROM contests_submission WHERE contest_id = {row}.id")]
        for column in ("title", "year_label", "held_from", "held_to", "edition_number", "series_id")
    },
    ("contests_series", "name"): [
        (
            Kind.WORK,
            "SELECT contests_submission.id FROM contests_submission JOIN contests_contest"
            " ON contests_contest.id = contests_submission.contest_id WHERE contests_contest.series_id = {row}.id",
        )
    ],
    ("contests_awardline", "name"): [
        (
            Kind.WORK,
            f"{_WORKS} WHERE recognition_id IN (SELECT contests_recognition.id FROM contests_recognition"  # noqa: S608
            " JOIN contests_award ON contests_award.id = award_id"
            " WHERE line_id = {row}.id AND approved_at IS NOT NULL)",
        )
    ],
    # The entry of a continuing award has the names that it had in the public contests.
    ("contests_contest", "published_at"): [
        (Kind.AWARD_LINE, "SELECT line_id AS id FROM contests_award WHERE contest_id = {row}.id")
    ],
    ("contests_contest", "reveal_at"): [
        # The entry of a work with a `reveal_at` of its own contains only public awards. Others may become public when
        # the `reveal_at` of the contest changes.
        (Kind.WORK, "SELECT id FROM contests_submission WHERE contest_id = {row}.id AND reveal_at IS NOT NULL")
    ],
    # The makers in the entry of a work are in the order of their roles.
    ("contests_creditrole", "order"): [(Kind.WORK, f"{_CREDITING} contests_credit.role_id = {{row}}.id")],
    ("contests_submission", "reveal_at"): [(Kind.WORK, "SELECT {row}.id AS id")],
    # An award is in no entry while one of the works that share it is not eligible.
    ("contests_submission", "status"): [
        (
            Kind.WORK,
            "SELECT other.submission_id AS id FROM contests_recognition_submissions AS own"
            " JOIN contests_recognition_submissions AS other ON other.recognition_id = own.recognition_id"
            " JOIN contests_recognition ON contests_recognition.id = own.recognition_id"
            " WHERE own.submission_id = {row}.id AND approved_at IS NOT NULL",
        )
    ],
    ("contests_recognition", "approved_at"): IN_TEXTS["contests_recognition"],
    ("contests_recognition", "reveal_at"): IN_TEXTS["contests_recognition"],
}
_RECOGNISED = {
    kind: [
        f"SELECT {field}_id AS id FROM contests_party WHERE recognition_id = {{recognition}}",  # noqa: S608
        # The authors of the works. Recognitions that name nobody belong to them.
        f"SELECT {field}_id AS id FROM contests_credit"  # noqa: S608
        " JOIN contests_creditrole ON contests_creditrole.id = contests_credit.role_id"
        " JOIN contests_submission ON contests_submission.work_id = contests_credit.work_id"
        " JOIN contests_recognition_submissions ON submission_id = contests_submission.id"
        " WHERE contests_creditrole.is_author AND recognition_id = {recognition}",
    ]
    for kind, field in ((Kind.PERSON, "person"), (Kind.ORGANISATION, "organisation"))
}
# For some tables, columns that decide to whom a recognition belongs and whether it counts, and the entries whose rank
# they may change. Columns that decide what is public are left out, as visibility decides about those.
IN_RANKS: dict[str, tuple[set[str], Affected]] = {
    "contests_recognition": (
        {"outcome", "revoked_on"},
        [(kind, sql.replace("{recognition}", "{row}.id")) for kind, some in _RECOGNISED.items() for sql in some],
    ),
    # If a recognition names its first recipient, it no longer belongs to the authors of its works.
    "contests_party": (
        {"recognition_id", "person_id", "organisation_id"},
        [(kind, some[1].replace("{recognition}", "{row}.recognition_id")) for kind, some in _RECOGNISED.items()],
    ),
    "contests_creditrole": (
        {"is_author"},
        [
            (kind, f"SELECT {field}_id AS id FROM contests_credit WHERE role_id = {{row}}.id")  # noqa: S608
            for kind, field in ((Kind.PERSON, "person"), (Kind.ORGANISATION, "organisation"))
        ],
    ),
}
# Columns whose values are in no entry. The command `check_sources` sets them.
IN_NO_TEXT: dict[str, set[str]] = {"record_source": {"checked_at", "link_state"}}
TABLES = {
    Kind.WORK: "contests_submission",
    Kind.PERSON: "people_person",
    Kind.CONTEST: "contests_contest",
    Kind.QUOTE: "contests_quote",
    Kind.SOURCE: "record_source",
    Kind.SERIES: "contests_series",
    Kind.AWARD_LINE: "contests_awardline",
    Kind.ORGANISATION: "people_organisation",
}


def form():
    """Return the module for the database in use: `sqlite` or `postgresql`."""
    return FORM[connection.vendor]


def _wanted() -> dict[str, list[str]]:
    """
    Return a dict that maps the name of each trigger to the SQL statements that create it. A name contains a hash of the
    trigger, so that a changed trigger gets a new name.
    """
    # Each table has up to three triggers. "text" reacts to changes of columns that are in the texts of entries. "tie"
    # reacts to changes of rows that make a person or source public. "below" reacts to changes of columns that decide
    # whether other rows, those that belong to the changed row, are public.
    wanted = form().own_triggers()
    models = {model._meta.db_table: model for model in visibility_columns.record()}
    for table, model in models.items():
        columns = {str(field.column) for field in model._meta.concrete_fields}
        deciding = {str(field.column) for field in visibility_columns.deciding().get(model, ())}
        keys = {str(field.column) for field in model._meta.concrete_fields if field.is_relation}
        # The texts of entries contain no columns that decide what is public.
        in_texts = columns - deciding - IN_NO_TEXT.get(table, set())
        wanted |= _triggers(table, "text", in_texts, Reason.TEXTS, IN_TEXTS.get(table, []))
        ties = visibility_columns.shown_by(model, "{row}")
        wanted |= _triggers(table, "tie", columns, Reason.VISIBILITY, ties)
        below = visibility_columns.below(model, "{row}.id")
        wanted |= _triggers(table, "below", deciding | keys, Reason.VISIBILITY, below, updates_only=True)
    # An award may belong to a hidden contest, so it must not keep its continuing award from being found.
    columns = {"name", "line_id", "contest_id"}
    wanted |= _triggers(
        "contests_award", "name", columns, Reason.REBUILD, [(Kind.AWARD_LINE, "SELECT {row}.line_id AS id")]
    )
    for table, (columns, ranked) in IN_RANKS.items():
        wanted |= _triggers(table, "rank", columns, Reason.VISIBILITY, ranked)
    for (table, column), affected in IN_TEXTS_BY_COLUMN.items():
        wanted |= _triggers(table, column, {column}, Reason.TEXTS, affected, updates_only=True)
    return wanted


def _triggers(
    table: str,
    name: str,
    columns: set[str],
    reason: Reason,
    affected: Iterable[tuple[Kind, str]],
    *,
    updates_only: bool = False,
) -> dict[str, list[str]]:
    affected = dict.fromkeys(affected)
    if not affected or not columns:
        return {}
    new = [_noting(kind, rows.format(row="NEW"), reason) for kind, rows in affected]
    gone = [_noting(kind, rows.format(row="OLD"), reason) for kind, rows in affected]
    former = [
        # If the columns that the SQL reads have not changed, the statement with NEW notes the same rows.
        _noting(kind, rows.format(row="OLD"), reason, f"({form().differ(sorted(set(_COLUMN.findall(rows))))})")
        for kind, rows in affected
    ]
    inserts = {"INSERT": new, "UPDATE": [*former, *new], "DELETE": gone}
    inserts = {"UPDATE": inserts["UPDATE"]} if updates_only else inserts
    sql = form().triggers("name", table, sorted(columns), inserts)
    version = sha256(str(sql).encode()).hexdigest()[:6]
    return form().triggers(f"search_{table}_{name}_{version}", table, sorted(columns), inserts)


def _noting(kind: Kind, rows: str, reason: Reason, also: str = "TRUE") -> str:
    """
    Return SQL that notes the rows selected by the SQL `rows` if the condition `also` is true, except those with a note
    that has at least the same effect.
    """
    covering = ", ".join(f"{other:d}" for other in _COVERED_BY[reason])
    noted = f"search_change.kind = {kind:d} AND search_change.object_id = r.id AND search_change.reason IN ({covering})"
    is_noted = f"EXISTS (SELECT 1 FROM search_change WHERE {noted} AND {form().NOTE_IS_UNREAD})"  # noqa: S608
    condition = f"{also} AND r.id IS NOT NULL AND NOT {is_noted}"
    found = f"SELECT DISTINCT {kind:d}, r.id, {reason:d} FROM ({rows}) AS r WHERE {condition}"  # noqa: S608
    return f"INSERT INTO search_change (kind, object_id, reason) {found}"


def _is_complete() -> bool:
    """
    Return whether the database has all tables and columns that the triggers use. In the middle of a migration, some may
    be missing.
    """
    tables = set(connection.introspection.table_names())
    models: list[type[Model]] = [*visibility_columns.record(), Change, Entry]
    with connection.cursor() as cursor:
        return all(
            model._meta.db_table in tables
            and {field.column for field in model._meta.concrete_fields}
            <= {column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)}
            for model in models
        )


def note_everything() -> None:
    """Queue all rows of all kinds for indexing, so that the next update of the index rebuilds their entries."""
    run([f"DELETE FROM search_change WHERE reason = {Reason.REBUILD:d}"])  # noqa: S608
    _note(Reason.REBUILD, "TRUE")


def note_new_rows() -> None:
    """Queue all rows without an entry for indexing."""
    _note(
        Reason.TEXTS,
        "NOT EXISTS (SELECT 1 FROM search_entry WHERE search_entry.kind = {kind:d} AND object_id = {table}.id)",
    )


def _note(reason: Reason, condition: str) -> None:
    # In contrast to `_noting`, don't look for existing notes: PostgreSQL would read all of them for each row.
    run(
        f"INSERT INTO search_change (kind, object_id, reason) SELECT {kind:d}, id, {reason:d} FROM {table}"  # noqa: S608
        f" WHERE {condition.format(kind=kind, table=table)}"
        for kind, table in TABLES.items()
    )


def _after_install() -> None:
    run(form().REBUILD)
    note_everything()


#: When the triggers have been created, everything is queued for indexing.
TRIGGERS = TriggerGroup(
    "search_",
    ("record", "people", "contests", "search"),
    lambda: _wanted() if _is_complete() else {},
    after_install=_after_install,
    after_pause=note_new_rows,
)
