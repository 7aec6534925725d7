"""
Find the works that can be public in contests that show only some of them, if these are few.

To check each of a million works takes the database seconds. The works with an award, a selection or a `reveal_at` are
found by indexes.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from contests.models import Contest, Recognition, Submission

ENTRIES = Contest.PublicEntries


def few_works(revealed: Mapping[int, str], approved: list[int], most: int) -> list[int] | None:
    """
    Return the primary keys of the works that can be public: of contests with public results that do not show all
    eligible entries, and of the contests `approved`, whose results are approved but not public. `revealed` has the
    `public_entries` of each contest with public results. The values need not be saved.

    Return None if there may be more than `most` works. Needs one SQL statement, or none without such contests.
    """
    some = [pk for pk, entries in revealed.items() if entries != ENTRIES.ALL]
    selected = [pk for pk, entries in revealed.items() if entries == ENTRIES.SELECTED]
    if not some and not approved:
        return []
    works = Submission._base_manager.order_by()
    found: list[QuerySet[Any, Any]] = [
        works.filter(contest__in=[*some, *approved], reveal_at__isnull=False).values("pk")
    ]
    if some:
        awarded = Recognition.submissions.through._base_manager.filter(submission__contest__in=some).order_by()
        found.append(awarded.values("submission"))
    if selected:
        found.append(works.filter(Q(is_selected=True), contest__in=selected).values("pk"))
    parts: list[str] = []
    values: list[Any] = []
    for rows in found:
        sql, its_values = rows[: most + 1].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) found")  # noqa: S608 (Django made the SQL, without values)
        values += its_values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        rows_found = cursor.fetchall()
    return sorted({key for (key,) in rows_found}) if len(rows_found) <= most else None
