"""Lists that show the first rows and the number of the others."""

import pytest
from django.template.loader import render_to_string

from people.models import Person
from record import limited_lists
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("most", "more", "plus", "text"),
    [(3, 3, "+", "3+ more"), (4, 4, "", "4 more"), (1, 1, "+", "1+ more"), (9, 4, "", "4 more")],
)
def test_counting_stops_and_says_so(monkeypatch, most, more, plus, text):
    monkeypatch.setattr(limited_lists, "MOST", most)
    make.PersonFactory.create_batch(6)
    found = limited_lists.first(Person.objects.order_by("pk"), 2)
    assert (len(found), found.more, found.plus) == (2, more, plus)
    assert text in render_to_string("components/more_rows.html", {"rows": found})


def test_nothing_is_left_out_of_nothing():
    found = limited_lists.first(Person.objects.all(), 2)
    assert (list(found), found.more, found.plus) == ([], 0, "")
