"""URLs of share cards: each is below the URL of its page."""

from django.urls import reverse

from contests.models import Contest, Event, Quote, Submission
from people.models import Person

from .contents import Card

Subject = Contest | Submission | Event | Person | Quote


def url_of(card: Card, subject: Subject | None = None) -> str:
    """
    Return the path of the card of the page about `subject`, with the card's version; without `subject`, of the
    portal's own card.
    """
    return f"{subject.get_absolute_url() if subject else reverse('home')}card.png?v={card.version}"
