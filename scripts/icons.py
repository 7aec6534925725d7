"""
Draws the PNG icons from static/img/favicon.svg with the browser at the path in the environment variable LAUREL_BROWSER.
For developers:

    LAUREL_BROWSER=… .venv/bin/python scripts/icons.py
"""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
PAPER = "#faf7f0"
# For each icon: its size in px, and the width of the wreath as a fraction of this size. Android may cut off everything
# outside the middle 80 %; Apple only rounds the corners.
ICONS = {"icon-192.png": (192, 0.54), "icon-512.png": (512, 0.54), "apple-touch-icon.png": (180, 0.7)}


def main() -> None:
    drawing = (IMAGES / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["LAUREL_BROWSER"], args=["--no-sandbox"])
        for name, (size, share) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>body {{ margin: 0; height: 100vh; display: grid; place-items: center; background: {PAPER} }}"
                f"svg {{ inline-size: {share:.0%} }}</style>{drawing}"
            )
            # The drawing has few colours. With a palette of 64, the file is a third of the size.
            drawn = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(64)
            drawn.save(IMAGES / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
