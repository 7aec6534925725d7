"""The plans that the database makes for the SQL statements of a page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

#: What PostgreSQL prefers to do with small tables.
WITH_FEW_ROWS = ("enable_seqscan", "enable_bitmapscan", "enable_sort")


def gather_statistics():
    """
    Let PostgreSQL look at all tables now, as it does a minute after many changes. It takes an unknown table for small,
    and may read it again and again for each row of another: the search index of 2,000 rows took minutes.

    Let SQLite plan as if it had never counted a row: as with tables of a million rows. It keeps in memory what it
    counted in an earlier test, even one that was rolled back. It forgets that too if it reads its schema again, but if
    that is inside a transaction that is rolled back later, the index of the search is damaged.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat)"
                " SELECT name, NULL, '1048576' FROM sqlite_schema WHERE type = 'table'"
            )
            cursor.execute("ANALYZE sqlite_schema")  # reads these rows again


def plans_of(client, url, forbidden=WITH_FEW_ROWS):
    """
    Request `url`. Return the plan of each SELECT statement, as a list of pairs (statement, plan). PostgreSQL prefers to
    read the whole table if it is small, so this is forbidden while it plans: the plan shows what it would do with a
    large table. Its statistics are made first: what it knew of a table from the rows of an earlier test, which it
    gathers when it likes, would change the plan.
    """
    gather_statistics()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in captured if query["sql"].lstrip("( ").startswith("SELECT")]
    return [(statement, plan_of(statement, forbidden)) for statement in statements]


def plan_of(statement, forbidden=WITH_FEW_ROWS):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            return "\n".join(row[3] for row in cursor.fetchall())
        for setting in forbidden:
            cursor.execute(f"SET LOCAL {setting} = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        for setting in forbidden:
            cursor.execute(f"SET LOCAL {setting} = on")
        return plan
