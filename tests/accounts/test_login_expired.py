"""If the session has ended when an admin form is sent, nothing is saved, but the entered data is not lost."""

import pytest
from django.test import Client

from people.models import Person
from tests import factories as make
from tests.admin_pages import filled, inline_in, page

pytestmark = pytest.mark.django_db


def test_what_was_typed_is_given_back(desk):
    person = make.PersonFactory(headline="Student")
    values = filled(desk.get(page(person)), headline="<Artist>", biography="A long text.\n\nOf two paragraphs.")
    desk.logout()
    response = desk.post(page(person), {**values, "csrfmiddlewaretoken": "token", "password": "quiet lamp 7 orbit"})
    assert (response.status_code, response["Cache-Control"], inline_in(response)) == (403, "no-store", [])
    text = response.content.decode()
    assert "Nothing was saved." in text
    assert all(typed in text for typed in ("&lt;Artist&gt;", "A long text.\n\nOf two paragraphs.", person.name))
    assert not any(kept in text for kept in ("quiet lamp", "TOTAL FORMS", "token</textarea>"))
    assert f'href="/account/sign-in/?next={page(person)}"' in text
    person.refresh_from_db()
    assert person.headline == "Student"


def test_where_nothing_was_typed_one_is_asked_to_sign_in(db):
    for response in (Client().post(page(Person, "add"), {"_save": "Save"}), Client().get(page(Person, "add"))):
        assert (response.status_code, response["Location"][:12]) == (302, "/admin/login")


def test_whoever_is_signed_in_never_sees_that_page(desk):
    response = desk.post(page(Person, "add"), filled(desk.get(page(Person, "add")), headline="No name"))
    assert (response.status_code, "signed out" in response.content.decode()) == (200, False)
