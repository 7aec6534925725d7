"""Scripts of the admin fill in fields and show hints while an editor types. Everything also works without them."""

import re

import pytest

from contests.models import Contest
from tests import factories as make
from tests.browser.test_admin import desk  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOON = "2026-11-28T12:00:00Z"


def test_now_is_a_day_and_a_time_and_a_new_zone_says_what_moment_it_makes(desk):  # noqa: F811
    page = desk()
    tokyo = make.ContestFactory(title="Tokyo", time_zone="Asia/Tokyo")
    event = make.EventFactory(contest=tokyo)
    page.clock.set_fixed_time(NOON)
    page.goto(f"/admin/contests/event/{event.pk}/change/")
    page.locator(".field-starts_at").get_by_role("link", name="Now").click()
    day, time = page.locator("#id_starts_at_0"), page.locator("#id_starts_at_1")
    assert (day.input_value(), time.input_value()) == ("28/11/2026", "21:00")
    page.goto(f"/admin/contests/contest/{tokyo.pk}/change/")
    page.locator(".field-opens_at").get_by_role("link", name="Now").click()
    assert page.locator(".moment-now").count() == 0
    page.locator("#id_time_zone").fill("Europe/Warsaw")
    page.locator("#id_time_zone").press("Tab")
    said = page.locator(".field-opens_at .moment-now")
    assert said.inner_text() == "The time zone was changed. The time entered is now 28 November 2026 at 20:00 UTC."
    page.locator("#id_opens_at_1").fill("13:30")
    assert "12:30 UTC" in said.inner_text()
    page.get_by_role("button", name="Save and continue").click()
    told = page.locator(".messagelist .warning").inner_text()
    assert "The time zone is now Europe/Warsaw." in told
    assert "13:30" in told
    assert "The contest’s events still take place" not in told  # The events have no dates.
    assert f"{Contest.objects.get(pk=tokyo.pk).opens_at:%H:%M}" == "12:30"


def test_country_is_found_by_its_name_and_comes_first_once_it_is_ticked(desk):  # noqa: F811
    page = desk()
    page.goto("/admin/contests/submission/add/")
    field = page.get_by_label("Find a country or region:")
    assert field.is_visible()
    field.fill("cote d")
    boxes = page.locator("#id_countries > div:visible")
    assert [re.sub(r"\s+", " ", text).strip() for text in boxes.all_inner_texts()] == ["Côte d'Ivoire"]
    field.press("Enter")
    assert page.locator(".boxes-head output").inner_text() == "Côte d'Ivoire"
    assert field.input_value() == ""
    assert page.locator("#id_countries > div").first.inner_text().strip() == "Côte d'Ivoire"
    assert page.url.endswith("/add/")


def test_pickers_of_a_new_row_offer_nothing_before_its_contest_is_chosen(desk):  # noqa: F811
    page = desk()
    make.ContestFactory(title="Another")
    page.goto("/admin/contests/recognition/add/")

    def offered(field, typed=""):
        page.locator(f".field-{field} .select2-selection").first.click()
        page.locator(".select2-search__field").last.fill(typed)
        page.locator(".select2-results__option:not(.loading-results)").first.wait_for()
        page.locator(".loading-results").wait_for(state="detached")
        return page.locator(".select2-results__option").all_inner_texts()

    assert offered("award") == ["Choose the contest first."]
    page.keyboard.press("Escape")
    offered("contest", "NextGen")
    page.locator(".select2-results__option").first.click()
    assert len(offered("award")) > 1


def test_a_slug_that_was_filled_in_is_replaced_by_what_is_typed_after_a_click(desk):  # noqa: F811
    page = desk()
    page.goto("/admin/people/person/add/")
    slug = page.locator("#id_slug")
    page.locator("#id_name").press_sequentially("Mari Kask")
    assert slug.input_value() == "mari-kask"
    slug.click()
    page.keyboard.type("mari-kask-9")
    assert slug.input_value() == "mari-kask-9"
    slug.click()
    page.keyboard.press("End")
    page.keyboard.type("0")
    assert slug.input_value() == "mari-kask-90"


def test_a_zone_that_is_chosen_for_a_new_contest_is_no_change(desk):  # noqa: F811
    page = desk()
    page.goto("/admin/contests/contest/add/")
    page.locator("#id_opens_at_0").fill("28/11/2026")
    page.locator("#id_opens_at_1").fill("18:00")
    page.locator("#id_time_zone").fill("Europe/Tallinn")
    page.locator("#id_time_zone").press("Tab")
    assert "Time zone: Europe/Tallinn." in page.locator(".field-opens_at").inner_text()
    assert "The zone was changed" not in page.locator(".field-opens_at").inner_text()
