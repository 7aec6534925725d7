"""
Keep the search index up to date. Database triggers note which rows have changed; this module rebuilds the entries of
these rows. It runs at the end of each request that changes something in the admin (`middleware`), and in the commands
`loaddata` and `refresh_search`. A search never updates the index.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from multiprocessing import get_context
from signal import SIG_DFL, SIGTERM, signal
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from contests.models import AwardLine, Recognition, Submission
from people.models import Organisation, OrganisationName, Person
from record import bulk
from record.database_triggers import run
from search import ranks
from search.documents import MODELS, entries_of
from search.models import HIDDEN, NO_AWARD, OPEN, Change, Entry, Kind, Part, Reason, Spelling
from search.partitions import mark_of, parts_of, unmarked
from search.query import Term
from search.tokenizer import is_spellable, variants
from search.triggers import form
from search.visibility_columns import below, deciding_moments

logger = logging.getLogger(__name__)
# The most changes that are processed in one transaction, and rows in some statements.
BATCH, SOME = 2_000, 500
# The most changes that one request of an editor processes, and the seconds that it waits if another process is updating
# the index. The command `refresh_search` processes the remaining changes.
AT_A_REQUEST, SECONDS_OF_REQUEST = 10_000, 2
# The seconds that other updates wait, and the number of changes that several processes share.
SECONDS, MANY = 20, 20_000


def refresh(
    limit: int | None = None,
    seconds: int = SECONDS,
    say: Callable[[int], object] = lambda _done: None,
    *,
    may_fork: bool = False,
) -> int:
    """
    Rebuild the entries of changed rows, in transactions of some changes (`MOST_AT_ONCE`), until none of the present
    changes (see `due`) is left or at least `limit` changes are processed. Return the number of processed changes. If
    another process is updating the index, wait up to `seconds` for it, then raise OperationalError. Report the number
    of processed changes with `say`. If `may_fork`, several processes share many changes; then the caller must have no
    other thread.
    """
    done = 0
    opened = _open_parts(limit)
    may_fork = may_fork and form().HAS_MANY_WRITERS and not connection.in_atomic_block
    if may_fork and due().count() > MANY:
        done = _refresh_together(say)
    # Editors may save faster than this loop processes, so later changes must not keep it going.
    last = Change.objects.aggregate(last=Max("pk"))["last"] or 0
    most = min(BATCH, form().MOST_AT_ONCE)
    while (number := most if limit is None else min(most, limit - done)) > 0:
        if processed := _refresh_some(seconds, number, last):
            done += processed
            say(done)
        if processed < number:
            break  # These were all.
        if not connection.in_atomic_block:
            time.sleep(form().PAUSE)
    Part.objects.filter(pk__in=opened).exclude(pk__in=Entry.objects.values("part")).delete()
    return done


def refresh_quietly(limit: int | None = AT_A_REQUEST) -> None:
    """
    Like `refresh`, but log errors instead of raising them. The changed rows are already committed, so an error must not
    fail the request. The next update processes the changes that are left.
    """
    try:
        opened = Part.objects.filter(public_from__lte=timezone.now()).values("pk")
        is_due = Change.objects.values("pk").union(opened, all=True).exists()
        done = refresh(limit, SECONDS_OF_REQUEST) if is_due else 0
        if limit is not None and done >= limit:
            logger.warning("At least %d rows have changed: run refresh_search to update the search index", limit)
    except (OperationalError, IntegrityError) as error:
        # Another process is updating the index or writing, or the database is away. The changes wait.
        logger.warning("The search index is updated later (%s)", type(error).__name__)
    except Exception:
        logger.exception("The search index could not be updated: run refresh_search")


def due() -> QuerySet[Change]:
    """
    Return the changes that the next update processes. While another transaction is changing the record, these are not
    the changes with the reason AGAIN.

    Of two transactions that overlap, neither sees what the other changes. If one renames a person, and the other adds a
    credit of this person to a work, then only the second notes the work. If the entry of the work is rebuilt before the
    first transaction ends, it contains the old name. So an update that runs meanwhile leaves a note of each row that it
    processes, with the reason AGAIN. This note waits until there is a moment without such a transaction, because each
    of them may overlap with another.
    """
    changes = Change.objects.all()
    return changes.exclude(reason=Reason.AGAIN) if form().others_are_writing(connection) else changes


def settle() -> None:
    """Optimise the index and update the database's statistics, which makes searches faster."""
    with connection.cursor() as cursor:
        for statement in form().SETTLE:
            cursor.execute(statement)


def _open_parts(limit: int | None) -> list[int]:
    """
    For each part of the index whose reveal time has passed, create a `Change` for each of its entries, so that the
    update moves them to the public part. Also create a `Change` for each work with an award that becomes public at this
    time (see `_await_awards`), each continuing award that had one of its names then, and each person and organisation
    whose rank changes (see `ranks`). Return the primary keys of these parts. If there is a `limit`, stop when that many
    changes are waiting, so that a failed update doesn't create the same changes again and again.
    """
    opened: list[int] = []
    for part in Part.objects.filter(public_from__lte=timezone.now()):
        room = None if limit is None else limit - due().count()
        if room is not None and room <= 0:
            break
        of_awards = Q(recognitions__reveal_at=part.public_from)
        of_awards |= Q(contest__reveal_at=part.public_from) | Q(contest__published_at=part.public_from)
        works = Submission.objects.filter(of_awards, reveal_at__isnull=False).order_by().values_list("pk", flat=True)
        lines = AwardLine.objects.filter(awards__contest__published_at=part.public_from).order_by()
        noted = [Change(kind=Kind.AWARD_LINE, object_id=line.pk, reason=Reason.REBUILD) for line in lines.distinct()]
        noted += [Change(kind=Kind.WORK, object_id=work, reason=Reason.REBUILD) for work in works.distinct()]
        for kind, rows in ranks.rows_at(part.public_from):
            noted += [Change(kind=kind, object_id=row, reason=Reason.VISIBILITY) for row in sorted(rows)]
        waiting = Entry.objects.filter(part=part.pk).values_list("kind", "object_id")[:room]
        noted += [Change(kind=kind, object_id=row, reason=Reason.VISIBILITY) for kind, row in waiting]
        Change.objects.bulk_create(noted, batch_size=BATCH)
        opened.append(part.pk)
    return opened


def _await_awards(works: Iterable[int], now: datetime) -> None:
    """
    Create a `Part` for each future time at which another award of one of `works` becomes public. The first update of
    the index after this time rebuilds the entry of the work (see `_open_parts`). No trigger can note this, because no
    row changes at that time. This concerns only works with a `reveal_at` of their own: their entries contain only
    awards that are already public.
    """
    awards = Recognition.submissions.through.objects.filter(
        submission__among=list(works), submission__reveal_at__isnull=False, recognition__approved_at__isnull=False
    )
    contest = "recognition__award__contest__"
    times = awards.order_by().values_list("recognition__reveal_at", f"{contest}reveal_at", f"{contest}published_at")
    for moment in {moment for row in times.distinct() for moment in row if moment and moment > now}:
        Part.objects.get_or_create(public_from=moment)


def _refresh_together(say: Callable[[int], object]) -> int:
    """
    Process all changes, except those of sources, in several processes, each with a connection of its own. Meanwhile,
    this process keeps other updates of the index away. Return the number of processed changes.
    """
    done = 0
    connection.close()  # The processes must not share it.
    with get_context("fork").Pool(initializer=_end_on_signal) as pool, form().alone(connection, SECONDS):
        for processed, former in pool.imap_unordered(_refresh_range, _ranges()):
            _forget(former)
            done += processed
            say(done)
        # Let the processes end by themselves. Otherwise `with` sends each a signal.
        pool.close()
        pool.join()
    return done


def _end_on_signal() -> None:
    """Don't inherit a handler, such as that of a worker for tasks. The pool waits until its processes have ended."""
    signal(SIGTERM, SIG_DFL)


def _ranges() -> list[tuple[int, int, int]]:
    """Return all changed rows, except sources, in ranges of `BATCH` rows: the kind, the first and the last id."""
    ranges = []
    for kind in set(Kind) - {Kind.SOURCE}:
        rows = due().filter(kind=kind).order_by("object_id").values_list("object_id", flat=True).distinct()
        ids = rows.iterator()
        while some := list(islice(ids, BATCH)):
            ranges.append((kind.value, some[0], some[-1]))
    return ranges


def _refresh_range(some: tuple[int, int, int]) -> tuple[int, set[tuple[int, str]]]:
    """Process the changes in one of the ranges. Return their number, and the words of entries that are gone."""
    kind, first, last = some
    with transaction.atomic():
        run(form().PREPARE)
        changes = list(Change.objects.filter(kind=kind, object_id__range=(first, last)))
        return len(changes), _process(changes, is_alone=False)


def _refresh_some(seconds: int, number: int, last: int) -> int:
    """
    Process the oldest `number` changes that are due, and all other changes of the same rows, in one transaction. Return
    the number of processed changes. It can be larger than `number`, because a row often has several changes. Do nothing
    if all changes that are due have higher primary keys than `last`.
    """
    with form().alone(connection, seconds):
        run(form().PREPARE)
        changes = _changes_of_rows(number, last)
        if changes:
            _forget(_process(changes))
    return len(changes)


def _process(changes: list[Change], *, is_alone: bool = True) -> set[tuple[int, str]]:
    """
    Process `changes` in the current transaction. Return the words of entries that are gone. `is_alone` says that no
    other process processes changes at the same time.
    """
    # A transaction may end at any time. So look for others before the first row of the record is read.
    is_final = not form().others_are_writing(connection)
    # For each kind, a dict that maps the id of each changed row to whether its texts are the same as in its entry.
    changed: dict[Kind, dict[int, bool]] = defaultdict(dict)
    for change in changes:
        of_kind = changed[Kind(change.kind)]
        # Which names the entry of a continuing award has also depends on what is public.
        has_its_texts = change.reason == Reason.VISIBILITY and change.kind != Kind.AWARD_LINE
        of_kind[change.object_id] = of_kind.get(change.object_id, True) and has_its_texts
    now = timezone.now()
    still_to_come = cache(lambda: deciding_moments(now))
    words: set[tuple[int, str]] = set()
    former: set[tuple[int, str]] = set()
    # Sources come last, because a source can become public through a person or an organisation; organisations come
    # after people for the same reason.
    for kind in sorted(Kind):
        if not changed[kind]:
            continue
        parts = parts_of(MODELS[kind].objects, changed[kind], now, still_to_come)
        moved = _renew(kind, changed[kind], parts, now, words, former)
        if kind == Kind.WORK:
            _await_awards(changed[kind], now)
        if still_to_come():
            ranks.wait_for_recognitions(kind, changed[kind], now)
        for other, ids in _shown_through(kind, moved):
            if is_alone:
                changed[other] = dict.fromkeys(ids, True) | changed[other]
            else:  # Two processes must not renew the same row.
                Change.objects.bulk_create(Change(kind=other, object_id=row, reason=Reason.VISIBILITY) for row in ids)
    _learn(words)
    # Delete only the changes that were read, because another process may have noted further changes of these rows.
    done = Change.objects.filter(pk__among=[change.pk for change in changes])
    done._raw_delete(done.db)
    if not is_final:
        rows = sorted({(change.kind, change.object_id) for change in changes})
        bulk.insert(Change, [{"kind": kind, "object_id": row, "reason": Reason.AGAIN} for kind, row in rows])
    return former - words


def _changes_of_rows(number: int, last: int) -> list[Change]:
    """Return the changes that `_refresh_some` processes."""
    by_kind: dict[int, set[int]] = defaultdict(set)
    oldest = list(due().order_by("pk").values_list("pk", "kind", "object_id")[:number])
    if not oldest or oldest[0][0] > last:
        return []
    for _pk, kind, row in oldest:
        by_kind[kind].add(row)
    return [
        change for kind, ids in by_kind.items() for change in Change.objects.filter(kind=kind, object_id__among=ids)
    ]


def _renew(
    kind: Kind,
    changed: dict[int, bool],
    parts: dict[int, int],
    now: datetime,
    words: set[tuple[int, str]],
    former: set[tuple[int, str]],
) -> list[int]:
    """
    Rebuild the entries of the rows whose ids are in `changed`, except if the texts (True in `changed`), the part of the
    index and the rank at the time `now` are the same as before. `parts` maps row ids to the new parts. Add the words of
    the new entries to `words` and those of the old entries to `former`. Return the ids of the rows that are in another
    part than before.
    """
    entries = Entry.objects.filter(kind=kind, object_id__among=changed)
    was = {row: (part, weight) for row, part, weight in entries.values_list("object_id", "part", "weight")}
    moved = [row for row in changed if was.get(row, (HIDDEN, None))[0] != parts.get(row, HIDDEN)]
    weights = ranks.weights(kind, parts, now)
    anew = {
        row: parts[row]
        for row, is_same in changed.items()
        if not is_same or was.get(row) != (parts[row], weights.get(row, NO_AWARD))
    }
    if was:
        entries = entries.filter(object_id__among=anew)
        former |= _words_of(entries.values_list("tokens", flat=True))
        entries.delete()
    made: list[dict[str, Any]] = []
    found: dict[int, set[str]] = defaultdict(set)
    for entry, tokens in entries_of(kind, anew, weights):
        made.append(entry)
        found[entry["part"]] |= tokens
    bulk.insert(Entry, made)
    for part, tokens in found.items():
        marks = {OPEN} if part == OPEN else {HIDDEN, part}
        words |= {(each, word) for word in tokens if is_spellable(word) for each in marks}
    return moved


def _words_of(tokens: Iterable[str]) -> set[tuple[int, str]]:
    """
    Return a set of pairs (part, word) with the words in which typos can be recognised. `tokens` contains the stored
    tokens of each entry as one string. Thanks to the part, a word of a hidden entry never serves to correct a visitor's
    query.
    """
    found_by = (unmarked(token) for of_entry in tokens for token in of_entry.split())
    return {(part, word) for part, word in found_by if is_spellable(word)}


def _shown_through(kind: Kind, moved: list[int]) -> Iterator[tuple[Kind, list[int]]]:
    """
    Yield the organisations and sources whose visibility depends on the people or organisations `moved`: pairs of a kind
    and ids. Needs one SQL statement for each pair.
    """
    if not moved:
        return
    if kind == Kind.PERSON:
        ids = ", ".join(f"{person:d}" for person in moved)
        found = list(below(Person, ids))
        for other in (Kind.ORGANISATION, Kind.SOURCE):
            yield other, _ids(" UNION ".join(sql for each, sql in found if each == other))
    elif kind == Kind.ORGANISATION:
        cited = [
            Organisation.sources.through._default_manager.filter(organisation__among=moved).values_list("source_id"),
            OrganisationName._default_manager.filter(organisation__among=moved).order_by().values_list("source_id"),
        ]
        yield Kind.SOURCE, [source for (source,) in cited[0].union(cited[1]) if source]


def _ids(sql: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row for (row,) in cursor.fetchall() if row]


def _forget(tokens: Iterable[tuple[int, str]]) -> None:
    """
    Delete the words in `tokens` from `Spelling`, unless an entry in the same part of the index still contains them.
    `tokens` are pairs (part, word).
    """
    for part, words in _by_part(tokens):
        known = Spelling.objects.filter(part=part, word__in=words, variant=Left("word", 7))
        unused = []
        with connection.cursor() as cursor:
            for word in known.values_list("word", flat=True):
                used = [form().any_match([[(Term(word),)]], [mark_of(part)], kind) for kind in Kind]
                anywhere = " OR ".join(f"EXISTS ({sql})" for sql, _parameters in used)
                cursor.execute(f"SELECT {anywhere}", [each for _sql, parameters in used for each in parameters])
                if not cursor.fetchone()[0]:
                    unused.append(word)
        Spelling.objects.filter(part=part, word__in=unused).delete()


def _learn(tokens: Iterable[tuple[int, str]]) -> None:
    """
    Add the words in `tokens` to `Spelling`, which serves to correct mistyped queries. `tokens` are pairs (part, word).
    """
    for part, words in _by_part(tokens):
        known = Spelling.objects.filter(part=part, word__in=words, variant=Left("word", 7))
        new = set(words) - set(known.values_list("word", flat=True))
        Spelling.objects.bulk_create(
            (
                Spelling(part=part, variant=variant, word=word)
                for word in sorted(new)
                for variant in sorted(variants(word))
            ),
            batch_size=SOME,
            ignore_conflicts=True,
        )


def _by_part(tokens: Iterable[tuple[int, str]]) -> Iterable[tuple[int, list[str]]]:
    """
    Yield pairs (part, list of words). A list has at most 500 words, so a part with more words is yielded several times.
    """
    words: dict[int, list[str]] = defaultdict(list)
    for part, word in sorted(tokens):
        words[part].append(word)
    for part, of_part in words.items():
        yield from ((part, of_part[start : start + SOME]) for start in range(0, len(of_part), SOME))
