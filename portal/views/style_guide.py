"""The style guide, which shows developers every component in its states. Its rows are synthetic and are never saved."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from contests import tallies
from contests.models import (
    Appearance,
    Award,
    Contest,
    Credit,
    CreditRole,
    Event,
    Figure,
    Quote,
    Recognition,
    Series,
    Submission,
    Work,
)
from people.models import Organisation, Person
from publishing import artwork
from record.limited_lists import LimitedList
from record.models import Source
from record.slugs import slug_from

TITLES = (
    ("C", ""),
    ("Sample", ""),
    ("A Sample Title", ""),
    ("A Sample of a Somewhat Longer Title", ""),
    ("A Sample Title That Goes On and On, " * 5 + "and Then Stops", ""),
    ("Donaudampfschifffahrtsgesellschaftskapitänsmütze", "de"),
    ("Zażółć gęślą jaźń", "pl"),
    ("見本の題名", "ja"),
    ("示例片名", "zh-Hans"),
    ("예시 제목", "ko"),
    ("عنوان للتجربة", "ar"),
    ("Пробное название", "ru"),
    ("🎬", ""),
)
WORDS = (
    ("Short words.", "en"),
    ("A made-up sentence of middling length, set to see how a line of it turns and where the next one begins.", "en"),
    ("A made-up passage, long enough to fill its page. " * 7, "en"),
    ("見本の言葉です。意味はありません。", "ja"),
    ("هذه جملة للتجربة فقط، ولا معنى لها.", "ar"),
)


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """
    Show the style guide. In production, only signed-in staff may see it. The template context has sample rows for each
    component.
    """
    if settings.PRODUCTION and not request.user.is_staff:
        raise Http404
    works = [_work(number, title, language) for number, (title, language) in enumerate(TITLES, 1)]
    samples: list[tuple[Submission, str, dict[str, Any]]] = [
        (works[1], "Grand Prize", {}),
        (works[2], "Official Selection", {}),
        (works[3], "Prize of the Audience", {"standing": "finalist"}),
        (works[4], "Prize for a Long Title", {"standing": "mention"}),
        (
            works[2],
            "Prize That Was Revoked",
            {"revoked_on": date(2020, 1, 1), "revocation_reason": "A sample of the public reason."},
        ),
    ]
    recognitions = [
        _recognition(number, work, name, **fields) for number, (work, name, fields) in enumerate(samples, 1)
    ]
    return render(
        request,
        "portal/style_guide.html",
        {
            "tokens": ["paper", "ink", "muted", "hairline", "gold"],
            "accents": Contest.Accent.choices,
            "sample_contest": CONTEST,
            "sample_link": SimpleNamespace(contest=CONTEST, expires_at=datetime(2020, 1, 8, 12, tzinfo=UTC)),
            "works": works,
            "posters": _one_of_each_composition(),
            "cut": LimitedList([], 4),
            "several_series": [SERIES],
            "people": [_person(number, name) for number, name in enumerate(["Sample Person", "見本", "مثال", "C"], 1)],
            "recognitions": recognitions,
            "in_scripts": [_recognition(number, work, "Selection") for number, work in enumerate(works[5:13], 10)],
            "quotes": [_quote(number, text, language) for number, (text, language) in enumerate(WORDS, 1)],
            "figures": [
                _figure(1, "submissions", "more_than", 4_600),
                _figure(2, "countries and regions", "exactly", 122),
                _figure(3, "prize pool", "exactly", 42_000, currency="USD"),
                _figure(4, "people who watched, as a note says", "about", 45_000_000),
            ],
            "list": _list(),
            "dots": tallies.chart({"one": 1, "three": 3, "twelve": 12, "": 2}),
            "bars": tallies.chart({f"a sample of {number}": number**2 for number in range(1, 15)}),
            "found": SimpleNamespace(
                entry=SimpleNamespace(url="#sample", language="", is_quote=False, is_synthetic=True),
                title=mark_safe("A <mark>Sample</mark> Title"),
                label="Grand Prize",
                byline="Sample Person",
                passage=mark_safe("A made-up passage in which the <mark>sample</mark> was found."),
            ),
            "appearances": [
                _stored(Appearance, number, person=_person(number, name), role=role, source=SOURCE)
                for number, (name, role) in enumerate(
                    [("Sample Host", "host"), ("A Sample Person with a Rather Long Name", "moderator")], 1
                )
            ],
        },
    )


def _stored(model: type, number: int, **fields: Any) -> Any:
    """Return an instance of `model` that looks saved, so that templates can use it without SQL."""
    row = model(pk=-number, key=f"synthetic-sample-{number}", **fields)
    row.get_absolute_url = lambda: "#sample"
    row._prefetched_objects_cache = {
        relation: []
        for relation in (
            "sources",
            "credits",
            "recognitions",
            "presenters",
            "affiliations",
            "submissions",
            "parties",
            "categories",
        )
    }
    return row


SOURCE = _stored(Source, 1, slug="sample", title="A sample of a source")
CONTEST = _stored(Contest, 1, slug="sample", title="Sample Contest", organiser=Organisation(name="Sample House"))
CREATOR = _stored(CreditRole, 1, slug="creator", name="Creator", order=1)
CREATOR.key = CreditRole.CREATOR  # Bylines leave out this role.
SERIES = _stored(Series, 1, slug="sample", name="Sample Series")
SERIES.edition_count = 98
EVENT = _stored(Event, 1, slug="sample", title="Sample evening", contest=CONTEST)


def _person(number: int, name: str) -> Person:
    return _stored(Person, number, slug=slug_from(name), name=name, sort_name=name, country="PL", headline="A headline")


def _work(number: int, title: str, language: str) -> Submission:
    known = _stored(Work, number, slug=slug_from(title), title=title[:200])
    work = _stored(
        Submission,
        number,
        work=known,
        slug=slug_from(title),
        title=title[:200],
        title_language=language,
        logline="A made-up logline in one sentence, of the length that loglines have.",
        contest=CONTEST,
    )
    maker = _person(number, "Sample Person")
    known._prefetched_objects_cache["credits"] = [
        _stored(Credit, number, person=maker, work=known, role=CREATOR, source=SOURCE)
    ]
    work._prefetched_objects_cache["sources"] = [SOURCE]
    return work


def _recognition(number: int, work: Submission, name: str, **fields: Any) -> Recognition:
    award = _stored(Award, number, contest=CONTEST, slug=slug_from(name), name=name, precedence=number)
    row = _stored(Recognition, number, award=award, source=SOURCE, **fields)
    row._prefetched_objects_cache["submissions"] = [work]
    return row


def _quote(number: int, text: str, language: str) -> Quote:
    return _stored(
        Quote,
        number,
        slug=f"sample-{number}",
        text=text.strip(),
        language=language,
        speaker=_person(number, "Sample Person"),
        event=EVENT,
        source=SOURCE,
    )


def _figure(number: int, label: str, qualifier: str, value: int, currency: str = "") -> Figure:
    return _stored(
        Figure,
        number,
        label=label,
        qualifier=qualifier,
        value=Decimal(value),
        currency=currency,
        contest=CONTEST,
        source=SOURCE,
    )


def _list() -> SimpleNamespace:
    """
    Return an object with the attributes of a filtered and sorted list, for a page in the middle of the list. So the
    style guide shows the links to all other pages.
    """

    def options(*labels: str, chosen: int = -1) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                id=f"sample-{slug_from(label)}-{number}",
                label=label,
                number=str(40 - number),
                href="#sample",
                is_chosen=number == chosen,
            )
            for number, label in enumerate(labels)
        ]

    return SimpleNamespace(
        described="Grand Prize · from Poland",
        facets=[
            SimpleNamespace(label="Award", first=options("Grand Prize", "Selection", chosen=0), rest=[], is_cut=False),
            SimpleNamespace(label="Country", first=options("Poland"), rest=options("Japan", "Brazil"), is_cut=True),
        ],
        chips=[{"label": "Award", "value": "Grand Prize", "href": "#sample"}],
        sorts=options("A–Z", "Z–A", chosen=0),
        looks=options("Grid", "List", chosen=0),
        problem="Unknown value for: Country. The whole list is shown.",
        page=[1],
        first="#sample",
        previous="#sample",
        next="#sample",
        last="#sample",
    )


@cache
def _one_of_each_composition() -> list[tuple[str, Submission]]:
    """
    Return all layouts of drawn posters, as pairs (name of the layout, a sample work whose poster has this layout).
    """
    found: dict[str, Submission] = {}
    for number in range(1000):
        name = artwork.poster(f"sample-{number}", "A Sample Title").composition
        if name not in found:
            found[name] = _work(number, "A Sample Title", "")
            found[name].slug = f"sample-{number}"
    return sorted(found.items())
