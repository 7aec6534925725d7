"""Keeping the entries right: what the database has noted as changed is made anew from the record."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.db import DatabaseError, connection
from django.db.models import DateTimeField, Value
from django.db.models.functions import Left
from django.utils import timezone

from people.models import Person
from portal.search.entries import MODELS, entries_of
from portal.search.models import HIDDEN, Change, Entry, Kind, Part, Spelling, places_of
from portal.search.parts import mark_of, parts_of, searched, unmarked
from portal.search.questions import Term
from portal.search.ties import below, deciding_moments
from portal.search.triggers import form
from portal.search.words import is_spellable, variants

logger = logging.getLogger(__name__)
BATCH = 500
# What one visitor's search may have to wait for; the command does the rest.
AT_A_SEARCH, SECONDS = 2000, 2


def refresh(limit: int | None = None, seconds: int = 20, only: list[int] | None = None) -> int:
    """
    Makes the entries of what has changed anew, in transactions of up to 500 changes, until nothing is left, `limit`
    changes were seen to, or those with the primary keys `only` were. Returns their number. Waits `seconds` for another
    process that does the same; OperationalError after that.
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
    """What follows a change by an editor: sees to up to `limit` changes, and never fails."""
    try:
        if Change.objects.exists():
            refresh(limit, SECONDS)
    except DatabaseError:
        logger.warning("The index of the search could not be renewed", exc_info=True)


def refresh_for_search(at: datetime) -> list[int]:
    """
    What a search at the moment `at` does first: it sees to those changes that visitors could notice. What changes in
    the dark is left to editors' requests and to the command, so that no visitor's search writes, or waits, for it.
    Returns the parts of the index that are to be searched. Two statements, whatever is hidden. It never fails: with
    an index that can't be renewed one still finds what is in it.
    """
    changes, parts = _noted(at)
    noticed = _noticed(changes, parts, at)
    if len(changes) == AT_A_SEARCH and not noticed:
        noticed = [pk for pk, *_change in changes]  # an import past Laurel's own commands must not hold up what follows
    try:
        if noticed:
            refresh(None, SECONDS, noticed)
            parts = _noted(at)[1]
    except DatabaseError:
        logger.warning("The index of the search could not be renewed", exc_info=True)
    return parts


_NOTED = """
    SELECT 0 AS part, id, kind, object_id, is_tie
    FROM (SELECT id, kind, object_id, is_tie FROM search_change ORDER BY id LIMIT %s) AS change
    UNION ALL SELECT id, 0, 0, 0, FALSE FROM search_part WHERE public_from <= %s
"""


def _noted(at: datetime) -> tuple[list[tuple[int, Kind, int, bool]], list[int]]:
    """The changes that a search could see to, as (primary key, kind, id, is_tie), and the parts that it reads."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, [AT_A_SEARCH, DateTimeField().get_db_prep_value(at, connection)])
        rows = cursor.fetchall()
    changes = [(pk, Kind(kind), row, bool(is_tie)) for part, pk, kind, row, is_tie in rows if not part]
    return changes, searched([part for part, *_change in rows if part], at)


def _noticed(changes: list[tuple[int, Kind, int, bool]], parts: list[int], at: datetime) -> list[int]:
    """Which changes make a difference to visitors: the texts of what is public, and what is so now and was not."""
    ids: dict[Kind, set[int]] = defaultdict(set)
    for _pk, kind, row, _is_tie in changes:
        ids[kind].add(row)
    is_open = Entry.objects.filter(part__in=parts, kind__in=ids or [0], object_id__in={0}.union(*ids.values()))
    asked = is_open.values_list("kind", "object_id", Value(False))
    public = [
        MODELS[kind].objects.public(at).filter(pk__in=rows).order_by().values_list(Value(int(kind)), "pk", Value(True))
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
    """Lets the database tidy its index and look again at what is in it, which searches are the quicker for."""
    with connection.cursor() as cursor:
        for statement in form().SETTLE:
            cursor.execute(statement)


def _open_parts() -> None:
    """Queue the entries of parts whose moment has passed, so that they move to the public part."""
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
        # Sources last: they are public through people too.
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
    Makes entries of one kind anew, but for those of which only a tie changed, and no part. Adds what is matched in the
    new ones to `words` and in those before them to `former`. Returns the ids of what was public, or will be, and is so
    from another moment on.
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
    """A word that occurs only in hidden entries must match nothing else."""
    found_by = (unmarked(token) for of_entry in tokens for token in of_entry.split())
    return {(part, word) for part, word in found_by if is_spellable(word)}


def _sources_of(people: list[int]) -> list[int]:
    ids = ", ".join(f"{person:d}" for person in people)
    rows = " UNION ".join(sql for kind, sql in below(Person, ids) if kind == Kind.SOURCE)
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return [source for (source,) in cursor.fetchall() if source]


def _forget(tokens: Iterable[tuple[int, str]]) -> None:
    """Takes those of `tokens`, which stood in entries before, from the words of their part if no other has them."""
    everywhere = (places_of(Kind.FILM)[0], places_of(Kind.SOURCE)[1])
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
    """Adds to the words of each part that a mistyped one may have meant."""
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
    """The words of each part, up to 500 at a time."""
    words: dict[int, list[str]] = defaultdict(list)
    for part, word in sorted(tokens):
        words[part].append(word)
    for part, of_part in words.items():
        yield from ((part, of_part[start : start + BATCH]) for start in range(0, len(of_part), BATCH))
