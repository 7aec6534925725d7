"""A visitor opens the pages of the site in a real browser, in both colour schemes. Nothing is logged to the console."""

import pytest
from django.core.management import call_command


@pytest.fixture
def nextgen_live(live_server):
    """Return the live portal with the NextGen contest."""
    call_command("loaddata", "nextgen", verbosity=0)
    return live_server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_home_to_winner_to_creator_to_quote_to_source(new_page, nextgen_live, scheme):
    page = new_page(color_scheme=scheme, base_url=nextgen_live.url)
    page.goto("/")
    assert page.locator("h1").inner_text() == "Alzheimer"
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(250, 247, 240)", "dark": "rgb(15, 14, 13)"}[scheme]

    page.get_by_role("link", name="About the film").click()
    page.wait_for_url("**/works/alzheimer/")
    page.locator(".facts").get_by_role("link", name="C·one").click()
    page.wait_for_url("**/people/c-one/")
    assert page.locator("h1").inner_text() == "C·one"

    page.get_by_role("link", name="When I use this AI tool").click()
    page.wait_for_url("**/quotes/c-one-like-my-camera/")
    assert "like my camera" in page.locator("blockquote").first.inner_text()

    page.locator(".source-mark a").first.click()
    page.wait_for_url("**#source-1")
    page.locator("#source-1 a").click()
    page.wait_for_url("**/sources/nextgen-ceremony-report/")
    assert "News report" in page.locator("h1").inner_text()


def test_no_page_is_wider_than_the_screen(new_page, nextgen_live):
    page = new_page(base_url=nextgen_live.url)
    wide = []
    for address in (
        "/", "/contests/", "/contests/nextgen/", "/winners/", "/contests/nextgen/submissions/",
        "/works/alzheimer/", "/contests/nextgen/events/awards-ceremony/", "/people/",
        "/people/lee-hwan-kyung/", "/quotes/", "/quotes/tim-yip-human-touch/", "/sources/nextgen-ceremony-report/",
    ):  # fmt: skip
        page.goto(address)
        for width in (320, 375, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, width))
    assert wide == []


def test_a_list_is_narrowed_without_a_script(new_page, nextgen_live):
    page = new_page(base_url=nextgen_live.url, java_script_enabled=False)
    page.goto("/quotes/")
    page.get_by_text("Narrow the list").first.click()
    page.get_by_role("link", name="Lee Hwan-kyung 3").click()
    page.wait_for_url("**speaker=lee-hwan-kyung**")
    assert page.locator(".count").inner_text() == "3 of 14 quotes"
    page.get_by_role("link", name="Speaker: Lee Hwan-kyung").click()
    page.wait_for_url("**/quotes/")
    assert page.locator(".count").inner_text() == "14 quotes"


def test_the_keyboard_reaches_the_content_first(new_page, nextgen_live):
    page = new_page(base_url=nextgen_live.url)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_its_contrast(new_page, nextgen_live, scheme):
    """
    Text, muted text and accent colours have a contrast of at least 4.5 to 1 on the background, as the browser computes
    them, for every accent.
    """
    from contests.models import Contest

    page = new_page(color_scheme=scheme, base_url=nextgen_live.url)
    page.goto("/")
    for accent in Contest.Accent.values:
        colours = page.evaluate(
            """accent => {
                document.documentElement.dataset.accent = accent;
                const probe = document.body.appendChild(document.createElement("i"));
                const of = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
                const found = ["--paper", "--ink", "--muted", "--accent"].map(of);
                probe.remove();
                return found;
            }""",
            accent,
        )
        paper, *inks = [luminance(colour) for colour in colours]
        ratios = [(max(paper, ink) + 0.05) / (min(paper, ink) + 0.05) for ink in inks]
        assert min(ratios) >= 4.5, (accent, colours, ratios)


def luminance(colour: str) -> float:
    """Return the relative luminance of a CSS rgb() colour, as WCAG 2.2 defines it."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
