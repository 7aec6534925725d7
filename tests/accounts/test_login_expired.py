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


def test_an_editor_who_has_signed_in_again_in_another_tab_gets_back_what_was_typed():
    editor = make.UserFactory(editor=True)
    browser = Client(enforce_csrf_checks=True)

    def sign_in():
        token = str(browser.get("/account/sign-in/").context["csrf_token"])
        sent = {"login": editor.email, "password": make.PASSWORD, "csrfmiddlewaretoken": token}
        assert browser.post("/account/sign-in/", sent).status_code == 302

    sign_in()
    form = browser.get(page(Person, "add"))
    values = filled(form, name="Ada", biography="<A long text>")
    values["csrfmiddlewaretoken"] = str(form.context["csrf_token"])
    browser.cookies.pop("sessionid")
    sign_in()
    response = browser.post(page(Person, "add"), values)
    assert (response.status_code, response["Cache-Control"]) == (403, "no-store")
    assert "This form has expired" in response.text
    assert "&lt;A long text&gt;</textarea>" in response.text
    assert not Person.objects.exists()
    # What another website has sent is not shown, and nothing to those who are not signed in.
    elsewhere = browser.post(page(Person, "add"), values, headers={"origin": "https://evil.example"})
    browser.cookies.pop("sessionid")
    for refused in (elsewhere, browser.post(page(Person, "add"), values)):
        assert (refused.status_code, "A long text" in refused.text) == (403, False)
