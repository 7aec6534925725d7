"""What the lists from A to Z share: those of people, organisations and works."""

from django.utils.translation import gettext_lazy as _

from record.lists import Order

#: The rows on a page.
MANY = 60
NAMES = [
    Order("name", _("A to Z"), ("sort_key", "pk")),
    Order("-name", _("Z to A"), ("-sort_key", "-pk")),
]
