"""URLs of share cards: each is below the URL of its page."""

from django.urls import reverse

from contests.models import Contest, Event, Quote, Submission
from people.models import Person

from .contents import Card

Noun = Contest | Submission | Event | Person | Quote


def url_of(card: Card, noun: Noun | None = None) -> str:
    """
    Return the path of the card of the page about `noun`, with the card's version; without `noun`, of the portal's own
    card.
    """
    return f"{noun.get_absolute_url() if noun else reverse('home')}card.png?v={card.version}"
