"""Keeping the entries right: what the database has noted as changed is made anew from the record."""

import logging
from collections import defaultdict
from collections.abc import Iterable

from django.db import DatabaseError, connection
from django.db.models.functions import Left

from portal.search.entries import entries_of
from portal.search.models import Change, Entry, Kind, Spelling, places_of
from portal.search.questions import Term
from portal.search.triggers import form
from portal.search.words import is_spellable, variants

logger = logging.getLogger(__name__)
BATCH = 500
# What one visitor's search may have to wait for; the command does the rest.
AT_A_SEARCH, SECONDS = 2000, 2


def refresh(limit: int | None = None, seconds: int = 20) -> int:
    """
    Makes the entries of what has changed anew, in transactions of up to 500 changes, until nothing is left or `limit`
    changes were seen to. Returns their number. Waits `seconds` for another process that does the same; OperationalError
    after that.
    """
    done = 0
    while limit is None or done < limit:
        if not (seen_to := _refresh_some(seconds)):
            break
        done += seen_to
    return done


def refresh_for_search() -> None:
    """What a search does first. It never fails: with an index that can't be renewed one still finds what is in it."""
    try:
        if Change.objects.exists():
            refresh(AT_A_SEARCH, SECONDS)
    except DatabaseError:
        logger.warning("The index of the search could not be renewed", exc_info=True)


def settle() -> None:
    """Lets the database tidy its index and look again at what is in it, which searches are the quicker for."""
    with connection.cursor() as cursor:
        for statement in form().SETTLE:
            cursor.execute(statement)


def _refresh_some(seconds: int) -> int:
    with form().alone(connection, seconds):
        changes = list(Change.objects.order_by("pk")[:BATCH])
        changed: dict[Kind, set[int]] = defaultdict(set)
        for change in changes:
            changed[Kind(change.kind)].add(change.object_id)
        words: set[str] = set()
        tokens: set[str] = set()
        for kind, object_ids in changed.items():
            made = [entry for entry, _words in entries_of(kind, object_ids)]
            former = Entry.objects.filter(kind=kind, object_id__in=object_ids)
            tokens.update(*(found_by.split() for found_by in former.values_list("tokens", flat=True)))
            former.delete()
            Entry.objects.bulk_create(made)
            # What is matched, not what is written: a word that stands in a hidden entry alone must match no other.
            words |= {token for entry in made for token in entry.tokens.split() if is_spellable(token)}
        _forget(tokens - words)
        _learn(words)
        Change.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def _forget(tokens: Iterable[str]) -> None:
    """Takes those of `tokens`, which stood in entries before, from the words if they stand in no other."""
    everywhere = (places_of(Kind.FILM)[0], places_of(Kind.SOURCE)[1])
    tokens = sorted(tokens)
    for start in range(0, len(tokens), BATCH):
        known = Spelling.objects.filter(word__in=tokens[start : start + BATCH], variant=Left("word", 7))
        unused = []
        with connection.cursor() as cursor:
            for word in known.values_list("word", flat=True):
                cursor.execute(f"SELECT EXISTS ({form().ANY})", [form().expression([[(Term(word),)]]), *everywhere])
                if not cursor.fetchone()[0]:
                    unused.append(word)
        Spelling.objects.filter(word__in=unused).delete()


def _learn(words: Iterable[str]) -> None:
    """Adds to the words that a mistyped one may have meant."""
    words = sorted(words)
    for start in range(0, len(words), BATCH):
        some = words[start : start + BATCH]
        known = Spelling.objects.filter(word__in=some, variant=Left("word", 7))
        new = set(some) - set(known.values_list("word", flat=True))
        Spelling.objects.bulk_create(
            (Spelling(variant=variant, word=word) for word in sorted(new) for variant in sorted(variants(word))),
            batch_size=BATCH,
            ignore_conflicts=True,
        )
