"""
Lists in a browser are filtered, sorted and paged without reloading. URL, browser history and focus stay correct.

Links below a long list are opened with the Enter key: entries are laid out when they come near, so on a busy machine
the link may move between the press and the release of the mouse.
"""

import pytest
from playwright.sync_api import expect

from contests.models import Credit
from tests import factories as make

GALLERY = "/contests/c/submissions/"


@pytest.fixture
def gallery(live_server):
    """Return the live portal with 100 works in one contest, by people from three countries."""
    contest = make.ContestFactory(revealed=True, slug="c", title="The Contest")
    award = make.AwardFactory(contest=contest, name="Grand Prize", slug="grand-prize")
    # The works are created in bulk, because every test needs them.
    films = make.bulk_entries(
        make.SubmissionFactory.build(contest=contest, title=f"Film {number:03}") for number in range(100)
    )
    people = [make.PersonFactory(country=country) for country in ("PL", "KR", "FR")]
    source = make.SourceFactory()
    Credit.objects.bulk_create(
        make.CreditFactory.build(submission=film, person=people[number % 3], source=source)
        for number, film in enumerate(films)
    )
    for film in films[:2]:
        make.RecognitionFactory(award=award, submission=film)
    return live_server


@pytest.fixture
def watched(new_page, gallery):
    """Open a wide page with the list of works. A mark on the page shows whether it has been reloaded."""
    page = new_page(base_url=gallery.url, viewport={"width": 1280, "height": 900})
    page.goto(GALLERY)
    page.evaluate("window.isTheSame = true")
    return page


def is_the_same(page):
    return page.evaluate("window.isTheSame === true")


def count(page):
    return page.locator("main .count").inner_text()


def first(page):
    return page.locator(".wall h2, .table-of-contents li > a").first.inner_text()


def test_entries_far_below_the_screen_are_laid_out_only_when_they_come_near_or_on_paper(new_page, gallery):
    page = new_page(base_url=gallery.url, viewport={"width": 375, "height": 800})
    page.goto(GALLERY)
    title = page.locator(".wall h2").last
    is_laid_out = "element => element.checkVisibility({ contentVisibilityAuto: true })"
    assert page.locator(".wall h2").first.evaluate(is_laid_out)
    assert not title.evaluate(is_laid_out)
    page.emulate_media(media="print")
    assert title.evaluate(is_laid_out)
    page.emulate_media(media="screen")
    title.scroll_into_view_if_needed()
    page.wait_for_function(is_laid_out, arg=title.element_handle())  # The browser lays it out for the next frame.
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_facet_narrows_the_list_in_place_and_the_way_back_works(watched):
    watched.get_by_role("link", name="Poland 34").click()
    watched.wait_for_url(f"**{GALLERY}?country=PL")
    watched.get_by_text("34 of 100 submissions").first.wait_for()
    assert watched.title() == "Submissions to The Contest: from Poland · Laurel"
    assert watched.locator("h1").inner_text() == "Submissions\nfrom Poland"
    assert watched.evaluate("document.activeElement.id") == "country-PL"
    assert watched.get_by_role("status").inner_text() == "34 of 100 submissions"
    watched.get_by_role("link", name="Grand Prize 1").click()
    watched.get_by_text("1 of 100 submissions").first.wait_for()
    watched.go_back()
    watched.get_by_text("34 of 100 submissions").first.wait_for()
    watched.go_back()
    watched.get_by_text("100 submissions", exact=True).first.wait_for()
    assert watched.url.endswith(GALLERY)
    watched.go_forward()
    watched.get_by_text("34 of 100 submissions").first.wait_for()
    assert is_the_same(watched)


def test_a_chip_takes_a_choice_away_and_the_focus_goes_to_the_count(watched):
    watched.get_by_role("link", name="Poland 34").click()
    watched.locator(".chips").get_by_role("link", name="Poland").click()
    watched.wait_for_url(f"**{GALLERY}")
    watched.get_by_text("100 submissions", exact=True).first.wait_for()
    assert watched.evaluate("document.activeElement.className") == "count"
    assert is_the_same(watched)


def test_sorts_views_and_pages_are_shown_in_place(watched):
    watched.get_by_role("link", name="Z to A").click()
    watched.wait_for_url("**sort=-title")
    watched.get_by_role("heading", name="Film 099").wait_for()
    watched.get_by_role("link", name="List", exact=True).click()
    watched.locator(".table-of-contents").wait_for()
    assert first(watched) == "Film 099"
    watched.get_by_role("link", name="Next page").press("Enter")
    watched.get_by_role("link", name="Film 051").wait_for()
    assert first(watched) == "Film 051"
    assert watched.locator("main .count").evaluate("box => Math.abs(box.getBoundingClientRect().top) < 80")
    assert "view=list" in watched.url
    watched.get_by_role("link", name="Last page").press("Enter")
    watched.get_by_role("link", name="Film 000").wait_for()
    watched.get_by_role("link", name="First page").press("Enter")
    watched.get_by_role("link", name="Film 099").wait_for()
    assert is_the_same(watched)


def test_the_way_back_leads_to_where_one_had_read(watched):
    watched.evaluate("scrollTo(0, 700)")
    watched.get_by_role("link", name="Next page").press("Enter")
    watched.get_by_role("heading", name="Film 048").wait_for()
    watched.go_back()
    watched.get_by_role("heading", name="Film 000").wait_for()
    watched.wait_for_function("scrollY > 1000")
    assert is_the_same(watched)


def test_a_link_that_leads_elsewhere_or_to_a_new_tab_is_the_browsers(watched):
    with watched.context.expect_page() as opened:
        watched.get_by_role("link", name="Poland 34").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**country=PL")
    assert watched.url.endswith(GALLERY)
    watched.get_by_role("link", name="Film 003", exact=True).click()
    watched.wait_for_url("**/works/*film-003/")
    assert not is_the_same(watched)


def test_where_the_answer_cannot_be_fetched_the_browser_follows_the_link(watched, complaints):
    watched.route(
        "**/*country=PL", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    watched.get_by_role("link", name="Poland 34").click()
    watched.wait_for_url("**country=PL")
    watched.get_by_text("34 of 100 submissions").first.wait_for()
    assert not is_the_same(watched)
    assert any("country=PL" in complaint for complaint in complaints)
    complaints.clear()


def test_on_a_small_screen_the_facets_are_folded_without_a_script(new_page, gallery):
    page = new_page(base_url=gallery.url, viewport={"width": 375, "height": 800}, java_script_enabled=False)
    page.goto(GALLERY)
    poland = page.get_by_role("link", name="Poland 34")
    assert not poland.is_visible()
    page.get_by_text("Narrow the list").first.click()
    poland.click()
    page.wait_for_url("**country=PL")
    assert count(page) == "34 of 100 submissions"


def test_what_was_unfolded_stays_so_and_the_count_is_in_sight(new_page, gallery):
    page = new_page(base_url=gallery.url, viewport={"width": 375, "height": 667})
    page.goto(GALLERY)
    page.locator(".facets > summary").click()
    page.get_by_role("link", name="Poland 34").click()
    page.wait_for_url("**country=PL**")
    page.wait_for_function("document.querySelector('main .count').textContent.startsWith('34')")
    assert page.locator(".facets").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.id") == "country-PL"
    assert page.locator("#country-PL").is_visible()


def test_on_a_wide_screen_the_facets_stand_open_in_the_margin_and_on_paper_the_address_is_there(watched):
    poland = watched.get_by_role("link", name="Poland 34")
    assert poland.is_visible()
    assert poland.bounding_box()["height"] >= 24
    assert poland.bounding_box()["x"] < watched.locator(".wall").bounding_box()["x"]
    weight = watched.evaluate("fetch('/static/js/lists.js').then(answer => answer.text()).then(text => text.length)")
    assert 0 < weight <= 4000
    assert not watched.locator(".print-address").is_visible()
    watched.emulate_media(media="print")
    assert watched.locator(".print-address").inner_text().endswith(GALLERY)


def test_the_way_back_asks_for_nothing_and_finds_the_focus_where_it_was(watched):
    watched.get_by_role("link", name="Poland 34").click()
    watched.get_by_text("34 of 100 submissions").first.wait_for()
    watched.get_by_role("link", name="Z to A").click()
    watched.wait_for_url("**sort=-title")
    watched.wait_for_function("document.activeElement.id === 'sort--title'")
    asked = []
    watched.on("request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None)
    for step, address, focus in (
        (watched.go_back, "?country=PL", "sort--title"),
        (watched.go_back, "", "country-PL"),
        (watched.go_forward, "?country=PL", "sort--title"),
    ):
        step()
        watched.wait_for_url(f"**{GALLERY}{address}")
        watched.wait_for_function("id => document.activeElement.id === id", arg=focus)
    assert asked == []
    assert watched.locator("main[aria-busy]").count() == 0
    assert is_the_same(watched)


def test_the_position_is_told_and_the_way_back_finds_the_link_to_the_next_page(watched):
    watched.get_by_role("link", name="Next page").press("Enter")
    watched.get_by_role("heading", name="Film 048").wait_for()
    assert watched.get_by_role("status").inner_text() == "100 submissions, 49 to 96 of 100"
    watched.go_back()
    watched.get_by_role("heading", name="Film 000").wait_for()
    watched.wait_for_function("document.activeElement.textContent === 'Next page'")


def test_a_list_tells_its_position_without_a_script(new_page, gallery):
    page = new_page(base_url=gallery.url, java_script_enabled=False)
    page.goto(GALLERY)
    for shown in ("1 to 48 of 100", "49 to 96 of 100", "97 to 100 of 100"):
        expect(page.locator(".position")).to_have_text([shown, shown])
        if shown != "97 to 100 of 100":
            page.get_by_role("link", name="Next page").press("Enter")
    page.get_by_role("link", name="Previous page").press("Enter")
    expect(page.locator(".position").first).to_have_text("49 to 96 of 100")
    page.get_by_role("link", name="Last page").press("Enter")
    # The last page has as many rows as any other if it is reached backwards.
    expect(page.locator(".position").first).to_have_text("53 to 100 of 100")
