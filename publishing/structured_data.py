"""
Structured data for search engines: JSON-LD in the vocabulary of schema.org. This module converts model instances to
dicts, which contain only what the page shows.

A contest is a CreativeWorkSeries and not an Event, because search engines expect an Event to have a start date, and
because a work can't be part of an Event. A ceremony is an Event only if its date and place are known, because search
engines require both; otherwise its page is described as a WebPage. A film is a Movie and not a VideoObject, because a
VideoObject needs an upload date. Synthetic rows are left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django_countries import countries

from contests.makers import Party
from contests.models import Appearance, Contest, Credit, Event, Quote, Recognition, Submission
from people.models import Organisation, Person
from publishing import cards
from publishing.json_ld import Address, Node, countries_of, duration, node, real
from record.images import StoredImage
from record.models import Source, pages_of
from record.time_zones import local, zone_named

#: The schema.org property for each role in the credits, by its permanent key. Other roles are a `contributor`.
CREDITED_AS = {
    "creator": "creator",
    "director": "director",
    **dict.fromkeys(("writer", "screenplay", "adaptation", "story"), "author"),
    **dict.fromkeys(("producer", "executive-producer"), "producer"),
    "production-company": "productionCompany",
    **dict.fromkeys(("cast", "voice"), "actor"),
    "editor": "editor",
    "composer": "musicBy",
}
#: For properties that schema.org defines only for some types: these types. For other types, they are a `contributor`.
DEFINED_FOR = {
    **dict.fromkeys(("director", "actor", "musicBy"), {"Movie", "VideoGame"}),
    "productionCompany": {"Movie"},
}
#: The types whose runtime is the property `duration`. The runtime of other types is the property `timeRequired`.
WITH_DURATION = {"Movie", "MusicRecording"}


def reference(kind: str, row: Any, at: Address) -> Node:
    return node(kind, name=str(row), url=at(row.get_absolute_url()))


def person_reference(person: Person, at: Address) -> Node:
    return reference(person_type(person), person, at)


def person_type(person: Person) -> str:
    return "Organization" if person.kind == Person.Kind.TEAM else "Person"


def organisation_reference(organisation: Organisation | None, at: Address) -> Node | None:
    return reference("Organization", organisation, at) if organisation else None


def party_reference(party: Party, at: Address) -> Node | None:
    return person_reference(party, at) if isinstance(party, Person) else organisation_reference(party, at)


def citation(source: Source, at: Address) -> Node:
    """
    Return the JSON-LD node of a source. The node has the URL of the original publication. If this is unknown, it has
    the URL of the source's page on the portal.
    """
    return node(
        "CreativeWork",
        name=source.title,
        url=source.url or at(source.get_absolute_url()),
        author=node("Person", name=source.author) if source.author else None,
        publisher=node("Organization", name=source.publisher) if source.publisher else None,
        datePublished=source.published_on and source.published_on.isoformat(),
    )


def award(recognition: Recognition, given_at: Contest) -> str:
    """Return the name of an award with its contest, such as "Grand Prize, NextGen Creative Contest"."""
    return f"{recognition.award.name}, {given_at}"


def image(stored: StoredImage, at: Address) -> Node | None:
    if not stored:
        return None
    licence = stored.licence.url if stored.licence else ""
    return node("ImageObject", url=at(stored.url), caption=stored.alt, creditText=stored.credit, license=licence)


def card(drawn: cards.Card, subject: cards.Subject, at: Address) -> Node:
    """
    Return the JSON-LD node of the share card of `subject`. A work without a poster uses the share card as its image.
    """
    url = at(cards.url_of(drawn, subject))
    return node("ImageObject", url=url, width=cards.WIDTH, height=cards.HEIGHT)


def contest(row: Contest, winners: Iterable[Recognition], at: Address) -> Node:
    works = list(dict.fromkeys(work for recognition in winners for work in recognition.works))
    return node(
        "CreativeWorkSeries",
        name=str(row),
        url=at(row.get_absolute_url()),
        description=row.tagline,
        producer=organisation_reference(row.organiser, at),
        locationCreated=place("", row.city, countries.name(row.country)),
        image=image(row.hero, at),
        isPartOf=reference("CreativeWorkSeries", row.series, at) if row.series else None,
        hasPart=[reference(row.work_phrases.schema_type, work, at) for work in real(works)],
    )


def work(row: Submission, at: Address, entries: Sequence[Submission]) -> Node:
    """Return the JSON-LD node of the work of `row`, the entry whose texts are shown. `entries` are its public ones."""
    known = row.work
    phrases = row.contest.work_phrases
    length = "duration" if phrases.schema_type in WITH_DURATION else "timeRequired"
    contests = [reference("CreativeWorkSeries", entry.contest, at) for entry in real(entries)]
    genres = [category.name for category in row.listed_categories]
    found = node(
        phrases.schema_type,
        name=known.title,
        alternateName=known.original_title,
        url=at(row.get_absolute_url()),
        abstract=row.logline,
        description=row.synopsis or row.logline,
        image=image(row.poster, at) or card(cards.of_work(row), row, at),
        inLanguage=known.languages.split(",") if "," in known.languages else known.languages or row.language,
        countryOfOrigin=countries_of(known.countries or row.countries),
        dateCreated=str(known.year_from or row.year or ""),
        **{length: duration(row.runtime)},
        genre=genres[0] if len(genres) == 1 else genres,
        award=[
            award(recognition, entry.contest)
            for entry in real(entries)
            for recognition in entry.recognitions.all()
            if recognition.is_won
        ],
        sameAs=pages_of(known.listed_identifiers),
        isPartOf=contests[0] if len(contests) == 1 else contests,
        potentialAction=node(phrases.schema_action, target=row.public_work_url) if row.public_work_url else None,
    )
    for credit in row.credits.all():
        if not credit.party.is_synthetic:
            name = CREDITED_AS.get(credit.role.key, "contributor")
            name = name if phrases.schema_type in DEFINED_FOR.get(name, {phrases.schema_type}) else "contributor"
            found.setdefault(name, []).append(_credited(credit, name, at))
    return found


def _credited(credit: Credit, name: str, at: Address) -> Node | None:
    """Return the value of the property `name` for a credit. With a character, it is a PerformanceRole."""
    made = party_reference(credit.party, at)
    is_part = name == "actor" and credit.character
    return node("PerformanceRole", actor=made, characterName=credit.character) if is_part else made


def person(
    row: Person, recognitions: Iterable[Recognition], affiliations: Iterable[Any], names: Iterable[Any], at: Address
) -> Node:
    is_team = row.kind == Person.Kind.TEAM
    belongs = [organisation_reference(each, at) for each in real(a.organisation for a in affiliations)]
    country = next(iter(countries_of([row.country])), None)
    dates = {} if is_team else {"birthDate": row.born, "deathDate": row.died}
    return node(
        person_type(row),
        name=row.name,
        alternateName=list(filter(None, [row.native_name, *(each.name for each in names)])),
        disambiguatingDescription=row.disambiguation,
        url=at(row.get_absolute_url()),
        description=row.headline,
        image=image(row.portrait, at),
        award=[award(won, won.award.contest) for won in real(recognitions) if won.is_won],
        sameAs=list(filter(None, [row.website, *pages_of(row.listed_identifiers)])),
        **dates,
        **{"memberOf" if is_team else "affiliation": belongs, "location" if is_team else "homeLocation": country},
    )


def organisation(row: Organisation, names: Iterable[Any], at: Address) -> Node:
    return node(
        "Organization",
        name=row.name,
        alternateName=[each.name for each in names],
        disambiguatingDescription=row.disambiguation,
        url=at(row.get_absolute_url()),
        description=row.description,
        foundingDate=row.founded,
        dissolutionDate=row.dissolved,
        location=next(iter(countries_of([row.country])), None),
        sameAs=list(filter(None, [row.website, *pages_of(row.listed_identifiers)])),
    )


def place(venue: str, city: str, country: str = "") -> Node | None:
    name = ", ".join(filter(None, (venue, city, country)))
    address = node("PostalAddress", addressLocality=city, addressCountry=country)
    return node("Place", name=name, address=address if len(address) > 1 else name) if name else None


def event(row: Event, appearances: Iterable[Appearance], at: Address) -> Node:
    zone = zone_named(row.contest.time_zone)
    told = node(
        "Event",
        name=row.title,
        url=at(row.get_absolute_url()),
        description=row.description,
        startDate=row.starts_at and local(row.starts_at, zone).isoformat(timespec="minutes"),
        endDate=row.ends_at and local(row.ends_at, zone).isoformat(timespec="minutes"),
        location=place(row.venue, row.city),
        organizer=organisation_reference(row.host, at),
        superEvent=event_reference(row.part_of, at),
    )
    for appearance in appearances:
        if not appearance.person.is_synthetic:
            role = "attendee" if appearance.role == Appearance.Role.WINNER else "performer"
            taking_part = told.setdefault(role, [])
            someone = person_reference(appearance.person, at)
            if someone not in taking_part:
                taking_part.append(someone)
    if "startDate" in told and "location" in told:
        return told
    # Search engines reject an Event without a date or a place, even inside another node.
    page = web_page(row.title, row.get_absolute_url(), at)
    people = [*told.get("performer", ()), *told.get("attendee", ())]
    known = {"description": row.description, "mentions": list({each["url"]: each for each in people}.values())}
    return page | {name: value for name, value in known.items() if value}


def event_reference(row: Event | None, at: Address) -> Node | None:
    """
    Return a short JSON-LD node of an event, for use inside the node of another row. Return None if `row` is None or the
    start of the event is unknown, because search engines reject an Event without a date.
    """
    if row is None or row.starts_at is None:
        return None
    begins = local(row.starts_at, zone_named(row.contest.time_zone)).isoformat(timespec="minutes")
    return reference("Event", row, at) | node("Event", startDate=begins, location=place(row.venue, row.city))


def quote(row: Quote, at: Address) -> Node:
    return node(
        "Quotation",
        text=row.text,
        description=row.context,
        url=at(row.get_absolute_url()),
        creator=person_reference(row.speaker, at),
        spokenByCharacter=person_reference(row.speaker, at),
        inLanguage=row.language,
        recordedAt=event_reference(row.event, at),
        isPartOf=reference("CreativeWorkSeries", row.event.contest, at),
        about=reference(row.event.contest.work_phrases.schema_type, row.submission, at) if row.submission else None,
        citation=citation(row.source, at),
    )


def source(row: Source, at: Address) -> Node:
    return web_page(row.title, row.get_absolute_url(), at) | {"about": citation(row, at)}


def honoured(recognitions: Iterable[Recognition]) -> list[Any]:
    """Return the works, or the people and organisations, that lists name for these recognitions: all that share one."""
    return [row for recognition in real(recognitions) for row in recognition.honourees]


def item_list(name: str, path: str, rows: Iterable[Any], at: Address) -> Node:
    """
    Return the JSON-LD node of a list on the page at `path`. The list has the URL of the page of each row that is not
    synthetic.
    """
    shown = list(dict.fromkeys(at(row.get_absolute_url()) for row in real(rows)))
    return node(
        "ItemList",
        name=name,
        url=at(path),
        itemListElement=[node("ListItem", position=position, url=url) for position, url in enumerate(shown, 1)],
    )


def breadcrumb(steps: Iterable[tuple[str, str]], at: Address) -> Node:
    """
    Return the JSON-LD node of a page's breadcrumb. `steps` are pairs of name and path; the page itself comes last.
    """
    return node(
        "BreadcrumbList",
        itemListElement=[
            node("ListItem", position=position, name=str(name), item=at(path))
            for position, (name, path) in enumerate(steps, 1)
        ],
    )


def web_page(name: str, path: str, at: Address, kind: str = "WebPage") -> Node:
    return node(kind, name=name, url=at(path), inLanguage=get_language())


def site(at: Address) -> Node:
    question = at(reverse("search")) + "?q={search_term_string}"
    return node(
        "WebSite",
        name="Laurel",
        url=at(reverse("home")),
        inLanguage=get_language(),
        potentialAction={
            "@type": "SearchAction",
            "target": node("EntryPoint", urlTemplate=question),
            "query-input": "required name=search_term_string",
        },
    )


def graph(*nodes: Node) -> Node:
    return {"@context": "https://schema.org", "@graph": list(nodes)}
