"""Small elements next to text: source marks, commas, empty facts, and the portrait of a winner."""

import pytest

from contests.models import Contest, Submission
from tests import factories as make
from tests.browser.pages import PAGES, fill

#: A script that returns the errors of a page as a reader would describe them.
FAULTS = """() => {
  const faults = [];
  for (const mark of document.querySelectorAll(".source-mark a")) {
    if (mark.closest("h1, h2, h3, h4")) faults.push("a mark within a heading");
    if (!/^Source \\d+$/.test(mark.getAttribute("aria-label"))) faults.push(mark.getAttribute("aria-label"));
    const { width, height } = mark.getBoundingClientRect();
    if (width && (width < 24 || height < 24)) faults.push(`a mark of ${width} x ${height} px`);
  }
  for (const fact of document.querySelectorAll("dt, dd"))
    if (!fact.textContent.trim()) faults.push(`an empty ${fact.localName}`);
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const place = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (let node, before; (node = texts.nextNode()); ) {
    if (!node.data.trim() || node.parentElement.closest(".visually-hidden, textarea")) continue;
    const at = node.data.search(/\\S/);
    if (before && /[,;.、，]/.test(node.data[at])) {
      const comma = place(node, at), end = place(before, before.data.trimEnd().length - 1);
      const gap = comma.left - end.right;
      if (comma.top < end.bottom && comma.bottom > end.top && gap > 3)
        faults.push(`${gap} px before the comma behind ${before.data.trim()}`);
    }
    before = node;
  }
  return faults;
}"""


@pytest.fixture
def awarded():
    """Return the NextGen contest with a person who won, credits in several roles, and facts with two sources."""
    fill()
    contest, film = Contest.objects.get(slug="nextgen"), Submission.objects.get(slug="alzheimer")
    studio = make.PersonFactory(team=True, name="Studio", slug="studio", country="PL", headline="Made up")
    for order, role in enumerate(("director", "editor"), 90):
        make.CreditFactory(submission=film, person=studio, role=role, order=order)
    contest.sources.add(make.SourceFactory(slug="second"))
    film.sources.add(*contest.sources.all())
    make.EventFactory(contest=contest, order=90, part_of=contest.events.get(slug="awards-ceremony"))
    award = make.AwardFactory(contest=contest, precedence=90)
    make.RecognitionFactory(award=award, of_person=True, person=studio)
    return contest


@pytest.mark.parametrize("width", [375, 1280])
def test_marks_and_commas_stand_where_they_belong(new_page, live_server, awarded, width):
    page = new_page(base_url=live_server.url, viewport={"width": width, "height": 800})
    found = {}
    for address in (*PAGES.values(), "/people/studio/", "/contests/nextgen/submissions/?view=list"):
        page.goto(address)
        if faults := page.evaluate(FAULTS):
            found[address] = sorted(set(faults))
    assert found == {}


@pytest.mark.parametrize("address", ["/winners/", "/contests/nextgen/winners/"])
def test_a_person_who_won_is_as_large_as_a_film(new_page, live_server, awarded, address):
    page = new_page(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    page.goto(address)
    person = page.locator(".entry .portrait").bounding_box()
    films = [poster.bounding_box()["width"] for poster in page.locator(".entry:not(.entry--grand) .poster").all()]
    assert person["width"] > 200
    assert min(films) <= person["width"] <= max(films) * 1.3


def test_a_person_who_has_the_grand_prize_opens_the_pages(new_page, live_server):
    contest = make.ContestFactory(revealed=True, slug="nextgen")
    person = make.PersonFactory(name="Ann Author", headline="Made up", country="PL")
    make.RecognitionFactory(award__contest=contest, of_person=True, person=person)
    page = new_page(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    for address in ("/", "/winners/", "/contests/nextgen/winners/"):
        page.goto(address)
        portrait, title = (page.locator(f"main {each}").first.bounding_box() for each in (".portrait", ".title--grand"))
        assert portrait["width"] > 350
        assert title["x"] > portrait["x"] + portrait["width"]
        assert page.get_by_text("Poland", exact=True).is_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_the_link_to_the_corrections_stands_apart_from_the_last_winner(new_page, live_server, awarded, width):
    page = new_page(base_url=live_server.url, viewport={"width": width, "height": 800})
    page.goto("/contests/nextgen/winners/")
    winners = page.locator(".winners-list").bounding_box()
    link = page.get_by_role("main").get_by_role("link", name="Corrections", exact=True).bounding_box()
    assert link["y"] - winners["y"] - winners["height"] >= 24
