"""URLs of share cards. The URL of a card is the URL of its page, followed by `card.png`."""

from django.urls import reverse

from contests.models import Contest, Event, Quote, Submission
from people.models import Organisation, Person

from .contents import Card

Subject = Contest | Submission | Event | Person | Organisation | Quote


def url_of(card: Card, subject: Subject | None = None) -> str:
    """
    Return the path of the share card of the page about `subject`. The query parameter `v` is the version of the card.
    Without `subject`, return the path of the portal's own card.
    """
    return f"{subject.get_absolute_url() if subject else reverse('home')}card.png?v={card.version}"
