"""The recognitions and works on the pages of people and organisations: only their own."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from contests.models import Credit, Party, Recognition, Submission
from contests.recognition_words import numbers_in_words
from contests.views import OF_ALL_AWARDS
from record.limited_lists import cut, limited
from record.prepared_queries import KEY, Given, prepared
from record.viewpoint import Viewpoint

# The most recognitions on a page.
MOST = 500


def _recognitions(viewpoint: Viewpoint, **whose: Given) -> QuerySet:
    named = Party.objects.filter(recognition=OuterRef("pk"), **whose)
    rows = Recognition.objects.public(viewpoint).belonging_to(**whose).for_names()
    return cut(rows.annotate(is_named=Exists(named)).order_by(*OF_ALL_AWARDS[0].columns), MOST)


def _standings(viewpoint: Viewpoint, **whose: Given) -> QuerySet:
    """Return tuples (standing, number) of the recognitions that name somebody and count."""
    named = Party.objects.filter(**whose).values("recognition")
    rows = Recognition.objects.public(viewpoint).counted().filter(pk__in=named)
    return rows.order_by().values_list("standing").annotate(count=Count("pk"))


def entries_of(viewpoint: Viewpoint, **whose: Given) -> QuerySet:
    """Return the entries of the works that credit a person or an organisation, those of the newest contest first."""
    made = Credit.objects.filter(**whose).order_by().values("work")
    rows = Submission.objects.public(viewpoint).filter(work__in=made).select_related("contest", "work")
    return rows.order_by("-contest__edition_key", "sort_key", "pk")


@dataclass(frozen=True)
class Made:
    """A work on the page of a person or an organisation: its entries, their own credits, and its recognitions."""

    entries: list[Submission]
    credits: list[Credit]
    recognitions: list[Recognition]


def works_made(entries: Sequence[Submission], of_works: Iterable[Recognition], **whose: int) -> list[Made]:
    """
    Return the works of `entries`, in the order of their first entries. `of_works` are the recognitions that belong to a
    person or an organisation because of their works. Needs one SQL statement, or none without entries.
    """
    if not entries:
        return []
    found: dict[int, Made] = {}
    for entry in entries:
        found.setdefault(entry.work_id, Made([], [], [])).entries.append(entry)
    credits = Credit.objects.filter(**whose, work__in=list(found)).select_related("role", "source")
    for credit in credits.order_by("role__order", "order"):
        found[credit.work_id].credits.append(credit)
    for recognition in of_works:
        for work_id in dict.fromkeys(work.work_id for work in recognition.works):
            if work_id in found:
                found[work_id].recognitions.append(recognition)
    return list(found.values())


@prepared(person=KEY)
def _of_person(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return _recognitions(viewpoint, person=person)


@prepared(organisation=KEY)
def _of_organisation(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    return _recognitions(viewpoint, organisation=organisation)


@prepared(person=KEY)
def _standings_of_person(viewpoint: Viewpoint, person: Given) -> QuerySet:
    return _standings(viewpoint, person=person)


@prepared(organisation=KEY)
def _standings_of_organisation(viewpoint: Viewpoint, organisation: Given) -> QuerySet:
    return _standings(viewpoint, organisation=organisation)


def career(viewpoint: Viewpoint, **whose: int) -> dict[str, Any]:
    """
    Return the recognitions of a person (`person=key`) or an organisation (`organisation=key`): `recognitions` that name
    them, `of_works` (those of works that they created, if they name nobody), `more_recognitions` (how many more there
    are), and `summary`, the numbers of `recognitions` in words. Needs three SQL statements, or four for more than
    `MOST` rows.
    """
    is_person = "person" in whose
    rows = limited((_of_person if is_person else _of_organisation)(viewpoint, **whose))
    named = [row for row in rows if row.is_named]
    counts = Counter(row.standing for row in named if row.counts)
    if rows.more:
        counts = Counter(dict((_standings_of_person if is_person else _standings_of_organisation)(viewpoint, **whose)))
    return {
        "recognitions": named,
        "of_works": [row for row in rows if not row.is_named],
        "more_recognitions": rows.more,
        "summary": numbers_in_words(counts),
    }
