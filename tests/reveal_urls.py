"""The URLs that tests request to look for hidden results: every route, with filters, cursors and search queries."""

import re
from functools import reduce
from itertools import chain, product
from urllib.parse import quote as percent

from django.utils import timezone

from api.endpoints import RESOURCES
from api.params import Relations
from contests.models import AwardLine, Contest, Event, Figure, Quote, Recognition, Series, Submission, Work
from contests.views import OF_ALL_AWARDS, VOICES
from people.models import Organisation, Person
from portal.sitemaps import SITEMAPS
from publishing.laurels import FILES
from record.images import renditions
from record.keyset import encode_cursor
from record.models import FormerSlug, Source
from record.viewpoint import Viewpoint
from tests.url_patterns import addresses


def asked_of_entry(film):
    """Yield the filters and cursors of lists that would find one entry of a public contest."""
    creator, slug = creator_of(film), film.contest.slug
    yield from (f"/contests/{slug}/submissions/?after={token(film, order)}" for order in FILM_ORDERS)
    for asked in ("/quotes/?work", "/api/v1/quotes?work", "/api/v1/quotes?film"):
        yield f"{asked}={slug}/{percent(film.slug)}"
    yield f"/people/?after={token(creator, ['sort_key', 'pk'])}"
    yield f"/quotes/?speaker={percent(creator.slug)}"


def every_address():
    """Return every route with every slug, key, file and section of its rows, hidden or not."""
    former = set(FormerSlug.objects.values_list("slug", flat=True))
    slugs = {
        model: sorted({percent(slug) for slug in former.union(model.objects.values_list("slug", flat=True))})
        for model in (Person, Quote, Source, Organisation, Submission, Event, Work)
    }
    originals = {name for model in (Submission, Person) for name in _files(model)}
    stored = originals | {
        renditions.name_of(name, 20, extension) for name in originals for extension in ("avif", "webp")
    }
    contests = sorted(Contest.objects.values_list("slug", flat=True))
    pairs = [
        (row.contest.slug, percent(row.slug))
        for model in (Submission, Event, Figure)
        for row in model.objects.select_related("contest")
    ]
    pairs += [(former.object.contest.slug, former.slug) for former in FormerSlug.objects.all()]
    keys = {
        f"{resource.name}/{{id}}": sorted(
            resource.rows(Viewpoint.now(), {}).model.objects.values_list("key", flat=True)
        )
        for resource in RESOURCES
    }
    values = {
        "series": sorted(Series.objects.values_list("slug", flat=True)),
        "awards/{slug}": sorted(AwardLine.objects.values_list("slug", flat=True)),
        "contest": contests,
        "code": sorted(Recognition.objects.values_list("code", flat=True)),
        "file": sorted(FILES),
        "people/{slug}": slugs[Person],
        "organisations/{slug}": slugs[Organisation],
        "quotes/{slug}": slugs[Quote],
        "sources/{slug}": slugs[Source],
        "works/{slug}": slugs[Work],
        "slug": sorted({*contests, *chain(*slugs.values())}),
        **keys,
        "path": sorted(stored),
        "section": sorted(SITEMAPS),
    }
    return addresses(values, [*pairs, *product(contests, [pairs[0][1]])], otherwise=["1", "2"])


def _files(model):
    field = {Submission: "poster", Person: "portrait"}[model]
    return model.objects.exclude(**{field: ""}).values_list(field, flat=True)


LIST = re.compile(
    r"^/(?:contests/(?P<contest>[^/]+)/)?"
    r"(?P<noun>winners|submissions|works|people|organisations|quotes|sources|statistics)/$"
)


FILM_ORDERS = [["sort_key", "pk"], ["title", "pk"]]


#: Parameters whose name in the API differs from the pages.
API_NOUNS = {"recognitions": "winners"}


#: Parameters of every list.
ASKED = ["country=IS", "country=PL", "role=winner", "page=last", "sort=-title", "sort=-name", "sort=event"]


ASKED += ["view=list&page=last", "before=x", "letter=C", "letter=F", "letter=H", "born=1930", "decade=1990"]


def questions(urls, contests):
    """
    Return URLs of public lists with filters for values of the hidden `contests`, and with cursors at the positions of
    their rows. Lists of a hidden contest get only the values of that contest. Lists of a public contest, and lists of
    all contests, get the values of each hidden contest.
    """
    codes = [url.split("/")[2] for url in urls if re.search(r"^/verify/[^/]+/$", url)]
    searches = [url for url in urls if re.search(r"^/search/(\w+/)?$", url)]
    lists = [found for url in urls if (found := LIST.search(url))]
    hidden = {"contest-with-a-revoked-award": [], **{contest.slug: [contest] for contest in contests}}
    return [
        *(f"{found[0]}?{asked}" for found in lists for asked in of_list(found, hidden.get(found["contest"], contests))),
        *(f"{url}?q={percent(words)}" for url in searches for words in searched()),
        *(f"/verify/?code={code}" for code in codes),
        *asked_of_api(contests),
        *asked_by_oembed(urls),
    ]


def of_list(found, contests):
    """Return the query parameters for a list of the portal. `found` is a match of `LIST`."""
    after = filters(contests)
    if found["noun"] == "statistics":
        return [question for question in after if question.startswith("contest=")]
    return [*ASKED, *after, *(f"after={cursor}" for cursor in cursors(contests, found["noun"]))]


def filters(contests):
    """Yield query parameters with values of a hidden contest or of its rows."""
    for contest in contests:
        yield f"contest={contest.slug}"
        yield from (f"award={award.slug}" for award in contest.awards.all())
        yield from (f"work={contest.slug}/{percent(film.slug)}" for film in contest.submissions.all())
        for event in contest.events.all():
            yield f"event={contest.slug}/{percent(event.slug)}"
            for speaker in {percent(quote.speaker.slug) for quote in event.quotes.all()}:
                yield from (f"speaker={speaker}", f"person={speaker}&status=all")


def asked_of_api(contests):
    """Return the parameters that each list of the API accepts, and each list with all relations in `expand`."""
    after = list(filters(contests))
    for resource in RESOURCES:
        fields = resource.of_list.model_fields
        names = relations_of(resource.of_list)
        expand = f"&expand={','.join(names)}" if names else ""
        asked = [*ASKED, *after, *(f"after={cursor}" for cursor in cursors(contests, resource.name))]
        known = [question for question in asked if question.partition("=")[0] in fields]
        yield from (f"/api/v1/{resource.name}?{question}" for question in [f"limit=100{expand}", *known])
    yield from (f"/api/v1/statistics?{question}" for question in after if question.startswith("contest="))


def relations_of(params):
    """Return the names that the parameter `expand` accepts, of one class of the API's parameters."""
    metadata = params.model_fields["expand"].metadata if "expand" in params.model_fields else []
    return [name for found in metadata if isinstance(found, Relations) for name in found.names]


def asked_by_oembed(urls):
    """Return the oEmbed requests for every page that has an embed."""
    pages = [
        url
        for url in urls
        if re.search(r"^/(contests/[^/]+/(winners/|submissions/[^/]+/)?|(quotes|works)/[^/]+/)$", url)
    ]
    return [f"/oembed?url={percent(f'http://testserver{url}')}" for url in pages]


def searched():
    """Yield search queries: each hidden word whole, shortened, misspelt and inflected, alone and with a public word."""
    for word in ("sealedword", "futureword", "draftword", "losingword"):
        for form in (word, word[:-2], word[:3] + word[4:], f"{word}s"):
            yield from (form, f"film {form}", f"shown {form}")
    yield from ("film", "flim", "shown creater", "word", "grand prize", "creator")


def cursors(contests, noun):
    """Return the positions of hidden rows in the sort orders of a model's lists, as cursors for URLs."""
    films = [film for contest in contests for film in contest.submissions.all()]
    won = [won for contest in contests for award in contest.awards.all() for won in award.recognitions.all()]
    quotes = [quote for contest in contests for event in contest.events.all() for quote in event.quotes.all()]
    rows, orders = {
        "submissions": (films, FILM_ORDERS),
        "works": ([film.work for film in films], FILM_ORDERS),
        "people": ([creator_of(film) for film in films], [["sort_key", "pk"]]),
        "sources": ([source for film in films for source in film.sources.all()], [["sort_key", "pk"]]),
        "winners": (won, [["award__precedence", "order", "pk"], columns(OF_ALL_AWARDS)]),
        "quotes": (quotes, [columns([VOICES[0]]), columns(VOICES[1:])]),
    }.get(API_NOUNS.get(noun, noun), ([], []))
    return [token(row, order) for row in rows for order in orders]


def columns(orders):
    return [column.removeprefix("-") for column in orders[0].columns]


def token(row, order):
    # An unpublished contest may have no time to sort by, so any time is used.
    return encode_cursor([reduce(getattr, column.split("__"), row) or timezone.now() for column in order])


def creator_of(film):
    return Person.objects.get(credits__work=film.work, name__startswith="Creator ")
