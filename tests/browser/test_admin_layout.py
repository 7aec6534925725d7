"""The layout of the admin with long words, errors in inline rows, a small laptop and a phone."""

import pytest

from contests.models import Contest
from tests import factories as make
from tests.browser.test_admin import desk  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Donaudampfschifffahrtsgesellschaft Rindfleischetikettierungsüberwachungsgesetz"
#: A script that returns the words that are broken across two lines.
BROKEN = """element => [...element.textContent.matchAll(/[\\p{L}]{4,}/gu)].map(word => {
    const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
    let node, start = word.index;
    while ((node = walk.nextNode()) && start >= node.length) start -= node.length;
    range.setStart(node, start);
    range.setEnd(node, Math.min(node.length, start + word[0].length));
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1 ? word[0] : "";
}).filter(Boolean)"""


def test_awards_of_a_contest_fit_and_what_is_wrong_in_a_row_can_be_read(desk):  # noqa: F811
    page = desk(viewport={"width": 1280, "height": 900})
    contest = Contest.objects.get()
    page.goto(f"/admin/contests/contest/{contest.pk}/change/")
    table = page.locator("#awards-group .tabular")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    for number in page.locator("#awards-group .field-precedence input:visible, .field-order input:visible").all():
        number.fill("x")
    page.get_by_role("button", name="Save and continue").click()
    page.locator(".errornote").wait_for()
    errors = page.locator(".inline-group .errorlist li:visible")
    assert errors.count() > 1
    for error in errors.all():
        assert error.bounding_box()["width"] >= 120
        assert error.evaluate(BROKEN) == []


def test_long_words_stay_whole_where_lists_are_scrolled_and_within_the_page_elsewhere(desk):  # noqa: F811
    page = desk(viewport={"width": 1024, "height": 900})
    film = make.SubmissionFactory(title=LONG, contest=Contest.objects.get())
    page.goto("/admin/contests/submission/")
    name = page.locator("#result_list tbody th", has_text="Donaudampf")
    assert name.evaluate(BROKEN) == []
    page.set_viewport_size({"width": 375, "height": 800})
    for address in ("change", "delete", "history"):
        page.goto(f"/admin/contests/submission/{film.pk}/{address}/")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 375, address
        heading = page.locator("#content h1").bounding_box()
        crumbs = page.locator(".breadcrumbs").bounding_box()
        assert crumbs["y"] + crumbs["height"] <= heading["y"], address


@pytest.mark.parametrize("width", [1280, 375])
def test_rows_of_credits_and_recipients_and_the_options_of_their_pickers_fit(desk, width):  # noqa: F811
    page = desk(viewport={"width": width, "height": 900})
    credit = make.CreditFactory(submission__contest=Contest.objects.get(), person__name="Ada Specimen")
    entry = credit.work.entries.get()
    award = entry.contest.awards.first()
    recognition = make.RecognitionFactory(submission=entry, award=award, approved_at=None, order=99)
    make.PartyFactory(recognition=recognition, order=7)
    for row, prefix in ((entry, "credits"), (recognition, "parties")):
        page.goto(f"/admin/contests/{row._meta.model_name}/{row.pk}/change/")
        table = page.locator(f"#{prefix}-group .tabular")
        assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
        labels = table.locator("tr.form-row").first.locator("td[data-label]:visible")
        assert {"Order", "Person", "Delete?"} <= set(labels.evaluate_all("all => all.map(cell => cell.dataset.label)"))
        edge = page.locator("#content-main").bounding_box()
        for field in (
            table.locator("tr.form-row:visible").first.locator("input:visible, .select2-selection:visible").all()
        ):
            box = field.bounding_box()
            assert edge["x"] <= box["x"]
            assert box["x"] + box["width"] <= edge["x"] + edge["width"]
        # A new row is like the others.
        table.locator(".add-row a").click()
        assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
        picker = table.locator("tr.form-row:visible").last.locator(".select2-selection:visible").last
        picker.click()
        options = page.locator(".select2-container--open .select2-dropdown").bounding_box()
        assert options["width"] >= min(384, width - 40)
        assert options["x"] >= 0
        assert options["x"] + options["width"] <= width
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
