"""
Hand-written Django views that fetch the same rows as Laurel's public pages, with plain conditions, and show them with
Django's templates. They are what `benchmarks.uncached_pages` compares Laurel with. They leave out what Laurel adds:
the whole reveal rule, footnotes of sources, drawn posters, structured data, translations.

Around each page is a frame with the same parts as Laurel's: links to the languages, tags for link previews, style
sheets, the navigation at the top and at the bottom. The list of sources has only those that a public row cites, because
Laurel's list has no others.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.urls import path
from django.utils import timezone

from contests.models import Appearance, Contest, Credit, Event, Figure, LeadingRegion, Quote, Recognition, Submission
from contests.models.award import Award
from people.models import Organisation, Person
from record.models import Source

#: For each page, text that makes it as long as Laurel's. `benchmarks.uncached_pages` sets it.
padding: dict[str, str] = {}

NAVIGATION = """
<nav><ul>{% for name, label in sections %}{% url name as link %}
  <li><a href="{{ link }}"{% if link == request.path %} aria-current="page"{% endif %}>{{ label }}</a></li>{% endfor %}
</ul></nav>
"""
FRAME = """{% load static %}<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{ title }}</title>
  <meta name="description" content="{{ title }}">
  <link rel="canonical" href="{{ request.build_absolute_uri }}">{% for code, name in languages %}
  <link rel="alternate" hreflang="{{ code }}" href="/{{ code }}{{ request.path }}">{% endfor %}
  <meta property="og:title" content="{{ title }}">
  <meta property="og:description" content="{{ title }}">
  <meta property="og:url" content="{{ request.build_absolute_uri }}">
  <meta property="og:image" content="{% static 'img/apple-touch-icon.png' %}">
  <link rel="preload" href="{% static 'fonts/fraunces-latin.woff2' %}" as="font" type="font/woff2" crossorigin>
  <link rel="preload" href="{% static 'fonts/instrument-sans-latin.woff2' %}" as="font" type="font/woff2" crossorigin>
  <link rel="stylesheet" href="{% static 'css/bundle_public.css' %}">
  <script src="{% static 'js/transitions.js' %}" defer></script>
  <script src="{% static 'js/lists.js' %}" defer></script>
  <link rel="icon" href="{% static 'img/favicon.svg' %}" type="image/svg+xml">
</head>
<body>
  <header><a href="{% url 'home' %}">Laurel</a>{% include "navigation" %}</header>
  <main><h1>{{ title }}</h1>{% block content %}{% endblock %}<p>{{ padding|safe }}</p></main>
  <footer>{% include "navigation" %}
    <form method="post"><input type="hidden" name="next" value="{{ request.get_full_path }}">
      {% for code, name in languages %}<button name="language" value="{{ code }}">{{ name }}</button>{% endfor %}
    </form>
  </footer>
</body>
</html>
"""
_ENGINE = Engine(
    loaders=[("django.template.loaders.locmem.Loader", {"frame": FRAME, "navigation": NAVIGATION})],
    libraries={"static": "django.templatetags.static"},
)
SECTIONS = [("people", "People"), ("quotes", "Quotes"), ("sources", "Sources")]
WORK = '<a href="/contests/{{ row.contest.slug }}/submissions/{{ row.slug }}/" dir="auto">{{ row.title }}</a>'
MAKERS = (
    '{% for credit in row.credits.all %}<li><a href="/people/{{ credit.person.slug }}/">{{ credit.person.name }}</a>,'
    " {{ credit.role }}{% if credit.source %}<sup>{{ credit.source.pk }}</sup>{% endif %}</li>{% endfor %}"
)
RECOGNITION = (
    "<article><p>{{ given.award.name }}, {{ given.get_standing_display }}"
    "{% if given.source %}<sup>{{ given.source.pk }}</sup>{% endif %}</p>"
    f"{{% with row=given.submission %}}<h2>{WORK}</h2><ul>{MAKERS}</ul>"
    "{% if row.synopsis %}<p>{{ row.synopsis }}</p>{% endif %}{% endwith %}"
    "{% if given.citation %}<blockquote>{{ given.citation }}</blockquote>{% endif %}</article>"
)
QUOTE = (
    '<figure><blockquote lang="{{ quote.language }}">{{ quote.text }}</blockquote><figcaption>'
    '<a href="/people/{{ quote.speaker.slug }}/">{{ quote.speaker.name }}</a>, {{ quote.event.title }}'
    "{% if quote.submission %}, {{ quote.submission.title }}{% endif %}<sup>{{ quote.source.pk }}</sup>"
    "</figcaption></figure>"
)
FACETS = (
    "{% for name, facet in facets.items %}<h3>{{ name }}</h3><ul>{% for option in facet %}"
    '<li><a href="?{{ name }}={{ option.0|urlencode }}">{{ option.0 }}</a> {{ option.1 }}</li>{% endfor %}</ul>'
    "{% endfor %}"
)


def _template(body: str) -> Template:
    return _ENGINE.from_string(f'{{% extends "frame" %}}{{% block content %}}{body}{{% endblock %}}')


def _page(request: HttpRequest, template: Template, title: str, **rows: Any) -> HttpResponse:
    frame = {"title": title, "request": request, "sections": SECTIONS, "languages": settings.LANGUAGES}
    context = {**frame, "padding": padding.get(request.path, ""), **rows}
    return HttpResponse(template.render(Context(context)))


def _winners(**conditions: Any) -> QuerySet[Recognition]:
    now = timezone.now()
    shown = Recognition.objects.filter(
        approved_at__lte=now, award__contest__reveal_at__lte=now, revoked_on=None, standing="winner", **conditions
    )
    works = Prefetch("submissions", Submission.objects.select_related("contest", "work"))
    credits = Prefetch(
        "submissions__work__credits", Credit.objects.select_related("person", "role", "source").order_by("order")
    )
    return shown.select_related("award__contest", "source").prefetch_related(
        *(works, credits, "submissions__sources", "parties__person", "presenters")
    )


def _works(contest: str) -> QuerySet[Submission]:
    shown = Submission.objects.filter(
        contest__slug=contest, contest__reveal_at__lte=timezone.now(), status="eligible"
    ).select_related("contest", "work")
    return shown.prefetch_related(
        Prefetch("work__credits", Credit.objects.select_related("person", "role", "source").order_by("order")),
        Prefetch("recognitions", Recognition.objects.select_related("award", "source")),
    )


def _counted(rows: QuerySet, column: str) -> list[tuple[Any, int]]:
    return list(rows.order_by().values_list(column).annotate(count=Count("pk", distinct=True)).order_by("-count")[:60])


HOME = _template(
    f"{{% for given in winners %}}{RECOGNITION}{{% endfor %}}"
    "{% for figure in figures %}<dl><dt>{{ figure.label }}</dt><dd>{{ figure.value }}</dd></dl>{% endfor %}"
    f"{{% for quote in quotes %}}{QUOTE}{{% endfor %}}"
    "{% for shown in appearances %}<li>{{ shown.person.name }}, {{ shown.get_role_display }}</li>{% endfor %}"
    "{% for event in events %}<li>{{ event.title }}, {{ event.starts_at }}</li>{% endfor %}"
    "{% for region in regions %}<li>{{ region.country.name }}</li>{% endfor %}"
)


def _of_contest(contest: Contest, number: int) -> dict[str, Any]:
    return {
        "winners": _winners(award__contest=contest).order_by("award__precedence", "order")[:number],
        "figures": Figure.objects.filter(contest=contest).select_related("organisation", "source")[:12],
        "events": Event.objects.filter(contest=contest).select_related("contest")[:12],
    }


def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    contest = Contest.objects.filter(reveal_at__lte=now).select_related("series", "organiser").latest("published_at")
    quotes = Quote.objects.filter(event__contest=contest).select_related("speaker", "event", "submission", "source")
    appearances = Appearance.objects.filter(event__contest=contest).select_related("person", "event", "source")
    rows = _of_contest(contest, 12) | {"quotes": quotes[:6], "appearances": appearances[:24]}
    return _page(request, HOME, contest.title, **rows)


def contest(request: HttpRequest, contest: str) -> HttpResponse:
    found = (
        Contest.objects.select_related("series", "organiser")
        .prefetch_related("sources")
        .annotate(works=Count("submissions"))
        .get(slug=contest)
    )
    regions = LeadingRegion.objects.filter(contest=found).select_related("source")[:12]
    return _page(request, HOME, found.title, regions=regions, **_of_contest(found, 12))


WINNERS = _template(f"{FACETS}{{% for given in winners %}}{RECOGNITION}{{% endfor %}}")


def winners(request: HttpRequest, contest: str) -> HttpResponse:
    found = Contest.objects.select_related("series", "organiser").get(slug=contest)
    rows = _winners(award__contest=found)
    facets = {name: _counted(rows, path) for name, path in {"award": "award__name"}.items()}
    facets["country"] = _counted(rows, "submissions__work__credits__person__country")
    shown = rows.order_by("award__precedence", "order", "pk")[:48]
    return _page(request, WINNERS, found.title, winners=shown, facets=facets, count=rows.count())


GALLERY = _template(
    f"{FACETS}<ul>{{% for row in works %}}<li>{WORK}<ul>{MAKERS}</ul>"
    "{% for given in row.recognitions.all %}<p>{{ given.award.name }}</p>{% endfor %}</li>{% endfor %}</ul>"
)


def gallery(request: HttpRequest, contest: str) -> HttpResponse:
    found = Contest.objects.select_related("series", "organiser").get(slug=contest)
    rows = _works(contest)
    facets = {name: _counted(rows, path) for name, path in {"category": "categories__name"}.items()}
    facets["award"] = _counted(rows, "recognitions__award__name")
    facets["country"] = _counted(rows, "credits__person__country")
    shown = rows.order_by("sort_key", "pk")[:48]
    return _page(request, GALLERY, found.title, works=shown, facets=facets, count=rows.count())


WORK_PAGE = _template(
    f"<h2>{WORK}</h2><ul>{MAKERS}</ul><p>{{{{ row.synopsis }}}}</p>"
    "{% for kind in row.categories.all %}<p>{{ kind.name }}</p>{% endfor %}"
    "{% for given in row.recognitions.all %}<p>{{ given.award.name }}: {{ given.citation }}</p>{% endfor %}"
    "{% for source in row.sources.all %}<li>{{ source.title }}, {{ source.publisher }}</li>{% endfor %}"
    f"{{% for quote in quotes %}}{QUOTE}{{% endfor %}}{{% for given in others %}}{RECOGNITION}{{% endfor %}}"
)


def work(request: HttpRequest, contest: str, slug: str) -> HttpResponse:
    row = _works(contest).select_related("contest__organiser").prefetch_related("categories", "sources").get(slug=slug)
    quotes = Quote.objects.filter(submission=row).select_related("speaker", "event", "submission", "source")[:60]
    others = _winners(award__contest=row.contest_id).exclude(submissions=row).order_by("award__precedence")[:6]
    return _page(request, WORK_PAGE, row.title, row=row, quotes=quotes, others=others)


PEOPLE = _template(
    f"{FACETS}<ul>{{% for person in people %}}<li><a href='/people/{{{{ person.slug }}}}/'>{{{{ person.name }}}}</a>"
    "{{ person.country.name }}{% for at in person.affiliations.all %}, {{ at.organisation.name }}{% endfor %}</li>"
    "{% endfor %}</ul>"
)


def people(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    rows = Person.objects.filter(credits__work__entries__contest__reveal_at__lte=now).distinct()
    facets = {"country": _counted(rows, "country"), "role": _counted(rows, "appearances__role")}
    shown = rows.order_by("sort_key", "pk").prefetch_related("affiliations__organisation")[:60]
    return _page(request, PEOPLE, "People", people=shown, facets=facets, count=rows.count())


PERSON = _template(
    "<p>{{ person.biography }}</p>{% for at in affiliations %}<p>{{ at.title }}, {{ at.organisation.name }}</p>"
    f"{{% endfor %}}{{% for row in entries %}}{{% with contest=row.contest %}}<li>{WORK}</li>{{% endwith %}}"
    "{% endfor %}{% for given in recognitions %}<p>{{ given.award.name }}, {{ given.submission.title }}</p>{% endfor %}"
    "{% for shown in appearances %}<li>{{ shown.event.title }}</li>{% endfor %}"
    f"{{% for quote in quotes %}}{QUOTE}{{% endfor %}}"
)


def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = Person.objects.prefetch_related("sources").get(slug=slug)
    made = Submission.objects.filter(work__credits__person=found).select_related("contest", "work")
    entries = list(made.prefetch_related("work__credits__source")[:60])
    recognitions = Recognition.objects.filter(submissions__in=entries)
    quotes = Quote.objects.filter(speaker=found).select_related("speaker", "event", "submission", "source")[:60]
    return _page(
        request,
        PERSON,
        found.name,
        person=found,
        affiliations=found.affiliations.select_related("organisation", "source"),
        past=list(found.past_works.select_related("source")),
        entries=entries,
        recognitions=recognitions.select_related("award__contest", "source").prefetch_related("submissions"),
        appearances=found.appearances.select_related("event__contest", "source"),
        quotes=quotes,
    )


QUOTES = _template(f"{FACETS}{{% for quote in quotes %}}{QUOTE}{{% endfor %}}")


def quotes(request: HttpRequest) -> HttpResponse:
    rows = Quote.objects.filter(event__contest__reveal_at__lte=timezone.now())
    names = {"contest": "event__contest__title", "speaker": "speaker__name", "event": "event__title"}
    facets = {name: _counted(rows, path) for name, path in (names | {"work": "submission__title"}).items()}
    shown = rows.select_related("speaker", "event__contest", "submission__contest", "source")
    shown = shown.order_by("speaker__sort_key", "speaker_id", "event_id", "order", "pk")[:48]
    return _page(request, QUOTES, "Quotes", quotes=shown, facets=facets, count=rows.count())


SOURCES = _template(
    "<ul>{% for source in sources %}<li><a href='/sources/{{ source.slug }}/'>{{ source.title }}</a>,"
    " {{ source.publisher }}, {{ source.published_on }}</li>{% endfor %}</ul>"
)


def _cited_sources() -> QuerySet[Source]:
    """Return the sources that a row of a published contest cites, or a person or organisation that is part of one."""
    now, source = timezone.now(), OuterRef("pk")
    people = Person.objects.filter(credits__work__entries__contest__reveal_at__lte=now)
    of_contest, of_event = {"contest__published_at__lte": now}, {"event__contest__published_at__lte": now}
    citing = [
        Contest.objects.filter(sources=source, published_at__lte=now),
        Contest.objects.filter(series__sources=source, published_at__lte=now),
        Submission.objects.filter(sources=source, contest__reveal_at__lte=now, status="eligible"),
        Event.objects.filter(sources=source, **of_contest),
        Figure.objects.filter(source=source, **of_contest),
        LeadingRegion.objects.filter(source=source, **of_contest),
        Award.objects.filter(source=source, **of_contest),
        Recognition.objects.filter(source=source, award__contest__reveal_at__lte=now, approved_at__lte=now),
        Credit.objects.filter(source=source, work__entries__contest__reveal_at__lte=now),
        Appearance.objects.filter(source=source, **of_event),
        Quote.objects.filter(source=source, event__contest__reveal_at__lte=now),
        people.filter(sources=source),
        people.filter(affiliations__source=source),
        people.filter(past_works__source=source),
        people.filter(next_projects__source=source),
        Organisation.objects.filter(sources=source, organised_contests__published_at__lte=now),
    ]
    return Source.objects.filter(reduce(or_, (Q(Exists(rows)) for rows in citing)))


def sources(request: HttpRequest) -> HttpResponse:
    return _page(request, SOURCES, "Sources", sources=_cited_sources().order_by("sort_key", "pk")[:60])


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse("constant")


def with_own_urls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that makes Django use the URLs of this module."""

    def answered(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return answered


urlpatterns = [
    path("", home, name="home"),
    path("contests/<str:contest>/", contest),
    path("contests/<str:contest>/winners/", winners),
    path("contests/<str:contest>/submissions/", gallery),
    path("contests/<str:contest>/submissions/<str:slug>/", work),
    path("people/", people, name="people"),
    path("people/<str:slug>/", person),
    path("quotes/", quotes, name="quotes"),
    path("sources/", sources, name="sources"),
    path("constant/", constant),
]
