"""Importing many pictures: dropping files, uploading a few at a time, and the preview."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from contests.models import Submission
from tests import admin_pages
from tests import factories as make
from tests.record.test_image_sanitizing import encoded

CONTENT = encoded("JPEG", Image.new("RGB", (400, 600), "#456"))
DROP = """([bytes, names]) => {
  const dropped = new DataTransfer();
  for (const name of names) dropped.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
  const box = document.querySelector(".picture-files");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    box.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: dropped}));
  }
}"""


@pytest.fixture
def contest(transactional_db):
    contest = make.ContestFactory()
    for number in range(1, 11):
        make.SubmissionFactory(contest=contest, title=f"Film {number}", tracking_number=f"SP{number:04}")
    return contest


@pytest.fixture
def page(new_page, live_server, client, contest):
    client.force_login(make.UserFactory(editor=True))
    page = new_page(base_url=live_server.url)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def test_dropped_files_are_uploaded_in_several_requests_and_shown(page, contest):
    page.goto(admin_pages.page(contest))
    page.get_by_role("link", name="Import posters").click()
    page.get_by_label("Choose pictures or a ZIP file").wait_for()
    assert Axe().run(page, options={"preload": False}).response["violations"] == []
    page.evaluate(DROP, [list(CONTENT), [f"SP{number:04}.jpg" for number in range(1, 11)] + ["other.jpg"]])
    page.get_by_text("Chosen: 11 files").wait_for()
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Show the preview").click()
    page.get_by_role("button", name="Import all 10").wait_for()
    assert len(posts) == 2
    assert Axe().run(page, options={"preload": False}).response["violations"] == []
    page.get_by_label("Slug or name").and_(page.locator(":visible")).fill("film-3")
    page.get_by_label("Leave out SP0003.jpg").check()
    page.get_by_role("button", name="Update the preview").click()
    page.get_by_text("chosen by you").wait_for()
    page.get_by_role("button", name="Import all 10").click()
    page.get_by_text("10 pictures imported.").wait_for()
    assert Submission.objects.exclude(poster="").count() == 10
