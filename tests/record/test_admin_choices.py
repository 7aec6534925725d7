"""Fields for a row accept its name as a text."""

import pytest

from people.models import Person
from record.admin.choices import row_called
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_row_is_found_by_its_name_in_any_case():
    person = make.PersonFactory(name="Ada Lovelace")
    assert row_called(Person.objects.all(), " ADA lovelace ") == person


@pytest.mark.parametrize("length", [1_001, 60_000])
def test_a_text_longer_than_any_name_finds_nothing(length):
    """SQLite refuses a pattern of more than 50,000 characters."""
    assert row_called(Person.objects.all(), "a" * length) is None
