"""URLs of share cards. The URL of a card is the URL of its page, followed by `card.png`."""

from django.urls import reverse

from contests.models import Contest, Event, Quote, Submission
from people.models import Person

from .contents import Card

Noun = Contest | Submission | Event | Person | Quote


def address_of(card: Card, noun: Noun | None = None) -> str:
    """
    Return the path of the share card of the page about `noun`, with the version of the card. Without `noun`, return the
    path of the portal's own card.
    """
    return f"{noun.get_absolute_url() if noun else reverse('home')}card.png?v={card.version}"
