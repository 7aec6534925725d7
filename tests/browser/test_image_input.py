"""The image field of admin forms: choosing or dropping a file, previewing it, and moving its focal point."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from people.models import Person
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded

CONTENT = encoded("JPEG", Image.new("RGB", (400, 200), "#456"))
DROP = """([bytes, name, type]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([new Uint8Array(bytes)], name, {type}));
  const box = document.querySelector(".image-input");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    box.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: dropped}));
  }
}"""


@pytest.fixture
def person(transactional_db):
    return make.PersonFactory(portrait_alt="Ann", portrait_credit="Bo")


@pytest.fixture
def open_form(new_page, live_server, client, person):
    client.force_login(make.UserFactory(editor=True))

    def opened(**options):
        page = new_page(base_url=live_server.url, **options)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(admin_pages.page(person))
        return page

    return opened


def photo(name="face.jpg", kind="image/jpeg", content=CONTENT):
    return {"name": name, "mimeType": kind, "buffer": content}


def point(page):
    return tuple(int(page.locator(f"#id_portrait_focus_{side}").input_value()) for side in "xy")


def whole_picture(page):
    """Return the position of the preview on the screen, once it is visible."""
    picture = page.locator(".image-whole img")
    picture.scroll_into_view_if_needed()
    return picture.bounding_box()


def save(page):
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()
    page.wait_for_load_state()  # The message is above the form, so the form may not be loaded yet.


def test_chosen_picture_is_seen_before_it_is_saved_and_its_point_moves_with_click_and_keys(open_form, person):
    page = open_form()
    views = page.locator(".image-views")
    assert not views.is_visible()
    page.locator("#id_portrait").set_input_files(photo())
    views.wait_for()
    assert page.locator(".image-whole img").get_attribute("src").startswith("data:image/jpeg;base64,")
    expect(page.get_by_text("Not saved yet: face.jpg")).to_be_visible()
    assert point(page) == (50, 50)
    box = whole_picture(page)
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.9)
    assert point(page) == (20, 90)
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowUp", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    assert point(page) == (0, 79)
    expect(page.get_by_text("Focal point: 0 % from the left, 79 % from the top")).to_be_visible()
    assert page.locator(".image-cropped").evaluate("image => image.style.objectPosition") == "0% 79%"
    save(page)
    stored = Person.objects.get(pk=person.pk).portrait
    assert (stored.focus, stored.size_in_px) == ((0, 79), (400, 200))
    assert point(page) == (0, 79)
    mark, whole = page.locator(".focus-mark").bounding_box(), page.locator(".image-whole img").bounding_box()
    assert mark["x"] + mark["width"] / 2 == pytest.approx(whole["x"], abs=1)


def test_picture_is_dragged_to_its_point(open_form):
    page = open_form()
    page.locator("#id_portrait").set_input_files(photo())
    page.locator(".image-views").wait_for()
    box = whole_picture(page)
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    assert point(page) == (60, 30)
    page.mouse.move(box["x"] + box["width"] * 3, box["y"] - 500)
    page.mouse.up()
    assert point(page) == (100, 0)


def test_dropped_picture_is_saved(open_form, person):
    page = open_form()
    page.evaluate(DROP, [list(CONTENT), "dropped.jpg", "image/jpeg"])
    page.get_by_text("Not saved yet: dropped.jpg").wait_for()
    page.locator(".image-views").wait_for()
    save(page)
    assert Person.objects.get(pk=person.pk).portrait.size_in_px == (400, 200)


def test_picture_that_the_server_would_refuse_is_refused_when_it_is_chosen_or_dropped(open_form, person):
    page = open_form()
    page.locator("#id_portrait").set_input_files(photo())
    page.locator(".image-views").wait_for()
    save(page)
    # The portal detects the file type from the content, not from the name. A white image of 45 megapixels is a small
    # file.
    large = encoded("PNG", Image.new("1", (9000, 5000), 1))
    for content, words in (
        (b"<svg></svg>", "This is a file in the format SVG. Export it as PNG, and upload that."),
        (b"\0\0\0\x20ftypheic" + bytes(40), "This is a file in the format HEIC. Export it as JPEG, and upload that."),
        (b"GIF89a" + bytes(40), "This is a file in the format GIF. Export it as PNG, and upload that."),
        (b"some words", "This is not a picture that the portal can read. Upload a JPEG, PNG or WebP file."),
        (b"", "This file is empty. Export the picture again and upload the new file."),
        (bytes(13 * 1024 * 1024), "This file is 13.0 MB; the limit is 12 MB. Export a smaller version and try again."),
        (large, "This picture has more than 40 megapixels. Scale it down and upload it again."),
    ):
        page.locator("#id_portrait").set_input_files(photo(content=content))
        expect(page.get_by_role("alert")).to_have_text(words)
        assert page.locator("#id_portrait").evaluate("input => input.files.length") == 0
        assert "data:" not in page.locator(".image-whole img").get_attribute("src")
    page.evaluate(DROP, [list(b"<svg></svg>"), "drawing.jpg", "image/jpeg"])
    expect(page.get_by_role("alert")).to_contain_text("SVG")
    page.locator("#id_portrait").set_input_files(photo())
    expect(page.get_by_role("alert")).to_be_hidden()
    save(page)
    assert Person.objects.get(pk=person.pk).portrait.size_in_px == (400, 200)


def test_without_javascript_the_plain_input_and_two_numbers_do_the_same(open_form, person):
    page = open_form(java_script_enabled=False)
    page.locator("#id_portrait").set_input_files(photo())
    page.locator("#id_portrait_focus_x").fill("30")
    page.locator("#id_portrait_focus_y").fill("")
    save(page)
    assert Person.objects.get(pk=person.pk).portrait.focus == (30, 50)
    expect(page.locator(".image-now")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_axe_finds_nothing_on_a_page_with_a_picture(open_form, scheme, width):
    page = open_form(color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.locator("#id_portrait").set_input_files(photo())
    page.locator(".image-views").wait_for()
    # Without this option, axe would add copies of the style sheets, which the Content-Security-Policy blocks.
    result = Axe().run(page, ".image-input", {"preload": False}).response
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]] == []
    assert len(result["passes"]) > 5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert min(page.locator(".focus-mark").bounding_box()[side] for side in ("width", "height")) >= 24
