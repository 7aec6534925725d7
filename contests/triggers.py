"""
Database triggers that withdraw the approval of a result when something that the approval covers changes before the
reveal. They react to every change, no matter whether a form, a merge, a bulk change or plain SQL makes it.

The triggers are dropped before migrations run, because migrations may rebuild tables, and created again afterwards.
"""

from collections.abc import Iterable
from hashlib import sha256

from django.db import connection

from contests.models import Recognition, Step
from record.database_triggers import NOT_PAUSED, TriggerGroup

_OF_SUBMISSIONS = "SELECT recognition_id FROM contests_recognition_submissions WHERE submission_id"
_CREDITING = (
    "SELECT contests_submission.id FROM contests_submission JOIN contests_credit"
    " ON contests_credit.work_id = contests_submission.work_id WHERE"
)
#: For each table, the columns that an approval covers, and SQL that selects the recognitions whose approvals cover a
#: row of the table. `{row}` is OLD or NEW.
COVERED: dict[str, tuple[tuple[str, ...], str]] = {
    "contests_award": (
        ("name", "kind", "contest_id"),
        "SELECT id FROM contests_recognition WHERE award_id = {row}.id",
    ),
    "contests_category": (
        ("name",),
        f"{_OF_SUBMISSIONS} IN"  # noqa: S608
        " (SELECT submission_id FROM contests_submission_categories WHERE category_id = {row}.id)",
    ),
    "contests_credit": (
        ("work_id", "person_id", "organisation_id", "role_id", "credited_as"),
        f"{_OF_SUBMISSIONS} IN (SELECT id FROM contests_submission WHERE work_id = {{row}}.work_id)",  # noqa: S608
    ),
    # An approval covers the slug of a role, and whether it makes an author: an award that names nobody is that of the
    # authors. Another wording of the same role, or a translation, is no other result.
    "contests_creditrole": (
        ("slug", "is_author"),
        f"{_OF_SUBMISSIONS} IN ({_CREDITING} contests_credit.role_id = {{row}}.id)",
    ),
    "contests_party": (
        ("recognition_id", "person_id", "organisation_id", "part", "credited_as"),
        "SELECT {row}.recognition_id",
    ),
    "contests_recognition": (Recognition.WON, "SELECT {row}.id"),
    "contests_recognition_submissions": (("recognition_id", "submission_id"), "SELECT {row}.recognition_id"),
    "contests_submission": (
        ("title", "original_title", "status", "contest_id", "work_id"),
        f"{_OF_SUBMISSIONS} = {{row}}.id",
    ),
    "contests_submission_categories": (
        ("submission_id", "category_id"),
        f"{_OF_SUBMISSIONS} = {{row}}.submission_id",
    ),
    "contests_work": (
        ("title", "original_title"),
        f"{_OF_SUBMISSIONS} IN (SELECT id FROM contests_submission WHERE work_id = {{row}}.id)",  # noqa: S608
    ),
    "people_organisation": (
        ("name",),
        "SELECT recognition_id FROM contests_party WHERE organisation_id = {row}.id UNION"  # noqa: S608
        f" {_OF_SUBMISSIONS} IN ({_CREDITING} contests_credit.organisation_id = {{row}}.id)",
    ),
    "people_person": (
        ("name", "native_name"),
        "SELECT recognition_id FROM contests_party WHERE person_id = {row}.id UNION"  # noqa: S608
        f" {_OF_SUBMISSIONS} IN ({_CREDITING} contests_credit.person_id = {{row}}.id)",
    ),
}
#: For these tables, inserting or deleting a row also withdraws approvals.
PARTS = (
    *("contests_credit", "contests_party"),
    *("contests_recognition_submissions", "contests_submission_categories"),
)
REASON = "Approval withdrawn: something that it covers was changed"
PREFIX = "result_"

# SQL that withdraws the approvals of `{rows}`. It leaves out public results, because a change to them is a correction.
# It also leaves out recognitions without `approved_as`, because their approval comes from a fixture.
_WITHDRAW = """
    UPDATE contests_recognition SET approved_at = NULL, approved_by_id = NULL, reveal_at = NULL
    WHERE id IN ({rows}) AND approved_at IS NOT NULL AND approved_as IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM contests_award JOIN contests_contest ON contests_contest.id = contests_award.contest_id
        WHERE contests_award.id = contests_recognition.award_id
        AND contests_contest.published_at <= {now} AND contests_contest.approved_at <= {now}
        AND (contests_contest.reveal_at <= {now} OR contests_recognition.reveal_at <= {now})
    )"""  # noqa: S608
_IS_WITHDRAWN = "OLD.approved_at IS NOT NULL AND NEW.approved_at IS NULL AND NEW.approved_as IS NOT NULL"
# SQL that sets `reveal_at` of each submission of a recognition to the earliest remaining `reveal_at` of the
# recognitions of the submission, unless the submission is public already.
_HIDE_WORKS = """
    UPDATE contests_submission SET reveal_at = (
        SELECT MIN(contests_recognition.reveal_at) FROM contests_recognition
        JOIN contests_recognition_submissions AS other ON other.recognition_id = contests_recognition.id
        WHERE other.submission_id = contests_submission.id
    ) WHERE reveal_at > {now} AND id IN (
        SELECT submission_id FROM contests_recognition_submissions WHERE recognition_id = NEW.id
    )"""  # noqa: S608

_SQLITE = {
    "now": "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "same": "IS",
}
_POSTGRESQL = {
    "now": "clock_timestamp()",
    "same": "IS NOT DISTINCT FROM",
}
FORM = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def _wanted() -> dict[str, list[str]]:
    """
    Return a dict from the name of each trigger to the SQL statements that create it. A name ends with a hash of the
    trigger's SQL, so that a changed trigger has another name.
    """
    form = FORM[connection.vendor]
    wanted: dict[str, list[str]] = {}
    for table, (columns, rows) in COVERED.items():
        turned = " OR ".join(f"NOT (OLD.{column} {form['same']} NEW.{column})" for column in columns)
        both = [_withdraw(rows, row) for row in ("OLD", "NEW")]
        wanted |= _trigger(table, "UPDATE", columns, turned, both)
        if table in PARTS:
            wanted |= _trigger(table, "INSERT", (), "", both[1:])
            wanted |= _trigger(table, "DELETE", (), "", both[:1])
    after = [*_tell(), _HIDE_WORKS.format(**form)]
    return wanted | _trigger("contests_recognition", "UPDATE", ("approved_at",), _IS_WITHDRAWN, after)


def _withdraw(rows: str, row: str) -> str:
    return _WITHDRAW.format(rows=rows.format(row=row), **FORM[connection.vendor])


def _tell() -> list[str]:
    """
    Return the SQL statements that add a history record for the withdrawal of an approval, and copy the presenters and
    submissions of the recognition to that record.
    """
    history = Recognition.history.model
    own = [field.column for field in history.tracked_fields]
    said = {
        "history_date": FORM[connection.vendor]["now"],
        "history_type": "'~'",
        "history_change_reason": f"'{REASON}'",
        "step": f"'{Step.WITHDRAWN.value}'",
    }
    columns = ", ".join(map(connection.ops.quote_name, [*own, *said]))
    values = ", ".join([*(f"NEW.{connection.ops.quote_name(column)}" for column in own), *said.values()])
    table = history._meta.db_table
    links = [
        f"INSERT INTO {getattr(history, name).model._meta.db_table} (history_id, id, recognition_id, {target}_id)"  # noqa: S608
        f" SELECT (SELECT MAX(history_id) FROM {table} WHERE id = NEW.id), id, recognition_id, {target}_id"
        f" FROM contests_recognition_{name} WHERE recognition_id = NEW.id"
        for name, target in (("presenters", "person"), ("submissions", "submission"))
    ]
    return [f"INSERT INTO {table} ({columns}) VALUES ({values})", *links]  # noqa: S608


def _trigger(table: str, moment: str, columns: Iterable[str], when: str, does: Iterable[str]) -> dict[str, list[str]]:
    body = "; ".join(" ".join(statement.split()) for statement in does) + ";"
    of = f" OF {', '.join(columns)}" if columns else ""
    if connection.vendor == "postgresql":
        when = f"{NOT_PAUSED} AND ({when})" if when else NOT_PAUSED
    condition = f" WHEN ({when})" if when else ""
    version = sha256(f"{of}{condition}{body}".encode()).hexdigest()[:6]
    name = f"{PREFIX}{table}_{moment.lower()}_{version}"
    head = f"CREATE TRIGGER {name} AFTER {moment}{of} ON {table} FOR EACH ROW{condition}"
    if connection.vendor == "sqlite":
        return {name: [f"{head} BEGIN {body} END"]}
    made = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    return {name: [f"{made} AS $$ BEGIN {body} RETURN NULL; END $$", f"{head} EXECUTE FUNCTION {name}()"]}


def _is_ready() -> bool:
    tables = {*COVERED, "contests_contest", Recognition.history.model._meta.db_table}
    with connection.cursor() as cursor:
        if not tables <= set(connection.introspection.table_names(cursor)):
            return False
        columns = connection.introspection.get_table_description(cursor, "contests_recognition")
    return "approved_as" in {column.name for column in columns}


TRIGGERS = TriggerGroup(PREFIX, ("record", "people", "contests"), lambda: _wanted() if _is_ready() else {})
