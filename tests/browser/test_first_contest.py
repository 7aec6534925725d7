"""A new editor enters the first contest of an empty portal: related rows are added from the form that needs them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from contests.models import Contest, Submission
from tests import factories as make
from tests.browser.test_editing_walk import choose


@pytest.fixture
def desk(new_page, live_server):
    """Return a browser in which an editor is signed in, with an empty portal."""
    make.UserFactory(editor=True, email="ada@example.org")

    def sign_in(**options):
        page = new_page(base_url=live_server.url, **options)
        page.goto("/admin/")
        page.fill("[name=login]", "ada@example.org")
        page.fill("[name=password]", make.PASSWORD)
        page.click("button.main")
        page.wait_for_url("**/admin/")
        return page

    return sign_in


def pop_up(page, field):
    """Return the window that "Add another" next to `field` opens."""
    with page.expect_popup() as opened:
        page.locator(f"{field} a.add-related").click()
    opened.value.wait_for_load_state()
    return opened.value


def add(page, field, **values):
    """Fill in and save the pop-up window for a related row next to `field`."""
    window = pop_up(page, field)
    for name, value in values.items():
        window.fill(f"#id_{name}", value)
    with window.expect_event("close"):
        window.click("[name=_save]")


def chosen(page, field):
    return page.locator(f"{field} select.admin-autocomplete option:checked")


def options(page, field):
    page.locator(f"{field} .select2-selection").click()
    page.locator(".select2-results__option:not(.loading-results)").first.wait_for()
    page.locator(".loading-results").wait_for(state="detached")
    texts = page.locator(".select2-results__option").all_inner_texts()
    page.keyboard.press("Escape")
    return texts


def test_a_first_contest_with_all_that_hangs_on_it_is_made_without_leaving_the_first_form(desk):
    page = desk(viewport={"width": 1280, "height": 900})
    page.goto("/admin/contests/submission/add/")
    assert options(page, ".field-categories") == ["Choose the contest first."]

    contest = pop_up(page, ".field-contest")
    contest.fill("#id_title", "Night of Shorts")
    add(contest, ".field-organiser", name="Film School")
    add(contest, ".field-sources", title="Programme of the evening")
    expect(chosen(contest, ".field-organiser")).to_have_text("Film School")
    contest.locator("#awards-group").get_by_text("Add another").click()
    contest.fill("#id_awards-0-name", "Grand Prize")
    with contest.expect_event("close"):
        contest.click("[name=_save]")
    expect(chosen(page, ".field-contest")).to_have_text("Night of Shorts")

    other = make.AwardFactory(name="Other Prize")
    make.CategoryFactory(contest=other.contest, name="Other class")

    category = pop_up(page, ".field-categories")
    # The contest of the first form is already selected in the pop-up.
    expect(chosen(category, ".field-contest")).to_have_text("Night of Shorts")
    category.fill("#id_name", "Shorts")
    with category.expect_event("close"):
        category.click("[name=_save]")
    page.fill("#id_title", "The Lighthouse Keeper")
    add(page, ".form-row.field-sources", title="Jury report")
    for number, name in enumerate(("Ada Nowak", "Ewa Lis")):
        page.locator("#credits-group").get_by_text("Add another").click()
        add(page, f"#credits-{number} .field-person", name=name, sort_name=name)
    assert options(page, ".field-categories") == ["Shorts · Night of Shorts"]
    page.click("[name=_addanother]")
    page.get_by_text("was added successfully").wait_for()
    expect(chosen(page, ".field-contest")).to_have_text("Night of Shorts")

    film = Submission.objects.get()
    assert film.contest.organiser.name == "Film School"
    assert [source.title for source in film.contest.sources.all()] == ["Programme of the evening"]
    assert [source.title for source in film.sources.all()] == ["Jury report"]
    assert [credit.person.name for credit in film.credits.all()] == ["Ada Nowak", "Ewa Lis"]
    assert film.categories.get().name == "Shorts"

    # The award is given on a page of its own, which knows the contest and the work.
    page.goto(f"/admin/contests/submission/{film.pk}/change/")
    page.locator("[aria-labelledby=recognition-left-out]").get_by_role("link", name="Add").click()
    expect(chosen(page, ".field-contest")).to_have_text("Night of Shorts")
    assert options(page, ".field-award") == ["Grand Prize · Night of Shorts"]
    choose(page, ".field-award", "Grand Prize")
    page.wait_for_load_state("networkidle")
    page.click("[name=_save]")
    page.get_by_text("was added successfully").wait_for()
    assert film.recognitions.get().award.name == "Grand Prize"


def test_another_contest_takes_along_nothing_of_the_one_before(desk):
    category = make.CategoryFactory(contest__title="One")
    make.ContestFactory(title="Two")
    page = desk()
    page.goto("/admin/contests/submission/add/")
    choose(page, ".field-contest", "One")
    choose(page, ".field-categories", category.name)
    choose(page, ".field-contest", "Two")
    expect(chosen(page, ".field-categories")).to_have_count(0)
    assert Contest.objects.count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_add_another_beside_a_relation_is_seen_reached_and_large_enough(desk, scheme):
    make.AppearanceFactory(event=make.QuoteFactory().event)
    event = make.QuoteFactory().event
    page = desk(color_scheme=scheme)
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("submission/add/", "contest/add/", "recognition/add/", f"event/{event.pk}/change/"):
            page.goto(f"/admin/contests/{address}")
            links = page.locator(".related-widget-wrapper-link[href]:visible, .datetimeshortcuts a:visible")
            sizes = [link.bounding_box() for link in links.all()]
            assert len(sizes) > 1
            assert [(address, box) for box in sizes if min(box["width"], box["height"]) < 24] == []
            add = page.locator("a.add-related:visible").first
            assert add.locator("img").evaluate("img => [img.complete && img.naturalWidth > 0, img.offsetWidth]") == [
                True,
                24,
            ]
            add.focus()
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")
            outline = add.evaluate("link => [getComputedStyle(link).outlineStyle, getComputedStyle(link).outlineWidth]")
            assert (address, outline) == (address, ["solid", "2px"])


def wall_clock(zone):
    return datetime.now(ZoneInfo(zone)).replace(tzinfo=None)


def typed(page, name):
    day, clock = (page.locator(f"#id_{name}_{part}").input_value() for part in (0, 1))
    return datetime.strptime(f"{day} {clock}", "%d/%m/%Y %H:%M")


def press_shortcuts(page, field):
    for link in ("Today", "Now"):
        page.locator(f"{field} .datetimeshortcuts a", has_text=link).click()


def test_now_and_today_are_those_of_the_zone_named_below_the_field(desk):
    """Kiritimati and Pago Pago never have the same date."""
    page = desk(timezone_id="Europe/Warsaw")
    page.goto("/admin/contests/contest/add/")
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        page.fill("#id_time_zone", zone)
        page.keyboard.press("Tab")
        expect(page.locator(".field-opens_at .help:not(.timezonewarning)")).to_contain_text(f"Time zone: {zone}.")
        press_shortcuts(page, ".field-opens_at")
        assert abs(typed(page, "opens_at") - wall_clock(zone)).total_seconds() < 120
    page.fill("#id_time_zone", "")
    page.keyboard.press("Tab")
    press_shortcuts(page, ".field-opens_at")
    assert abs(typed(page, "opens_at") - wall_clock("UTC")).total_seconds() < 120
    page.reload()


def test_now_at_an_event_is_that_of_the_contest_chosen(desk):
    make.ContestFactory(title="Far east", time_zone="Pacific/Kiritimati")
    west = make.ContestFactory(title="Far west", time_zone="Pacific/Pago_Pago")
    page = desk()
    page.goto(f"/admin/contests/event/add/?contest={west.pk}")
    press_shortcuts(page, ".field-starts_at")
    assert abs(typed(page, "starts_at") - wall_clock("Pacific/Pago_Pago")).total_seconds() < 120
    choose(page, ".field-contest", "Far east")
    expect(page.locator(".field-starts_at .help:not(.timezonewarning)")).to_contain_text(
        "Time zone: Pacific/Kiritimati."
    )
    press_shortcuts(page, ".field-starts_at")
    assert abs(typed(page, "starts_at") - wall_clock("Pacific/Kiritimati")).total_seconds() < 120


def test_today_of_a_plain_date_is_the_editor_s_own(desk):
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        page = desk(timezone_id=zone)
        page.goto("/admin/record/source/add/")
        page.locator(".field-accessed_on .datetimeshortcuts a", has_text="Today").click()
        assert page.locator("#id_accessed_on").input_value() == f"{wall_clock(zone):%d/%m/%Y}"


def test_who_leaves_a_filled_form_is_asked_first(desk):
    page = desk()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/people/organisation/add/")
    page.goto("/admin/people/organisation/add/")
    assert asked == []
    page.locator("#id_name").press_sequentially("Film School")
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    # Saving and closing a pop-up cause no warning about unsaved changes. A form with errors has unsaved changes.
    page.goto("/admin/people/organisation/add/")
    page.locator("#id_name").press_sequentially("Film School")
    add(page, ".field-sources", title="Report")
    page.locator("#id_website").press_sequentially("nonsense")
    page.click("[name=_save]")
    page.locator(".errornote").wait_for()
    assert asked == ["beforeunload"]
    page.locator("#id_website").focus()
    page.keyboard.press("End")
    page.goto("/admin/")
    assert asked == ["beforeunload"] * 2
