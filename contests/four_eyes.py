"""
Four eyes on a result: whose decision it is who won what, as the history has it, so that somebody else approves it.

Only what holds now counts. What was taken back, steps, and changes to an order, a text or a source decide nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet

from accounts.models import User
from accounts.pairs import counts_as
from contests.models import Award, Category, Credit, Recognition, Submission
from people.models import Person

#: The columns that say who won what.
WHO_WON_WHAT = ("award_id", "submission_id", "person_id", "standing")
#: And those that say it in words, of the award, the work, its makers and the person.
IN_WORDS: dict[type[Model], tuple[str, ...]] = {
    Award: ("name", "kind"),
    Submission: ("title", "original_title", "category_id", "status"),
    Category: ("name",),
    Credit: ("submission_id", "person_id", "role"),
    Person: ("name", "native_name"),
}


@dataclass(frozen=True)
class Version:
    """An entry of a history: who made it, when, of what type, and what the columns in question held."""

    at: datetime
    type: str
    user: int | None
    values: tuple[Any, ...]


def last_decision(versions: Sequence[Version]) -> Version | None:
    """The entry from which on a row says what it says now; the oldest version comes first."""
    decision = before = None
    for version in versions:
        if version.type == "-":
            before = None
        if version.type == "-" or before is None or version.values != before.values:
            decision = version
        before = None if version.type == "-" else version
    return decision


def entered_by(actor: User, rows: QuerySet[Recognition]) -> list[Recognition]:
    """
    Those of `rows` that `actor` may not approve: it was they who last set who won what, or who have changed since what
    the award, the work, its makers or the person are called; or an account that counts as the same person. None where
    the portal is run by a single editor (`SINGLE_EDITOR`). What a fixture or a command brought and nobody changed is
    nobody's decision. The number of statements does not depend on that of `rows`.
    """
    if settings.SINGLE_EDITOR:
        return []
    found = list(rows.select_related("award", "submission", "person"))
    hands = hands_of(found)
    persons = counts_as({actor.pk}.union(*hands.values()))
    return [row for row in found if persons[actor.pk] in {persons[hand] for hand in hands[row.pk]}]


def others(accounts: Iterable[User], rows: QuerySet[Recognition]) -> list[User]:
    """Those of `accounts` that may approve all of `rows`: they count as nobody who decided on one of them."""
    accounts = list(accounts)
    deciders = set().union(*hands_of(rows).values()) if not settings.SINGLE_EDITOR else set()
    persons = counts_as(deciders | {account.pk for account in accounts})
    taken = {persons[decider] for decider in deciders}
    return [account for account in accounts if persons[account.pk] not in taken]


def hands_of(rows: Iterable[Recognition]) -> dict[int, set[int]]:
    """The accounts whose decision each of `rows` is, by primary key."""
    rows = list(rows)
    set_by = _decisions(Recognition, {row.pk for row in rows}, WHO_WON_WHAT)
    films = {row.submission_id for row in rows if row.submission_id}
    categories = dict(Submission.objects.filter(pk__in=films).values_list("pk", "category_id").order_by())
    credits = dict(Credit.history.filter(submission_id__in=films).values_list("id", "submission_id").order_by())
    makers = defaultdict(set)
    for pk, person, film in Credit.objects.filter(submission__in=films).values_list("pk", "person_id", "submission_id"):
        makers[film].add(person)
        credits[pk] = film
    people = {row.person_id for row in rows if row.person_id} | {pk for keys in makers.values() for pk in keys}
    named = {
        Award: _decisions(Award, {row.award_id for row in rows}, IN_WORDS[Award]),
        Submission: _decisions(Submission, films, IN_WORDS[Submission]),
        Category: _decisions(Category, set(filter(None, categories.values())), IN_WORDS[Category]),
        Credit: _decisions(Credit, set(credits), IN_WORDS[Credit]),
        Person: _decisions(Person, people, IN_WORDS[Person]),
    }
    parts = defaultdict(list)
    for pk, film in credits.items():
        parts[film].append(pk)
    hands = {}
    for row in rows:
        first = set_by.get(row.pk)
        beside = [named[Award].get(row.award_id), named[Submission].get(row.submission_id)]
        beside.append(named[Category].get(categories.get(row.submission_id)))
        beside += [named[Person].get(pk) for pk in (row.person_id, *makers[row.submission_id])]
        beside += [named[Credit].get(pk) for pk in parts[row.submission_id]]
        later = [version for version in beside if version and (first is None or version.at > first.at)]
        hands[row.pk] = {version.user for version in (first, *later) if version and version.user}
    return hands


def _decisions(model: type[Model], keys: set[int], columns: tuple[str, ...]) -> dict[int, Version]:
    """Of each row of `model` among `keys`, the entry of the history from which on `columns` say what they say now."""
    entries = model.history.filter(id__in=keys).order_by("id", "history_id")  # type: ignore[attr-defined]
    if hasattr(entries.model, "step"):
        entries = entries.filter(step="")
    told = entries.values_list("id", "history_date", "history_type", "history_user_id", *columns)
    decided = {}
    for pk, group in groupby(told.iterator(), key=lambda entry: entry[0]):
        versions = [Version(at, kind, user, tuple(values)) for _pk, at, kind, user, *values in group]
        if decision := last_decision(versions):
            decided[pk] = decision
    return decided
