"""The admin of contests: inline rows, their order, and times in the contest's own time zone."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from contests.models import Appearance, Award, Contest, Credit, Event, Quote, Recognition
from tests import factories as make
from tests.admin_pages import filled, page, saved, statements, version_page

pytestmark = pytest.mark.django_db


# The number of SQL statements of each page does not depend on the number of inline rows.


def test_contest_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    contest = make.ContestFactory(revealed=True, series=make.SeriesFactory())

    def more(number):
        for factory in (make.AwardFactory, make.LeadingRegionFactory, make.SubmissionFactory):
            factory.create_batch(number, contest=contest)
        make.FigureFactory.create_batch(number, contest=contest, organisation=make.OrganisationFactory())
        contest.sources.add(*make.SourceFactory.create_batch(number))

    more(2)
    assert statements(desk, page(contest)) == 11
    more(10)
    assert statements(desk, page(contest)) == 11


def test_submission_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    submission = make.SubmissionFactory()

    def more(number):
        make.CreditFactory.create_batch(number, submission=submission)
        for _ in range(number):
            make.RecognitionFactory(submission=submission, award__contest=submission.contest)
        submission.sources.add(*make.SourceFactory.create_batch(number))

    more(2)
    assert statements(desk, page(submission)) == 15
    more(10)
    assert statements(desk, page(submission)) == 15


def test_event_s_page_takes_the_same_statements_whatever_is_on_it(desk):
    event = make.EventFactory(part_of=make.EventFactory(), host=make.OrganisationFactory())

    def more(number):
        make.AppearanceFactory.create_batch(number, event=event)
        for _ in range(number):
            make.QuoteFactory(event=event, submission=make.SubmissionFactory(contest=event.contest))
        event.sources.add(*make.SourceFactory.create_batch(number))

    more(2)
    assert statements(desk, page(event)) == 11
    more(10)
    assert statements(desk, page(event)) == 11


def test_contest_leads_to_what_is_in_it(desk):
    contest = make.ContestFactory()
    make.SubmissionFactory.create_batch(2, contest=contest)
    make.SubmissionFactory()
    content = desk.get(page(contest)).content.decode()
    address = f"/admin/contests/submission/?contest__id__exact={contest.pk}"
    assert f'<a href="{address}">2 submissions</a>' in content
    assert desk.get(address).context["cl"].result_count == 2


def with_rows(response, prefix: str, *rows: dict, **changes) -> dict:
    """Return the data of the form in `response`, with new inline rows added."""
    values = filled(response, **changes)
    start = int(values[f"{prefix}-TOTAL_FORMS"])
    for number, row in enumerate(rows, start):
        values |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return values | {f"{prefix}-TOTAL_FORMS": start + len(rows)}


def credited(submission) -> list[tuple[int, str]]:
    return list(submission.credits.order_by("order").values_list("order", "person__name"))


@pytest.fixture
def film():
    submission = make.SubmissionFactory()
    for order, name in enumerate(["Ann", "Bo", "Cem"], 1):
        make.CreditFactory(submission=submission, order=order, person__name=name)
    return submission


def test_rows_added_without_a_place_come_last(desk, film):
    new = [
        {"person": make.PersonFactory(name=name).pk, "role": make.role("creator").pk, "order": ""}
        for name in ("Dee", "Eli")
    ]
    saved(desk.post(page(film), with_rows(desk.get(page(film)), "credits", *new)))
    assert credited(film) == [(1, "Ann"), (2, "Bo"), (3, "Cem"), (4, "Dee"), (5, "Eli")]


def test_row_without_a_place_leaves_alone_the_one_that_another_new_row_asks_for(desk, film):
    new = [
        {"person": make.PersonFactory(name=name).pk, "role": make.role("creator").pk, "order": order}
        for name, order in (("Dee", ""), ("Eli", "4"))
    ]
    saved(desk.post(page(film), with_rows(desk.get(page(film)), "credits", *new)))
    assert credited(film) == [(1, "Ann"), (2, "Bo"), (3, "Cem"), (4, "Eli"), (5, "Dee")]


def test_rows_of_a_new_parent_are_numbered_from_one(desk):
    contest = make.ContestFactory()
    values = {
        "contest": contest.pk,
        "title": "Alzheimer",
        "status": "eligible",
        "work_url_audience": "jury",
        "recognitions-TOTAL_FORMS": 0,
        "recognitions-INITIAL_FORMS": 0,
        "credits-TOTAL_FORMS": 2,
        "credits-INITIAL_FORMS": 0,
    }
    for number, name in enumerate(("Ann", "Bo")):
        values |= {f"credits-{number}-person": make.PersonFactory(name=name).pk, f"credits-{number}-role": "creator"}
    saved(desk.post("/admin/contests/submission/add/", values))
    assert credited(contest.submissions.get()) == [(1, "Ann"), (2, "Bo")]


def test_rows_change_places_in_one_save_and_the_history_hears_only_of_that(desk, film):
    changes = {"credits__0__order": 3, "credits__1__order": 1, "credits__2__order": 2}
    saved(desk.post(page(film), filled(desk.get(page(film)), **changes)))
    assert credited(film) == [(1, "Bo"), (2, "Cem"), (3, "Ann")]
    assert Credit.history.filter(history_type="~").count() == 3


def test_row_takes_the_place_of_one_deleted_in_the_same_save(desk, film):
    changes = {"credits__2__DELETE": "on", "credits__0__order": 3}
    saved(desk.post(page(film), filled(desk.get(page(film)), **changes)))
    assert credited(film) == [(2, "Bo"), (3, "Ann")]


def test_new_row_takes_the_place_that_another_leaves(desk, film):
    new = {"person": make.PersonFactory(name="Dee").pk, "role": make.role("creator").pk, "order": 1}
    saved(desk.post(page(film), with_rows(desk.get(page(film)), "credits", new, credits__0__order=9)))
    assert credited(film) == [(1, "Dee"), (2, "Bo"), (3, "Cem"), (9, "Ann")]


def test_two_rows_in_one_place_are_refused_in_the_words_of_the_rule(desk, film):
    response = desk.post(page(film), filled(desk.get(page(film)), credits__0__order=2))
    assert response.status_code == 200
    assert "Another credit of this work already has this position." in response.content.decode()
    assert credited(film) == [(1, "Ann"), (2, "Bo"), (3, "Cem")]


def test_place_that_somebody_took_meanwhile_is_refused_at_its_row(desk, film):
    new = {"person": make.PersonFactory().pk, "role": make.role("creator").pk, "order": 4}
    values = with_rows(desk.get(page(film)), "credits", new)
    make.CreditFactory(submission=film, order=4, person__name="Dee")
    response = desk.post(page(film), values)
    (formset,) = [inline.formset for inline in response.context["inline_admin_formsets"]]
    message = "Another credit of this work already has this position."
    # The row that was added in the meantime is now on the page, before the new one.
    assert [bool(errors) for errors in formset.errors] == [False, False, False, False, True]
    assert formset.non_form_errors() == [message]
    assert credited(film)[-1] == (4, "Dee")


def test_same_credit_twice_is_refused_in_the_words_of_the_rule(desk, film):
    first = film.credits.first()
    new = {"person": first.person.pk, "role": first.role.pk, "order": ""}
    response = desk.post(page(film), with_rows(desk.get(page(film)), "credits", new))
    assert "This person has that credit already." in response.content.decode()


def test_standalone_row_without_a_place_comes_last_among_its_own(desk):
    event = make.EventFactory()
    make.AppearanceFactory(event=event, order=7)
    make.AppearanceFactory(order=20)
    values = {"event": event.pk, "person": make.PersonFactory().pk, "role": "moderator"}
    saved(desk.post("/admin/contests/appearance/add/", values))
    assert Appearance.objects.get(role="moderator").order == 8


def test_recognition_is_numbered_among_those_with_the_same_award(desk):
    award = make.AwardFactory()
    make.RecognitionFactory(award=award, order=3)
    submission = make.SubmissionFactory(contest=award.contest)
    values = {"award": award.pk, "submissions": [submission.pk], "standing": "winner", "order": ""}
    saved(desk.post(page(Recognition, "add"), filled(desk.get(page(Recognition, "add"))) | values))
    row = submission.recognitions.get()
    assert (row.order, row.rank) == (4, None)


def test_contest_s_rows_get_place_and_slug_by_themselves(desk):
    contest, source = make.ContestFactory(), make.SourceFactory()
    response = desk.get(page(contest))
    values = with_rows(response, "awards", *({"name": "Grand Prize", "kind": "prize"} for _ in range(2)))
    figure = {"label": "Submissions", "qualifier": "more_than", "value": "4600", "source": source.pk}
    values |= with_rows(response, "figures", figure) | {"awards-TOTAL_FORMS": 2}
    values |= with_rows(response, "leading_regions", {"country": "CN", "source": source.pk})
    values |= {"awards-TOTAL_FORMS": 2, "figures-TOTAL_FORMS": 1}
    saved(desk.post(page(contest), values))
    awards = contest.awards.order_by("precedence").values_list("precedence", "slug")
    assert list(awards) == [(1, "grand-prize"), (2, "grand-prize-2")]
    assert list(contest.figures.values_list("order", "slug")) == [(1, "submissions")]
    assert list(contest.leading_regions.values_list("rank", "country")) == [(1, "CN")]


def test_quote_added_on_the_page_of_its_event_gets_place_and_slug(desk):
    quote = make.QuoteFactory(order=2)
    speaker = make.PersonFactory(name="C·one")
    new = {"text": "It’s a process for me", "speaker": speaker.pk, "source": quote.source.pk, "language": "en"}
    saved(desk.post(page(quote.event), with_rows(desk.get(page(quote.event)), "quotes", new)))
    added = Quote.objects.get(speaker=speaker)
    assert (added.order, added.slug) == (3, "c-one-its-a-process-for-me")


def test_quote_of_another_contest_s_film_is_refused_on_the_page_of_a_new_event(desk):
    film, speaker = make.SubmissionFactory(), make.PersonFactory()
    values = {
        **{"contest": make.ContestFactory().pk, "title": "Panel", "kind": "panel"},
        **{f"{rows}-{name}": 0 for rows in ("appearances", "quotes") for name in ("TOTAL_FORMS", "INITIAL_FORMS")},
        **{"quotes-TOTAL_FORMS": 1, "quotes-0-text": "Words", "quotes-0-speaker": speaker.pk},
        **{"quotes-0-submission": film.pk, "quotes-0-source": make.SourceFactory().pk, "quotes-0-language": "en"},
    }
    response = desk.post("/admin/contests/event/add/", values)
    assert list(response.context["inline_admin_formsets"][1].formset.errors[0]) == ["submission"]
    assert not Quote.objects.exists()


def test_rules_between_rows_are_told_at_the_field(desk):
    award, stranger = make.AwardFactory(), make.SubmissionFactory()
    values = {"award": award.pk, "submissions": [stranger.pk], "standing": "winner"}
    response = desk.post(page(Recognition, "add"), filled(desk.get(page(Recognition, "add"))) | values)
    assert response.context["adminform"].form.errors == {
        "submissions": ["A work and the award belong to different contests."]
    }
    assert not Recognition.objects.exists()
    response = desk.post(page(award), filled(desk.get(page(award)), prize_amount="100"))
    assert response.context["adminform"].form.errors == {"prize_currency": ["Choose the currency of the prize money."]}
    assert Award.objects.get().prize_amount is None


def test_award_is_found_as_it_is_called_where_it_is_chosen(desk):
    award = make.AwardFactory(name="Grand Prize", contest__title="NextGen")
    make.AwardFactory(name="Grand Prize", contest__title="Night of Shorts")
    where = {"app_label": "contests", "model_name": "recognition", "field_name": "award"}
    found = desk.get("/admin/autocomplete/", {**where, "term": "Grand Prize · NextGen"}).json()["results"]
    assert [(each["id"], each["text"]) for each in found] == [(str(award.pk), "Grand Prize · NextGen")]


def test_head_of_a_refused_form_leads_to_each_field_that_is_wrong(desk):
    film = make.SubmissionFactory()
    make.CreditFactory(submission=film)
    values = filled(desk.get(page(film)), year="3000", credits__0__role="nonsense")
    text = desk.post(page(film), values).content.decode()
    head = text[text.index('<ul class="wrong-fields">') :].partition("</ul>")[0]
    assert re.findall(r'href="#(\w[\w-]*)">([^<]+)<', head) == [
        ("id_year", "Year"),
        ("id_credits-0-role", "Credits, 1: Role"),
    ]
    assert all(f'id="{name}"' in text for name in ("id_year", "id_credits-0-role"))
    assert "wrong-fields" not in desk.get(page(film)).content.decode()


def test_dates_of_a_contest_are_read_and_shown_in_its_time_zone(desk):
    contest = make.ContestFactory(time_zone="Asia/Tokyo")
    values = filled(desk.get(page(contest)), opens_at_0="2026-10-27", opens_at_1="18:30")
    saved(desk.post(page(contest), values))
    contest.refresh_from_db()
    assert contest.opens_at == datetime(2026, 10, 27, 9, 30, tzinfo=UTC)
    assert 'name="opens_at_1" value="18:30"' in desk.get(page(contest)).content.decode()


def test_dates_saved_with_a_new_time_zone_are_read_in_that(desk):
    contest = make.ContestFactory()
    values = filled(desk.get(page(contest)), opens_at_0="2026-10-27", opens_at_1="18:30", time_zone="Europe/Warsaw")
    saved(desk.post(page(contest), values))
    contest.refresh_from_db()
    assert contest.opens_at == datetime(2026, 10, 27, 17, 30, tzinfo=UTC)


def test_dates_of_an_event_are_read_in_the_time_zone_of_its_contest(desk):
    event = make.EventFactory(contest__time_zone="Asia/Tokyo")
    saved(desk.post(page(event), filled(desk.get(page(event)), starts_at_0="2026-10-27", starts_at_1="18:30")))
    event.refresh_from_db()
    assert event.starts_at == datetime(2026, 10, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Tokyo", "../etc", "Asia", "\x00"])
def test_time_zone_that_there_is_not_is_refused_at_its_field(desk, name):
    contest = make.ContestFactory()
    response = desk.post(page(contest), filled(desk.get(page(contest)), time_zone=name))
    assert list(response.context["adminform"].form.errors) == ["time_zone"]
    assert Contest.objects.get().time_zone == ""


def test_old_version_is_put_back_in_the_time_zone_of_its_contest(desk):
    contest = make.ContestFactory(time_zone="Asia/Tokyo", opens_at=datetime(2026, 10, 27, 9, 30, tzinfo=UTC))
    contest.opens_at = None
    contest.save()
    old = desk.get(version_page(contest, 0))
    assert 'name="opens_at_1" value="18:30"' in old.content.decode()
    saved(desk.post(version_page(contest, 0), filled(old, opens_at_0="2026-10-27", opens_at_1="18:30")))
    contest.refresh_from_db()
    assert contest.opens_at == datetime(2026, 10, 27, 9, 30, tzinfo=UTC)


def test_event_of_no_contest_is_refused_at_its_field(desk):
    event = make.EventFactory()
    for contest in ("", "987654", "nonsense"):
        response = desk.post(page(event), filled(desk.get(page(event)), contest=contest))
        assert "contest" in response.context["adminform"].form.errors
    assert Event.objects.get().contest == event.contest


def test_works_are_filtered_by_the_categories_of_the_contest_chosen(desk):
    category, elsewhere = make.CategoryFactory(name="Short"), make.CategoryFactory(name="Long")
    work = make.SubmissionFactory(contest=category.contest, categories=[category])
    make.SubmissionFactory(contest=category.contest)
    address = "/admin/contests/submission/"
    assert "category" not in [
        getattr(spec, "parameter_name", "") for spec in desk.get(address).context["cl"].filter_specs
    ]
    chosen = desk.get(address, {"contest__id__exact": category.contest.pk})
    assert f"category={category.pk}" in chosen.content.decode()
    assert f"category={elsewhere.pk}" not in chosen.content.decode()
    listed = desk.get(address, {"contest__id__exact": category.contest.pk, "category": category.pk})
    assert list(listed.context["cl"].result_list) == [work]


@pytest.mark.parametrize(
    "factory",
    [
        make.PersonFactory,
        make.SourceFactory,
        make.ContestFactory,
        make.SubmissionFactory,
        make.EventFactory,
        make.QuoteFactory,
    ],
)
def test_page_leads_to_where_the_site_shows_the_row(desk, nextgen, factory):
    row = factory._meta.model.objects.first()
    address = desk.get(page(row)).context["absolute_url"]
    assert desk.get(address)["Location"].endswith(row.get_absolute_url())


@pytest.mark.parametrize(("state", "leads"), [("sealed", False), ("revealed", True)])
def test_view_on_site_is_offered_once_there_is_something_to_view(desk, state, leads):
    submission = make.SubmissionFactory(contest=make.ContestFactory(**{state: True}))
    address = reverse("admin:contests_submission_change", args=[submission.pk])
    assert ("View on site" in desk.get(address).content.decode()) is leads
