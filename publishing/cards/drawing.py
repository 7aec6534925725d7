"""Draws share cards: a paper background, one large element, one accent colour."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from PIL import Image, ImageColor, ImageDraw, ImageOps

from publishing import artwork
from publishing.palette import ACCENTS, HAIRLINE, INK, MUTED, PAPER
from publishing.typesetting import TEXT, TITLE, Block, fit, is_rtl, set_text
from record.images import MIDDLE, renditions

from .contents import Card
from .posters import picture as drawn_picture

WIDTH, HEIGHT = 1200, 630
#: The minimum distance between text and the edges of the card, in px.
MARGIN = 64
#: Vertical positions in px: the thin line above the footer, the bottom of the title and notes, the highest position of
#: the title, and the highest position of the title on the card of a quote.
FOOT, BOTTOM, TOP, QUOTE_TOP = 534, 500, 148, 128
#: Distances in px: between picture and text, and between the title and the notes below it.
GUTTER, GAP = 60, 26
#: The length of the line in the accent colour, in px.
RULE = 56
CAPITALS = 0.12
#: How the title is typeset: the largest size in px, the maximum number of lines, and the line height in em. "quote" and
#: "site" (the portal's own card) are kinds of cards. The other kinds use True if the card has a picture, otherwise
#: False.
SETTINGS: dict[str | bool, tuple[int, int, float]] = {
    True: (124, 5, 1.04),
    False: (128, 5, 1.04),
    "quote": (84, 9, 1.16),
    "site": (190, 1, 1.0),
}
#: The maximum number of paragraphs below the title.
NOTES = 2
SMALLEST = 30
#: A picture that is scaled to the height of the card is shown whole if its width in px is in this range. Other pictures
#: are cropped or placed on a coloured background.
NARROWEST, WIDEST = 320, 520
#: The width of a cropped picture, and of the coloured background around a picture that is not cropped, in px.
GROUND = 420
#: The number of colours in the PNG of a card with a picture.
COLOURS = 160
#: For cards without a picture: the number of shades between the paper and each text colour.
STEPS = {INK: 7, MUTED: 4}


@dataclass(frozen=True)
class Placed:
    """A block of text on a card. `x` and `y` are its top left corner, in px."""

    block: Block
    x: float
    y: float
    colour: str
    align: str = "start"


def draw(card: Card) -> bytes:
    """Draw the card as a PNG of 1,200 x 630 px."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    left = MARGIN
    shown = _picture(card)
    if shown:
        image.paste(shown, (0, 0))
        left = shown.width + GUTTER
    pen = ImageDraw.Draw(image)
    pen.rectangle((left, FOOT, WIDTH - MARGIN - 1, FOOT + 1), fill=HAIRLINE)
    # If the title runs from right to left, the accent line or quotation mark is on the right.
    edge = WIDTH - MARGIN if is_rtl(card.title) else left
    accent = ACCENTS[card.accent]
    if card.kind == "quote":
        set_text("“", TITLE, 150, "en").draw(image, edge, 162, accent, "left" if edge == left else "right")
    else:
        start = edge if edge == left else edge - RULE
        pen.rectangle((start, MARGIN, start + RULE - 1, MARGIN + 4), fill=accent)
    for text in layout(card, left):
        text.block.draw(image, text.x, text.y, text.colour, text.align)
    written = io.BytesIO()
    if shown:
        image = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    else:
        image = image.quantize(palette=_palette(accent), dither=Image.Dither.NONE)
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _palette(accent: str) -> Image.Image:
    """
    Return an image whose palette has the sixteen colours of a card without a picture: the paper, the thin line, and
    shades between the paper and each text colour.
    """
    colours: list[tuple[int, ...]] = [ImageColor.getrgb(PAPER), ImageColor.getrgb(HAIRLINE)]
    for colour, steps in (*STEPS.items(), (accent, 3)):
        ends = list(zip(ImageColor.getrgb(PAPER), ImageColor.getrgb(colour), strict=True))
        colours += [tuple(round(a + (b - a) * step / steps) for a, b in ends) for step in range(1, steps + 1)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in colours for value in colour])
    return palette


def layout(card: Card, left: float) -> list[Placed]:
    """
    Typeset all texts of a card and return them with their positions. `left` is the left edge of the area for text, in
    px.
    """
    room = WIDTH - MARGIN - left
    found: list[Placed] = []
    if card.mark:
        # The line above the title is next to the quotation mark of a quote, and below the accent line of other cards.
        x, y = (left + 96, MARGIN + 8) if card.kind == "quote" else (left, MARGIN + 24)
        mark = fit(card.mark.upper(), TEXT, WIDTH - MARGIN - x, 40, (22, 20, 18), card.language, 1, CAPITALS)
        found.append(Placed(mark, x, y, ACCENTS[card.accent] if card.won else MUTED, "left"))
    notes = _said_by(card, left, room) if card.kind == "quote" else _notes(card, left, room)
    below = max((note.y + note.block.height for note in notes), default=-GAP) + GAP
    largest, lines, leading = SETTINGS.get(card.kind) or SETTINGS[bool(card.drawn)]
    height = BOTTOM - below - (TOP if card.kind != "quote" else QUOTE_TOP)
    sizes = range(largest, SMALLEST - 1, -2)
    title = fit(card.title, TITLE, room, height, sizes, card.title_language or None, lines, 0, leading)
    top = BOTTOM - below - title.height
    found += [replace(note, y=note.y + top + title.height + GAP) for note in notes]
    if title.rtl:
        found = [_mirrored(text, left) for text in found]
    return [*found, Placed(title, left, top, INK), *_foot(card, left, room)]


def _mirrored(text: Placed, left: float) -> Placed:
    align = "right" if text.align == "left" else "left"
    return replace(text, x=left + WIDTH - MARGIN - text.x - text.block.width, align=align)


def _notes(card: Card, left: float, room: float) -> list[Placed]:
    """
    Place the notes of a card (the paragraphs below its title) below each other. `left` and `room` are the left edge and
    the width of the area for text, in px. The `y` of a note is its distance from the top of the first note.
    """
    found: list[Placed] = []
    y, language = 0.0, card.notes_language or card.language
    for note in card.notes[:NOTES]:
        block = fit(note, TEXT, room, 76, (28, 26, 24, 22), language, 2, 0, 1.3)
        found.append(Placed(block, left, y, MUTED, "left"))
        y += block.height + 8
    return found


def _said_by(card: Card, left: float, room: float) -> list[Placed]:
    """
    Place the speaker and the event of a quote on one baseline, and the context of the quote below them. `left` and
    `room` are the left edge and the width of the area for text, in px.
    """
    speaker, occasion = card.notes
    who = fit(speaker, TITLE, room * 0.55, 50, (34, 32, 30, 28, 26), card.language, 1)
    x = left + max(line.advance for line in who.lines) + 22
    where = fit(occasion, TEXT, WIDTH - MARGIN - x, 40, (21, 20, 19), card.language, 1)
    found = [
        Placed(who, left, 0, INK, "left"),
        Placed(where, x, who.baselines[0] - where.baselines[0], MUTED, "left"),
    ]
    if card.context:
        context = fit(card.context, TEXT, room, 64, (23, 22, 21, 20), card.language, 2, 0, 1.3)
        found.append(Placed(context, left, who.height + 10, MUTED, "left"))
    return found


def _foot(card: Card, left: float, room: float) -> list[Placed]:
    found = []
    if card.kind != "site":
        name = fit("Laurel", TITLE, 130, 50, (32,))
        found.append(Placed(name, left, FOOT + 16, INK))
    if card.foot:
        contest = fit(card.foot, TEXT, room - 150, 34, (21, 20, 19, 18), card.language, 1)
        found.append(Placed(contest, left + 150, FOOT + 23, MUTED, "right"))
    if card.credit:
        credit = fit(card.credit, TEXT, room, 24, (14,), card.language, 1)
        found.append(Placed(credit, left, HEIGHT - 38, MUTED, "right"))
    return found


def _picture(card: Card) -> Image.Image | None:
    """Return the picture at the left edge of the card, as high as the card, or None if the card has only text."""
    stored = _stored(card.picture, card.focus) if card.picture else None
    if stored:
        return stored
    if not card.drawn:
        return None
    art = artwork.monogram(*card.drawn) if card.kind == "person" else artwork.poster(*card.drawn)
    return drawn_picture(art, HEIGHT)


def _stored(name: str, focus: tuple[int, int]) -> Image.Image | None:
    """
    Return the uploaded picture `name`, or None if it is missing or unreadable.

    The picture is scaled to the height of the card. If its width is then from `NARROWEST` to `WIDEST`, the whole
    picture is shown. Otherwise it is cropped around the focal point `focus`. If no editor has set a focal point, the
    whole picture is placed on a coloured background instead.
    """
    for file_name in (renditions.name_of(name, 960, "webp"), renditions.name_of(name, 480, "webp"), name):
        try:
            with default_storage.open(file_name) as file, warnings.catch_warnings():
                # Pillow warns about broken metadata, which does not affect the picture.
                warnings.simplefilter("ignore")
                with Image.open(file) as opened:
                    image = opened.convert("RGB")
            break
        except (OSError, SyntaxError, ValueError, SuspiciousFileOperation, Image.DecompressionBombError):
            continue
    else:
        return None
    width = round(image.width * HEIGHT / image.height)
    if NARROWEST <= width <= WIDEST:
        return image.resize((width, HEIGHT), Image.Resampling.LANCZOS)
    field = (GROUND, HEIGHT)
    if focus != (MIDDLE, MIDDLE):
        return ImageOps.fit(image, field, Image.Resampling.LANCZOS, centering=(focus[0] / 100, focus[1] / 100))
    ground = Image.new("RGB", field, HAIRLINE)
    image.thumbnail(field, Image.Resampling.LANCZOS)
    ground.paste(image, ((GROUND - image.width) // 2, (HEIGHT - image.height) // 2))
    return ground
