"""The sort name of a person: given by an editor, or worked out from the name, in the database too."""

import json

import pytest
from django.core.management import call_command

from people.models import Person
from people.sort_names import sort_name_of
from record import bulk
from record.merging import merges
from record.merging.undoing import undo
from tests import factories as make


@pytest.mark.parametrize(
    ("name", "sort_name"),
    [
        ("John Williams", "Williams, John"),
        ("Mary  Louise Streep", "Streep, Mary Louise"),
        ("Robert De Niro", "De Niro, Robert"),
        ("Ludwig van Beethoven", "Beethoven, Ludwig van"),
        ("Olivia de Havilland", "Havilland, Olivia de"),
        ("Robert Downey Jr.", "Downey, Robert, Jr."),
        ("Sergei M. Eisenstein", "Eisenstein, Sergei M."),
        ("Agnieszka Żuławska-Nowak", "Żuławska-Nowak, Agnieszka"),
        ("Андрей Тарковский", "Тарковский, Андрей"),
        ("Μελίνα Μερκούρη", "Μερκούρη, Μελίνα"),
        ("宮崎 駿", "宮崎 駿"),
        ("봉준호", "봉준호"),
        ("أم كلثوم", "أم كلثوم"),
        ("Cher", "Cher"),
        ("C·one", "C·one"),
        ("De Niro", "Niro, De"),
        ("", ""),
    ],
)
def test_the_family_name_comes_first_where_a_rule_can_know_it(name, sort_name):
    assert sort_name_of(name) == sort_name


def test_a_team_keeps_its_name_but_for_its_article():
    assert sort_name_of("The Quiet Club", is_team=True) == "Quiet Club, The"
    assert sort_name_of("Studio Ghibli", is_team=True) == "Studio Ghibli"
    assert sort_name_of("The", is_team=True) == "The"


@pytest.mark.django_db
def test_the_column_has_it_however_the_row_came_in(tmp_path):
    make.PersonFactory(name="Ann Zimmer", sort_name="")
    Person.objects.bulk_create([Person(slug="b", name="Bea Young", sort_name="")])
    bulk.insert(Person, [{"key": "c", "slug": "c", "name": "The Xs", "sort_name": "", "kind": "team"}])
    bulk.insert(Person, [{"key": "d", "slug": "d", "name": "Dee West"}])
    rows = [{"model": "people.person", "fields": {"key": "e", "slug": "e", "name": "Eve Vogt", "sort_name": ""}}]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    call_command("loaddata", tmp_path / "rows.json", verbosity=0)
    keys = list(Person.objects.order_by("sort_key").values_list("sort_key", flat=True))
    assert keys == ["vogt, eve", "west, dee", "xs, the", "young, bea", "zimmer, ann"]


@pytest.mark.django_db
def test_the_key_is_read_with_the_columns_of_a_list_and_without_a_further_statement(django_assert_num_queries):
    make.PersonFactory(name="Ann Zimmer", sort_name="")
    person = Person.objects.only("sort_name", "sort_key").get()
    with django_assert_num_queries(0):
        assert person.sort_key == "zimmer, ann"


@pytest.mark.django_db
def test_a_merge_works_it_out_again_and_an_undo_restores_it():
    kept = make.PersonFactory(name="Ann Zimmer", sort_name="")
    gone = make.PersonFactory(name="Ann Abel", sort_name="")
    actor = make.UserFactory(editor=True)
    merge = merges.merge(kept, gone, actor=actor, choices={"name": "gone"})
    assert Person.objects.values_list("name", "sort_key").get() == ("Ann Abel", "abel, ann")
    undo(merge, actor=actor)
    assert set(Person.objects.values_list("sort_key", flat=True)) == {"abel, ann", "zimmer, ann"}
