"""Reading a row and showing it does no more work than the page needs."""

import pytest
from django.utils.functional import lazystr

from contests.models import Appearance
from people.models import Person
from record.images import StoredImage
from tests import factories as make


class Counting:
    """A text that counts how often it is used."""

    def __init__(self, text):
        self.text, self.uses = text, 0

    def __str__(self):
        self.uses += 1
        return self.text


def test_a_label_of_a_choice_is_translated_without_the_others(monkeypatch):
    labels = {"director": Counting("Director"), "writer": Counting("Writer")}
    choices = [(value, lazystr(label)) for value, label in labels.items()]
    monkeypatch.setattr(Appearance._meta.get_field("role"), "choices", choices)
    assert Appearance(role="writer").get_role_display() == "Writer"
    assert [label.uses for label in labels.values()] == [0, 1]
    assert Appearance(role="unheard-of").get_role_display() == "unheard-of"


@pytest.mark.django_db
def test_a_row_without_an_image_is_read_without_a_file_object():
    make.PersonFactory()
    person = Person.objects.get()
    assert type(person.__dict__["portrait"]) is str
    assert isinstance(person.portrait, StoredImage)
    assert not person.portrait
