"""
Names of one and of two hundred characters, in many scripts, on the narrowest and the widest screen: nothing is wider
than the page, and no title is cut off.
"""

import pytest

from tests import factories as make

NAMES = [
    "C",
    "A title that goes on and on, and then goes on, " * 4 + "and stops",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Zażółć gęślą jaźń",
    "受賞者の名前がとても長いときの見本の題名",
    "예시로 지은 아주 긴 제목",
    "عنوان طويل جدا للتجربة فقط ولا معنى له",
    "Образцовое название",
    "🎬👩‍👩‍👧",
]
# A script that returns boxes whose content is wider than they are. Source marks are allowed, because their clickable
# area is larger than the number.
CUT = """() => [...document.querySelectorAll("h1, h2, h3, dd, dt, blockquote, .byline, .award-line, .leaders > *")]
    .filter(box => !box.closest(".visually-hidden") && box.scrollWidth > box.clientWidth + 16 && box.clientWidth > 0)
    .map(box => [box.tagName, box.className, box.scrollWidth - box.clientWidth, box.textContent.trim().slice(0, 40)])"""


@pytest.fixture
def hard(live_server):
    """Create a revealed contest in which everything has a difficult name. Return the URLs of its pages."""
    contest = make.ContestFactory(title=NAMES[1][:200], tagline="أليس " * 30, revealed=True, slug="hard")
    event = make.EventFactory(contest=contest, title=NAMES[2], description=NAMES[6])
    source = make.SourceFactory(title=NAMES[1][:300], url="https://elsewhere.invalid/" + "a" * 200)
    pages = ["/", "/contests/", contest.get_absolute_url(), "/contests/hard/winners/", "/contests/hard/submissions/"]
    for number, name in enumerate(NAMES, 1):
        person = make.PersonFactory(name=name[:200], slug=f"person-{number}", headline=name[:200], country="BA")
        person.sources.add(source)
        film = make.SubmissionFactory(
            contest=contest, title=name[:200], slug=f"film-{number}", logline=(name * 2)[:300], original_title=NAMES[6]
        )
        make.CreditFactory(submission=film, person=person, source=source)
        make.RecognitionFactory(
            award=make.AwardFactory(contest=contest, name=name[:120], kind="grand_prize", precedence=number),
            submission=film, presenters=[person], source=source,
        )  # fmt: skip
        make.AppearanceFactory(event=event, person=person, role="host_representative", source=source)
        quote = make.QuoteFactory(event=event, speaker=person, text=name * 3, submission=film, slug=f"q-{number}")
        pages += [film.get_absolute_url(), person.get_absolute_url(), quote.get_absolute_url()]
    make.FigureFactory(contest=contest, value=123_456_789_012, qualifier="more_than", currency="USD", label=NAMES[2])
    return [*pages, event.get_absolute_url(), "/winners/", "/people/", "/quotes/", source.get_absolute_url()]


@pytest.mark.parametrize(("scale", "widths"), [(1, [320, 640, 1280, 2560]), (2, [375])])
def test_hard_names_break_no_page(new_page, live_server, hard, scale, widths):
    page = new_page(base_url=live_server.url, device_scale_factor=scale, reduced_motion="reduce")
    broken = []
    for address in hard:
        page.goto(address)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                broken.append((address, width, wide))
            broken += [(address, width, *box) for box in page.evaluate(CUT)]
    assert broken == [], "\n".join(map(str, broken))
