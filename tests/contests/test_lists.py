"""The lists of contests: filters, sort orders and pages."""

import pytest

from contests.models import Recognition, Submission
from contests.recognition_filters import WinnerFilterSet
from contests.views import OF_ALL_AWARDS
from record.lists import FilteredList
from record.slug_lookup import keep_former_slug
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.public_pages import body, shown

pytestmark = pytest.mark.django_db
OFFICIAL = "Official Selection, KlingAI NextGen Creative Contest"


def options(listed):
    """Return the label and the number of rows of each filter option, by facet name."""
    return {
        facet.name: [(option.label, option.number) for option in [*facet.first, *facet.rest]] for facet in listed.facets
    }


@pytest.mark.parametrize(
    ("question", "films"),
    [
        ("", ["Alzheimer", "I’m Not a Robot", "Lost & Found"]),
        ("?award=nextgen/official-selection", ["I’m Not a Robot", "Lost & Found"]),
        ("?country=KR", ["I’m Not a Robot"]),
        ("?award=nextgen/official-selection&country=PL", ["Lost & Found"]),
        ("?contest=nextgen", ["Alzheimer", "I’m Not a Robot", "Lost & Found"]),
        ("?award=nextgen/grand-prize&country=PL", []),
    ],
)
def test_winners_are_filtered_by_plain_addresses(client, nextgen, question, films):
    assert [str(row.honouree) for row in shown(client, f"/winners/{question}").page] == films


@pytest.mark.parametrize(
    ("question", "films"),
    [("", 3), ("?award=grand-prize", 1), ("?country=CN", 1), ("?award=grand-prize&country=KR", 0)],
)
def test_the_gallery_is_filtered(client, nextgen, question, films):
    assert shown(client, f"/contests/nextgen/submissions/{question}").total == films


def test_the_gallery_is_filtered_by_category(client):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, slug="c"))
    make.SubmissionFactory(contest=film.contest)
    for slug in ("short", "drama"):
        film.categories.add(make.CategoryFactory(contest=film.contest, slug=slug))
        assert list(shown(client, f"/contests/c/submissions/?category={slug}").page) == [film]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("", 14),
        ("?speaker=tim-yip", 6),
        ("?work=nextgen/alzheimer", 2),
        ("?speaker=tim-yip&work=nextgen/alzheimer", 1),
        ("?event=nextgen/awards-ceremony", 14),
    ],
)
def test_quotes_are_filtered(client, nextgen, question, count):
    assert shown(client, f"/quotes/{question}").total == count


@pytest.mark.parametrize(
    "address",
    [
        "/winners/?award=unheard-of",
        "/winners/?country=Poland",
        "/winners/?contest=%00",
        "/winners/?award=" + "x" * 5000,
        "/contests/nextgen/winners/?country=%F0%9F%8E%AC",
        "/contests/nextgen/submissions/?category=any",
        "/quotes/?speaker='; DROP TABLE--",
        "/quotes/?work=nextgen",
        "/people/?role=king",
    ],
)
def test_an_unknown_or_malformed_value_gives_a_message_and_the_whole_list(client, nextgen, address):
    response = client.get(address)
    listed = response.context["list"]
    whole = client.get(address.partition("?")[0]).context["list"]
    assert response.status_code == 200
    assert 'class="message"' in response.content.decode()
    assert "The whole list is shown" in listed.problem
    assert listed.total == whole.total > 0
    assert listed.chips == []


def test_a_good_value_gives_no_message_and_a_chip_that_takes_it_away(client, nextgen):
    listed = shown(client, "/winners/?award=nextgen/official-selection&country=PL&page=last")
    assert listed.problem == ""
    assert [(str(chip["label"]), chip["value"], chip["href"]) for chip in listed.chips] == [
        ("Award", OFFICIAL, "/winners/?country=PL"),
        ("Where the recipients are from", "Poland", "/winners/?award=nextgen%2Fofficial-selection"),
    ]


def test_the_heading_and_the_title_say_what_a_list_is_narrowed_by(client, nextgen):
    page = body(client, "/winners/?award=nextgen/official-selection&country=PL")
    assert f'<span class="narrowed">{OFFICIAL} · from Poland</span></h1>' in page
    assert f"<title>Winners: {OFFICIAL} · from Poland · Laurel</title>" in page
    assert 'class="narrowed"' not in body(client, "/winners/")


def test_each_number_of_a_facet_is_what_a_click_gives(client, nextgen):
    listed = shown(client, "/winners/?award=nextgen/official-selection")
    assert options(listed) == {
        "award": [(OFFICIAL, "2"), ("Grand Prize, KlingAI NextGen Creative Contest", "1")],
        "country": [("Poland", "1"), ("South Korea", "1")],
    }
    for facet in shown(client, "/quotes/?speaker=tim-yip").facets:
        for option in facet.first:
            if not option.is_chosen:
                assert str(shown(client, option.href).total) == option.number, option.href


def test_a_facet_that_would_narrow_nothing_is_not_shown(client, nextgen):
    assert "contest" not in options(shown(client, "/winners/"))
    assert "category" not in options(shown(client, "/contests/nextgen/submissions/"))


def test_awards_stand_by_precedence_and_countries_by_number(client, monkeypatch):
    monkeypatch.setattr("record.lists.GLANCE", 0)
    contest = make.ContestFactory(revealed=True, slug="c")
    low, high = (make.AwardFactory(contest=contest, name=name, precedence=p) for name, p in [("Low", 2), ("High", 1)])
    for award, country in [(low, "PL"), (low, "KR"), (low, "KR"), (high, "FR"), (high, "FR"), (high, "FR")]:
        film = make.SubmissionFactory(contest=contest)
        make.RecognitionFactory(award=award, submission=film)
        make.CreditFactory(submission=film, person__country=country)
    for address in ("/contests/c/winners/", "/contests/c/submissions/"):
        assert options(shown(client, address)) == {
            "award": [("High", "3"), ("Low", "3")],
            "country": [("France", "3"), ("South Korea", "2"), ("Poland", "1")],
        }, address


def test_of_many_options_a_dozen_are_shown_and_the_rest_folded_by_name(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    for number, code in enumerate(
        ["PL", "KR", "FR", "JP", "CN", "US", "IN", "DE", "BR", "ZA", "GB", "CA", "MX", "AU", "AT"]
    ):
        for _ in range(1 if number > 11 else 2):
            make.CreditFactory(submission__contest=contest, person__country=code)
    (facet,) = shown(client, "/contests/c/submissions/").facets
    assert (len(facet.first), [option.label for option in facet.rest]) == (12, ["Australia", "Austria", "Mexico"])
    assert "Austria" not in [option.label for option in facet.first]
    (facet,) = shown(client, "/contests/c/submissions/?country=AT").facets
    assert [(option.label, option.is_chosen) for option in facet.first[12:]] == [("Austria", True)]


def test_a_choice_that_another_choice_leaves_empty_is_still_shown_as_chosen(client, nextgen):
    listed = shown(client, "/winners/?award=nextgen/grand-prize&country=PL")
    assert (listed.total, listed.problem) == (0, "")
    assert [[option.label for option in facet.first if option.is_chosen] for facet in listed.facets] == [
        ["Grand Prize, KlingAI NextGen Creative Contest"],
        ["Poland"],
    ]


def test_a_film_by_two_from_one_country_is_counted_once(client, monkeypatch):
    monkeypatch.setattr("record.lists.GLANCE", 0)
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, slug="c"))
    for _ in range(2):
        make.CreditFactory(submission=film, person__country="PL")
    make.SubmissionFactory(contest=film.contest)
    assert options(shown(client, "/contests/c/submissions/")) == {"country": [("Poland", "1")]}


def test_a_revoked_award_is_no_way_to_narrow_the_gallery(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    make.RecognitionFactory(award__contest=contest, revoked=True)
    make.SubmissionFactory(contest=contest)
    assert options(shown(client, "/contests/c/submissions/")) == {}


def test_the_gallery_is_sorted_without_regard_to_case_and_accents_both_ways(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    for title in ("zebra", "Éclair", "“Apple”", "eagle", "Ægir", "5 Days"):
        make.SubmissionFactory(contest=contest, title=title)
    titles = [film.title for film in shown(client, "/contests/c/submissions/").page]
    assert titles == ["5 Days", "Ægir", "“Apple”", "eagle", "Éclair", "zebra"]
    assert [film.title for film in shown(client, "/contests/c/submissions/?sort=-title").page] == titles[::-1]
    assert [film.title for film in shown(client, "/contests/c/submissions/?sort=price").page] == titles


def test_the_gallery_is_shown_as_a_list_and_every_link_keeps_that(client, nextgen):
    page = body(client, "/contests/nextgen/submissions/?view=list&country=PL")
    assert 'class="leaders table-of-contents"' in page
    assert 'class="wall"' not in page
    assert 'href="/contests/nextgen/submissions/?view=list"' in page
    assert 'href="/contests/nextgen/submissions/?country=PL&amp;sort=-title&amp;view=list"' in page
    assert 'class="wall"' in body(client, "/contests/nextgen/submissions/?view=tiles")


def test_quotes_are_shown_by_event_too(client):
    contest = make.ContestFactory(revealed=True)
    late, early = make.EventFactory(contest=contest, order=2), make.EventFactory(contest=contest, order=1)
    zoe, ann = make.PersonFactory(name="Zoe"), make.PersonFactory(name="Ann")
    said = [make.QuoteFactory(event=event, speaker=who) for event, who in [(late, ann), (early, zoe)]]
    assert list(shown(client, "/quotes/").page) == said
    assert list(shown(client, "/quotes/?sort=event").page) == said[::-1]
    assert f"{early.title}</a></h2>" in body(client, "/quotes/?sort=event")


def test_an_empty_result_says_so_and_leads_back(client, nextgen):
    page = body(client, "/winners/?award=nextgen/grand-prize&country=PL")
    assert "No results match these filters." in page
    assert '<a href="/winners/">Show the whole list</a>' in page


def test_a_list_with_nothing_in_it_says_so(client):
    for address in ("/winners/", "/quotes/", "/people/", "/sources/", "/contests/"):
        assert "There is nothing here yet." in body(client, address)
    assert "Nothing to show yet" in body(client, "/")


def test_a_gallery_is_walked_from_page_to_page_and_back(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    films = [make.SubmissionFactory(contest=contest, title=f"Film {number:03}") for number in range(100)]
    first = shown(client, "/contests/c/submissions/")
    second, third = shown(client, first.next), shown(client, shown(client, first.next).next)
    assert [*first.page, *second.page, *third.page] == films
    assert (first.previous, third.next) == ("", "")
    assert list(shown(client, third.previous).page) == list(second.page)
    assert list(shown(client, second.previous).page) == list(first.page)
    assert list(shown(client, first.last).page) == films[-48:]
    page = body(client, "/contests/c/submissions/")
    assert f'<a rel="next" href="{first.next}">' in page
    assert '<a href="/contests/c/submissions/?page=last">Last page</a>' in page
    assert "First page" not in page


def test_a_film_that_comes_in_moves_no_other_to_another_page(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    films = [make.SubmissionFactory(contest=contest, title=f"Film {number:03}") for number in range(60)]
    first = shown(client, "/contests/c/submissions/")
    make.SubmissionFactory(contest=contest, title="A film before all others")
    assert list(shown(client, first.next).page) == films[48:]


def test_each_page_of_a_whole_list_has_an_address_of_its_own_and_no_other_has(client):
    contest = make.ContestFactory(revealed=True, slug="c")
    for number in range(100):
        film = make.SubmissionFactory(contest=contest, title=f"Film {number:03}")
        make.CreditFactory(submission=film, person__country="PL")
    here = "http://testserver/contests/c/submissions/"
    second = shown(client, "/contests/c/submissions/").next
    for address, canonical in [
        (second, f"http://testserver{second}"),
        (f"{second}&view=list", f"http://testserver{second}"),
        (f"{second}&country=PL", here),
        (f"{second}&sort=-title", here),
        (shown(client, second).previous, here),
        ("/contests/c/submissions/?page=last", here),
    ]:
        assert f'<link rel="canonical" href="{canonical}">' in body(client, address), address


@pytest.mark.parametrize(
    "question", ["page=2", "page=%00", "after=x", "before=%00", "after=" + "W" * 9000, "after=WzFd"]
)
def test_a_page_that_nobody_was_sent_to_is_the_first(client, nextgen, question):
    assert "Alzheimer" in body(client, f"/winners/?{question}")


def test_options_are_at_most_two_hundred_and_hold_the_chosen_one(client):
    contest = make.ContestFactory(revealed=True)
    event = make.EventFactory(contest=contest)
    for number in range(203):
        make.QuoteFactory(event=event, speaker__name=f"Speaker {number:03}", order=number + 1)
    listed = shown(client, "/quotes/?speaker=speaker-202")
    (speakers,) = listed.facets
    assert speakers.is_cut
    labels = [option.label for option in [*speakers.first, *speakers.rest]]
    assert (len(labels), "Speaker 202" in labels, "Speaker 201" in labels) == (201, True, False)
    assert (listed.total, listed.number) == (1, "1 of 203")
    assert "Not all values are listed." in body(client, "/quotes/")


def test_a_country_is_on_offer_though_another_creator_has_none(client):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, slug="c"))
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    make.CreditFactory(submission=film, person__country="KR")
    make.CreditFactory(submission=film, person__country="")
    for address in ("/winners/?country=KR", "/contests/c/winners/?country=KR", "/contests/c/submissions/?country=KR"):
        assert (shown(client, address).problem, shown(client, address).total) == ("", 1), address


def test_the_country_of_a_person_who_was_honoured_is_on_offer(client):
    person = make.PersonFactory(country="PL")
    make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True), submission=None, person=person)
    assert [row.person for row in shown(client, "/winners/?country=PL").page] == [person]


def test_quotes_are_filtered_by_contest_and_the_contest_leads_to_its_own(client, nextgen):
    make.QuoteFactory(event__contest=make.ContestFactory(revealed=True))
    assert shown(client, "/quotes/?contest=nextgen").total == 14
    assert '<a href="/quotes/?contest=nextgen">Quotes</a>' in body(client, "/contests/nextgen/")


def test_a_moved_address_keeps_the_question(client, nextgen):
    contest = Submission.objects.first().contest
    keep_former_slug(contest, "before")
    response = client.get("/contests/before/winners/?country=KR")
    assert (response.status_code, response["Location"]) == (301, "/contests/nextgen/winners/?country=KR")


def test_only_the_filter_that_is_unknown_is_named(client, nextgen):
    page = body(client, "/winners/?country=KR&award=unheard-of")
    assert "Unknown value for: Award. The whole list is shown." in page


def test_a_list_that_is_seen_at_a_glance_offers_no_filters(client, nextgen):
    assert "Narrow the list" not in body(client, "/winners/")
    assert "Narrow the list" in body(client, "/winners/?country=KR")
    assert "Narrow the list" in body(client, "/quotes/")


def test_creating_a_list_runs_no_statement(rf, nextgen, django_assert_num_queries):
    request = rf.get("/winners/?country=KR")
    request.viewpoint = Viewpoint.now()
    rows = Recognition.objects.public
    with django_assert_num_queries(0):
        listed = FilteredList(request, rows, OF_ALL_AWARDS, WinnerFilterSet)
    with django_assert_num_queries(2):
        assert len(listed.page) == 1
    with django_assert_num_queries(0):
        assert len(listed.page) == 1
        assert list(listed.chosen) == ["country"]
