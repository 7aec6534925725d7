"""The image field on admin pages: focal point, texts, and the messages if the texts are missing."""

import pytest

from people.models import Person
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded, upload

pytestmark = pytest.mark.django_db

NO_ALT = "The portrait has no alternative text. Add one that says what the picture shows."
NO_CREDIT = "The portrait has no credit. Say whose picture it is."


@pytest.fixture
def person():
    person = make.PersonFactory()
    person.portrait.save("face.png", upload(encoded("PNG")))
    return person


def post(desk, person, **changes):
    address = admin_pages.page(person)
    return desk.post(address, admin_pages.filled(desk.get(address), **changes), follow=True)


def warnings(response):
    return [str(message) for message in response.context["messages"] if message.level_tag == "warning"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({}, [NO_ALT, NO_CREDIT]),
        ({"portrait_alt": "Ann"}, [NO_CREDIT]),
        ({"portrait_credit": "Bo"}, [NO_ALT]),
        ({"portrait_alt": "Ann", "portrait_credit": "Bo"}, []),
        ({"portrait-clear": "on"}, []),
    ],
)
def test_what_is_missing_is_said_and_saved_all_the_same(desk, person, words, told):
    response = post(desk, person, headline="Saved", **words)
    assert warnings(response) == told
    assert Person.objects.get(pk=person.pk).headline == "Saved"


def test_row_without_a_picture_misses_nothing(desk):
    assert warnings(post(desk, make.PersonFactory(), headline="Saved")) == []


@pytest.mark.parametrize(("typed", "kept"), [(("0", "100"), (0, 100)), (("", ""), (50, 50)), (("7", ""), (7, 50))])
def test_focal_point_is_typed_in_per_cent_and_blank_is_the_middle(desk, person, typed, kept):
    post(desk, person, portrait_focus_x=typed[0], portrait_focus_y=typed[1])
    assert Person.objects.get(pk=person.pk).portrait.focus == kept


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("101", "Ensure this value is less than or equal to 100."),
        ("-1", "Ensure this value is greater than or equal to 0."),
        ("9" * 5000, "Ensure this value is less than or equal to 100."),
        ("left", "Enter a whole number."),
        ("\0", "Enter a whole number."),
    ],
)
def test_what_is_no_per_cent_is_refused_at_the_field(desk, person, typed, message):
    response = post(desk, person, portrait_focus_x=typed)
    assert response.context["adminform"].form.errors["portrait_focus_x"][0] in (message, "Enter a whole number.")
    assert Person.objects.get(pk=person.pk).portrait.focus == (50, 50)


def test_licence_is_not_known_until_somebody_says(desk, person):
    assert '<option value="" selected>Not known</option>' in desk.get(admin_pages.page(person)).content.decode()
    post(desk, person)
    assert Person.objects.get(pk=person.pk).portrait.licence is None
    post(desk, person, portrait_licence="cc-by-4.0")
    assert Person.objects.get(pk=person.pk).portrait.licence.label == "CC BY 4.0"


def test_licence_that_nobody_knows_is_refused(desk, person):
    response = post(desk, person, portrait_licence="cc-by-1.0")
    assert list(response.context["adminform"].form.errors) == ["portrait_licence"]


def test_form_has_a_plain_file_input_and_nothing_inline(desk, person):
    response = desk.get(admin_pages.page(person))
    assert admin_pages.inline_in(response) == []
    assert (
        '<input type="file" name="portrait" accept="image/jpeg,image/png,image/webp" id="id_portrait">'
        in response.content.decode()
    )


def test_page_takes_as_many_statements_with_a_picture_as_without(desk, person):
    assert (
        admin_pages.statements(desk, admin_pages.page(person))
        == admin_pages.statements(desk, admin_pages.page(make.PersonFactory()))
        == 11
    )


def test_history_tells_of_the_picture_but_not_where_the_upload_lies(desk, person):
    post(desk, person, portrait=upload(encoded("PNG")), portrait_focus_x="10")
    page = desk.get(admin_pages.page(person, "history")).content.decode()
    assert "Focal point of the image, from the left" in page
    assert Person.objects.get(pk=person.pk).portrait.original not in page
