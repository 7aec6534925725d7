"""`manage.py prepare`, which `make run` runs before every start."""

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from contests.models import Contest
from people.models import Organisation

pytestmark = pytest.mark.django_db


def prepare(capsys):
    call_command("prepare")
    return capsys.readouterr().out.splitlines()


def test_empty_database_gets_the_contest_and_an_editor_who_can_sign_in(capsys):
    lines = prepare(capsys)
    assert lines[0] == "Loaded the NextGen contest"
    assert Contest.objects.count() == 1
    editor = get_user_model().objects.get()
    _, _, password = lines[1].partition("password ")
    assert authenticate(email=editor.email, password=password.split()[0]) == editor
    assert editor.is_staff
    assert editor.is_superuser


def test_second_time_changes_and_says_nothing(capsys):
    prepare(capsys)
    Contest.objects.update(title="As an editor has it")
    passwords = list(get_user_model().objects.values_list("password"))
    assert prepare(capsys) == []
    assert Contest.objects.get().title == "As an editor has it"
    assert list(get_user_model().objects.values_list("password")) == passwords


def test_contest_that_an_editor_has_deleted_stays_away(capsys):
    organiser = Organisation.objects.create(name="A studio", slug="a-studio")
    Contest.objects.create(title="One", slug="one", organiser=organiser).delete()
    get_user_model().objects.create_user(email="someone@example.org")
    assert prepare(capsys) == []
    assert Contest.objects.count() == 0


def test_no_editor_is_made_where_there_are_accounts(capsys):
    get_user_model().objects.create_user(email="someone@example.org")
    prepare(capsys)
    assert get_user_model().objects.get().email == "someone@example.org"
