"""The statistics in a real browser: charts and maps are readable for everyone, on every screen."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

from contests.models import Contest
from tests import factories as make

COUNTRIES = ["PL", "KR", "JP", "CN", "FR", "DE", "MT", "SG", "BR", "NG", "IN", "US", "AQ", "FJ", "CA"]


@pytest.fixture
def full(live_server):
    """Return the live portal with the NextGen contest and another one that has data for every chart."""
    call_command("loaddata", "nextgen", verbosity=0)
    contest = make.ContestFactory(slug="full", title="A contest with counts", accent="cobalt", revealed=True)
    for number, country in enumerate(COUNTRIES):
        for part in range(number + 1):
            film = make.SubmissionFactory(
                contest=contest, year=2020 + part % 3, language=["pl", "ko", "ar"][part % 3], runtime=part * 100 + 1
            )
            make.CreditFactory(submission=film, person__country=country, role=["creator", "editor"][part % 2])
    for kind in ("grand_prize", "prize", "mention"):
        award = make.AwardFactory(contest=contest, kind=kind, prize_amount=500, prize_currency="EUR")
        make.RecognitionFactory(award=award, submission=film)
    make.FigureFactory(contest=contest)
    make.LeadingRegionFactory(contest=contest, country="BR", rank=1)
    return live_server


ADDRESSES = ["/statistics/", "/statistics/?contest=full", "/statistics/?contest=nextgen", "/statistics/?contest=nobody"]
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_every_table_open(new_page, full, scheme):
    page = new_page(color_scheme=scheme, base_url=full.url, reduced_motion="reduce")
    found = {}
    for address in ADDRESSES:
        page.goto(address)
        page.evaluate(OPEN_ALL)
        if violations := Axe().run(page).response["violations"]:
            found[address] = [(rule["id"], rule["nodes"][0]["html"]) for rule in violations]
    assert found == {}


def test_nothing_is_wider_than_the_screen(new_page, full):
    page = new_page(base_url=full.url)
    wide = []
    for address in ADDRESSES:
        page.goto(address)
        page.evaluate(OPEN_ALL)
        for direction, width in product(("ltr", "rtl"), (320, 375, 1280)):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("direction => document.documentElement.dir = direction", direction)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, direction, width))
    assert wide == []


def test_each_chart_has_its_table_and_each_map_its_words(new_page, full):
    page = new_page(base_url=full.url, java_script_enabled=False)
    page.goto("/statistics/?contest=full")
    charts = page.locator(".bar-chart")
    assert charts.count() == page.locator(".bar-chart details table").count() == 6
    assert page.locator(".bar-chart table").first.is_visible() is False
    page.locator(".bar-chart summary").first.click()
    assert page.locator(".bar-chart table").first.is_visible() is True
    assert page.locator(".bar-chart table").first.locator("tbody tr").count() == len(COUNTRIES)
    page.locator(".bar-chart table a").first.click()
    page.wait_for_url("**/contests/full/submissions/?country=CA")
    page.goto("/statistics/?contest=nextgen")
    assert page.get_by_role("img", name="Submissions on Laurel, by the creators’ countries and regions").count() == 1
    assert (
        page.get_by_role("img", name="Countries and regions with the most submissions, by reported rank").count() == 1
    )


def test_a_filled_country_has_the_tint_of_its_class_and_a_reported_one_an_outline_only(new_page, full):
    page = new_page(base_url=full.url)
    page.goto("/statistics/?contest=nextgen")
    fill = "([map, code]) => getComputedStyle(document.querySelector(`${map} use[href='#land-${code}']`)).fill"
    assert page.evaluate(fill, [".world-map:not(.outlined)", "PL"]).startswith("oklab")
    assert page.evaluate(fill, [".world-map.outlined", "CN"]) == "none"


def test_in_forced_colours_the_marks_are_in_the_colour_of_text(new_page, full):
    page = new_page(base_url=full.url, forced_colors="active")
    page.goto("/statistics/?contest=full")
    bar, text = page.evaluate(
        """() => [".bar-chart .most svg", "main"].map(at => document.querySelector(at)).map(
            each => each.tagName === "svg" ? getComputedStyle(each).fill : getComputedStyle(each).color)"""
    )
    assert bar == text


def test_the_page_of_one_contest_is_in_its_colour(new_page, full):
    page = new_page(base_url=full.url)
    page.goto("/statistics/")
    page.get_by_role("link", name="A contest with counts").first.click()
    page.wait_for_url("**/statistics/?contest=full")
    assert page.locator("html").get_attribute("data-accent") == "cobalt"
    assert Contest.objects.count() == 2
