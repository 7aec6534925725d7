"""
The content of the search entries: the searchable texts of each kind of row.

An entry may contain only what is public whenever its row is public. The entry of a work contains the names of its
creators and awards, because they become public together with the work. The entry of a person does not contain the
titles of their works, because some of the works may be hidden. For the same reason, nothing that could be hidden
influences the weight of an entry.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote as percent_encoded

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.translation import override
from django_countries import countries

from contests.models import Award, AwardLine, Contest, Credit, Event, Party, Quote, Recognition, Series, Submission
from people.models import Affiliation, NextProject, Organisation, OrganisationName, PastWork, Person, PersonName
from record.models import Source
from record.slugs import SlugConverter, normalised
from record.viewpoint import Viewpoint
from search.models import LONGEST_ORDERED_TITLE, NO_AWARD, Kind
from search.partitions import marked
from search.query import IN_TITLE, WHOLE_TITLE
from search.tokenizer import indexed

MODELS: dict[Kind, Any] = {
    Kind.WORK: Submission,
    Kind.PERSON: Person,
    Kind.CONTEST: Contest,
    Kind.QUOTE: Quote,
    Kind.SOURCE: Source,
    Kind.SERIES: Series,
    Kind.AWARD_LINE: AwardLine,
    Kind.ORGANISATION: Organisation,
}
# The largest length of an entry's tokens, in characters. A row of PostgreSQL's index holds at most one megabyte, so
# only the beginning of a longer text is indexed.
MOST_TOKENS = 100_000
_SLUG = re.compile(SlugConverter.regex)
# The characters that `reverse` does not encode.
_SAFE = RFC3986_SUBDELIMS + "/~:@"


def entries_of(kind: Kind, parts: dict[int, int]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """
    Yield the values of a new entry for each existing row of `kind` whose id is in `parts`, and the tokens of its words.
    `parts` maps row ids to parts of the search index (see `partitions`). The number of SQL statements does not depend
    on the number of rows.
    """
    with override("en"):
        for row, described in _KINDS[kind](list(parts)):
            # A row that was saved without its model, for example with plain SQL, may have an invalid slug. Then it has
            # no URL and gets no entry.
            with suppress(NoReverseMatch):
                yield _entry(kind, row, parts[row.pk], **described)


def _entry(
    kind: Kind,
    row: Any,
    part: int,
    *,
    address: tuple[str, ...],
    title: str,
    others: Iterable[str] = (),
    byline: str = "",
    label: str = "",
    text: Iterable[str] = (),
    language: str = "",
    weight: int = NO_AWARD,
) -> tuple[dict[str, Any], set[str]]:
    """
    Return the values of an entry, and the tokens of its words. `address` has the name of the URL pattern and the slugs
    in the URL. `others` are alternative titles. `text` contains the paragraphs that are searched and quoted in results.
    `weight` is a number from 0 (listed first) to 7.
    """
    titles = [indexed(part) for part in [title, *others] if part]
    paragraphs = [part for part in map(str.strip, [*text, *others]) if part]
    in_title = set[str]().union(*(tokens for _whole, tokens in titles))
    everywhere = set[str]().union(*(indexed(part)[1] for part in [byline, label, *paragraphs] if part)) - in_title
    of_title = sorted(in_title)
    found_by = [WHOLE_TITLE + whole for whole, _tokens in titles if whole]
    found_by += [IN_TITLE + token for token in of_title] + of_title + sorted(everywhere)
    found_by = " ".join(found_by)[:MOST_TOKENS].split(" ")
    values = {
        "kind": kind.value,
        "object_id": row.pk,
        "weight": weight,
        "title_length": min(len(title), LONGEST_ORDERED_TITLE),
        "part": part,
        "key": row.key,
        "url": _url(*address),
        "title": title,
        "language": language,
        "label": label,
        "byline": byline,
        "text": "\n".join(paragraphs),
        "tokens": " ".join(marked(found_by, part)),
    }
    return values, in_title | everywhere


def _url(name: str, *slugs: str) -> str:
    """
    Return the URL of the pattern `name`, as `reverse` does, but faster. It is relative to the root of the portal,
    because requests can have different URL prefixes. For example, the URLs of a preview have a prefix.
    """
    if not all(map(_SLUG.fullmatch, slugs)):
        raise NoReverseMatch(slugs)
    return _pattern(name, len(slugs)).format(*(percent_encoded(normalised(slug), safe=_SAFE) for slug in slugs))


@cache
def _pattern(name: str, slugs: int) -> str:
    url = reverse(name, args=["slug"] * slugs).removeprefix(get_script_prefix())
    return f"/{url.replace('/slug/', '/{}/')}"


def _listed(*parts: Any) -> str:
    return ", ".join([str(part) for part in parts if part])


@lru_cache(maxsize=300)
def _country(code: str) -> str:
    return str(countries.name(code))


class _Made(NamedTuple):
    """A credit: the names of a person or an organisation, and the character."""

    name: str
    native_name: str
    credited_as: str
    character: str


def _works(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """
    Yield the works with these ids, each with its texts. An award that is approved and not revoked is normally public
    whenever its work is. But a work with a `reveal_at` of its own may be public before some of its awards. So each
    award is annotated with `shown`: whether it is public now.
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
    won = Recognition.objects.in_force().filter(approved_at__lte=now, pk__among=list(works_of)).annotate(shown=shown)
    parties = Prefetch("parties", Party.objects.select_related("person", "organisation").order_by("order", "pk"))
    awards: dict[int, list[Recognition]] = defaultdict(list)
    ordered = won.select_related("award").prefetch_related(parties).order_by("award__precedence", "order", "pk")
    for recognition in ordered:
        for work_id in works_of[recognition.pk]:
            awards[work_id].append(recognition)
    fields = ("pk", "key", "slug", "title", "original_title", "title_language", "logline", "synopsis", "countries")
    also = ("tools", "reveal_at", "contest_id", "work__slug")
    for work in Submission.objects.filter(pk__among=ids).order_by().values_list(*fields, *also, named=True):
        yield work, _work(work, creators.get(work.pk, []), awards.get(work.pk, []))


def _work(work: Any, creators: list[_Made], awards: list[Any]) -> dict[str, Any]:
    # Leave out awards of other contests, because the results of those contests may not be public.
    won = [r for r in awards if r.award.contest_id == work.contest_id and (r.shown or not work.reveal_at)]
    won.sort(key=lambda recognition: recognition.standing != Recognition.Standing.WINNER)
    best = won[0] if won else None
    return {
        "address": ("work", work.work__slug),
        "title": work.title,
        "others": [work.original_title],
        "language": work.title_language,
        "label": _award(best) if best else "",
        "byline": _listed(*dict.fromkeys(made.name for made in creators)),
        "text": [
            work.logline,
            work.synopsis,
            _listed(*dict.fromkeys(made.native_name for made in creators)),
            _listed(*dict.fromkeys(made.credited_as for made in creators)),
            _listed(*dict.fromkeys(made.character for made in creators)),
            _listed(*dict.fromkeys(map(_award, won[1:]))),
            *(r.citation for r in won),
            *(_listed(r.detail, *map(_named, r.parties.all())) for r in won),
            _listed(*map(_country, filter(None, work.countries.split(",")))),
            work.tools,
        ],
        "weight": _weight(best),
    }


def _named(party: Party) -> str:
    return _listed(party.recipient, party.part, party.credited_as)


def _award(recognition: Recognition) -> str:
    """
    Return the name of the award. Unless the recognition is a win, append its standing, such as "Nominee", so that a
    nominee isn't found as a winner.
    """
    is_won = recognition.standing == Recognition.Standing.WINNER
    return _listed(recognition.award.name, "" if is_won else recognition.get_standing_display())


def _weight(best: Recognition | None) -> int:
    if best is None:
        return NO_AWARD
    if best.standing != Recognition.Standing.WINNER:
        return 2
    return 0 if best.award.kind == Award.Kind.GRAND_PRIZE else 1


def _people(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    more: dict[int, list[str]] = defaultdict(list)
    held = Affiliation.objects.filter(person__among=ids).order_by("person", "pk")
    roles: dict[int, list[str]] = defaultdict(list)
    for person_id, role, organisation in held.values_list("person_id", "role", "organisation__name"):
        roles[person_id].append(f"{role}, {organisation}")
    for model in (PastWork, NextProject):
        works = model._default_manager.filter(person__among=ids).order_by("person", "order")
        for person_id, title, description in works.values_list("person_id", "title", "description"):
            more[person_id].append(f"{title} {description}")
    names: dict[int, list[str]] = defaultdict(list)
    others = PersonName.objects.filter(person__among=ids).order_by("person", "pk")
    for person_id, name in others.values_list("person_id", "name"):
        names[person_id].append(name)
    fields = ("pk", "key", "slug", "name", "native_name", "disambiguation", "headline", "biography", "country")
    for person in Person.objects.filter(pk__among=ids).order_by().values_list(*fields, named=True):
        yield (
            person,
            {
                "address": ("person", person.slug),
                "title": person.name,
                "others": [person.native_name, *names.get(person.pk, ())],
                "label": person.disambiguation,
                "byline": person.headline,
                "text": [
                    person.biography,
                    _listed(*roles.get(person.pk, ())),
                    *more.get(person.pk, ()),
                    _country(person.country),
                ],
            },
        )


def _organisations(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    names: dict[int, list[str]] = defaultdict(list)
    others = OrganisationName.objects.filter(organisation__among=ids).order_by("organisation", "pk")
    for organisation_id, name in others.values_list("organisation_id", "name"):
        names[organisation_id].append(name)
    fields = ("pk", "key", "slug", "name", "disambiguation", "description", "country")
    for organisation in Organisation.objects.filter(pk__among=ids).order_by().values_list(*fields, named=True):
        yield (
            organisation,
            {
                "address": ("organisation", organisation.slug),
                "title": organisation.name,
                "others": names.get(organisation.pk, ()),
                "label": organisation.disambiguation,
                "byline": _country(organisation.country),
                "text": [organisation.description],
            },
        )


def _contests(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    awards = Prefetch("awards", Award.objects.order_by("precedence"))
    events = Prefetch("events", Event.objects.order_by("order"))
    contests = Contest.objects.filter(pk__among=ids).select_related("series", "organiser")
    for contest in contests.prefetch_related(awards, events):
        series = contest.series
        yield (
            contest,
            {
                "address": ("contest", contest.slug),
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
            },
        )


def _quotes(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for quote in Quote.objects.filter(pk__among=ids).select_related("speaker", "event", "submission"):
        work = quote.submission
        yield (
            quote,
            {
                "address": ("quote", quote.slug),
                "title": quote.text,
                "language": quote.language,
                "byline": _listed(quote.speaker.name, quote.event.title),
                "label": quote.context,
                "text": [work.title if work else "", quote.speaker.native_name],
            },
        )


def _sources(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for source in Source.objects.filter(pk__among=ids):
        year = source.published_on and str(source.published_on.year)
        yield (
            source,
            {
                "address": ("source", source.slug),
                "title": source.title,
                "byline": _listed(source.author, source.publisher, year),
                "text": [source.note],
            },
        )


def _series(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    # The entry has no names of organisers or awards. They would have to be public whenever the series is.
    for series in Series.objects.filter(pk__among=ids):
        yield series, {"address": ("series", series.slug), "title": series.name, "text": [series.description]}


def _award_lines(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """
    Yield the continuing awards with these ids, each with its texts: not the names that it had in each year, because a
    contest with one of them may be hidden.
    """
    for line in AwardLine.objects.filter(pk__among=ids).select_related("series"):
        described = {"title": line.name, "byline": line.series.name, "text": [line.description]}
        yield line, {"address": ("award_line", line.series.slug, line.slug), **described}


# For each kind, a function that yields the rows with these ids, and the texts of each.
_KINDS: dict[Kind, Callable[[list[int]], Iterator[tuple[Any, dict[str, Any]]]]] = {
    Kind.WORK: _works,
    Kind.PERSON: _people,
    Kind.CONTEST: _contests,
    Kind.QUOTE: _quotes,
    Kind.SOURCE: _sources,
    Kind.SERIES: _series,
    Kind.AWARD_LINE: _award_lines,
    Kind.ORGANISATION: _organisations,
}
