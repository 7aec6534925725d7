"""The search on PostgreSQL: a GIN index over the tokens of the entries, without a dictionary or an extension."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from search.query import Term, Unit

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


def expression(units: Iterable[Unit], marks: Iterable[str]) -> str:
    """What an entry has to hold, all of the units, with any one of the `marks` on them, as PostgreSQL reads it."""
    units = list(units)
    return " | ".join("(" + " & ".join(_unit(unit, mark) for unit in units) + ")" for mark in marks)


def _unit(unit: Unit, mark: str) -> str:
    return "(" + " | ".join(" & ".join(_term(term.marked(mark)) for term in terms) for terms in unit) + ")"


def _term(term: Term) -> str:
    return f"'{term.text}'" + ":*" * term.is_start


def triggers(name: str, table: str, columns: Iterable[str], insert: str, *, updates_only: bool) -> dict[str, list[str]]:
    """
    By the name of each trigger, what makes it: where a row of `table` comes or goes, unless `updates_only`, or one of
    its `columns` changes, do `insert` for it.
    """
    moments = "UPDATE" if updates_only else "INSERT OR UPDATE OR DELETE"
    same = " AND ".join(f'OLD."{column}" IS NOT DISTINCT FROM NEW."{column}"' for column in columns)
    body = f"IF TG_OP = 'UPDATE' THEN IF {same} THEN RETURN NULL; END IF; END IF; " + " ".join(
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
