"""The results of a contest by award, the winners of all contests with their filters, and ways from a work to them."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.edition_words import in_year
from contests.models import Contest, Recognition
from contests.result_lists import FEW
from tests import factories as make
from tests.public_pages import body, shown
from tests.query_plans import plan_of, plans_of

pytestmark = pytest.mark.django_db
LINES = ("Best Picture", "Best Director", "Best Music")


@pytest.fixture
def series():
    return make.SeriesFactory(name="Golden Reel", slug="golden-reel")


def edition(series, year, awards=LINES, nominees=2, **values):
    """Create an edition with a winner and nominees of each award. The winner comes last among them."""
    named = {
        "title": "Golden Reel",
        "slug": f"reel-{year.replace('/', '-')}",
        "year_label": year,
        "held_from": year[:4],
    }
    contest = make.ContestFactory(**{"revealed": True, **named, **values}, series=series)
    for place, name in enumerate(awards, 1):
        slug = name.lower().replace(" ", "-")
        line = series.lines.filter(slug=slug).first() or make.AwardLineFactory(series=series, name=name, slug=slug)
        award = make.AwardFactory(contest=contest, name=name, slug=slug, precedence=place, line=line)
        for number in range(nominees + 1):
            standing = "winner" if number == nominees else "nominee"
            film = make.SubmissionFactory(contest=contest, title=f"{name} {standing} {number} of {year}")
            row = make.RecognitionFactory(award=award, submission=film, standing=standing, order=number + 1)
            make.PartyFactory(recognition=row, person__country="PL" if number else "KR")
    return contest


def rows(shown_list):
    return [(row.award.name, row.standing, row.order) for row in shown_list.page]


# The results of a contest


def test_results_are_by_award_with_the_winner_first(client, series):
    edition(series, "1975")
    response = client.get("/contests/reel-1975/winners/")
    expected = [(name, *row) for name in LINES for row in (("winner", 3), ("nominee", 1), ("nominee", 2))]
    assert rows(response.context["list"]) == expected
    (contest,) = response.context["list"].contests
    assert [(of.award.name, [row.order for row in of.rows]) for of in contest.awards] == [
        (name, [3, 1, 2]) for name in LINES
    ]


def test_the_links_at_the_top_lead_to_the_results_of_each_award(client, series):
    edition(series, "1975")
    for view in ("", "?view=table"):
        page = client.get(f"/contests/reel-1975/winners/{view}")
        jumps = [(jump.label, jump.href, jump.number) for jump in page.context["list"].award_jumps]
        slugs = ("best-picture", "best-director", "best-music")
        assert jumps == [(name, f"#results-{slug}", "3") for name, slug in zip(LINES, slugs, strict=True)]
        for _label, href, _number in jumps:
            assert page.content.decode().count(f'id="{href[1:]}"') == 1
    only = shown(client, "/contests/reel-1975/winners/?award=best-music")
    assert [(jump.label, jump.href) for jump in only.award_jumps] == [
        ("Best Picture", "/contests/reel-1975/winners/?award=best-picture"),
        ("Best Director", "/contests/reel-1975/winners/?award=best-director"),
    ]


def test_an_award_on_another_page_of_the_list_has_a_link_to_its_own(client, series, monkeypatch):
    monkeypatch.setattr("contests.views.ROWS_OF_CONTEST", 4)
    edition(series, "1975")
    listed = shown(client, "/contests/reel-1975/winners/?view=table")
    assert [jump.href for jump in listed.award_jumps] == [
        "#results-best-picture",
        "#results-best-director",
        "/contests/reel-1975/winners/?view=table&award=best-music",
    ]
    assert rows(listed)[-1] == ("Best Director", "winner", 3)


def test_a_few_results_are_large_and_many_are_a_table_unless_the_visitor_chooses(client, series):
    edition(series, "1974", LINES[:2])
    edition(series, "1975", [f"Prize {number}" for number in range(5)])
    few, many = "/contests/reel-1974/winners/", "/contests/reel-1975/winners/"
    assert shown(client, few).size <= FEW < shown(client, many).size
    for url, view, other in ((few, "large", "table"), (many, "table", "large")):
        listed = shown(client, url)
        assert [(choice.id, choice.href, choice.is_chosen) for choice in listed.looks if choice.is_chosen] == [
            (f"view-{view}", url, True)
        ]
        assert [choice.href for choice in listed.looks if not choice.is_chosen] == [f"{url}?view={other}"]
        assert (shown(client, f"{url}?view={other}").view, shown(client, f"{url}?view=none").view) == (other, view)
        for each in (view, other):
            page = body(client, f"{url}?view={each}")
            assert ('<table class="results"' in page, 'class="winners-list"' in page) == (
                each == "table",
                each == "large",
            )
    assert shown(client, f"{many}?award=prize-1").view == "table"


def test_a_table_says_who_for_what_and_what_it_was_for(client, series):
    contest = edition(series, "1975", ["Song"], nominees=1)
    won = Recognition.objects.get(award__contest=contest, standing="winner")
    Recognition.objects.filter(pk=won.pk).update(detail="Moon Waltz", is_tied=True)
    text = body(client, "/contests/reel-1975/winners/?view=table")
    heads = re.findall(r"<th[^>]* scope=\"col\">(.*?)</th>|<th scope=\"col\">(.*?)</th>", text)
    assert ["".join(pair) for pair in heads] == [
        "Award",
        "Standing",
        "People and organisations",
        "Work",
        "Recognised for",
    ]
    row = text[text.index('<tr class="won">') :].partition("</tr>")[0]
    for word in ("Winner", str(won.parties.get().person), won.submission.title, "Moon Waltz", "Tied"):
        assert word in row, word
    plain = edition(series, "1976", ["Song"], nominees=0)
    simple = body(client, f"{plain.get_absolute_url()}winners/?view=table")
    assert "Recognised for" not in simple
    assert '<td class="standing">' not in simple
    assert '<td class="standing">' not in body(client, "/contests/reel-1975/winners/?view=table&standing=nominee")


def test_an_award_that_names_nobody_belongs_to_the_creators_of_the_work(client, series):
    contest = edition(series, "1975", ["Song"], nominees=0)
    won = Recognition.objects.get(award__contest=contest)
    won.parties.all().delete()
    make.CreditFactory(submission=won.submission, person__name="Ada Quill")
    assert "Ada Quill" in body(client, "/contests/reel-1975/winners/?view=table")


@pytest.mark.parametrize(
    ("standings", "title", "counted"),
    [
        (["winner"], "Winners", "1 award"),
        (["nominee", "nominee"], "Nominees", "2 nominations"),
        (["mention"], "Mentions", "1 recognition"),
        (["winner", "nominee"], "Winners and nominees", "2 recognitions"),
        (["winner", "nominee", "finalist"], "Results", "3 recognitions"),
        ([], "Winners", ""),
    ],
)
def test_the_heading_is_true_of_all_rows(client, standings, title, counted):
    contest = make.ContestFactory(revealed=True, slug="c")
    for standing in standings:
        make.RecognitionFactory(award__contest=contest, standing=standing)
    page = body(client, "/contests/c/winners/")
    assert f">{title}</h1>" in page
    assert ("<title>Winners of" in page) == (title == "Winners")
    assert f">{counted}</p>" in page if counted else 'class="empty"' in page
    contents = body(client, "/contests/c/")
    word = "Winners" if title == "Winners" else "Results"
    assert (f'<a href="/contests/c/winners/">{word}</a><span>{len(standings)}</span>' in contents) == bool(standings)


def test_an_edition_with_120_recognitions_is_a_light_page_with_few_statements(client, series):
    edition(series, "1975", [f"Award for the Best Work of Kind {number}" for number in range(24)], nominees=4)
    for url in ("", "?view=large", "?standing=nominee&country=PL", "?award=award-for-the-best-work-of-kind-3"):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"/contests/reel-1975/winners/{url}")
        assert len(captured) <= 10, url
        assert len(response.content) < 150_000, url
    assert len(shown(client, "/contests/reel-1975/winners/").page) == 120


# The winners of all contests


def test_the_list_has_only_winners_unless_the_visitor_asks_for_others(client, series):
    edition(series, "1975")
    for question, standings, title in (
        ("", {"winner"}, "Winners"),
        ("?standing=nominee", {"nominee"}, "Nominees"),
        ("?standing=all", {"winner", "nominee"}, "Winners and nominees"),
    ):
        response = client.get(f"/winners/{question}")
        assert {row.standing for row in response.context["list"].page} == standings
        assert f">{title}</h1>" in response.content.decode()
        links = [(choice.label, choice.href) for choice in response.context["list"].standing_links]
        assert links == [
            ("All 9", "/winners/?standing=all"),
            ("Winners 3", "/winners/"),
            ("Nominees 6", "/winners/?standing=nominee"),
        ]
        assert [choice.is_chosen for choice in response.context["list"].standing_links].count(True) == 1
    listed = shown(client, "/winners/?standing=nominee&line=golden-reel/best-music")
    assert [(chip["value"], chip["href"]) for chip in listed.chips] == [
        ("Best Music, Golden Reel", "/winners/?standing=nominee")
    ]
    assert (listed.number, listed.canonical) == ("2 of 6", "?standing=nominee")


def test_winners_only_offer_no_choice_of_standing(client, nextgen):
    assert shown(client, "/winners/").standing_links == []
    assert shown(client, "/contests/nextgen/winners/").standing_links == []


def test_an_unknown_standing_gives_a_message(client, series):
    edition(series, "1975")
    for question in ("standing=loser", "standing=%00", "standing=winner&standing=nominee"):
        listed = shown(client, f"/winners/?{question}")
        assert "Standing" in listed.problem
        assert {row.standing for row in listed.page} == {"winner"}


@pytest.fixture
def archive(series):
    for year in ("1927/28", "1974", "1975"):
        edition(series, year)
    other = make.SeriesFactory(name="Silver Reel", slug="silver-reel")
    edition(other, "1975", LINES[:1], slug="silver-1975")
    dated = make.ContestFactory(revealed=True, title="Dated", slug="dated", year_label="", held_from="1975-03-01")
    film = make.SubmissionFactory(
        contest=dated, categories=[make.CategoryFactory(contest=dated, slug="short", name="Short")]
    )
    make.RecognitionFactory(award__contest=dated, submission=film)
    sealed = edition(series, "1980", ["Secret Prize"], sealed=True, revealed=False)
    make.RecognitionFactory(award=sealed.awards.get(), standing="mention")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", 11),
        ("line=golden-reel/best-picture", 3),
        ("line=golden-reel/best-picture&standing=all", 9),
        ("line=silver-reel/best-picture", 1),
        ("year=1975", 5),
        ("year=1927/28", 3),
        ("year=1927", None),
        ("year=1980", None),
        ("year=19", None),
        ("year=1975&line=golden-reel/best-music&standing=nominee", 2),
        ("category=dated/short", 1),
        ("country=PL&year=1974", 3),
        ("country=KR&year=1974&standing=nominee", 3),
        ("line=best-picture", None),
        ("line=golden-reel/secret-prize", None),
    ],
)
def test_winners_are_filtered_by_line_year_and_category(client, archive, question, found):
    listed = shown(client, f"/winners/?{question}")
    assert (listed.problem == "", listed.total) == ((True, found) if found else (False, 11))
    # The API has no default standing, and finds nothing for an unknown value.
    asked = question.replace("dated/short", "short").replace("&standing=all", "")
    asked = asked if "standing" in question else f"{asked}&standing=winner"
    assert len(client.get(f"/api/v1/recognitions?limit=100&{asked}").json()["items"]) == (found or 0)


def test_the_number_of_each_option_is_what_a_click_gives(client, archive):
    for url in ("/winners/", "/winners/?standing=all", "/winners/?year=1975", "/contests/reel-1975/winners/"):
        listed = shown(client, url)
        assert listed.facets
        options = [option for facet in listed.facets for option in (*facet.first, *facet.rest)]
        for option in options:
            if not option.is_chosen:
                assert str(shown(client, option.href).total) == option.number, option.href
        for choice in listed.standing_links:
            assert choice.label.endswith(f" {shown(client, choice.href).total}"), choice.href


def test_editions_of_one_title_are_told_apart_by_year_and_the_latest_year_is_first(client, archive):
    facets = {facet.name: [option.label for option in facet.first] for facet in shown(client, "/winners/").facets}
    assert set(facets["contest"]) == {"Golden Reel 1927/28", "Golden Reel 1974", "Golden Reel 1975", "Dated"}
    assert facets["year"] == ["1975", "1974", "1927/28"]
    assert set(facets["line"]) == {"Best Picture, Golden Reel", "Best Director, Golden Reel", "Best Music, Golden Reel",
                                   "Best Picture, Silver Reel"}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        ("line=golden-reel/best-picture", ["contests_award_line_id", "award_slug_unique", "award_precedence_unique"]),
        ("standing=nominee", ["recognition_by_standing", "recognition_order_unique"]),
        ("category=dated/short", ["recognition_submissions"]),
    ],
)
def test_each_filter_uses_an_index_and_reads_no_whole_table(client, archive, question, indexes):
    plans = [plan for _statement, plan in plans_of(client, f"/winners/?{question}")]
    assert any(index in plan for plan in plans for index in indexes), plans
    for plan in plans:
        assert not re.search(r"Seq Scan on contests_recognition\b|SCAN contests_recognition$", plan, re.M), plan


def test_a_year_is_found_by_an_index(archive):
    with CaptureQueriesContext(connection) as captured:
        found = set(Contest.objects.filter(in_year("1975")).order_by().values_list("slug", flat=True))
    assert found == {"reel-1975", "silver-1975", "dated"}
    # PostgreSQL combines the two ways of finding it by bitmaps.
    assert "contest_by_year" in plan_of(captured[0]["sql"], forbidden=("enable_seqscan",))


# From a work to the winner of another year


class Page(HTMLParser):
    """The heading of a page, and its links: pairs of URL and text."""

    def __init__(self, html):
        super().__init__()
        self.links, self.heading, self._open, self._in_heading = [], "", None, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self._open = (dict(attrs).get("href", ""), [])
        self._in_heading = self._in_heading or tag == "h1"

    def handle_endtag(self, tag):
        if tag == "a" and self._open:
            self.links.append((self._open[0], " ".join("".join(self._open[1]).split())))
            self._open = None
        self._in_heading = self._in_heading and tag != "h1"

    def handle_data(self, data):
        if self._open:
            self._open[1].append(data)
        if self._in_heading:
            self.heading += data


def follow(client, url, text):
    """Click the first link with the text `text` on the page at `url`. Return the URL of the page it leads to."""
    links = Page(body(client, url)).links
    href = next((href for href, said in links if said == text and not href.startswith("#")), None)
    assert href, (url, text, links)
    return urldefrag(urljoin(url, href)).url


def test_a_work_leads_to_the_winner_two_years_before_in_four_clicks(client, series):
    for year in range(1970, 1977):
        edition(series, str(year))
    film = make.SubmissionFactory(contest__slug="other", contest__revealed=True, title="Elsewhere")
    film.contest.series, film.contest.year_label, film.contest.held_from = series, "1977", "1977"
    film.contest.save()
    make.RecognitionFactory(award__contest=film.contest, submission=film, standing="nominee", award__name="Sole Prize")
    nominee = Recognition.objects.get(award__contest__year_label="1975", award__name="Best Picture", order=1)
    of_music = Recognition.objects.get(award__contest__year_label="1975", award__name="Best Music", order=3)
    ways = [
        (nominee.submission, "1973", ["Best Picture", "Best Picture winner 2 of 1973"]),
        (of_music.submission, "1973", ["Golden Reel 1975", "Results", "Best Picture", "Best Picture winner 2 of 1973"]),
        (film, "1975", [str(film.contest), "Golden Reel", "Best Picture", "Best Picture winner 2 of 1975"]),
    ]
    for work, year, clicks in ways:
        assert len(clicks) <= 4
        url = work.get_absolute_url()
        for text in clicks:
            url = follow(client, url, text)
        assert Page(body(client, url)).heading.strip() == f"Best Picture winner 2 of {year}"


def test_each_year_of_an_award_is_a_link_and_so_are_its_nominees(client, series):
    edition(series, "1975")
    url = "/series/golden-reel/awards/best-picture/"
    assert follow(client, url, "1975") == "/contests/reel-1975/"
    nominees = follow(client, url, "2 nominations")
    assert rows(shown(client, nominees)) == [
        ("Best Picture", s, n) for s, n in (("winner", 3), ("nominee", 1), ("nominee", 2))
    ]
    assert len(shown(client, follow(client, url, "All results of this award")).page) == 3


def test_awards_of_a_contest_lead_to_their_page_through_the_years(client, series):
    edition(series, "1975")
    for view in ("large", "table"):
        for name in LINES:
            found = follow(client, f"/contests/reel-1975/winners/?view={view}&standing=winner", name)
            assert found == f"/series/golden-reel/awards/{name.lower().replace(' ', '-')}/"
