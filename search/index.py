"""Keep the index up to date: rebuild the entries that the database noted as changed."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from django.db import DatabaseError, connection
from django.db.models import DateTimeField, Value
from django.db.models.functions import Left
from django.utils import timezone

from people.models import Person
from record.viewpoint import Viewpoint
from search.documents import MODELS, entries_of
from search.models import HIDDEN, Change, Entry, Kind, Part, Spelling, places_of
from search.partitions import mark_of, parts_of, searched, unmarked
from search.query import Term
from search.tokenizer import is_spellable, variants
from search.triggers import form
from search.visibility_columns import below, deciding_moments

logger = logging.getLogger(__name__)
BATCH = 500
# The most changes that one visitor's search processes, and the seconds it waits. `refresh_search` processes the rest.
AT_A_SEARCH, SECONDS = 2000, 2


def refresh(limit: int | None = None, seconds: int = 20, only: list[int] | None = None) -> int:
    """
    Rebuild the entries of changed rows, in transactions of up to 500 changes, until none is left, `limit` changes are
    done, or all changes with the primary keys `only` are done. Return the number of changes. Wait up to `seconds` for
    another process that does the same, then raise OperationalError.
    """
    done = 0
    if only is None:
        _open_parts()
    while limit is None or done < limit:
        some = None if only is None else only[done : done + BATCH]
        if some == [] or not (seen_to := _refresh_some(seconds, some)):
            break
        done += seen_to
    if only is None:
        Part.objects.filter(public_from__lte=timezone.now()).exclude(pk__in=Entry.objects.values("part")).delete()
    return done


def refresh_quietly(limit: int | None = 10 * AT_A_SEARCH) -> None:
    """Process up to `limit` changes after an editor's request. Never fail."""
    try:
        if Change.objects.exists():
            refresh(limit, SECONDS)
    except DatabaseError:
        logger.warning("The index of the search could not be renewed", exc_info=True)


def refresh_for_search(viewpoint: Viewpoint) -> list[int]:
    """
    Process the changes that visitors could notice, before a search at `viewpoint`, and return the parts of the index to
    search. Changes of hidden rows are left to editors' requests and the command, so that no visitor's search writes or
    waits for them. Two statements, whatever is hidden. Never fail: with an outdated index, a search still finds the
    existing entries.
    """
    changes, parts = _noted(viewpoint)
    noticed = _noticed(changes, parts, viewpoint)
    if len(changes) == AT_A_SEARCH and not noticed:
        # a bulk import without Laurel's own commands must not hold up later changes
        noticed = [pk for pk, *_change in changes]
    try:
        if noticed:
            refresh(None, SECONDS, noticed)
            parts = _noted(viewpoint)[1]
    except DatabaseError:
        logger.warning("The index of the search could not be renewed", exc_info=True)
    return parts


_NOTED = """
    SELECT 0 AS part, id, kind, object_id, is_tie
    FROM (SELECT id, kind, object_id, is_tie FROM search_change ORDER BY id LIMIT %s) AS change
    UNION ALL SELECT id, 0, 0, 0, FALSE FROM search_part WHERE public_from <= %s
"""


def _noted(viewpoint: Viewpoint) -> tuple[list[tuple[int, Kind, int, bool]], list[int]]:
    """Return the changes that a search could process, as (primary key, kind, id, is_tie), and the parts to search."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, [AT_A_SEARCH, DateTimeField().get_db_prep_value(viewpoint.at, connection)])
        rows = cursor.fetchall()
    changes = [(pk, Kind(kind), row, bool(is_tie)) for part, pk, kind, row, is_tie in rows if not part]
    return changes, searched([part for part, *_change in rows if part], viewpoint)


def _noticed(changes: list[tuple[int, Kind, int, bool]], parts: list[int], viewpoint: Viewpoint) -> list[int]:
    """
    Return the changes that visitors could notice: a public row has a new text, became public, or is no longer public.
    """
    ids: dict[Kind, set[int]] = defaultdict(set)
    for _pk, kind, row, _is_tie in changes:
        ids[kind].add(row)
    is_open = Entry.objects.filter(part__in=parts, kind__in=ids or [0], object_id__in={0}.union(*ids.values()))
    asked = is_open.values_list("kind", "object_id", Value(False))
    public = [
        MODELS[kind]
        .objects.public(viewpoint)
        .filter(pk__in=rows)
        .order_by()
        .values_list(Value(int(kind)), "pk", Value(True))
        for kind, rows in ids.items()
    ]
    found = {(kind, row, bool(is_public)) for kind, row, is_public in asked.union(*public, all=True)}
    noticed = []
    for pk, kind, row, is_tie in changes:
        was, now = (kind, row, False) in found, (kind, row, True) in found
        if was != now or (was and not is_tie):
            noticed.append(pk)
    return noticed


def settle() -> None:
    """Optimise the index and update the database's statistics, which makes searches faster."""
    with connection.cursor() as cursor:
        for statement in form().SETTLE:
            cursor.execute(statement)


def _open_parts() -> None:
    """Queue the entries of parts whose reveal has passed, so that they move to the public part."""
    for part in Part.objects.filter(public_from__lte=timezone.now()):
        waiting = Entry.objects.filter(part=part.pk).values_list("kind", "object_id")
        Change.objects.bulk_create(
            (Change(kind=kind, object_id=row, is_tie=True) for kind, row in waiting), batch_size=BATCH
        )


def _refresh_some(seconds: int, only: list[int] | None) -> int:
    with form().alone(connection, seconds):
        rows = Change.objects.order_by("pk")
        changes = list(rows[:BATCH] if only is None else rows.filter(pk__in=only))
        if not changes:
            return 0
        changed: dict[Kind, dict[int, bool]] = defaultdict(dict)
        for change in changes:
            of_kind = changed[Kind(change.kind)]
            of_kind[change.object_id] = of_kind.get(change.object_id, True) and change.is_tie
        now = timezone.now()
        still_to_come = cache(lambda: deciding_moments(now))
        words: set[tuple[int, str]] = set()
        former: set[tuple[int, str]] = set()
        # Sources last: a source can be public through a person.
        for kind in sorted(Kind):
            if not changed[kind]:
                continue
            parts = parts_of(MODELS[kind].objects, changed[kind], now, still_to_come)
            moved = _renew(kind, changed[kind], parts, words, former)
            if kind == Kind.PERSON and moved:
                for source in _sources_of(moved):
                    changed[Kind.SOURCE].setdefault(source, True)
        _forget(former - words)
        _learn(words)
        Change.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def _renew(
    kind: Kind,
    changed: dict[int, bool],
    parts: dict[int, int],
    words: set[tuple[int, str]],
    former: set[tuple[int, str]],
) -> list[int]:
    """
    Rebuild the entries of one kind, except those with only a changed tie and the same part. Add the words of the new
    entries to `words` and those of the old entries to `former`. Return the ids of the rows that are in another part
    than before.
    """
    entries = Entry.objects.filter(kind=kind, object_id__in=changed)
    was = dict(entries.values_list("object_id", "part"))
    moved = [row for row in changed if was.get(row, HIDDEN) != parts.get(row, HIDDEN)]
    anew = {row: parts[row] for row, is_tie in changed.items() if not is_tie or was.get(row) != parts[row]}
    made = list(entries_of(kind, anew))
    entries = entries.filter(object_id__in=anew)
    former |= _words_of(entries.values_list("tokens", flat=True))
    entries.delete()
    Entry.objects.bulk_create(made)
    words |= _words_of(entry.tokens for entry in made)
    return moved


def _words_of(tokens: Iterable[str]) -> set[tuple[int, str]]:
    """
    Return the (part, word) pairs with a spellable word. A word that occurs only in hidden entries must not match
    anything else.
    """
    found_by = (unmarked(token) for of_entry in tokens for token in of_entry.split())
    return {(part, word) for part, word in found_by if is_spellable(word)}


def _sources_of(people: list[int]) -> list[int]:
    ids = ", ".join(f"{person:d}" for person in people)
    rows = " UNION ".join(sql for kind, sql in below(Person, ids) if kind == Kind.SOURCE)
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return [source for (source,) in cursor.fetchall() if source]


def _forget(tokens: Iterable[tuple[int, str]]) -> None:
    """Delete the words of former entries from the known words of their part, unless another entry contains them."""
    everywhere = (places_of(Kind.WORK)[0], places_of(Kind.SOURCE)[1])
    for part, words in _by_part(tokens):
        known = Spelling.objects.filter(part=part, word__in=words, variant=Left("word", 7))
        unused = []
        with connection.cursor() as cursor:
            for word in known.values_list("word", flat=True):
                matching = form().expression([[(Term(word),)]], [mark_of(part)])
                cursor.execute(f"SELECT EXISTS ({form().ANY})", [matching, *everywhere])
                if not cursor.fetchone()[0]:
                    unused.append(word)
        Spelling.objects.filter(part=part, word__in=unused).delete()


def _learn(tokens: Iterable[tuple[int, str]]) -> None:
    """Add `tokens`, each with the number of its part of the index, to the words that correct mistyped queries."""
    for part, words in _by_part(tokens):
        known = Spelling.objects.filter(part=part, word__in=words, variant=Left("word", 7))
        new = set(words) - set(known.values_list("word", flat=True))
        Spelling.objects.bulk_create(
            (
                Spelling(part=part, variant=variant, word=word)
                for word in sorted(new)
                for variant in sorted(variants(word))
            ),
            batch_size=BATCH,
            ignore_conflicts=True,
        )


def _by_part(tokens: Iterable[tuple[int, str]]) -> Iterable[tuple[int, list[str]]]:
    """Yield each part with its words, up to 500 at a time."""
    words: dict[int, list[str]] = defaultdict(list)
    for part, word in sorted(tokens):
        words[part].append(word)
    for part, of_part in words.items():
        yield from ((part, of_part[start : start + BATCH]) for start in range(0, len(of_part), BATCH))
