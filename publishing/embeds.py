"""
The embeds that other sites may show in a frame: the winners of a contest, one work, one quote. This module knows their
titles, URLs and sizes; the pages are in `publishing/views/embeds.py`.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from contests.formatting import quote_length
from contests.models import Contest, Quote, Submission
from record.excerpts import beginning
from record.synthetic import MARK

Subject = Contest | Submission | Quote
#: In CSS pixels: the width of a text column. An embed still works at 240 px with the same height.
WIDTH = 600
#: The height of an embed in CSS pixels, by kind and, for quotes, by `quote_length`. `embeds.css` is designed for these.
HEIGHTS = {
    "winners": 480,
    "work": 336,
    "quote short": 288,
    "quote medium": 352,
    "quote long": 480,
    "quote endless": 512,
}
# The height of the notice for synthetic content, and of three lines of context.
NOTICE, CONTEXT = 48, 72
#: The number of characters of a quote in the title of its embed.
NAMED = 60


@dataclass(frozen=True)
class Piece:
    """An embed. `path` is the page to put in the frame, `page` the full page it links to; `height` is in CSS pixels."""

    path: str
    page: str
    title: str
    height: int
    is_synthetic: bool
    #: What a reader must know to understand it.
    context: str = ""


def piece_of(subject: Subject) -> Piece:
    """Return the embed of a contest (its winners), a work or a quote. Runs no SQL."""
    match subject:
        case Contest():
            parents, args, name = [], [subject.slug], "winners"
            page, kind = reverse("contest_winners", args=args), "winners"
            title = _("Winners of %(contest)s") % {"contest": subject}
        case Submission():
            parents, args, name = [subject.contest], [subject.contest.slug, subject.slug], "work"
            page, kind = subject.get_absolute_url(), "work"
            title = subject.title
        case Quote():
            parents, args, name = [subject.event, subject.event.contest], [subject.slug], "quote"
            page, kind = subject.get_absolute_url(), f"quote {quote_length(subject.text)}"
            words = {"speaker": subject.speaker.name, "words": beginning(subject.text, NAMED)}
            title = _("%(speaker)s: “%(words)s”") % words
    context = subject.context if isinstance(subject, Quote) else ""
    height = HEIGHTS[kind] + (CONTEXT if context else 0)
    is_synthetic = any(row.is_synthetic for row in (subject, *parents))
    if is_synthetic:
        title, height = f"{title} ({MARK})", height + NOTICE
    return Piece(reverse(f"embed_{name}", args=args), page, title, height, is_synthetic, context)


def snippet(piece: Piece, absolute, *, width: int = WIDTH, height: int | None = None) -> str:
    """
    Return the HTML that shows `piece` on another site: a frame of `width` by `height` CSS pixels, and a link for
    readers that show no frames. `absolute` makes a path an absolute URL.
    """
    context = {
        "piece": piece,
        "src": absolute(piece.path),
        "href": absolute(piece.page),
        "width": width,
        "height": height or piece.height,
    }
    return render_to_string("publishing/embeds/snippet.html", context).strip()
