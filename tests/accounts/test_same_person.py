"""Which accounts count as one person: an account that was created by invitation counts as its inviter."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts import invitations, roles, same_person
from accounts.models import User
from contests import results
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.SINGLE_EDITOR = False
    roles.put_right()


@pytest.fixture
def chief():
    return make.UserFactory(editor=True, name="Chief", email="chief@example.org")


def invited(actor: User, name: str, *names: str) -> User:
    """Return the account created from an invitation by `actor`, with these roles."""
    named = Group.objects.filter(name__in=names or ["editor", "publisher"])
    _row, token = invitations.invite(f"{name}@example.org", name=name, roles=named, actor=actor)
    return invitations.accept(token, name=name, password="quiet lamp 7 orbit")


def may_pair(one: User, two: User) -> bool:
    """Return whether `two` may approve what `one` entered."""
    row = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    row.history.update(history_user=one)
    try:
        return results.approve_recognition(row, actor=two).approved_by == two
    except ValidationError:
        return False


def test_who_invites_an_account_is_no_second_person_by_it(chief):
    one = invited(chief, "one")
    two = invited(chief, "two")
    below = invited(invited(chief, "office", "administrator"), "below")
    accounts = [chief, one, two, below]
    assert {(a.name, b.name) for a in accounts for b in accounts if may_pair(a, b)} == set()
    assert set(same_person.counts_as([a.pk for a in accounts]).values()) == {chief.pk}


def test_accounts_made_on_the_server_are_two_people(chief):
    other = User.objects.create_superuser("other@example.org", "x")
    assert may_pair(chief, other)
    assert may_pair(other, chief)
    assert may_pair(invited(chief, "one"), other)
    assert may_pair(invited(chief, "two"), invited(other, "three"))


def test_an_account_that_somebody_else_confirmed_counts_as_itself_with_all_it_invites(chief):
    other = User.objects.create_superuser("other@example.org", "x")
    one, two = invited(chief, "one"), invited(chief, "two")
    same_person.confirm(one, actor=other)
    assert [may_pair(one, who) for who in (chief, two, other)] == [True, True, True]
    assert not may_pair(chief, two)
    entry = one.history.first()
    assert (entry.history_user, entry.history_change_reason) == (other, "Confirmed as another person")
    assert (entry.invited_by, entry.confirmed_by) == (chief, other)


def test_nobody_confirms_an_account_that_counts_as_their_own(chief):
    office = invited(chief, "office", "administrator")
    one = invited(chief, "one")
    for actor in (chief, office, one):
        with pytest.raises(ValidationError, match="You count as the same person as"):
            same_person.confirm(one, actor=actor)
    with pytest.raises(ValidationError, match="already counts as a separate person"):
        same_person.confirm(chief, actor=office)


def test_sending_an_invitation_again_makes_nobody_the_one_who_invited(chief):
    other = User.objects.create_superuser("other@example.org", "x")
    row, _token = invitations.invite("mine@example.org", roles=Group.objects.filter(name="viewer"), actor=chief)
    account = invitations.accept(invitations.renew(row, actor=other), name="", password="quiet lamp 7 orbit")
    assert account.invited_by == chief


def test_a_small_team_of_one_administrator_works_once_an_operator_said_who_is_who(chief, capsys):
    writer, reader = invited(chief, "writer", "editor"), invited(chief, "reader", "publisher")
    assert not may_pair(writer, reader)
    call_command("confirm_account", "Reader@example.org")
    assert capsys.readouterr().out == "Confirmed reader@example.org\n"
    assert may_pair(writer, reader)
    assert reader.history.first().history_change_reason == "Confirmed on the server"
    for email in ("reader@example.org", "nobody@example.org"):
        with pytest.raises(CommandError):
            call_command("confirm_account", email)


def test_the_page_of_an_account_says_who_invited_it_and_confirms_it(client, chief):
    other = User.objects.create_superuser("other@example.org", "x", name="Other")
    one = invited(chief, "one")
    client.force_login(other)
    shown = client.get(page(one)).content.decode()
    assert "Chief" in shown
    address = f"/admin/accounts/user/{one.pk}/confirm/"
    assert address in shown
    assert "Chief invited one@example.org" in client.get(address).content.decode()
    assert client.post(address)["Location"] == page(one)
    one.refresh_from_db()
    assert one.confirmed_by == other
    assert address not in client.get(page(one)).content.decode()
    client.force_login(invited(chief, "writer", "editor"))
    assert client.post(address).status_code == 403


def test_who_else_may_approve_names_nobody_who_counts_as_the_same(client, chief):
    User.objects.create_superuser("other@example.org", "x", name="Other")
    one, _two = invited(chief, "one"), invited(chief, "two")
    row = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    row.history.update(history_user=one)
    client.force_login(one)
    shown = client.get(f"/admin/contests/recognition/steps/approve/?row={row.pk}")
    assert shown.context["others"] == ["Other"]
