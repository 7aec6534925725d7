"""The design of the admin contains nothing that the strict Content-Security-Policy would block."""

import re
from pathlib import Path

import pytest

from people.models import Person
from tests import factories as make
from tests.admin_pages import inline_in, page, version_page

pytestmark = pytest.mark.django_db


def test_nothing_inline_on_the_pages_around(desk):
    other = make.UserFactory()
    person = make.PersonFactory(headline="a")
    person.headline = "b"
    person.save()
    select = {"action": "delete_selected", "_selected_action": [person.pk]}
    responses = [
        *(desk.get(address) for address in ("/admin/", "/admin/people/", "/admin/accounts/invitation/add/")),
        desk.get(page(person, "history")),
        desk.get(version_page(person, 0)),
        desk.post(page(Person, "changelist"), select),
        desk.post(page(Person, "add"), {"affiliations-TOTAL_FORMS": 0}),
        desk.get(f"/admin/accounts/user/{other.pk}/second-factor/"),
    ]
    assert "<del>a</del>" in responses[3].content.decode()
    for response in responses:
        assert response.status_code == 200
        assert inline_in(response) == []
        assert "script-src 'self'" in response["Content-Security-Policy"]


def test_admin_bears_laurel_s_name_colours_and_mark(desk):
    content = desk.get("/admin/").content.decode()
    assert "<title>Admin | Laurel</title>" in content
    assert '<link rel="icon" href="/static/img/favicon.svg" type="image/svg+xml">' in content
    # Laurel's style sheets come after all of Django's, so that they override them.
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', content)
    names = ("admin", "admin_forms", "admin_rows", "admin_lists", "admin_pages", "dashboard", "admin_phone")
    assert sheets[-7:] == [f"/static/css/{name}.css" for name in names]
    assert "Django" not in content


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON_GROUND = [
    *(("body-fg", ground) for ground in ("paper", "shade", "selected-bg", "selected-row", "message-success-bg")),
    *(("body-fg", ground) for ground in ("message-warning-bg", "message-error-bg")),
    *(("muted", ground) for ground in ("paper", "shade", "selected-bg")),
    *(("vermilion", "paper"), ("alarm", "paper")),
    *(("button-fg", ground) for ground in ("default-button-bg", "default-button-hover-bg", "button-bg")),
    *(("button-fg", ground) for ground in ("button-hover-bg", "delete-button-bg", "delete-button-hover-bg")),
    *((text, "paper") for text in ("link-fg", "breadcrumbs-fg", "breadcrumbs-link-fg", "object-tools-fg")),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(settings, text, ground, scheme):
    sheet = (Path(settings.BASE_DIR) / "static/css/admin.css").read_text()
    values = dict(re.findall(r"^  --([\w-]+): ([^;]+);", sheet, re.MULTILINE))

    def colour(name):
        value = values[name]
        if reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
            return colour(reference[1])
        return re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", value)[scheme + 1]

    assert contrast(colour(text), colour(ground)) >= 4.5


def test_index_lists_what_editors_use_most_first(desk):
    apps = desk.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps] == [
        *("contests", "people", "record", "accounts", "auth", "django_tasks_database"),
    ]
    assert [model["object_name"] for model in apps[0]["models"]][:3] == ["Contest", "Work", "Submission"]
