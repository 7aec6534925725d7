"""No word of a title is broken in the middle, on any screen, whether our fonts are there or not."""

import pytest

from tests import factories as make

TITLES = ("Alzheimer", "Bursztynowa komnata", "Cinematographer", "The Kindergarten Commonwealth", "WIMBLEDON", "Ω")
#: Words of titles whose letters stand on more than one line.
BROKEN = """() => {
    const found = [], range = document.createRange();
    const titles = document.querySelectorAll("h1, h2, h3, .title");
    for (const title of titles) {
        const walk = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            for (const word of walk.currentNode.data.matchAll(/[\\p{L}\\p{M}]+/gu)) {
                range.setStart(walk.currentNode, word.index);
                range.setEnd(walk.currentNode, word.index + word[0].length);
                const boxes = [...range.getClientRects()].filter(box => box.width > 1);
                if (new Set(boxes.map(box => Math.round(box.top))).size > 1) found.push(word[0]);
            }
        }
    }
    return found;
}"""


@pytest.fixture
def addresses(live_server):
    """Pages on which each of the titles is that of a work, and the name of a person."""
    contest = make.ContestFactory(title="Kindergarten Cinematographers", slug="words", revealed=True)
    found = ["/", "/winners/", "/people/", contest.get_absolute_url(), "/contests/words/winners/"]
    found.append("/contests/words/submissions/")
    for number, title in enumerate(TITLES, 1):
        film = make.SubmissionFactory(contest=contest, title=title, slug=f"film-{number}")
        person = make.PersonFactory(name=title, slug=f"person-{number}")
        make.CreditFactory(submission=film, person=person)
        award = make.AwardFactory(contest=contest, name=f"Prize {number}", kind="grand_prize", precedence=number)
        make.RecognitionFactory(award=award, submission=film)
        found += [film.get_absolute_url(), person.get_absolute_url()]
    return found


@pytest.mark.parametrize("fonts", ["ours", "blocked"])
def test_no_word_of_a_title_is_broken(new_page, live_server, addresses, complaints, fonts):
    page = new_page(base_url=live_server.url, reduced_motion="reduce")
    if fonts == "blocked":
        page.route("**/*.woff2", lambda route: route.abort())
    broken = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.fonts.ready")
        for width in (320, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            broken += [(address, width, word) for word in page.evaluate(BROKEN)]
    if fonts == "blocked":
        complaints.clear()
    assert broken == []
