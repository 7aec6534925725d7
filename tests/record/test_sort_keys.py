"""The sort order of names, and the letter under which a name is listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.models import Person
from record.sort_keys import MAX_LENGTH, initial, sort_key
from tests import factories as make


@pytest.mark.parametrize(
    ("text", "key", "letter"),
    [
        ("Łukasz Żak", "lukasz zak", "L"),
        ("“Élan”", "elan”", "E"),
        ("Ægir", "aegir", "A"),
        ("Straße", "strasse", "S"),
        ("İstanbul", "istanbul", "I"),
        ("Ёлка", "елка", "Е"),
        ("한국", "한국", "ㅎ"),
        ("受賞者", "受賞者", "漢"),
        ("ガラス", "ガラス", "ガ"),
        ("أليس", sort_key("أليس"), initial(sort_key("أليس"))),
        ("2046", "2046", "#"),
        ("★", "#★", "#"),
        ("", "#", "#"),
        ("a\x00b", "ab", "A"),
        ("\u3164 \u200bZoë\ufe0f", "zoe", "Z"),
        ("  two   words ", "two words", "T"),
    ],
)
def test_a_key_has_no_case_no_accents_and_no_opening_marks(text, key, letter):
    assert (sort_key(text), initial(sort_key(text))) == (key, letter)


@given(st.text(max_size=300))
def test_every_text_has_a_key_that_fits(text):
    key = sort_key(text)
    assert 0 < len(key) <= MAX_LENGTH
    assert initial(key)


@pytest.mark.django_db
def test_a_row_has_its_key_however_it_came_in():
    made = make.PersonFactory(name="A", sort_name="Éa")
    Person.objects.bulk_create([Person(slug="b", name="B", sort_name="Éb")])
    raw = Person(slug="c", name="C", sort_name="Éc", sort_key="set by hand")
    raw.save_base(raw=True)
    assert list(Person.objects.values_list("sort_key", flat=True)) == ["ea", "eb", "ec"]
    made.sort_name = "Zoë"
    made.save()
    assert Person.objects.filter(sort_key="zoe").get() == made


@pytest.mark.django_db
def test_a_key_is_read_without_its_source_too(django_assert_num_queries):
    make.PersonFactory(sort_name="Éa")
    person = Person.objects.only("sort_key").get()
    with django_assert_num_queries(0):
        assert person.sort_key == "ea"


@pytest.mark.django_db
def test_letters_do_not_repeat_for_capitals_and_accents(client):
    contest = make.ContestFactory(revealed=True)
    for name in ("apple", "Ångström", "Zoe", "Äpfel", "b", "Étoile", "eagle", "Łódź", "Lund"):
        make.CreditFactory(person__name=name, submission__contest=contest)
    page = client.get("/people/").content.decode()
    letters = [part.partition("<")[0] for part in page.split("<section><h2>")[1:]]
    assert letters == ["A", "B", "E", "L", "Z"]
