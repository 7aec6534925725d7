"""Which pages of the portal belong to a static copy."""

from collections.abc import Iterable

from django.db.models import QuerySet

from contests.models import Contest, Series
from record.viewpoint import Viewpoint

from .addresses import Address

#: The first parts of URLs that need a server: searches, forms, the API and what is only of use inside other websites.
#: A copy has no such pages.
OF_SERVER = {
    *(
        "account",
        "admin",
        "api",
        "embed",
        "favicon.ico",
        "healthz",
        "readyz",
        "language",
        "manifest.webmanifest",
        "oembed",
    ),
    *("preview", "robots.txt", "search", "sitemap.xml", "style-guide", "verify"),
}
#: Files that pages of every kind show.
ASSETS = {"card.png", "data", "laurels", "media", "static"}
#: In the copy of a contest, the pages beside its own, in two steps: those that its own pages link to, and those that
#: these link to.
BESIDE = {"works": 1, "quotes": 1, "people": 2, "organisations": 2, "sources": 2}
#: Files that take long to make, and can be left out.
LARGE = {
    "cards": ["card.png"],
    "press-kits": ["press-kit.zip", "fact-sheet.pdf"],
    "laurel-pngs": [f"/on-{surface}{kind}.png" for surface in ("light", "dark") for kind in ("", "-transparent")],
}


class Scope:
    """
    The whole site, without the files of the kinds `without`. `start` is the path of the first page, `name` the
    same without its slash, `title` the name of the contest or series, and `steps` the number of steps of the crawl.
    """

    start, name, title, steps = "", "", "", 1

    def __init__(self, without: Iterable[str] = ()):
        self._without = tuple(name for kind in without for name in LARGE[kind])

    def step_of(self, address: Address) -> int | None:
        """Return the step of the crawl that visits `address`, or None if it does not belong to the copy."""
        if self._without and address.path.endswith(self._without):
            return None
        return self._step_of(address)

    def _step_of(self, address: Address) -> int | None:
        first = address.segments[0]
        return None if first in OF_SERVER or first.startswith("sitemap-") else 0

    def has(self, address: Address, here: Address) -> bool:
        """Return whether `address`, which the page `here` links to, belongs to the copy."""
        return self.step_of(address) is not None

    def resources(self) -> dict[str, list[str]]:
        """Return the filters of the lists of the API: {parameter: values}. None of them for the whole site."""
        return {}


class ContestScope(Scope):
    """
    A contest or a series: all pages below its URL and those of its `contests`, their quotes and statistics, and the
    works, people, organisations, quotes and sources that these pages name.
    """

    steps = 3

    def __init__(self, start: str, title: str, contests: Iterable[str], without: Iterable[str] = ()):
        super().__init__(without)
        self.start, self.name, self.title = start, start.strip("/"), title
        self.contests = sorted(contests)
        self._own = {*(f"contests/{slug}" for slug in self.contests), self.name}
        self._beside: set[str] = set()

    def _step_of(self, address: Address) -> int | None:
        first, *rest = address.segments
        if first in ASSETS:
            return 0
        # Lists of all contests, narrowed to one: its quotes and statistics.
        if address.choice and address.choice[0] == "contest":
            return 0 if address.choice[1] in self.contests else None
        if first in BESIDE:
            return BESIDE[first] if rest else None
        return 0 if rest and f"{first}/{rest[0]}" in self._own else None

    def has(self, address: Address, here: Address) -> bool:
        step = self.step_of(address)
        if not step:
            return step == 0
        subject = "/".join(address.segments[:2])
        # All pages of the earlier steps have been visited, so all that they name is known.
        if step > (self.step_of(here) or 0):
            self._beside.add(subject)
        return subject in self._beside

    def resources(self) -> dict[str, list[str]]:
        return {"contest": self.contests}


class UnknownSlugError(Exception):
    pass


def scope_of(asked: str, viewpoint: Viewpoint, without: Iterable[str] = ()) -> Scope:
    """
    Return what a copy of `asked` has: "" is the whole site, other values are the slug of a contest or a series, also as
    "contests/nextgen". Only what is public at `viewpoint` can be found.
    """
    if not asked:
        return Scope(without)
    kind, _slash, slug = asked.strip("/").rpartition("/")
    contests = Contest.objects.public(viewpoint)
    of_kind: dict[str, QuerySet] = {"contests": contests, "series": Series.objects.public(viewpoint)}
    found = {
        name: row
        for name, rows in of_kind.items()
        if kind in ("", name) and (row := rows.filter(slug=slug).first()) is not None
    }
    if not found:
        raise UnknownSlugError(f"There is no public contest or series with the slug “{asked}”.")
    if len(found) > 1:
        raise UnknownSlugError(f"There is a contest and a series “{slug}”: write contests/{slug} or series/{slug}.")
    if "contests" in found:
        return ContestScope(f"contests/{slug}/", str(found["contests"]), [slug], without)
    of_series = contests.filter(series__slug=slug).order_by().values_list("slug", flat=True)
    return ContestScope(f"series/{slug}/", str(found["series"]), of_series, without)
