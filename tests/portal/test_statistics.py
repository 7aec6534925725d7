"""The statistics page shows reported figures, and beside them the portal's counts of public rows."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contests import results
from contests.formatting import number
from contests.models import Contest, Submission
from contests.over_time import Moment, OverTime, over_years
from contests.statistics import Prize, runtime_label, statistics
from people.models import Person
from portal.templatetags.charts import percent
from portal.world_map import marks, world
from record import former_countries
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.kept_client import let_the_next_change_count

pytestmark = pytest.mark.django_db


def count(contest=None):
    let_the_next_change_count()
    return statistics(Viewpoint.now(), contest, list(Contest.objects.all()))


def lines(chart):
    return [(row.label, row.count) for row in chart.rows]


def film(contest, *countries, **fields):
    """Create a submission with a creator from each of `countries`."""
    made = make.SubmissionFactory(contest=contest, **fields)
    for country in countries:
        make.CreditFactory(submission=made, person__country=country)
    return made


@pytest.fixture
def contest():
    return make.ContestFactory(title="Shown", slug="shown", revealed=True)


def test_submissions_are_counted_by_contest_language_year_and_runtime(contest):
    other = make.ContestFactory(title="Other", revealed=True)
    film(contest, language="pl", year=2025, runtime=59)
    film(contest, language="pl", year=2026, runtime=60)
    film(other, language="ko", year=2026, runtime=9999)
    film(other)
    counted = count()
    assert counted.submissions == 4
    assert lines(counted.contests) == [("Other", 2), ("Shown", 2)]
    assert lines(counted.languages) == [("Polish", 2), ("Korean", 1)]
    assert lines(counted.years) == [("2025", 1), ("2026", 2)]
    assert lines(counted.runtimes) == [("under 1 minute", 1), ("1 to 3 minutes", 1), ("40 minutes or more", 1)]
    assert (counted.languages.unknown, counted.years.unknown, counted.runtimes.unknown) == (1, 1, 1)


def test_a_submission_counts_once_in_each_country_of_its_creators(contest):
    film(contest, "PL", "PL", "KR")
    film(contest, "KR")
    film(contest, "")
    counted = count()
    assert lines(counted.countries) == [("South Korea", 2), ("Poland", 1)]
    assert counted.countries.unknown == 1
    assert [row.part for row in counted.countries.rows] == [2 / 3, 1 / 3]
    assert counted.people == 5


def test_a_person_credited_twice_is_one_person(contest):
    person = make.PersonFactory(country="PL")
    for role in ("creator", "editor"):
        make.CreditFactory(submission=make.SubmissionFactory(contest=contest), person=person, role=role)
    counted = count()
    assert (counted.people, lines(counted.roles)) == (1, [("Creator", 1), ("Editor", 1)])


def test_awards_are_counted_by_kind_and_standing_and_the_revoked_apart(contest):
    prize = make.AwardFactory(contest=contest, kind="prize")
    make.RecognitionFactory(award=prize, standing="winner")
    make.RecognitionFactory(award=prize, standing="runner_up")
    make.RecognitionFactory(award=prize, revoked=True)
    make.RecognitionFactory(award=make.AwardFactory(contest=contest, kind="grand_prize"), standing="winner")
    counted = count()
    assert (counted.given, counted.revoked) == (2, 1)
    assert lines(counted.awards) == [("Grand prize", 1), ("Prize", 1)]
    assert lines(counted.standings) == [("Winner", 2), ("Runner-up", 1)]


def test_prize_money_is_summed_in_each_currency_and_never_guessed(contest):
    for amount, currency in [(500, "EUR"), (Decimal("250.50"), "EUR"), (1000, "USD"), (None, ""), (None, "USD")]:
        make.AwardFactory(contest=contest, prize_amount=amount, prize_currency=currency)
    counted = count()
    assert counted.prizes == (Prize("EUR", 2, Decimal("750.50")), Prize("USD", 1, Decimal("1000")))
    assert counted.unpriced == 2


def test_an_award_that_several_share_has_its_money_once(contest):
    award = make.AwardFactory(contest=contest, prize_amount=900, prize_currency="USD")
    make.RecognitionFactory.create_batch(3, award=award)
    assert count().prizes == (Prize("USD", 1, Decimal("900")),)


@pytest.mark.parametrize("state", [{"sealed": True}, {"approved_future": True}, {}])
def test_nothing_of_hidden_results_is_counted(state):
    hidden = make.ContestFactory(**state)
    made = film(hidden, "IS", language="is")
    make.RecognitionFactory(award=make.AwardFactory(contest=hidden), submission=made)
    make.QuoteFactory(event__contest=hidden)
    counted = count()
    assert (counted.submissions, counted.people, counted.given, counted.quotes) == (0, 0, 0, 0)
    assert [chart.rows for chart in (counted.countries, counted.languages, counted.contests, counted.awards)] == [
        ()
    ] * 4


def test_entries_that_are_not_eligible_are_not_counted(contest):
    for status in Submission.Status.values:
        make.SubmissionFactory(contest=contest, status=status)
    assert count().submissions == 1


def test_a_made_up_contest_is_counted_by_itself_only(contest, client):
    made_up = make.ContestFactory(key="synthetic-1", title="Made up", slug="made-up", revealed=True)
    award = make.AwardFactory(contest=made_up, prize_amount=5, prize_currency="EUR")
    make.RecognitionFactory(award=award, submission=film(made_up, "IS"))
    make.QuoteFactory(event__contest=made_up)
    make.FigureFactory(contest=made_up, label="made-up numbers")
    make.LeadingRegionFactory(contest=made_up, country="GL")
    film(contest, "PL")
    assert (count().submissions, count().given, count().quotes, count().prizes) == (1, 0, 0, ())
    whole = client.get("/statistics/").content.decode()
    for word in ("Iceland", "Made up", "made-up", "Greenland"):
        assert whole.count(word) == 0, word
    own = client.get("/statistics/?contest=made-up")
    assert (own.context["counted"].submissions, own.context["counted"].quotes) == (1, 1)
    assert "Iceland" in own.content.decode()


def test_the_page_of_one_contest_counts_that_one_only(client, contest):
    other = make.ContestFactory(slug="other", accent="teal", revealed=True)
    film(contest, "PL")
    film(other, "KR")
    response = client.get("/statistics/?contest=other")
    assert lines(response.context["counted"].countries) == [("South Korea", 1)]
    assert response.context["contest"] == other
    assert 'data-accent="teal"' in response.content.decode()
    assert 'href="http://testserver/statistics/?contest=other"' in response.content.decode()


def test_reported_numbers_stand_beside_the_counted_with_their_source_and_enter_no_count(client, nextgen):
    response = client.get("/statistics/")
    counted = response.context["counted"]
    assert (counted.submissions, len(counted.countries.rows), counted.given, counted.quotes) == (3, 3, 3, 14)
    assert counted.prizes == ()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
    reported, counted_text = text.split("Counted", 1)
    assert re.search(r"More than 4,600 1", reported)
    assert re.search(r"3 \S", counted_text)
    assert "4,600" not in counted_text
    assert "annualized" not in text  # A figure about the organiser is not a figure of the contest.


def test_leading_regions_are_reported_by_rank_and_are_no_creators(client, nextgen):
    response = client.get("/statistics/")
    assert [region.country.code for region in response.context["regions"]] == ["CN", "US", "IN"]
    assert [mark.text for mark in response.context["ranks"]] == ["1", "2", "3"]
    assert {row.key for row in response.context["counted"].countries.rows} == {"CN", "KR", "PL"}


def test_a_map_says_in_words_what_it_shows(client, contest):
    for country in ("PL", "PL", "KR", "JP", "CN", "FR", "DE", "MT"):
        film(contest, country)
    facts = client.get("/statistics/").context["origin_facts"]
    assert facts == "Poland: 2, China: 1, France: 1, Germany: 1, Japan: 1. 2 more countries or regions are in the list."


def test_what_a_map_shows_is_its_description_and_no_part_of_its_name(client, nextgen):
    page = client.get("/statistics/").content.decode()
    for map_id in ("origins", "leading"):
        (map_,) = re.findall(rf'<svg[^>]*"{map_id}-name[^>]*>', page)
        assert f'aria-labelledby="{map_id}-name"' in map_
        assert f'aria-describedby="{map_id}-facts"' in map_


def test_an_unknown_contest_gets_all_contests_with_a_message_and_a_hidden_one_the_same(client, contest):
    make.ContestFactory(slug="draft")
    answers = set()
    for asked in ("draft", "nobody", "no\x00body", "x" * 10_000, "'; DROP TABLE", "None"):
        response = client.get("/statistics/", {"contest": asked})
        assert (response.status_code, response.context["contest"]) == (200, None)
        # The footer of the page contains the requested URL, for printing and for the language switch.
        page = re.sub(
            r'<p class="print-address".*?</p>|<input type="hidden" name="next"[^>]*>', "", response.content.decode()
        )
        answers.add(page)
    (answer,) = answers
    assert "Unknown contest. These are the statistics of all contests." in answer


def test_a_former_name_of_a_contest_leads_to_its_name_of_today(client, contest):
    make.FormerSlugFactory(object=contest, slug="former")
    hidden = make.ContestFactory(slug="hidden")
    make.FormerSlugFactory(object=hidden, slug="former-hidden")
    response = client.get("/statistics/?contest=former")
    assert (response.status_code, response["Location"]) == (301, "/statistics/?contest=shown")
    assert client.get("/statistics/?contest=former-hidden").status_code == 200


def test_a_portal_without_contests_says_so(client):
    assert b"There is nothing here yet" in client.get("/statistics/").content


def test_few_rows_are_counted_anew_each_time(client, contest, django_assert_num_queries):
    film(contest, "PL")
    for _time in range(2):
        with django_assert_num_queries(7):
            client.get("/statistics/")
    Submission.objects.update(status="withdrawn")
    assert client.get("/statistics/").context["counted"].submissions == 0


def test_many_rows_are_counted_once_while_nothing_changes(client, contest, kept):
    film(contest, "PL")
    found = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            found.append(client.get("/statistics/").context["counted"])
        found.append(len(captured))
    assert found[0] == found[2]
    assert (found[1], found[3]) == (7, 5)


def test_what_is_kept_is_of_one_contest_or_of_all(client, contest, kept):
    film(contest)
    film(make.ContestFactory(slug="other", revealed=True))
    for address, expected in [("", 2), ("?contest=other", 1), ("", 2), ("?contest=shown", 1)]:
        assert client.get(f"/statistics/{address}").context["counted"].submissions == expected


def test_a_kept_count_ends_with_the_reveal_the_seal_an_edit_and_a_deletion(contest, kept):
    made = film(contest, "PL")
    soon = make.ContestFactory(approved_future=True)
    film(soon, "KR")
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert lines(count().countries) == [("Poland", 1)]
    with time_machine.travel(soon.reveal_at - timedelta(seconds=1), tick=False):
        assert count().submissions == 1
    with time_machine.travel(soon.reveal_at, tick=False):
        assert count().submissions == 2
    results.seal(soon, actor=make.UserFactory(editor=True))
    assert count().submissions == 1
    person = made.credits.get().person
    person.country = "JP"
    person.save()
    assert lines(count().countries) == [("Japan", 1)]
    Person.objects.filter(pk=person.pk).update(country="KR")
    assert lines(count().countries) == [("South Korea", 1)]
    made.language = "ja"
    made.save()
    assert lines(count().languages) == [("Japanese", 1)]
    made.status = "withdrawn"
    made.save()
    assert count().submissions == 0
    made.status = "eligible"
    made.save()
    made.credits.get().delete()
    assert (count().submissions, count().people) == (1, 0)
    made.delete()
    assert count().submissions == 0


def test_a_revoked_award_leaves_the_counts_at_once(contest, kept):
    recognition = make.RecognitionFactory(award__contest=contest)
    assert (count().given, count().revoked) == (1, 0)
    results.revoke(recognition, actor=make.UserFactory(editor=True), reason="Copied.")
    assert (count().given, count().revoked) == (0, 1)


def test_every_country_of_the_record_has_a_place_on_the_map_but_antarctica():
    from django_countries import countries

    assert {code for code, _name in countries} - set(world().places) == {"AQ", *former_countries.NAMES}
    outside = [
        place.code
        for place in world().places.values()
        if not (0 <= place.x <= world().width and 0 <= place.y <= world().height)
    ]
    assert outside == []
    assert [place.code for place in world().places.values() if not place.outline and not place.is_small] == []


def test_the_outlines_are_light():
    outlines = world().elsewhere + "".join(place.outline for place in world().places.values())
    assert len(outlines) < 40_000
    assert set(outlines) <= set("Mlz0123456789- ")


def test_names_on_a_map_stand_clear_of_each_other():
    made = {
        mark.place.code: mark.anchor for mark in marks((code, "A name of a place", 1) for code in ("CN", "KR", "AQ"))
    }
    assert made == {"CN": "end", "KR": "start"}
    assert {mark.anchor for mark in marks((code, "name", 1) for code in sorted(world().places)[:40])} == {""}


def test_runtime_classes_have_names():
    assert [runtime_label(least) for least in (0, 60, 1200, 2400)] == [
        "under 1 minute",
        "1 to 3 minutes",
        "20 to 40 minutes",
        "40 minutes or more",
    ]


@pytest.mark.parametrize(
    ("part", "written"), [(0.001, "<1%"), (0.0049, "<1%"), (0.005, "1%"), (0.29, "29%"), (0.996, "100%"), (1, "100%")]
)
def test_a_part_that_is_there_is_never_written_as_nothing(part, written):
    assert percent(part) == written


def test_numbers_are_written_as_the_language_of_the_page_does():
    assert number(4600) == "4,600"
    with translation.override("de"):
        assert (number(4600), percent(0.29)) == ("4.600", "29%")


def test_awards_and_nominations_are_counted_by_year_and_apart(client, contest):
    assert not count().over_time.is_telling
    for year, named in (("1927/28", 1), ("1950", 2), ("1951-03", 3)):
        edition = make.ContestFactory(revealed=True, year_label=year[:7], held_from="" if "/" in year else year)
        award = make.AwardFactory(contest=edition)
        make.RecognitionFactory(award=award, submission__contest=edition)
        for _number in range(named):
            make.RecognitionFactory(award=award, submission__contest=edition, standing="nominee")
        make.RecognitionFactory(award=award, submission__contest=edition, outcome="withdrawn")
    times = count().over_time
    assert times.standings == [("winner", "Winner"), ("nominee", "Nominee")]
    assert [(moment.label, numbers) for moment, numbers in times.rows] == [
        ("1951", [1, 3]),
        ("1950", [1, 2]),
        ("1927", [1, 1]),
    ]
    assert (count().given, count().uncounted) == (3, 3)
    text = client.get("/statistics/").content.decode()
    assert "Awards and nominations by year" in text
    assert "3 that were withdrawn or not official are not counted." in text
    assert "Awards and nominations by year" not in client.get("/statistics/?contest=shown").content.decode()


def test_of_many_years_each_decade_has_a_column():
    found = over_years((str(year), "winner", 2) for year in range(1880, 2015))
    assert (found.moments[0].label, found.moments[0].won, len(found.moments)) == ("1880–1889", 20, 14)
    assert found.moments[-1].total == 10
    assert over_years([("", "winner", 3), (" 12 ", "winner", 1)]).moments == []


def test_the_columns_of_a_chart_have_the_wins_below():
    [low, high] = OverTime([Moment("1", {"winner": 1, "nominee": 1}), Moment("2", {"nominee": 4})]).columns
    assert (low.top, low.other, low.middle, low.won) == ("50.0", "25.0", "75.0", "25.0")
    assert (high.top, high.other, high.won) == ("0.0", "100.0", "0.0")


def test_the_number_of_a_country_is_that_of_the_list_to_which_it_leads(client, contest):
    made = film(contest, "PL")
    house = make.OrganisationFactory(country="CSHH")
    make.CreditFactory(submission=made, person=None, organisation=house)
    film(contest, "PL", "KR")
    counted = count(contest)
    assert lines(counted.countries) == [("Poland", 2), ("South Korea", 1)]
    for row in counted.countries.rows:
        listed = client.get(f"/contests/{contest.slug}/submissions/?country={row.key}").context["list"]
        assert listed.total == row.count
