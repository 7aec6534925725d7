"""The search on PostgreSQL: a GIN index over the tokens of the entries, without a dictionary or an extension."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.search.questions import Term, Unit

PLACE = "matching.place"
# Whether anything matches an expression between two places, and where. The planner can't know how often a word stands
# in the entries and would rather read them in their order until enough are found, which for a rare word is all of them.
# Behind "MATERIALIZED" it doesn't see that only the first ones are asked for, and takes the index of the tokens.
_MATCH = "FROM search_entry WHERE vector @@ %s::tsquery AND id BETWEEN %s AND %s"
ANY = f"WITH matching AS MATERIALIZED (SELECT 1 {_MATCH}) SELECT 1 FROM matching"  # noqa: S608
MATCHES = (
    f"WITH matching AS MATERIALIZED (SELECT id AS place {_MATCH} ORDER BY id)"  # noqa: S608
    " SELECT place FROM matching WHERE {also} LIMIT %s"
)
SETTLE = ["ANALYZE search_entry"]
REBUILD: list[str] = []  # the index is the table's own
INSTALLED = """
    SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname LIKE 'search!_%%' ESCAPE '!' AND NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""
LOCK = 0x1A07E1  # any number that nothing else here uses


def expression(units: Iterable[Unit]) -> str:
    """What an entry has to hold, all of the units, as PostgreSQL reads it."""
    return " & ".join("(" + " | ".join(" & ".join(map(_term, terms)) for terms in unit) + ")" for unit in units)


def _term(term: Term) -> str:
    return f"'{term.text}'" + ":*" * term.is_start


def triggers(name: str, table: str, column: str, insert: str) -> dict[str, list[str]]:
    """By the name of each trigger, what makes it: at each change of `table` (of `column`), do `insert` for the row."""
    moments = f"UPDATE OF {column}" if column else "INSERT OR UPDATE OR DELETE"
    body = " ".join(
        f"IF TG_OP <> '{other}' THEN {insert.format(row=row)}; END IF;"
        for row, other in [("OLD", "INSERT"), ("NEW", "DELETE")]
    )
    return {
        name: [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {moments} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    }


def own_triggers() -> dict[str, list[str]]:
    return {}


def drop(name: str, table: str) -> list[str]:
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


@contextmanager
def alone(connection: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """A transaction in which nobody else renews the index; OperationalError if that can't be had within `seconds`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{seconds:d}s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL lock_timeout = 0")
        yield
