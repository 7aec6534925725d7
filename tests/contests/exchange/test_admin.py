"""The pages of the admin that export and duplicate a contest."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.roles import Role
from contests.exchange.duplicating import later_dates, propose
from contests.models import Award, Category, Contest, Recognition, Submission
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import page
from tests.contests.exchange import archives
from tests.contests.exchange.archives import may
from tests.contests.exchange.test_round_trip import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    contest = make.ContestFactory(slug="gala-2026", title="Gala", year_label="2026", approved_future=True)
    make.RecognitionFactory(award__contest=contest, submission__title="Secret")
    return contest


def told(response):
    return [str(message) for message in response.context["messages"]]


def content_of(response):
    return b"".join(response.streaming_content)


def test_an_editor_exports_a_contest_without_what_is_sealed(client, contest):
    client.force_login(may(Role.EDITOR))
    assert f"/admin/contests/contest/{contest.pk}/archive/" in client.get(page(contest)).content.decode()
    shown = client.get(page(contest, "archive"))
    assert "recognitions (1)" in shown.content.decode()
    assert 'name="sealed"' not in shown.content.decode()
    assert b"Secret" not in b"".join(archives.members(content_of(client.get(page(contest, "archive_file")))).values())
    assert client.get(page(contest, "archive_file") + "?sealed=1").status_code == 403


def test_a_publisher_exports_what_is_sealed_under_another_name(client, contest):
    client.force_login(may(Role.PUBLISHER))
    assert 'name="sealed"' in client.get(page(contest, "archive")).content.decode()
    response = client.get(page(contest, "archive_file") + "?sealed=1")
    assert response.headers["Content-Disposition"] == 'attachment; filename="gala-2026-sealed.zip"'
    assert "no-store" in response.headers["Cache-Control"]
    content = content_of(response)
    assert archives.manifest(content)["sealed"] is True
    assert content == archives.exported(contest, with_sealed=True)


def test_nobody_exports_what_they_may_not_view(client, contest):
    assert client.get(page(contest, "archive_file")).status_code == 302
    client.force_login(may())
    assert client.get(page(contest, "archive_file")).status_code == 403
    assert client.get(page(contest, "archive")).status_code == 403
    client.force_login(may(Role.EDITOR))
    assert client.get("/admin/contests/contest/999999/archive/").status_code == 404
    assert client.post(page(contest, "archive_file")).status_code == 405


def test_a_series_is_exported_with_its_contests(desk):
    contest = make.ContestFactory(series=make.SeriesFactory(slug="galas"))
    response = desk.get(page(contest.series, "archive_file"))
    assert archives.manifest(content_of(response))["counts"]["contest"] == 1
    assert page(contest.series, "archive") in desk.get(page(contest.series)).content.decode()


def test_the_page_of_a_series_tells_that_a_contest_is_not_published(desk, contest):
    series = make.SeriesFactory(slug="galas")
    Contest.objects.filter(pk=contest.pk).update(series=series)
    assert "not published yet" not in desk.get(page(series, "archive")).content.decode()
    make.ContestFactory(series=series)
    assert "1 contest in the file is not published yet" in desk.get(page(series, "archive")).content.decode()
    response = desk.get(page(series, "archive_file"))
    assert response.headers["Content-Disposition"] == 'attachment; filename="galas-sealed.zip"'


def test_a_missing_image_is_told(desk, contest):
    Contest.objects.update(hero="heroes/gone.jpg")
    response = desk.get(page(contest, "archive_file"), follow=True)
    assert told(response) == ["The file of an image is missing: heroes/gone.jpg."]


def filled():
    """Create a contest with everything that a duplicate gets, and with what it must not get."""
    line = make.AwardLineFactory()
    contest = make.ContestFactory(
        slug="gala-2026",
        title="Gala 2026",
        year_label="2026",
        edition_number=3,
        series=line.series,
        time_zone="Europe/Warsaw",
        opens_at=datetime(2026, 3, 1, 11, tzinfo=UTC),
        closes_at=datetime(2026, 6, 1, 10, tzinfo=UTC),
        held_from="2026-10-31T19:30",
        prize_pool=5,
        prize_currency="EUR",
        accent="teal",
        about="The story.",
        sources=[make.SourceFactory()],
        revealed=True,
    )
    contest.hero.save("a.jpg", ContentFile(jpeg()))
    award = make.AwardFactory(
        contest=contest, line=line, name="Best", prize_amount=3, prize_currency="EUR", description="For the best."
    )
    make.RecognitionFactory(award=award)
    make.CategoryFactory(contest=contest, name="Short")
    return contest


def test_a_contest_is_duplicated_for_the_next_year(desk, editor):
    contest = filled()
    url = page(contest, "duplicate")
    assert url in desk.get(page(contest)).content.decode()
    shown = desk.get(url)
    assert Contest.objects.count() == 1
    form = shown.context["form"]
    assert form.initial == {
        "title": "Gala 2027",
        "slug": "gala-2027",
        "year_label": "2027",
        "edition_number": 4,
        "years": 1,
    }
    assert "31 October 2026, 19:30 → 31 October 2027, 19:30" in shown.content.decode()
    response = desk.post(url, form.initial)
    made = Contest.objects.get(slug="gala-2027")
    assert response.headers["Location"] == page(made)
    assert (made.series, made.organiser, made.accent, made.about) == (
        contest.series,
        contest.organiser,
        "teal",
        "The story.",
    )
    assert (made.opens_at, made.closes_at) == (
        datetime(2027, 3, 1, 11, tzinfo=UTC),
        datetime(2027, 6, 1, 10, tzinfo=UTC),
    )
    assert (made.held_from, made.published_at, made.approved_at, made.reveal_at) == (
        "2027-10-31T19:30",
        None,
        None,
        None,
    )
    assert (made.prize_pool, made.prize_currency, made.sources.count()) == (None, "", 0)
    assert made.hero.name not in ("", contest.hero.name)
    award = made.awards.get()
    assert (award.name, award.line, award.description) == ("Best", contest.awards.get().line, "For the best.")
    assert (award.prize_amount, award.source) == (None, None)
    assert [category.name for category in made.categories.all()] == ["Short"]
    assert (
        Submission.objects.filter(contest=made).count() == Recognition.objects.filter(award__contest=made).count() == 0
    )
    for row in (made, award, made.categories.get()):
        record = row.history.get()
        assert (record.history_change_reason, record.history_user) == ("Duplicated from gala-2026", editor)
    assert not Contest.objects.public(Viewpoint.now()).filter(pk=made.pk).exists()


def test_a_slug_that_is_taken_is_told_and_nothing_is_made(desk):
    contest = filled()
    given = {"title": "Gala", "slug": "gala-2026", "year_label": "", "edition_number": "", "years": "1"}
    response = desk.post(page(contest, "duplicate"), given)
    assert response.context["form"].errors["slug"]
    assert (Contest.objects.count(), Award.objects.count(), Category.objects.count()) == (1, 1, 1)
    assert default_storage.listdir("heroes")[1] == [contest.hero.name.removeprefix("heroes/")]


def test_a_contest_without_dates_is_duplicated_too(desk):
    contest = make.ContestFactory(title="Gala", slug="gala", opens_at=None, closes_at=None)
    given = {"title": "Gala again", "slug": "gala-again", "years": 1}
    assert desk.post(page(contest, "duplicate"), given).status_code == 302
    made = Contest.objects.get(slug="gala-again")
    assert (made.opens_at, made.closes_at) == (None, None)


def test_only_editors_duplicate(client):
    contest = make.ContestFactory()
    client.force_login(may(Role.PUBLISHER))
    assert client.get(page(contest, "duplicate")).status_code == 403
    assert "duplicate/" not in client.get(page(contest)).content.decode()


@pytest.mark.parametrize(
    ("given", "years", "expected"),
    [
        ("2024-02-29", 1, "2025-02-28"),
        ("2024-02-29T20:00", 4, "2028-02-29T20:00"),
        ("1999", 2, "2001"),
        ("2026-05", -1, "2025-05"),
        ("2199", 5, ""),
    ],
)
def test_partial_dates_move_by_years(given, years, expected, db):
    assert later_dates(Contest(held_from=given), years)["held_from"] == expected


def test_times_stay_the_same_on_the_clock(db):
    # Summer time begins on different days, so the difference to UTC changes.
    moment = datetime(2026, 3, 29, 10, tzinfo=UTC)
    moved = later_dates(Contest(time_zone="Europe/Warsaw", opens_at=moment), 2)["opens_at"]
    assert moved.astimezone(UTC) == datetime(2028, 3, 29, 10, tzinfo=UTC)
    leap = later_dates(Contest(opens_at=datetime(2024, 2, 29, tzinfo=UTC)), 1)["opens_at"]
    assert leap == datetime(2025, 2, 28, tzinfo=UTC)


def test_years_are_found_in_names(db):
    proposal = propose(make.ContestFactory(title="The 1927/28 Awards", year_label="1927/28", slug="awards-1927-28"))
    assert (proposal.title, proposal.year_label, proposal.slug) == ("The 1928/29 Awards", "1928/29", "awards-1928-29")
    make.ContestFactory(slug="plain-2")
    proposal = propose(make.ContestFactory(title="Plain", slug="plain"))
    assert proposal.slug == "plain-copy"


def test_who_may_view_only_contests_exports_nothing_else(client, contest):
    account = make.UserFactory(is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="view_contest"))
    client.force_login(account)
    page = f"/admin/contests/contest/{contest.pk}/archive/"
    assert [client.get(url).status_code for url in (page, f"{page}file/")] == [403, 403]
