"""Share cards: the picture that a chat shows for a page that is passed on, 1,200 x 630 px.

`contents` says in values what a card shows, from rows that the page's own rule let through; `drawing` makes the picture
of those values and nothing else, so that their hash, `Card.version`, names it; `keeping` draws each only once.
"""

from .cache import png
from .contents import Card, of_contest, of_event, of_film, of_person, of_quote, of_site
from .drawing import HEIGHT, WIDTH
from .urls import Noun, address_of

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Card",
    "Noun",
    "address_of",
    "of_contest",
    "of_event",
    "of_film",
    "of_person",
    "of_quote",
    "of_site",
    "png",
]
