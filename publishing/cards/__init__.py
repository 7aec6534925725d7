"""
Share cards: the pictures (1,200 x 630 px) that chats show when somebody shares a page.

`contents` turns rows that the page's visibility rule let through into a `Card` of plain values. `drawing` makes the
picture from those values only, so their hash, `Card.version`, identifies it. `cache` stores each picture, so that it is
drawn only once.
"""

from .cache import png
from .contents import Card, of_contest, of_event, of_person, of_quote, of_site, of_work
from .drawing import HEIGHT, WIDTH
from .urls import Subject, url_of

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Card",
    "Subject",
    "url_of",
    "of_contest",
    "of_event",
    "of_work",
    "of_person",
    "of_quote",
    "of_site",
    "png",
]
