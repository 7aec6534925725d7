"""Feeds of winners and quotes. Each view uses only rows that are public at `request.viewpoint`."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contests.models import Contest
from publishing import feeds
from publishing.xml import clean
from record.slug_lookup import find, moved_to
from record.synthetic import MARK
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page


@require_safe
@conditional_page
def winners(request: Request, extension: str) -> HttpResponse:
    """Return the feed of the newest winners of all contests. `extension` is its format: "atom" or "json"."""
    return _feed(request, extension, _("Laurel: winners"), reverse("winners"), feeds.winners(request.viewpoint))


@require_safe
@conditional_page
def quotes(request: Request, extension: str) -> HttpResponse:
    """Return the feed of the newest quotes of all contests. `extension` is its format: "atom" or "json"."""
    return _feed(request, extension, _("Laurel: quotes"), reverse("quotes"), feeds.quotes(request.viewpoint))


@require_safe
@conditional_page
def contest(request: Request, contest: str, extension: str) -> HttpResponse:
    """
    Return the feed of the newest winners and quotes of one contest. The feed exists even while it is empty, so that
    people can subscribe before the winners are revealed.
    """
    found, moved = find(Contest.objects.public(request.viewpoint), contest)
    if moved:
        return moved_to(request, reverse(f"contest_{extension}", args=[found.slug]))
    title = f"{found} ({MARK})" if found.is_synthetic else str(found)
    entries = feeds.newest(feeds.winners(request.viewpoint, found), feeds.quotes(request.viewpoint, found))
    return _feed(request, extension, title, found.get_absolute_url(), entries, begun=found.published_at)


def _feed(
    request: HttpRequest,
    extension: str,
    title: str,
    path: str,
    entries: Iterable[feeds.Entry],
    begun: datetime | None = None,
) -> HttpResponse:
    """
    Return a feed. `path` is the path of the page with the same content. `begun` is the date of the feed while it is
    empty. The response has no Last-Modified header, because clients that use it would miss that an entry was corrected
    or removed.
    """
    url = request.build_absolute_uri(path)
    feed = feeds.TYPES[extension](
        title=clean(title),
        link=url,
        description="",
        subtitle=_("Winners, and what was said on stage, with their sources."),
        language=get_language(),
        author_name="Laurel",
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=url,
        begun=begun,
    )
    feeds.fill(feed, entries, request.build_absolute_uri)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response
