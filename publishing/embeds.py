"""
The pieces that other sites may show in a frame: the winners of a contest, one film, one quote. Here is what each is
called, where it is and how much room it takes; their pages are `publishing/views/embeds.py`.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from contests.formatting import quote_length
from contests.models import Contest, Quote, Submission
from record.excerpts import beginning
from record.synthetic import MARK

Noun = Contest | Submission | Quote
#: In CSS pixels: as wide as a column of text. A piece gets by with 240, in the same height.
WIDTH = 600
#: The height of a piece in CSS pixels, by kind and, of a quote, by `quote_length`. `embeds.css` lays out for these.
HEIGHTS = {
    "winners": 480,
    "film": 336,
    "quote short": 288,
    "quote medium": 352,
    "quote long": 480,
    "quote endless": 512,
}
# What the notice of something synthetic takes, and three lines of context.
NOTICE, CONTEXT = 48, 72
#: As much of a quote names its piece.
NAMED = 60


@dataclass(frozen=True)
class Piece:
    """`path` is that of the page to be framed, `page` that of the one which tells all; `height` is in CSS pixels."""

    path: str
    page: str
    title: str
    height: int
    is_synthetic: bool
    #: What one has to know to understand it.
    context: str = ""


def piece_of(noun: Noun) -> Piece:
    """The piece about a contest, which is its winners, about a film or about a quote. Asks the database for nothing."""
    match noun:
        case Contest():
            parents, args, name = [], [noun.slug], "winners"
            page, kind = reverse("contest_winners", args=args), "winners"
            title = _("Winners of %(contest)s") % {"contest": noun}
        case Submission():
            parents, args, name = [noun.contest], [noun.contest.slug, noun.slug], "film"
            page, kind = noun.get_absolute_url(), "film"
            title = noun.title
        case Quote():
            parents, args, name = [noun.event, noun.event.contest], [noun.slug], "quote"
            page, kind = noun.get_absolute_url(), f"quote {quote_length(noun.text)}"
            words = {"speaker": noun.speaker.name, "words": beginning(noun.text, NAMED)}
            title = _("%(speaker)s: “%(words)s”") % words
    context = noun.context if isinstance(noun, Quote) else ""
    height = HEIGHTS[kind] + (CONTEXT if context else 0)
    is_synthetic = any(row.is_synthetic for row in (noun, *parents))
    if is_synthetic:
        title, height = f"{title} ({MARK})", height + NOTICE
    return Piece(reverse(f"embed_{name}", args=args), page, title, height, is_synthetic, context)


def snippet(piece: Piece, address_of, *, width: int = WIDTH, height: int | None = None) -> str:
    """
    The HTML that shows `piece` on another site: a frame of `width` and `height` CSS pixels, and a link for readers that
    show no frames. `address_of` makes an address of the whole web of a path.
    """
    context = {
        "piece": piece,
        "src": address_of(piece.path),
        "href": address_of(piece.page),
        "width": width,
        "height": height or piece.height,
    }
    return render_to_string("publishing/embeds/snippet.html", context).strip()
