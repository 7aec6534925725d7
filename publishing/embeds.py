"""
Embeds: small pages about the winners of a contest, a work or a quote. Other websites can show them in a frame. This
module defines their titles, URLs and sizes. `publishing/views/embeds.py` shows the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from contests.formatting import quote_length
from contests.models import Contest, Quote, Submission
from record.excerpts import beginning
from record.models import Record
from record.synthetic import MARK

Subject = Contest | Submission | Quote
#: The default width of an embed in CSS pixels. The heights below are also sufficient for a width of 240 px.
WIDTH = 600
#: The height of an embed in CSS pixels, by kind. The height for a quote depends on the length of the quote
#: (`quote_length`). The styles in `embeds.css` are designed for these heights.
HEIGHTS = {
    "winners": 480,
    "work": 336,
    "quote short": 288,
    "quote medium": 352,
    "quote long": 480,
    "quote endless": 512,
}
# Additional height in CSS pixels: for the notice about synthetic content, and for three lines of context of a quote.
NOTICE, CONTEXT = 48, 72
#: The maximum number of characters of a quote in the title of its embed.
NAMED = 60


@dataclass(frozen=True)
class Piece:
    """
    An embed: a small page that other websites can show in a frame. `path` is its path. `page` is the path of the full
    page to which it links. `height` is in CSS pixels.
    """

    path: str
    page: str
    title: str
    height: int
    is_synthetic: bool
    #: The context of a quote: what it answers or refers to.
    context: str = ""


def piece_of(subject: Subject) -> Piece:
    """Return the embed for the winners of a contest, for a work or for a quote. Runs no SQL."""
    parents: list[Record]
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


def snippet(piece: Piece, absolute: Callable[[str], str], *, width: int = WIDTH, height: int | None = None) -> str:
    """
    Return the HTML that shows `piece` on another website: a frame of `width` by `height` CSS pixels, and a link for
    programs that don't show frames. `absolute` converts a path to an absolute URL.
    """
    context = {
        "piece": piece,
        "src": absolute(piece.path),
        "href": absolute(piece.page),
        "width": width,
        "height": height or piece.height,
    }
    return render_to_string("publishing/embeds/snippet.html", context).strip()
