"""
oEmbed 1.0 (oembed.com): describes the embed for a URL of the portal. The URL is looked up in the portal's own URL
configuration. Former slugs work too.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from django.http import Http404
from django.urls import resolve, reverse

from contests.makers import Party, page_of
from contests.models import Contest, CreditRole, Quote, Submission, Work
from publishing import cards
from publishing.embeds import WIDTH, Subject, piece_of, snippet
from publishing.xml import clean
from record.slug_lookup import find
from record.viewpoint import Viewpoint

#: How long a website may cache a response, in seconds. The embed itself is loaded again at each visit.
CACHE_AGE = 3600


def card_url(subject: Subject) -> str:
    """Return the path of the share card of `subject`, with the version of the card."""
    match subject:
        case Contest():
            card = cards.of_contest(subject)
        case Submission():
            card = cards.of_work(subject)
        case Quote():
            card = cards.of_quote(subject)
    return cards.url_of(card, subject)


def subject_at(path: str, viewpoint: Viewpoint) -> Subject:
    """
    Return the contest, work or quote whose page is at `path` (percent-encoded). Raise `Http404` if the page has no
    embed.
    """
    # Add a missing slash at the end of the path, as the portal's pages do with a redirect.
    match = resolve(f"{unquote(path).rstrip('/')}/")
    readers: dict[str | None, Callable[..., Subject]] = {
        "contest": _contest,
        "contest_winners": _contest,
        "submission": _entry,
        "work": _work,
        "quote": _quote,
    }
    if match.view_name not in readers:
        raise Http404
    return readers[match.view_name](viewpoint, **match.kwargs)


def _contest(viewpoint: Viewpoint, contest: str) -> Contest:
    return find(Contest.objects.public(viewpoint).for_list(), contest)[0]


def _work(viewpoint: Viewpoint, slug: str) -> Submission:
    """Return the first public entry of a work."""
    work = find(Work.objects.public(viewpoint), slug, viewpoint=viewpoint)[0]
    entries = Submission.objects.public(viewpoint).for_gallery(viewpoint).filter(work=work)
    return entries.order_by("contest__edition_key", "contest_id", "pk")[0]


def _entry(viewpoint: Viewpoint, contest: str, slug: str) -> Submission:
    return find(Submission.objects.public(viewpoint).for_gallery(viewpoint), slug, contest=contest)[0]


def _quote(viewpoint: Viewpoint, slug: str) -> Quote:
    return find(Quote.objects.public(viewpoint).for_list(), slug)[0]


def answer(
    subject: Subject, absolute: Callable[[str], str], *, maxwidth: int | None = None, maxheight: int | None = None
) -> dict[str, Any]:
    """
    Return the oEmbed response for `subject` as a dict. The embed has at most `maxwidth` by `maxheight` CSS pixels.
    `absolute` converts a path to an absolute URL.
    """
    piece = piece_of(subject)
    width, height = min(WIDTH, maxwidth or WIDTH), min(piece.height, maxheight or piece.height)
    return {
        "version": "1.0",
        "type": "rich",
        "title": piece.title,
        **({"description": piece.context} if piece.context else {}),
        **_author(subject, absolute),
        "provider_name": "Laurel",
        "provider_url": absolute(reverse("home")),
        "cache_age": CACHE_AGE,
        **_thumbnail(subject, absolute, maxwidth, maxheight),
        "html": snippet(piece, absolute, width=width, height=height),
        "width": width,
        "height": height,
    }


def _author(subject: Subject, absolute: Callable[[str], str]) -> dict[str, str]:
    match subject:
        case Contest():
            return {"author_name": subject.organiser.name}
        case Quote():
            people: list[Party] = [subject.speaker]
        case Submission():
            credits = subject.credits.all()
            authors = (CreditRole.CREATOR, CreditRole.DIRECTOR)
            made = [credit.party for credit in credits if credit.role.key in authors]
            people = list(dict.fromkeys(made or [credit.party for credit in credits]))
    if not people:
        return {}
    # oEmbed allows only one author URL, so `author_url` is left out if there are several authors.
    address = {"author_url": absolute(page)} if len(people) == 1 and (page := page_of(people[0])) else {}
    return {"author_name": ", ".join(person.name for person in people), **address}


def _thumbnail(
    subject: Subject, absolute: Callable[[str], str], maxwidth: int | None, maxheight: int | None
) -> dict[str, Any]:
    # The limits `maxwidth` and `maxheight` also apply to the thumbnail.
    width, height = cards.WIDTH, cards.HEIGHT
    if width > (maxwidth or width) or height > (maxheight or height):
        return {}
    return {"thumbnail_url": absolute(card_url(subject)), "thumbnail_width": width, "thumbnail_height": height}


def as_xml(said: dict[str, Any]) -> bytes:
    """Convert an oEmbed response from a dict to XML."""
    root = ElementTree.Element("oembed")
    for name, value in said.items():
        ElementTree.SubElement(root, name).text = clean(str(value))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
