"""
The four-eyes rule: a result must be approved by somebody who did not decide it. This module finds out from the history
who decided a result.

A decision is a change to the columns in `WHO_WON_WHAT` or `IN_WORDS`. Only the decisions that led to the present values
count: not changes that were undone, and not approvals or other changes of state.
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
from accounts.same_person import counts_as
from contests.models import Award, Category, Credit, CreditRole, Recognition, Submission
from people.models import Organisation, Person

#: The columns of a recognition that define who won what.
WHO_WON_WHAT = ("award_id", "submission_id", "person_id", "standing")
#: For each model that a result refers to, the columns that describe the result in words, such as names and titles.
IN_WORDS: dict[type[Model], tuple[str, ...]] = {
    Award: ("name", "kind"),
    Submission: ("title", "original_title", "category_id", "status"),
    Category: ("name",),
    Credit: ("submission_id", "person_id", "organisation_id", "role_id", "credited_as"),
    CreditRole: ("slug",),
    Organisation: ("name",),
    Person: ("name", "native_name"),
}


@dataclass(frozen=True)
class Version:
    """
    A history record: its time, its type ("+", "~" or "-"), the primary key of the user, and the values of the columns
    that count as a decision.
    """

    at: datetime
    type: str
    user: int | None
    values: tuple[Any, ...]


def last_decision(versions: Sequence[Version]) -> Version | None:
    """
    Return the version that gave a row its present values. Return None if there are no versions. `versions` are all
    versions of the row, oldest first.
    """
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
    Return those of `rows` that `actor` may not approve, because `actor` entered them, or another account of the same
    person did. A recognition was entered by the last user who changed its columns in `WHO_WON_WHAT`, and by all users
    who have since changed a column in `IN_WORDS` of a row that the recognition refers to. Anyone may approve rows that
    a fixture or a command created and nobody changed. Return an empty list if the setting `SINGLE_EDITOR` is on. The
    number of SQL statements does not grow with the number of rows.
    """
    if settings.SINGLE_EDITOR:
        return []
    found = list(rows.select_related("award", "submission", "person"))
    hands = hands_of(found)
    persons = counts_as({actor.pk}.union(*hands.values()))
    return [row for row in found if persons[actor.pk] in {persons[hand] for hand in hands[row.pk]}]


def others(accounts: Iterable[User], rows: QuerySet[Recognition]) -> list[User]:
    """
    Return those of `accounts` that may approve all of `rows`: no account of the same person decided one of them.
    """
    accounts = list(accounts)
    deciders = set().union(*hands_of(rows).values()) if not settings.SINGLE_EDITOR else set()
    persons = counts_as(deciders | {account.pk for account in accounts})
    taken = {persons[decider] for decider in deciders}
    return [account for account in accounts if persons[account.pk] not in taken]


def hands_of(rows: Iterable[Recognition]) -> dict[int, set[int]]:
    """
    Return a dict from the primary key of each of `rows` to the primary keys of the accounts that decided this result.
    """
    rows = list(rows)
    set_by = _decisions(Recognition, {row.pk for row in rows}, WHO_WON_WHAT)
    works = {row.submission_id for row in rows if row.submission_id}
    categories = dict(Submission.objects.filter(pk__in=works).values_list("pk", "category_id").order_by())
    credits = dict(Credit.history.filter(submission_id__in=works).values_list("id", "submission_id").order_by())
    # For each work, the rows that its credits refer to, as pairs of model and primary key.
    named_in: dict[int, set[tuple[type[Model], int]]] = defaultdict(set)
    columns = ("person_id", "organisation_id", "role_id")
    for pk, work, *keys in Credit.objects.filter(submission__in=works).values_list("pk", "submission_id", *columns):
        referred = zip((Person, Organisation, CreditRole), keys, strict=True)
        named_in[work].update((model, key) for model, key in referred if key)
        credits[pk] = work
    makers = set[tuple[type[Model], int]]().union(*named_in.values())
    people = {row.person_id for row in rows if row.person_id} | {pk for model, pk in makers if model is Person}
    named: dict[type[Model], dict[int, Version]] = {
        Award: _decisions(Award, {row.award_id for row in rows}, IN_WORDS[Award]),
        Submission: _decisions(Submission, works, IN_WORDS[Submission]),
        Category: _decisions(Category, set(filter(None, categories.values())), IN_WORDS[Category]),
        Credit: _decisions(Credit, set(credits), IN_WORDS[Credit]),
        Person: _decisions(Person, people, IN_WORDS[Person]),
        **{
            model: _decisions(model, {pk for found, pk in makers if found is model}, IN_WORDS[model])
            for model in (Organisation, CreditRole)
        },
    }
    parts = defaultdict(list)
    for pk, work in credits.items():
        parts[work].append(pk)
    hands = {}
    for row in rows:
        first = set_by.get(row.pk)
        work, person = (
            row.submission_id or 0,
            row.person_id or 0,
        )  # The number 0 replaces None: no row has this primary key.
        about = [named[Award].get(row.award_id), named[Submission].get(work)]
        about.append(named[Category].get(categories.get(work) or 0))
        about += [named[Person].get(person), *(named[model].get(pk) for model, pk in named_in[work])]
        about += [named[Credit].get(pk) for pk in parts[work]]
        later = [version for version in about if version and (first is None or version.at > first.at)]
        hands[row.pk] = {version.user for version in (first, *later) if version and version.user}
    return hands


def _decisions(model: type[Model], keys: set[int], columns: tuple[str, ...]) -> dict[int, Version]:
    """
    Return {primary key: version} for the rows of `model` in `keys`: the version that gave `columns` of the row their
    present values. Rows without history are left out.
    """
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
