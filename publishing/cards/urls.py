"""
URLs of share cards. The URL of a card is the URL of its page, followed by `card.png`; for a submission, it is that of
the entry, as a work may have several.
"""

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
    match subject:
        case None:
            page = reverse("home")
        case Submission():
            page = subject.entry_path
        case _:
            page = subject.get_absolute_url()
    return f"{page}card.png?v={card.version}"
