"""
Feeds of the newest public winners and quotes, as Atom (RFC 4287) or JSON Feed 1.1.

The date of an entry is the time when its row became public (see `with_public_since`). A revoked recognition is not in
the feed, but its page stays online with a notice of the revocation.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed, SyndicationFeed, rfc3339_date
from django.utils.translation import gettext as _

from contests.made_up import is_made_up
from contests.models import Contest, Quote, Recognition
from contests.recognition_words import award_words
from contests.visibility import is_news
from publishing.identifiers import uuid_of
from publishing.xml import clean
from record.excerpts import beginning
from record.last_modified import with_public_since
from record.querysets import RecordQuerySet
from record.synthetic import MARK, is_synthetic
from record.viewpoint import Viewpoint

LIMIT = 50


@dataclass(frozen=True)
class Entry:
    """
    One entry of a feed. `path` is the path of the page with this content. `content` is HTML. `since` is the time when
    the content became public.
    """

    id: str
    path: str
    title: str
    content: str
    since: datetime
    author: str = ""
    language: str = ""


def winners(viewpoint: Viewpoint, contest: Contest | None = None) -> list[Entry]:
    """Return the newest winners of `contest`, or of all contests except synthetic ones. Runs four SQL statements."""
    rows = Recognition.objects.public(viewpoint).winning()
    rows = _of(rows, contest, "award__contest").for_award_lines()
    return [_winner(row) for row in rows.order_by("-since", "award__precedence", "order", "pk")[:LIMIT]]


def quotes(viewpoint: Viewpoint, contest: Contest | None = None) -> list[Entry]:
    """Return the newest quotes of `contest`, or of all contests except synthetic ones. Runs one SQL statement."""
    rows = _of(Quote.objects.public(viewpoint), contest, "event__contest").for_list()
    return [_quote(row) for row in rows.order_by("-since", "event__order", "order", "pk")[:LIMIT]]


def newest(*feeds: list[Entry]) -> list[Entry]:
    """
    Merge several lists of entries. Return the `LIMIT` newest entries, newest first. If two entries have the same time,
    the one from the earlier argument comes first.
    """
    return sorted((entry for feed in feeds for entry in feed), key=lambda entry: entry.since, reverse=True)[:LIMIT]


def _of(rows: RecordQuerySet, contest: Contest | None, via: str) -> Any:
    """
    Return the rows of `contest`. If `contest` is None, return the rows of all contests, without synthetic ones and
    without editions of the past, which are no news. Each row gets the annotation `since`: the time when it became
    public. `via` is the lookup path from the row to its contest, such as "event__contest".
    """
    if contest is None:
        rows = rows.real().exclude(is_synthetic(f"{via}__")).filter(is_news(f"{via}__"))
    else:
        rows = rows.filter(**{via: contest})
    return with_public_since(rows, via)


def _winner(recognition: Recognition) -> Entry:
    title = _("%(award)s: %(name)s") % {"award": award_words(recognition), "name": recognition.named}
    return _entry(
        recognition,
        recognition.award.contest,
        recognition.get_absolute_url(),
        title,
        "publishing/feed_winner.html",
    )


def _quote(quote: Quote) -> Entry:
    words = {"speaker": quote.speaker.name, "words": beginning(quote.text, 80)}
    title = _("%(speaker)s: “%(words)s”") % words
    author = {"author": quote.speaker.name, "language": quote.language}
    return _entry(quote, quote.event.contest, quote.get_absolute_url(), title, "publishing/feed_quote.html", **author)


def _entry(row: Any, contest: Contest, path: str, title: str, template: str, **more: str) -> Entry:
    content = render_to_string(template, {"row": row})
    if is_made_up(row):
        title = f"{title} ({MARK})"
    return Entry(uuid_of(row).urn, path, clean(title), clean(content.strip()), row.since, **more)


def fill(feed: SyndicationFeed, entries: Iterable[Entry], absolute: Any) -> None:
    """Add `entries` to `feed`. `absolute` converts a path to an absolute URL."""
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=absolute(entry.path),
            description=entry.content,
            unique_id=entry.id,
            pubdate=entry.since,
            updateddate=entry.since,
            author_name=clean(entry.author) or None,
            language=entry.language,
        )


class _Steady(SyndicationFeed):
    """
    A feed whose date is the date of its newest entry. If it has no entries, its date is `begun`. Django's own feeds use
    the current time in this case, so an empty feed would change with every request.
    """

    content_type: str

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.feed["begun"] or datetime(1970, 1, 1, tzinfo=UTC)


class AtomFeed(_Steady, Atom1Feed):
    """An Atom feed. Each entry can have its own language."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] else {}


class JSONFeed(_Steady):
    """A feed in the format JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

    content_type = "application/feed+json"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["subtitle"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"]}],
            "items": [self._item(item) for item in self.items],
        }
        outfile.write(json.dumps(feed, ensure_ascii=False).encode(encoding))

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        described = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["description"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": [{"name": item["author_name"]}] if item["author_name"] else None,
            "language": item["language"],
        }
        return {name: value for name, value in described.items() if value}


TYPES: dict[str, type[_Steady]] = {"atom": AtomFeed, "json": JSONFeed}
