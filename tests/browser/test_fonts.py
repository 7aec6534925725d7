"""
Whatever fonts a system has, nothing on a page moves when our web fonts have loaded, and the fallback fonts need no more
space.

The test simulates a system with fonts of this computer: Fontconfig gets a list of them, and Chromium can use no others.
"""

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from contests.models import Contest, Quote, Submission
from tests.browser.conftest import ARGUMENTS, find_browser
from tests.browser.pages import PAGES, fill
from tests.browser.test_embeds import difficult, without_room
from tests.browser.test_page_weight import MOST_SHIFT, OBSERVE

#: The default fonts of systems, a serif and a sans-serif font first: Debian, most Linux desktops, Android, Fedora,
#: Chrome OS, Windows.
SYSTEMS = {
    "DejaVu": ("DejaVu Serif", "DejaVu Sans"),
    "Noto": ("Noto Serif", "Noto Sans", "Noto Serif CJK JP", "Noto Sans CJK JP"),
    "Android": ("Noto Serif", "Roboto"),
    "Liberation": ("Liberation Serif", "Liberation Sans"),
    "Croscore": ("Tinos", "Arimo"),
    "URW": ("Nimbus Roman", "Nimbus Sans"),
    "Free": ("FreeSerif", "FreeSans"),
    "Windows": ("Georgia", "Times New Roman", "Arial"),
    "sans only": ("Open Sans",),
}
FIRST_SIGHT = ("home", "contest", "contest's winners", "film with a poster", "event", "person", "quotes", "quote")
#: A style of each family, as used in the style sheets.
STYLES = {
    "--fraunces": ("400 22px", ""),
    "--fraunces-display": ("400 72px", '"opsz" 84'),
    "--instrument-sans": ("500 17px", ""),
}
SENTENCE = "The evening goes on as it began, with a film that nobody made, and a few words from those who won a prize."
WIDTHS = """([family, font, axes, sentence]) => {
    const line = document.body.appendChild(document.createElement("span"));
    line.textContent = sentence;
    Object.assign(line.style, {position: "absolute", whiteSpace: "nowrap"});
    const faces = getComputedStyle(document.documentElement).getPropertyValue(family).trim().split(/,\\s*/);
    const width = stack => {
        line.style.font = `${font} ${stack}`;
        line.style.fontVariationSettings = axes || "normal";
        return line.getBoundingClientRect().width;
    };
    const theirs = faces.slice(1).join(", ");
    width(theirs);
    const found = document.fonts.ready.then(() => [width(faces[0]), width(theirs)]);
    return found.finally(() => line.remove());
}"""


@pytest.fixture(scope="module")
def systems(browser, tmp_path_factory):
    """Start Chromium for each system whose fonts are on this computer. Return {name: browser}."""
    listed = subprocess.run(["fc-list", "--format", "%{family[0]}\t%{file}\n"], stdout=subprocess.PIPE, text=True)
    files = {}
    for line in listed.stdout.splitlines():
        family, file = line.split("\t")
        files.setdefault(family, set()).add(file)
    opened = {}
    for name, families in SYSTEMS.items():
        has = sorted({file for family in families for file in files.get(family, ())})
        if all(family in files for family in families[:2]):
            folder = tmp_path_factory.mktemp("fonts")
            for file in has:
                (folder / Path(file).name).symlink_to(file)
            (folder / "fonts.conf").write_text(
                f"<fontconfig><dir>{folder}</dir><include ignore_missing='yes'>/etc/fonts/conf.d</include>"
                f"<cachedir>{folder}/cache</cachedir></fontconfig>"
            )
            environment = {**os.environ, "FONTCONFIG_FILE": f"{folder}/fonts.conf"}
            opened[name] = browser.browser_type.launch(executable_path=find_browser(), args=ARGUMENTS, env=environment)
    yield opened
    for system in opened.values():
        system.close()


def test_this_machine_has_fonts_to_try(systems):
    assert "DejaVu" in systems


def test_a_font_of_the_system_takes_the_room_of_ours(systems, live_server):
    differ = {}
    for name, system in systems.items():
        page = system.new_page(bypass_csp=True)
        page.goto(f"{live_server.url}/")
        for family, style in STYLES.items():
            arguments = [family, *style, SENTENCE]
            page.evaluate(WIDTHS, arguments)  # This call loads the fonts.
            ours, theirs = page.evaluate(WIDTHS, arguments)
            if abs(theirs / ours - 1) > 0.025:
                differ[name, family] = round(theirs / ours, 3)
        page.close()
    assert differ == {}


def test_nothing_moves_when_our_fonts_come_late(systems, live_server):
    fill()
    moved = {}
    for name, system in systems.items():
        page = system.new_page(base_url=live_server.url, viewport={"width": 375, "height": 800})
        page.add_init_script(OBSERVE)
        held: list = []
        hold = partial(hold_back, held)
        page.route("**/*.woff2", hold)
        for kind in FIRST_SIGHT:
            held.clear()
            page.goto(PAGES[kind], wait_until="domcontentloaded")
            while not page.evaluate("window.seen.largest"):
                page.wait_for_timeout(20)
            for route in held:
                route.continue_()
            page.unroute("**/*.woff2")
            page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
            page.wait_for_timeout(60)  # Wait, because observers run after the frame has been drawn.
            shift = page.evaluate("window.seen.shift")
            if shift >= MOST_SHIFT:
                moved[name, kind] = round(shift, 4)
            page.route("**/*.woff2", hold)
        page.close()
    assert moved == {}


def hold_back(held, route):
    held.append(route)


def test_a_piece_has_room_with_every_font(systems, live_server):
    fill()
    nouns = [Contest.objects.get(slug="nextgen"), *Submission.objects.all(), *Quote.objects.all(), *difficult()]
    lacking = {}
    for name, system in systems.items():
        page = system.new_page(base_url=live_server.url)
        lacking |= {(name, *where): by for where, by in without_room(page, nouns, widths=(320, 600), spare=8).items()}
        page.close()
    assert lacking == {}
