"""Embeds on another website, which is another origin on this computer."""

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from contests.models import Contest, Quote, Submission
from publishing import embeds
from record.synthetic import PREFIX
from tests import factories as make
from tests.browser.pages import EMBEDS, fill

NARROWEST = 240
LONG = "A title that goes on until it has come to exactly as many characters as a title may have, "
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def host():
    """Return a function: `host(html)` returns the URL of a page with this HTML on another website."""
    shown = {"page": ""}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 (the name that http.server asks for)
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(shown["page"].encode() if self.path == "/" else b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def show(html, scheme="light dark"):
        head = f'<meta charset="utf-8"><title>Another site</title><meta name="color-scheme" content="{scheme}">'
        # Without an icon in the page, the browser would request the default icon while the server stops.
        head += '<link rel="icon" href="data:,">'
        shown["page"] = f"<!doctype html><html lang=en>{head}<body>{html}</body></html>"
        return f"http://127.0.0.1:{server.server_port}/"

    yield show
    server.shutdown()
    thread.join()
    server.server_close()


def difficult():
    """Create embeds with the longest and most difficult texts."""
    contest = make.ContestFactory(title=(LONG * 3)[:200], slug="hard", revealed=True, key=f"{PREFIX}hard")
    award = make.AwardFactory(contest=contest, name=(LONG * 3)[:120], kind="grand_prize")
    films = [
        make.SubmissionFactory(contest=contest, title=title, slug=f"hard-{number}", logline=(LONG * 6)[:300])
        for number, title in enumerate(((LONG * 3)[:200], "أليس", WORD))
    ]
    maker = make.PersonFactory(name=WORD, country="PL")
    for film in films:
        make.RecognitionFactory(award=award, submission=film)
        make.CreditFactory(submission=film, person=maker)
    evening = make.EventFactory(contest=contest, title=LONG)
    arabic, japanese = "كل مرآة باب، وكل باب سؤال لا جواب له. " * 10, "夢" * 250
    quotes = [
        make.QuoteFactory(
            event=evening, submission=films[0], speaker=maker, text=text, slug=f"hard-{order}", order=order
        )
        for order, text in enumerate(("Yes.", LONG * 2, LONG * 7, (LONG * 30)[:2000], WORD * 6, arabic, japanese), 1)
    ]
    return [contest, *films, *quotes]


@pytest.mark.parametrize("address", EMBEDS.values())
def test_another_site_shows_a_piece(new_page, live_server, host, address):
    fill()
    page = new_page()
    page.goto(host(f'<iframe src="{live_server.url}{address}" width="600" height="500"></iframe>'))
    frame = page.frames[1]
    assert frame.url == f"{live_server.url}{address}"
    assert frame.locator("footer .name").inner_text() == "Laurel"
    assert page.evaluate("document.querySelector('iframe').contentDocument") is None


def test_another_site_cannot_show_a_page(new_page, live_server, host, complaints):
    fill()
    page = new_page()
    page.goto(host(f'<iframe src="{live_server.url}/contests/nextgen/"></iframe>'))
    page.wait_for_load_state("networkidle")
    assert page.frames[1].url == "chrome-error://chromewebdata/"
    assert len(complaints) == 2
    assert "frame-ancestors 'none'" in " ".join(complaints)
    complaints.clear()


def test_a_site_that_trusts_nobody_shows_a_piece_in_a_sandbox(new_page, live_server, host, complaints):
    fill()
    page = new_page()
    inner = f'<iframe src="{live_server.url}/embed/contests/nextgen/winners/" sandbox></iframe>'
    for html in (inner, f'<iframe sandbox width="700" height="600" srcdoc="{escape(inner)}"></iframe>'):
        page.goto(host(html))
        page.wait_for_load_state("networkidle")
        frame = page.frames[-1]
        assert frame.locator("h1").inner_text() == "KlingAI NextGen Creative Contest"
    # Unlike WhiteNoise, the test server does not allow other origins to load the font.
    assert [line for line in complaints if "fraunces-latin.woff2" not in line and "net::ERR_FAILED" not in line] == []
    complaints.clear()


def test_a_link_in_a_piece_leads_the_whole_window_to_the_portal(new_page, live_server, host):
    fill()
    page = new_page()
    page.goto(host(f'<iframe src="{live_server.url}/embed/quotes/tim-yip-human-touch/"></iframe>'))
    page.frame_locator("iframe").get_by_role("link", name="Quote and source").click()
    page.wait_for_url(f"{live_server.url}/quotes/tim-yip-human-touch/")


def test_the_html_to_copy_shows_the_piece_and_the_link(new_page, live_server, host):
    fill()
    page = new_page(base_url=live_server.url, java_script_enabled=False)
    page.goto("/works/alzheimer/")
    page.get_by_text("HTML to copy").click()
    snippet = page.get_by_label("HTML to copy").input_value()
    page.goto(host(snippet))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Alzheimer")).to_be_visible()
    page.get_by_role("link", name="Alzheimer", exact=True).click()
    page.wait_for_url(f"{live_server.url}/works/alzheimer/")


def test_a_piece_has_room_in_the_frame_that_the_snippet_states(new_page, live_server):
    fill()
    nouns = [Contest.objects.get(slug="nextgen"), *Submission.objects.all(), *Quote.objects.all(), *difficult()]
    assert without_room(new_page(base_url=live_server.url), nouns) == {}


def without_room(page, nouns, widths=(NARROWEST, 320, 600, 1000), spare=0):
    """
    Return by how many px the embeds are wider or higher than their frames minus `spare`: {(url, width): (px, px)}.
    """
    found = {}
    for noun in nouns:
        piece = embeds.piece_of(noun)
        page.goto(piece.path)
        page.evaluate("document.fonts.ready")
        for width in widths:
            page.set_viewport_size({"width": width, "height": piece.height - spare})
            wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            # In the narrowest frame, long texts may scroll.
            room = piece.height - spare + (80 if width == NARROWEST else 0)
            if wide > width or high > room:
                found[piece.path, width] = wide - width, high - room
    return found


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(250, 247, 240)"), ("dark", "rgb(15, 14, 13)")])
def test_a_piece_follows_the_scheme_of_the_page_around_it(new_page, live_server, host, scheme, paper):
    fill()
    page = new_page(color_scheme="null")  # If Playwright emulated a colour scheme, it would apply to every frame.
    address = f"{live_server.url}/embed/quotes/tim-yip-human-touch/"
    page.goto(host(f'<iframe src="{address}"></iframe>', scheme=scheme))
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.frames[1].evaluate(ground) == paper


@pytest.mark.parametrize(("scheme", "width"), [("light", 600), ("dark", NARROWEST)])
def test_axe_finds_nothing_in_a_piece(new_page, live_server, scheme, width):
    fill()
    page = new_page(color_scheme=scheme, base_url=live_server.url, viewport={"width": width, "height": 500})
    found, checked = {}, []
    for address in [*EMBEDS.values(), *(embeds.piece_of(noun).path for noun in difficult())]:
        page.goto(address)
        result = Axe().run(page).response
        checked.append(len(result["passes"]))
        if result["violations"]:
            found[address] = [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]]
    assert found == {}
    assert min(checked) > 10


def test_a_piece_weighs_no_more_than_one_font_its_quotation_marks_and_a_few_kilobytes(new_page, live_server):
    fill()
    page = new_page(base_url=live_server.url)
    fonts = []
    page.on("response", lambda response: fonts.append(response.url) if response.url.endswith(".woff2") else None)
    for address in EMBEDS.values():
        fonts.clear()
        page.goto(address, wait_until="networkidle")
        names = sorted(url.rpartition("/")[2] for url in fonts)
        marks = ["fraunces-marks.woff2"] if "/quotes/" in address else []
        assert names in ([], ["fraunces-latin.woff2", *marks]), address
        page.evaluate("document.fonts.ready")
