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
from django.db.models import Model

from accounts.models import User
from accounts.same_person import counts_as
from contests.models import Award, Category, Credit, CreditRole, Party, Recognition, Submission, Work
from contests.recognition_querysets import RecognitionQuerySet
from people.models import Organisation, Person

#: The columns of a recognition that define what was won. Who won it is in the related rows.
WHO_WON_WHAT = Recognition.WON
#: For each model that a result refers to, the columns that describe the result in words, such as names and titles.
IN_WORDS: dict[type[Model], tuple[str, ...]] = {
    Award: ("name", "kind"),
    Submission: ("title", "original_title", "status", "work_id"),
    Work: ("title", "original_title"),
    Category: ("name",),
    Credit: ("work_id", "person_id", "organisation_id", "role_id", "credited_as"),
    CreditRole: ("slug", "is_author"),
    Party: ("recognition_id", "person_id", "organisation_id", "part", "credited_as"),
    Person: ("name", "native_name"),
    Organisation: ("name",),
}


Keys = defaultdict[int, set[int]]
Pairs = defaultdict[int, set[tuple[type[Model], int]]]
#: The models to which credits and parties refer, with the column that does.
REFERRED: dict[type[Model], str] = {Person: "person_id", Organisation: "organisation_id", CreditRole: "role_id"}


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


def entered_by(actor: User, rows: RecognitionQuerySet) -> list[Recognition]:
    """
    Return those of `rows` that `actor` may not approve, because `actor` entered them, or another account of the same
    person did. A recognition was entered by the last user who changed its columns in `WHO_WON_WHAT`, its works or its
    parties, and by all users who have since changed a column in `IN_WORDS` of a row that the recognition refers to.
    Anyone may approve rows that a fixture or a command created and nobody changed. Return an empty list if the setting
    `SINGLE_EDITOR` is on. The number of SQL statements does not grow with the number of rows.
    """
    if settings.SINGLE_EDITOR:
        return []
    found = list(rows.for_names())
    hands = hands_of(found)
    persons = counts_as({actor.pk}.union(*hands.values()))
    return [row for row in found if persons[actor.pk] in {persons[hand] for hand in hands[row.pk]}]


def others(accounts: Iterable[User], rows: Iterable[Recognition]) -> list[User]:
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
    keys = [row.pk for row in rows]
    set_by, linked_by = _decisions(Recognition, set(keys), WHO_WON_WHAT), _last_links(Recognition, "submissions", keys)
    works = _linked(Recognition.submissions.through, "recognition_id", "submission_id", recognition__in=keys)
    all_works = {work for own in works.values() for work in own}
    entered = dict(Submission.objects.filter(pk__in=all_works).values_list("pk", "work_id").order_by())
    categories = _linked(Submission.categories.through, "submission_id", "category_id", submission__in=all_works)
    sorted_by = _last_links(Submission, "categories", all_works)
    credits, makers = _parts(Credit, "work_id", set(entered.values()), (Person, Organisation, CreditRole))
    parties, recipients = _parts(Party, "recognition_id", keys, (Person, Organisation))
    referred = {pair for found in (makers, recipients) for pairs in found.values() for pair in pairs}
    asked: dict[type[Model], set[int]] = {
        Award: {row.award_id for row in rows},
        Submission: all_works,
        Work: set(entered.values()),
        Category: {pk for own in categories.values() for pk in own},
        Credit: {pk for own in credits.values() for pk in own},
        Party: {pk for own in parties.values() for pk in own},
        **{model: {pk for its_model, pk in referred if its_model is model} for model in REFERRED},
    }
    named = {model: _decisions(model, its_keys, IN_WORDS[model]) for model, its_keys in asked.items()}
    hands = {}
    for row in rows:
        # Who won what is decided by the row, its works and its parties. The last decision about them counts.
        decisions = [set_by.get(row.pk), linked_by.get(row.pk), *(named[Party].get(pk) for pk in parties[row.pk])]
        first = max(filter(None, decisions), key=lambda version: version.at, default=None)
        pairs: set[tuple[type[Model], int]] = {(Award, row.award_id), *recipients[row.pk]}
        for entry in works[row.pk]:
            pairs |= {(Submission, entry), (Work, entered[entry]), *makers[entered[entry]]}
            pairs |= {(Category, pk) for pk in categories[entry]}
            pairs |= {(Credit, pk) for pk in credits[entered[entry]]}
        about = [named[model].get(pk) for model, pk in pairs]
        about += [sorted_by.get(entry) for entry in works[row.pk]]
        later = [version for version in about if version and (first is None or version.at > first.at)]
        hands[row.pk] = {version.user for version in (first, *later) if version and version.user}
    return hands


def _linked(model: Any, owner: str, column: str, **of: Any) -> Keys:
    """Return a dict from each value of the column `owner` of the rows `of` to the values of `column`."""
    found: Keys = defaultdict(set)
    for key, value in model._base_manager.filter(**of).values_list(owner, column).order_by():
        found[key].add(value)
    return found


def _parts(model: Any, owner: str, keys: Iterable[int], refers_to: Sequence[type[Model]]) -> tuple[Keys, Pairs]:
    """
    Return two dicts for the parts of the rows `keys`, such as the credits of works. `owner` is the column of the parts
    that refers to these rows. The first dict has the primary keys of the parts, deleted ones too. The second has the
    rows of the models `refers_to` to which the present parts refer, as pairs of model and primary key.
    """
    of = {f"{owner}__in": list(keys)}
    parts = _linked(model.history.model, owner, "id", **of)
    referred: Pairs = defaultdict(set)
    columns = [REFERRED[each] for each in refers_to]
    for key, pk, *values in model._base_manager.filter(**of).values_list(owner, "pk", *columns).order_by():
        parts[key].add(pk)
        referred[key].update((each, value) for each, value in zip(refers_to, values, strict=True) if value)
    return parts, referred


def _last_links(model: Any, relation: str, keys: Iterable[int]) -> dict[int, Version]:
    """
    Return {primary key: version} for the rows of `model` in `keys`: the version that gave the row its present rows in
    the many-to-many field `relation`. The history keeps these rows for each version.
    """
    keys, field = list(keys), model._meta.get_field(relation)
    own = {f"{field.m2m_field_name()}__in": keys}
    between = getattr(model.history.model, relation).model
    links = _linked(between, "history_id", f"{field.m2m_reverse_field_name()}_id", **own)
    told = model.history.filter(id__in=keys, step="").order_by("id", "history_id")
    rows = told.values_list("id", "history_id", "history_date", "history_type", "history_user_id")
    decided = {}
    for pk, group in groupby(rows.iterator(), key=lambda entry: entry[0]):
        versions = [Version(at, kind, user, tuple(sorted(links[number]))) for _pk, number, at, kind, user in group]
        if decision := last_decision(versions):
            decided[pk] = decision
    return decided


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
