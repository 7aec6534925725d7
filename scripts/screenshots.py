"""
Makes the screenshots of the README and of docs/editing.md in ``docs/images/``, or in the given folder::

    .venv/bin/python scripts/screenshots.py [folder]

The screenshots of the README show the NextGen contest; those of docs/editing.md show a synthetic contest with a
scheduled reveal.

The script starts a temporary portal with its own database. Each screenshot has at most 256 colours and 150 KB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from server import served

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 150_000


@dataclass(frozen=True)
class Shot:
    """
    A screenshot: its file name, the URL path of the page, the size in CSS pixels, the colour scheme, and the number of
    pixels per CSS pixel.
    """

    name: str
    address: str
    size: tuple[int, int] = (1280, 860)
    scheme: Literal["light", "dark"] = "light"
    density: int = 1
    way: tuple[str, ...] = ()
    """The texts of the links that are clicked after opening the page. Only pages of the admin have any."""
    at: str = ""
    """A CSS selector of the element to which the page is scrolled."""


SHOTS = (
    Shot("home", "/"),
    Shot("quote", "/quotes/tim-yip-a-tool-not-a-god/"),
    Shot("winners-dark", "/contests/nextgen/winners/", scheme="dark"),
    Shot("phone", "/people/tim-yip/", size=(390, 844), density=2),
)
# The URL path of the admin's list of contests, and the title of the synthetic contest with a scheduled reveal.
WAITING, CONTEST = "/admin/contests/contest/", "Specimen Contest in a Sealed Envelope"
ACCOUNT, PASSWORD = "editor@example.org", "only for these pictures"
EDITORS = (
    Shot("editing-dashboard", "/admin/"),
    Shot("editing-works", "/admin/contests/submission/"),
    Shot("editing-poster", "/admin/contests/submission/", way=("Alzheimer",), at=".field-poster"),
    Shot("editing-approve", WAITING, way=(CONTEST, "Approve results")),
    Shot("editing-preview", WAITING, way=(CONTEST, "Make a preview link")),
    Shot("editing-merge", "/admin/people/person/?q=Meller", way=("Dawid Meller", "Merge with another…")),
    Shot("editing-revoke", "/admin/contests/recognition/?q=Alzheimer", way=("Grand Prize: Alzheimer", "Revoke")),
    Shot("editing-history", "/admin/history/"),
)
# This code changes a row, so that the screenshot of the admin's history page shows a change.
CHANGES = """
from record.history import keep_first_version
from accounts.models import User
from people.models import Person
User.objects.update(name="Editor")
person = Person.objects.get(slug="dawid-meller")
keep_first_version(Person, [person.pk])
person._history_user, person._change_reason = User.objects.get(), "As he signs himself"
person.sort_name = "Meller, Dawid P."
person.save()
"""


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("[name=login]", ACCOUNT)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/admin/")


def take(shot: Shot, browser: Browser, address: str) -> bytes:
    """
    Take the screenshot `shot` of the portal at the URL `address`, and return it as PNG. It has 256 colours, or fewer if
    the file would be too large. Raise SystemExit if it is too large even with 32 colours.
    """
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,
        device_scale_factor=shot.density,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot in EDITORS:
        sign_in(page)
    page.goto(shot.address, wait_until="networkidle")
    for step in shot.way:
        page.get_by_role("link", name=step).first.click()
        page.wait_for_load_state("networkidle")
    if shot.at:
        page.locator(shot.at).first.evaluate("element => element.scrollIntoView({ block: 'center' })")
    page.evaluate("document.fonts.ready.then(() => true)")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    context.close()
    for colours in (256, 128, 64, 32):
        written = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= MOST_BYTES:
            return written.getvalue()
    raise SystemExit(f"{shot.name} is larger than {MOST_BYTES} bytes in 32 colours; take less of the page.")


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    found = subprocess.run([ROOT / "scripts" / "browser"], stdout=subprocess.PIPE, check=True, text=True)
    commands = (
        *(["migrate", "-v0"], ["loaddata", "nextgen", "-v0"], ["create_demo_contest", "--stage", "sealed", "-v0"]),
        *(["createsuperuser", "--noinput", "--email", ACCOUNT, "-v0"], ["shell", "-v0", "-c", CHANGES]),
    )
    local = {"LAUREL_ENV": "local", "SECRET_KEY": "", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), *commands, **local) as address,
        sync_playwright() as playwright,
    ):
        # Chromium's sandbox does not work for the user root. The browser can do without it, because it opens only the
        # portal's own pages.
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=["--no-sandbox"])
        for shot in (*SHOTS, *EDITORS):
            picture = take(shot, browser, address)
            (target / f"{shot.name}.png").write_bytes(picture)
            print(f"{len(picture):7,d}  {target / shot.name}.png")
        browser.close()


if __name__ == "__main__":
    main()
