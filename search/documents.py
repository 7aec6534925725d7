"""
The content of the search entries: the searchable texts of each kind of row.

An entry may contain only what is public whenever its row is public. The entry of a work contains the names of its
creators and awards, because they become public together with the work. The entry of a person does not contain the
titles of their works, because some of the works may be hidden. For the same reason, nothing that is hidden influences
the weight of an entry (see `ranks`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import quote as percent_encoded

from django.db.models import Prefetch
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.translation import override
from django_countries import countries

from contests.models import (
    Award,
    AwardLine,
    Contest,
    Event,
    Quote,
    Series,
    Submission,
)
from people.models import Affiliation, NextProject, Organisation, OrganisationName, PastWork, Person, PersonName
from record.models import Source
from record.slugs import SlugConverter, normalised
from record.viewpoint import Viewpoint
from search.facts import years_of
from search.models import LONGEST_ORDERED_TITLE, NO_AWARD, Kind
from search.partitions import marked
from search.query import FACT, IN_TITLE, WHOLE_TITLE, fact
from search.tokenizer import indexed, split
from search.work_texts import country, listed, works

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


def entries_of(kind: Kind, parts: dict[int, int], weights: dict[int, int]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """
    Yield the values of a new entry for each existing row of `kind` whose id is in `parts`, and the tokens of its words.
    `parts` maps row ids to parts of the search index (see `partitions`), `weights` to weights (see `ranks`). The number
    of SQL statements does not depend on the number of rows.
    """
    with override("en"):
        for row, described in _KINDS[kind](list(parts)):
            # A row that was saved without its model, for example with plain SQL, may have an invalid slug. Then it has
            # no URL and gets no entry.
            with suppress(NoReverseMatch):
                weight = weights.get(row.pk, NO_AWARD)
                yield _entry(kind, row, parts[row.pk], weight=weight, **described)


def _entry(
    kind: Kind,
    row: Any,
    part: int,
    *,
    address: tuple[str, ...],
    title: str,
    others: Iterable[str] = (),
    also: Iterable[str] = (),
    told_apart: str = "",
    facts: Iterable[str] = (),
    byline: str = "",
    label: str = "",
    text: Iterable[str] = (),
    language: str = "",
    weight: int,
) -> tuple[dict[str, Any], set[str]]:
    """
    Return the values of an entry, and the tokens of its words. `address` has the name of the URL pattern and the slugs
    in the URL. `others` are alternative titles, and the words of `also` count like words of a title. `told_apart` tells
    the row from others with the same title. `facts` find the entry if they are the whole query (see `query.fact`).
    `text` contains the paragraphs that are searched and quoted in results. `weight` is a number from 0 (listed first)
    to `NO_AWARD`.
    """
    titles = [indexed(part) for part in [title, *others] if part]
    paragraphs = [part for part in map(str.strip, [*text, *others, *also]) if part]
    in_title = set[str]().union(*(tokens for _whole, tokens in titles), *(indexed(part)[1] for part in also))
    texts = [byline, label, told_apart, *paragraphs]
    everywhere = set[str]().union(*(indexed(part)[1] for part in texts if part)) - in_title
    of_title = sorted(in_title)
    found_by = [WHOLE_TITLE + whole for whole, _tokens in titles if whole]
    found_by += sorted({FACT + fact(split(part)) for part in facts if part})
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
        "told_apart": told_apart,
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
                "told_apart": person.disambiguation,
                "byline": person.headline,
                "text": [
                    person.biography,
                    listed(*roles.get(person.pk, ())),
                    *more.get(person.pk, ()),
                    country(person.country),
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
                "told_apart": organisation.disambiguation,
                "byline": country(organisation.country),
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
                "others": [year for year in years_of(contest) if year != str(contest)],
                "also": [series.name] if series else [],
                "byline": listed(contest.organiser.name, contest.host_event),
                "text": [
                    contest.tagline,
                    contest.about,
                    series.description if series else "",
                    listed(contest.city, countries.name(contest.country)),
                    listed(*(award.name for award in contest.awards.all())),
                    listed(*(event.title for event in contest.events.all())),
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
                "byline": listed(quote.speaker.name, quote.event.title),
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
                "byline": listed(source.author, source.publisher, year),
                "text": [source.note],
            },
        )


def _series(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    # The entry has no names of organisers or awards. They would have to be public whenever the series is.
    for series in Series.objects.filter(pk__among=ids):
        yield series, {"address": ("series", series.slug), "title": series.name, "text": [series.description]}


def _award_lines(ids: list[int]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """
    Yield the continuing awards with these ids, each with its texts: of the names that it had in a year, only those that
    are public now, because a contest with another may be hidden.
    """
    names: dict[int, list[str]] = defaultdict(list)
    awards = Award.objects.public(Viewpoint.now()).filter(line__among=ids).order_by("contest__edition_key", "pk")
    for line_id, name in awards.values_list("line_id", "name"):
        names[line_id].append(name)
    for line in AwardLine.objects.filter(pk__among=ids).select_related("series"):
        others = [name for name in dict.fromkeys(names.get(line.pk, ())) if name != line.name]
        described = {
            "title": line.name,
            "others": others,
            "byline": line.series.name,
            "text": [line.description],
        }
        yield line, {"address": ("award_line", line.series.slug, line.slug), **described}


# For each kind, a function that yields the rows with these ids, and the texts of each.
_KINDS: dict[Kind, Callable[[list[int]], Iterator[tuple[Any, dict[str, Any]]]]] = {
    Kind.WORK: works,
    Kind.PERSON: _people,
    Kind.CONTEST: _contests,
    Kind.QUOTE: _quotes,
    Kind.SOURCE: _sources,
    Kind.SERIES: _series,
    Kind.AWARD_LINE: _award_lines,
    Kind.ORGANISATION: _organisations,
}
