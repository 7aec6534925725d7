"""Where a share card is: beside the page it is of."""

from django.urls import reverse

from contests.models import Contest, Event, Quote, Submission
from people.models import Person

from .contents import Card

Noun = Contest | Submission | Event | Person | Quote


def address_of(card: Card, noun: Noun | None = None) -> str:
    """The path of the card of the page about `noun`, with the card's version; of the portal's own without one."""
    return f"{noun.get_absolute_url() if noun else reverse('home')}card.png?v={card.version}"
