"""The search in a real browser: suggestions by keyboard and for screen readers, and the form without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command


@pytest.fixture
def nextgen_live(live_server):
    """Return the live portal with the NextGen contest."""
    call_command("loaddata", "nextgen", verbosity=0)
    return live_server


@pytest.fixture
def search(new_page, nextgen_live):
    page = new_page(base_url=nextgen_live.url)
    page.goto("/search/")
    return page


def options(page):
    return page.get_by_role("option").all_inner_texts()


def test_suggestions_are_reached_and_followed_by_keyboard(search):
    field = search.get_by_role("combobox", name="Contests, works, people, quotes and sources")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("t")
    search.get_by_role("listbox", name="Suggestions").wait_for()
    field.fill("lo")
    search.get_by_role("option", name="Lost & Found").wait_for()
    assert options(search) == ["Lost & Found\nWork"]
    assert field.get_attribute("aria-expanded") == "true"
    assert search.locator(".search-form [role=status]").inner_text() == "Suggestions: 1"
    assert field.get_attribute("aria-activedescendant") is None
    search.keyboard.press("ArrowDown")
    active = search.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert (active.inner_text(), active.get_attribute("aria-selected")) == ("Lost & Found\nWork", "true")
    search.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None, "after the last one comes the field again"
    search.keyboard.press("ArrowUp")
    search.keyboard.press("Enter")
    search.wait_for_url("**/works/lost-and-found/")


def test_a_choice_is_gone_once_one_types_on(search):
    field = search.get_by_role("combobox")
    field.press_sequentially("lo")
    search.get_by_role("option", name="Lost & Found").wait_for()
    search.keyboard.press("ArrowDown")
    search.keyboard.type("tus")
    search.keyboard.press("Enter")
    search.wait_for_url("**/search/?q=lotus")


def test_escape_closes_the_suggestions_and_keeps_the_words(search):
    field = search.get_by_role("combobox")
    field.press_sequentially("alz")
    search.get_by_role("option").wait_for()
    search.keyboard.press("Escape")
    assert search.locator("#search-suggestions").is_hidden()
    assert (field.input_value(), field.get_attribute("aria-expanded")) == ("alz", "false")
    search.keyboard.press("ArrowDown")
    search.get_by_role("option").wait_for()


def test_enter_without_a_choice_asks_for_everything(search):
    search.get_by_role("combobox").press_sequentially("Alzhimer")
    search.keyboard.press("Enter")
    search.wait_for_url("**/search/?q=Alzhimer")
    assert "Showing results for “Alzheimer”" in search.locator(".search-said").inner_text()


def test_a_suggestion_is_followed_by_pointer(search):
    search.get_by_role("combobox").press_sequentially("tim")
    search.get_by_role("option", name="Tim Yip").click()
    search.wait_for_url("**/people/tim-yip/")


def test_a_slow_answer_to_an_earlier_question_is_dropped(search):
    def late(route):
        if route.request.url.endswith("q=tim"):
            search.wait_for_timeout(600)
        route.continue_()

    search.route("**/suggestions/**", late)
    field = search.get_by_role("combobox")
    field.press_sequentially("tim")
    search.wait_for_timeout(200)
    field.fill("alz")
    search.get_by_role("option", name="Alzheimer").wait_for()
    search.wait_for_timeout(700)
    assert options(search) == ["Alzheimer\nWork"]


def test_without_a_script_it_is_a_plain_form(new_page, nextgen_live):
    page = new_page(base_url=nextgen_live.url, java_script_enabled=False)
    page.goto("/search/")
    page.get_by_label("Contests, works, people, quotes and sources").fill("tim yip")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/?q=tim+yip")
    assert page.locator(".search-result h3").first.inner_text() == "Tim Yip"
    page.locator(".search-said").get_by_role("link", name="Quotes").click()
    page.wait_for_url("**kind=quotes**")
    assert page.locator(".search-result").count() == 7


ADDRESSES = ["/search/", "/search/?q=ai", "/search/?q=ai&kind=quotes", "/search/?q=alzhimer", "/search/?q=" + "x" * 200]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(new_page, nextgen_live, scheme):
    page = new_page(base_url=nextgen_live.url, color_scheme=scheme, viewport={"width": 320, "height": 800})
    found = {}
    for address in ADDRESSES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        found[address] = [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]
    page.goto("/search/")
    page.get_by_role("combobox").press_sequentially("a")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    found["suggestions"] = [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]
    assert found == dict.fromkeys([*ADDRESSES, "suggestions"], [])
