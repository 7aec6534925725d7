"""
The content of the search entries: the searchable texts of each kind of row.

An entry may contain only what is public whenever its row is public. The entry of a work contains the names of its
creators and awards, because they become public together with the work. The entry of a person does not contain the
titles of their works, because some of the works may be hidden. For the same reason, nothing that could be hidden
influences the weight of an entry.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import NoReverseMatch, get_script_prefix
from django.utils import timezone
from django.utils.translation import override
from django_countries import countries

from contests.models import Award, Contest, Credit, Event, Quote, Recognition, Submission
from people.models import Person
from record.models import Source
from record.viewpoint import Viewpoint
from search.models import LONGEST_ORDERED_TITLE, Entry, Kind
from search.partitions import marked
from search.query import IN_TITLE, WHOLE_TITLE
from search.tokenizer import split, tokens, whole

MODELS: dict[Kind, Any] = {
    Kind.WORK: Submission,
    Kind.PERSON: Person,
    Kind.CONTEST: Contest,
    Kind.QUOTE: Quote,
    Kind.SOURCE: Source,
}
# The largest length of an entry's tokens, in characters. A row of PostgreSQL's index holds at most one megabyte, so
# only the beginning of a longer text is indexed.
MOST_TOKENS = 100_000


def entries_of(kind: Kind, parts: dict[int, int]) -> Iterable[Entry]:
    """
    Yield a new entry for each existing row of `kind` whose id is in `parts`. `parts` maps row ids to parts of the
    search index (see `partitions`). The number of SQL statements does not depend on the number of rows.
    """
    relations, describe = _KINDS[kind]
    with override("en"):
        for row in relations(MODELS[kind].objects.filter(pk__in=parts)):
            # A row that was saved without its model, for example with plain SQL, may have an invalid slug. Then it has
            # no URL and gets no entry.
            with suppress(NoReverseMatch):
                yield _entry(kind, row, parts[row.pk], **describe(row))


def _entry(
    kind: Kind,
    row: Any,
    part: int,
    *,
    title: str,
    others: Iterable[str] = (),
    byline: str = "",
    label: str = "",
    text: Iterable[str] = (),
    language: str = "",
    weight: int = 0,
) -> Entry:
    """
    Return a new entry, unsaved. `others` are alternative titles. `text` contains the paragraphs that are searched and
    quoted in results. `weight` is a number from 0 (listed first) to 7.
    """
    titles = [split(part) for part in [title, *others] if part]
    paragraphs = [part.strip() for part in [*text, *others] if part.strip()]
    rest = [split(part) for part in [byline, label, *paragraphs]]
    in_title = sorted({token for words in titles for token in tokens(words)})
    everywhere = sorted({token for words in rest for token in tokens(words)} - set(in_title))
    found_by = [WHOLE_TITLE + whole(words) for words in titles if words]
    found_by += [IN_TITLE + token for token in in_title] + in_title + everywhere
    return Entry(
        kind=kind,
        object_id=row.pk,
        weight=weight,
        title_length=min(len(title), LONGEST_ORDERED_TITLE),
        part=part,
        key=row.key,
        # The URL is relative to the root of the portal, because requests can have different URL prefixes. For example,
        # the URLs of a preview have a prefix.
        url=f"/{row.get_absolute_url().removeprefix(get_script_prefix())}",
        title=title,
        language=language,
        label=label,
        byline=byline,
        text="\n".join(paragraphs),
        tokens=" ".join(marked(" ".join(found_by)[:MOST_TOKENS].split(" "), part)),
    )


def _listed(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)


def _works(works: Any) -> Any:
    """
    Return `works` with their contests, creators and awards prefetched. An award that is approved and not revoked is
    normally public whenever its work is. But a work with a `reveal_at` of its own may be public before some of its
    awards. So each award is annotated with `shown`: whether it is public now.
    """
    now = timezone.now()
    shown = Exists(Recognition.objects.public(Viewpoint(now)).filter(pk=OuterRef("pk")))
    won = Recognition.objects.in_force().filter(approved_at__lte=now).annotate(shown=shown).select_related("award")
    return works.select_related("contest").prefetch_related(
        Prefetch("credits", Credit.objects.select_related("person").order_by("order")),
        Prefetch("recognitions", won.order_by("award__precedence", "order", "pk")),
    )


def _work(work: Submission) -> dict[str, Any]:
    creators = [credit.person for credit in work.credits.all()]
    # Leave out awards of other contests, because the results of those contests may not be public.
    rows: Iterable[Any] = work.recognitions.all()
    won = [r for r in rows if r.award.contest_id == work.contest_id and (r.shown or not work.reveal_at)]
    won.sort(key=lambda recognition: recognition.standing != Recognition.Standing.WINNER)
    best = won[0] if won else None
    return {
        "title": work.title,
        "others": [work.original_title],
        "language": work.title_language,
        "label": _award(best) if best else "",
        "byline": _listed(*dict.fromkeys(creator.name for creator in creators)),
        "text": [
            work.logline,
            work.synopsis,
            _listed(*{person.native_name: None for person in creators}),
            _listed(*dict.fromkeys(map(_award, won[1:]))),
            *(r.citation for r in won),
            _listed(*map(countries.name, work.countries)),
            work.tools,
        ],
        "weight": _weight(best),
    }


def _award(recognition: Recognition) -> str:
    """
    Return the name of the award. Unless the recognition is a win, append its standing, such as "Nominee", so that a
    nominee isn't found as a winner.
    """
    is_won = recognition.standing == Recognition.Standing.WINNER
    return _listed(recognition.award.name, "" if is_won else recognition.get_standing_display())


def _weight(best: Recognition | None) -> int:
    if best is None:
        return 3
    if best.standing != Recognition.Standing.WINNER:
        return 2
    return 0 if best.award.kind == Award.Kind.GRAND_PRIZE else 1


def _person(person: Person) -> dict[str, Any]:
    return {
        "title": person.name,
        "others": [person.native_name],
        "byline": person.headline,
        "text": [
            person.biography,
            _listed(*(f"{a.role}, {a.organisation.name}" for a in person.affiliations.all())),
            *(f"{work.title} {work.description}" for work in person.past_works.all()),
            *(f"{work.title} {work.description}" for work in person.next_projects.all()),
            countries.name(person.country),
        ],
    }


def _contest(contest: Contest) -> dict[str, Any]:
    series = contest.series
    return {
        "title": str(contest),
        "others": [series.name] if series else [],
        "byline": _listed(contest.organiser.name, contest.host_event),
        "text": [
            contest.tagline,
            contest.about,
            series.description if series else "",
            _listed(contest.city, countries.name(contest.country)),
            _listed(*(award.name for award in contest.awards.all())),
            _listed(*(event.title for event in contest.events.all())),
        ],
    }


def _quote(quote: Quote) -> dict[str, Any]:
    work = quote.submission
    return {
        "title": quote.text,
        "language": quote.language,
        "byline": _listed(quote.speaker.name, quote.event.title),
        "label": quote.context,
        "text": [work.title if work else "", quote.speaker.native_name],
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "byline": _listed(source.author, source.publisher, source.published_on and str(source.published_on.year)),
        "text": [source.note],
    }


_KINDS: dict[Kind, tuple[Callable, Callable[[Any], dict[str, Any]]]] = {
    Kind.WORK: (_works, _work),
    Kind.PERSON: (
        lambda people: people.prefetch_related("affiliations__organisation", "past_works", "next_projects"),
        _person,
    ),
    Kind.CONTEST: (
        lambda contests: contests.select_related("series", "organiser").prefetch_related(
            Prefetch("awards", Award.objects.order_by("precedence")),
            Prefetch("events", Event.objects.order_by("order")),
        ),
        _contest,
    ),
    Kind.QUOTE: (lambda quotes: quotes.select_related("speaker", "event", "submission"), _quote),
    Kind.SOURCE: (lambda sources: sources, _source),
}
