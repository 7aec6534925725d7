"""The admin at 375 px: the menu and the filters of a list are reachable, with and without JavaScript."""

import pytest

from tests import factories as make

LIST = "/admin/people/person/"
PHONE = {"width": 375, "height": 812}


@pytest.fixture
def phone(new_page, live_server, client):
    """
    Return a small screen on which an editor is signed in. The portal has more people than fit on one page of a list.
    """
    make.PersonFactory.create_batch(60)
    client.force_login(make.UserFactory(editor=True))

    def open_page(**options):
        page = new_page(base_url=live_server.url, viewport=PHONE, **options)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return open_page


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_filters_are_above_the_rows_and_the_menu_leads_on(phone, javascript):
    page = phone(java_script_enabled=javascript)
    page.goto(LIST)
    filters = page.locator(".list-filters > summary")
    assert filters.bounding_box()["y"] < 700
    assert filters.bounding_box()["y"] < page.locator("#result_list").bounding_box()["y"]
    assert page.locator("#changelist-filter").is_visible() is not javascript
    if javascript:
        filters.click()
    page.locator("#changelist-filter").get_by_role("link", name="Team", exact=True).click()
    page.wait_for_url("**/?kind__exact=team")
    assert page.locator(".list-filters > summary").inner_text() == "Filters (in use)"
    menu = page.locator(".phone-menu > summary")
    assert menu.bounding_box()["height"] >= 44
    assert page.get_by_role("link", name="Sources", exact=True).count() == 0
    menu.click()
    page.get_by_role("link", name="Sources", exact=True).click()
    page.wait_for_url("**/admin/record/source/")


def test_large_screen_has_its_filters_open_beside_the_rows_and_no_second_menu(phone):
    page = phone()
    page.goto(LIST)
    page.set_viewport_size({"width": 1280, "height": 800})
    filters, rows = page.locator("#changelist-filter"), page.locator("#result_list")
    filters.wait_for()
    assert filters.bounding_box()["x"] > rows.bounding_box()["x"] + 300
    assert filters.bounding_box()["y"] < 400
    assert not page.locator(".phone-menu").is_visible()
    assert not page.locator(".list-filters > summary").is_visible()
