"""
The work of an entry: made from the entry if an editor has not chosen one, and kept in step with its only entry.

An editor enters an entry on one page, without thinking about works. So a new work takes its values from its first
entry, but not its sources: they may be about a contest that the public must not see yet. As long as the work has no
other entry, a value that both share is changed in both.

An entry may be the first public one of a work that was entered before in a hidden contest. Then the work must not show
what the hidden entry says: `refuse_other_titles` and `say_the_same` see to that.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from contests.models import Submission, Work
from contests.visibility import Results
from record.forms import free_slug
from record.history import keep_first_version
from record.slugs import MAX_LENGTH, slug_from
from record.viewpoint import Viewpoint

#: The beginning of the reason in the history of a work for a change that came with the same change of its entry.
WITH_ENTRY = "Changed with its entry"
#: The same for a change of the only entry of a work that came with the same change of the work.
WITH_WORK = "Changed with its work"
#: The fields of a work, each with the field of an entry that says the same.
SHARED = {
    "title": "title",
    "title_language": "title_language",
    "original_title": "original_title",
    "original_title_language": "original_title_language",
    "year_from": "year",
    "countries": "countries",
    "languages": "language",
}


def values_from(entry: Submission) -> dict[str, Any]:
    """Return the values of the fields of a work that `entry` also has."""
    return {name: entry.serializable_value(of_entry) for name, of_entry in SHARED.items()}


def blanks_of_entry(work: Work, typed: Mapping[str, Any]) -> dict[str, str]:
    """
    Return the values of a new entry of `work` for those of its fields that are blank in `typed`: the title with its
    language, and the spoken language if the work has only one.
    """
    taken: dict[str, str] = {}
    if not typed.get("title"):
        taken |= {"title": work.title} | (
            {} if typed.get("title_language") else {"title_language": work.title_language}
        )
    if not typed.get("language") and "," not in work.languages:
        taken["language"] = work.languages
    return {name: value for name, value in taken.items() if value}


def work_for(entry: Submission, *, actor: User | None = None) -> Work:
    """
    Save a new work with the values of `entry` and return it. It cites no sources. Its slug is made from the title, with
    a number if another work has that slug. `entry` itself does not change.
    """
    work = Work(**values_from(entry), slug=slug_for(entry.title))
    work._history_user = actor
    work.save()
    return work


def keep_in_step(entry: Submission, stored: Submission, *, actor: User, reason: str) -> None:
    """
    Give the work of `entry` the values of `entry` that are about to change, if the work has no other entry and said the
    same as the entry before. `stored` is the entry as it is in the database. Needs a transaction.
    """
    if entry.work_id != stored.work_id:
        return
    # Saving a work writes all its columns, so nobody may change it between this query and the save.
    work = Work.objects.select_for_update().get(pk=stored.work_id)
    if work.entries.exclude(pk=entry.pk).exists():
        return
    before, after = values_from(stored), values_from(entry)
    turned = [name for name, value in before.items() if value != after[name] and _value(work, name) == value]
    _change(work, {name: after[name] for name in turned}, actor, f"{WITH_ENTRY}: {reason}" if reason else WITH_ENTRY)


def keep_entry_in_step(work: Work, stored: Work, *, actor: User, reason: str) -> None:
    """
    Give the only entry of `work` the values of `work` that have changed, if the entry said the same as the work before.
    `stored` is the work as it was. A value that an entry can't have stays as it was. Needs a transaction.
    """
    entries = list(Submission.objects.select_for_update().filter(work=work.pk).order_by("pk")[:2])
    if len(entries) != 1:
        return
    entry, said = entries[0], values_from(entries[0])
    values = {}
    for name, of_entry in SHARED.items():
        if said[name] != _value(stored, name) or said[name] == _value(work, name):
            continue
        try:
            field: Any = Submission._meta.get_field(of_entry)
            values[of_entry] = field.clean(_value(work, name), entry)
        except ValidationError:
            continue
    _change(entry, values, actor, f"{WITH_WORK}: {reason}" if reason else WITH_WORK)


def refuse_other_titles(entry: Submission) -> None:
    """
    Raise `ValidationError` if `entry` has another title than its work, neither is public yet, and an entry in another
    contest has the title of the work: whichever contest is public first, the page of the work would show the title that
    the other contest still hides.
    """
    if entry.work_id is None:
        return
    said_otherwise = [
        (name, said)
        for name in ("title", "original_title")
        if (said := _value(entry.work, name)) and said != _value(entry, name)
    ]
    # Without another title, no SQL statement is needed: an import checks thousands of entries.
    if not said_otherwise or not (others := _hidden_with(entry)) or _is_in_public(entry):
        return
    for name, said in said_otherwise:
        if said in {_value(other, name) for other in others}:
            raise ValidationError(
                {
                    "work": _(
                        "This work has no public entry yet, and its title “%(title)s” is that of a hidden entry. Use "
                        "the same titles here, or leave the work blank and merge the two works when both are public."
                    )
                    % {"title": said}
                }
            )


def say_the_same(entry: Submission, *, actor: User) -> None:
    """
    Before `entry` becomes an entry of its work, make sure that the work shows nothing from its hidden entries: if none
    of its entries is public, replace the values that the work shares with one of them. In a contest with public
    results, the work takes the values of `entry`. Otherwise values on which the entries differ become blank. The slug
    is made again from the title, because a hidden entry may have had another title. Needs a transaction.
    """
    others = _hidden_with(entry)
    if not others:
        return
    work = Work.objects.select_for_update().get(pk=entry.work_id)
    _change(work, same_values(entry, work, others), actor, "Shows nothing from hidden entries")


def same_values(entry: Submission, work: Work, others: Iterable[Submission]) -> dict[str, Any]:
    """
    Return the values that `work` gets when `entry` becomes its entry, as `say_the_same` describes them. `others` has
    its other entries; none of them is public.
    """
    own, hidden, is_in_public = values_from(entry), [values_from(other) for other in others], _is_in_public(entry)
    values = {}
    for name, value in own.items():
        said = _value(work, name)
        if said != value and any(other[name] == said for other in hidden):
            field: Any = Work._meta.get_field(name)
            values[name] = value if is_in_public else field.get_default()
    title = values.get("title", work.title)
    if not is_in_public:
        values.pop("title", None)  # `refuse_other_titles` has checked it.
        title = work.title
    if slug_from(title) != re.sub(r"-\d+$", "", work.slug) and slug_from(title) != work.slug:
        values["slug"] = slug_for(title)
    return values


def _hidden_with(entry: Submission) -> list[Submission]:
    """
    Return the other entries of the work of `entry` if `entry` is new to this work and none of the others is public.
    """
    if entry.work_id is None or entry._work_read == entry.work_id:
        return []
    others = Submission.objects.filter(work=entry.work_id).exclude(pk=entry.pk)
    return [] if others.public(Viewpoint.now()).exists() else list(others)


def _is_in_public(entry: Submission) -> bool:
    return entry.contest.results(Viewpoint.now()) is Results.PUBLIC


def _change(row: Work | Submission, values: dict[str, Any], actor: User, reason: str) -> None:
    if not values:
        return
    keep_first_version(type(row), [row.pk])
    row._history_user, row._change_reason = actor, reason[:100]
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def _value(row: Work | Submission, name: str) -> Any:
    return row.serializable_value(name)


def slug_for(title: str) -> str:
    """Return a slug for a new work with this title that no other work has."""
    wanted = slug_from(title)
    beginning = wanted[: MAX_LENGTH - 8]
    return free_slug(wanted, Work.objects.filter(slug__startswith=beginning).values_list("slug", flat=True))
