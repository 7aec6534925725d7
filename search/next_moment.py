"""The next moment at which public pages, feeds and files may change by time alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from contests.models import Contest
from search.visibility_columns import deciding_moment_columns

#: Further columns with moments at which pages change, besides those that decide what is public.
OTHER_MOMENTS = [(Contest._meta.db_table, "opens_at"), (Contest._meta.db_table, "closes_at")]


def next_moment(after: datetime) -> datetime:
    """
    Return the first moment after `after` at which a page may change by time alone: a publication, an approval, a
    reveal, the first or last moment for entries, or the next midnight (UTC), because some pages show today's date.
    Needs one SQL statement, which reads one index entry per column.
    """
    columns = [*deciding_moment_columns(), *OTHER_MOMENTS]
    sql = " UNION ALL ".join(f"SELECT MIN({column}) FROM {table} WHERE {column} > %s" for table, column in columns)  # noqa: S608
    # The type of the result is that of the column, on SQLite a text.
    convert: Any = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [convert(after)] * len(columns))
        found = [moment for (moment,) in cursor.fetchall() if moment is not None]
    moments = [datetime.fromisoformat(moment) if isinstance(moment, str) else moment for moment in found]
    midnight = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min([*(moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in moments), midnight])
