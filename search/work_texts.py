"""The searchable texts of works."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django_countries import countries

from contests.models import Contest, Credit, Party, Recognition, Submission, Work
from record.viewpoint import Viewpoint
from search.facts import facts_of, years_of

#: The most names of makers in the byline of a result. The texts of the entry have the others.
MOST_NAMED = 4


def listed(*parts: Any) -> str:
    return ", ".join([str(part) for part in parts if part])


@lru_cache(maxsize=300)
def country(code: str) -> str:
    return str(countries.name(code))


class _Made(NamedTuple):
    """A credit: the names of a person or an organisation, and the character."""

    name: str
    native_name: str
    credited_as: str
    character: str


def works(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """
    Yield the works with these ids, each with its texts. An award that is approved and not revoked is normally public
    whenever its work is. But a work with a `reveal_at` of its own may be public before some of its awards. So each
    award is annotated with `shown`: whether it is public now. An award that is shared with an entry that isn't eligible
    is hidden, however public the work is.
    """
    creators: dict[int, list[_Made]] = defaultdict(list)
    credits = Credit.objects.filter(work__entries__among=ids).order_by("role__order", "order")
    columns = ("person__name", "organisation__name", "person__native_name", "credited_as", "character")
    for work_id, person, organisation, *others in credits.values_list("work__entries", *columns):
        creators[work_id].append(_Made(person or organisation, *(text or "" for text in others)))
    now = timezone.now()
    shown = Exists(Recognition.objects.public(Viewpoint(now)).filter(pk=OuterRef("pk")))
    links = Recognition.submissions.through.objects.filter(submission__among=ids)
    works_of = defaultdict(list)
    for recognition_id, work_id in links.values_list("recognition_id", "submission_id"):
        works_of[recognition_id].append(work_id)
    others = Submission.objects.exclude(status=Submission.Status.ELIGIBLE).filter(recognitions=OuterRef("pk"))
    won = Recognition.objects.in_force().filter(~Exists(others), approved_at__lte=now, pk__among=list(works_of))
    won = won.annotate(shown=shown)
    parties = Prefetch("parties", Party.objects.select_related("person", "organisation").order_by("order", "pk"))
    awards: dict[int, list[Recognition]] = defaultdict(list)
    ordered = (
        won.select_related("award__contest__series", "award__line")
        .prefetch_related(parties)
        .order_by("award__precedence", "order", "pk")
    )
    for recognition in ordered:
        for work_id in works_of[recognition.pk]:
            awards[work_id].append(recognition)
    fields = ("pk", "key", "slug", "title", "original_title", "title_language", "logline", "synopsis", "countries")
    of_work = ("work__slug", "work__disambiguation", "work__year_from", "work__year_to")
    also = ("tools", "reveal_at", "contest_id", *of_work)
    works = list(Submission.objects.filter(pk__among=ids).order_by().values_list(*fields, *also, named=True))
    contests = Contest.objects.select_related("series").in_bulk({work.contest_id for work in works})
    for work in works:
        yield work, _work(work, contests[work.contest_id], creators.get(work.pk, []), awards.get(work.pk, []))


def _work(work: Any, contest: Contest, creators: list[_Made], awards: list[Any]) -> dict[str, Any]:
    # Leave out awards of other contests, because the results of those contests may not be public.
    won = [r for r in awards if r.award.contest_id == work.contest_id and (r.shown or not work.reveal_at)]
    # Wins that count come first, then what else counts.
    won.sort(key=lambda recognition: (not recognition.is_won, not recognition.counts))
    best = won[0] if won else None
    wins = [r for r in won if r.is_won]
    names = list(dict.fromkeys(made.name for made in creators))
    shown = names if len(names) <= MOST_NAMED else names[: MOST_NAMED - 1]
    years = Work(year_from=work.work__year_from, year_to=work.work__year_to).years
    return {
        "address": ("work", work.work__slug),
        "title": work.title,
        "others": [work.original_title],
        "told_apart": work.work__disambiguation or years,
        "facts": [
            *(made.character for made in creators),
            *(r.detail for r in won),
            *(text for win in wins for text in facts_of(win)),
        ],
        "language": work.title_language,
        "label": _award(best) if best else "",
        "byline": listed(*shown),
        "text": [
            work.logline,
            work.synopsis,
            listed(*names[len(shown) :]),
            listed(*dict.fromkeys(made.native_name for made in creators)),
            listed(*dict.fromkeys(made.credited_as for made in creators)),
            listed(*dict.fromkeys(made.character for made in creators)),
            listed(*dict.fromkeys(map(_award, won[1:]))),
            *(r.citation for r in won),
            *(listed(r.detail, *map(_named, r.parties.all())) for r in won),
            listed(*map(country, filter(None, work.countries.split(",")))),
            work.tools,
            listed(contest, *years_of(contest)[1:], years),
        ],
    }


def _named(party: Party) -> str:
    return listed(party.recipient, party.part, party.credited_as)


def _award(recognition: Recognition) -> str:
    """
    Return the name of the award and its year. Unless the recognition is a win that was given, append its standing and
    outcome, such as "Nominee" or "Withdrawn", so that nobody is found as a winner who is none.
    """
    award = recognition.award
    return listed(award.name, award.contest.edition_label, recognition.standing_words)
