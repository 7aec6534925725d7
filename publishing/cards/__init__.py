"""
Share cards: the pictures (1,200 x 630 px) that chat programs show when somebody shares the URL of a page.

`contents` turns model instances into a `Card` of plain values. The caller must check that the instances are public.
`drawing` makes the picture from these values only, so the hash of the values, `Card.version`, identifies the picture.
`cache` stores each picture, so that it is drawn only once.
"""

from .cache import TooManyCards, png
from .contents import Card, of_contest, of_event, of_organisation, of_person, of_quote, of_site, of_work
from .drawing import HEIGHT, WIDTH
from .urls import Subject, url_of

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Card",
    "Subject",
    "TooManyCards",
    "url_of",
    "of_contest",
    "of_event",
    "of_organisation",
    "of_work",
    "of_person",
    "of_quote",
    "of_site",
    "png",
]
