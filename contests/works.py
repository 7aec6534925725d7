"""
The work of an entry: made from the entry if an editor has not chosen one, and kept in step with its only entry.

An editor enters an entry on one page, without thinking about works. So a new work takes its values from its first
entry. As long as the work has no other entry, a value that both share is changed in both.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from contests.models import Submission, Work
from record.forms import free_slug
from record.history import keep_first_version
from record.models import Source
from record.slugs import MAX_LENGTH, slug_from

#: The beginning of the reason in the history of a work for a change that came with the same change of its entry.
WITH_ENTRY = "Changed with its entry"
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


def work_for(entry: Submission, *, sources: Iterable[Source] = (), actor: User | None = None) -> Work:
    """
    Save a new work with the values of `entry` and return it. The work cites `sources`. Its slug is made from the title,
    with a number if another work has that slug. `entry` itself does not change.
    """
    work = Work(**values_from(entry), slug=slug_for(entry.title))
    work._history_user = actor
    work.save()
    work.sources.set(sources)
    return work


def keep_in_step(entry: Submission, stored: Submission, *, sources: Iterable[Source], actor: User, reason: str) -> None:
    """
    Give the work of `entry` the values of `entry` that are about to change, if the work has no other entry and said the
    same as the entry before. `stored` is the entry as it is in the database, `sources` are its new sources.
    """
    if entry.work_id != stored.work_id or stored.work.entries.exclude(pk=entry.pk).exists():
        return
    work, before, after = stored.work, values_from(stored), values_from(entry)
    turned = [name for name, value in before.items() if value != after[name] and _value(work, name) == value]
    cited: QuerySet[Source] = stored.sources.all()
    new = list(sources)
    has_other_sources = set(work.sources.all()) == set(cited) != set(new)
    if not turned and not has_other_sources:
        return
    keep_first_version(Work, [work.pk])
    work._history_user, work._change_reason = actor, f"{WITH_ENTRY}: {reason}" if reason else WITH_ENTRY
    if turned:
        for name in turned:
            setattr(work, name, after[name])
        work.save()
    if has_other_sources:
        work.sources.set(new)


def _value(work: Work, name: str) -> Any:
    return work.serializable_value(name)


def slug_for(title: str) -> str:
    """Return a slug for a new work with this title that no other work has."""
    wanted = slug_from(title)
    beginning = wanted[: MAX_LENGTH - 8]
    return free_slug(wanted, Work.objects.filter(slug__startswith=beginning).values_list("slug", flat=True))
