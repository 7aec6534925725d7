"""What the public pages of contests show."""

import pytest
from django.core.files.base import ContentFile

from contests.models import Quote, Recognition, Submission
from record.prepared_queries import forget
from record.slug_lookup import keep_former_slug
from tests import factories as make
from tests.public_pages import body, shown

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/winners/", "/quotes/", "/people/", "/sources/", "/contests/"])
def test_a_public_page_can_only_be_read(client, nextgen, address):
    assert (client.head(address).status_code, client.post(address).status_code) == (200, 405)


def test_a_changed_slug_leads_to_the_new_address(client, nextgen):
    film = Submission.objects.get(slug="alzheimer")
    quote = Quote.objects.get(slug="c-one-like-my-camera")
    contest = film.contest
    for row, slug in [(film, "the-entry"), (film.work, "the-film"), (quote, "the-words"), (contest, "the-contest")]:
        keep_former_slug(row, row.slug)
        row.slug = slug
        row.save()
    moved = {
        "/contests/nextgen/": "/contests/the-contest/",
        "/contests/nextgen/winners/": "/contests/the-contest/winners/",
        "/contests/nextgen/submissions/": "/contests/the-contest/submissions/",
        "/contests/nextgen/submissions/alzheimer/": "/works/the-film/",
        "/works/alzheimer/": "/works/the-film/",
        "/contests/nextgen/events/awards-ceremony/": "/contests/the-contest/events/awards-ceremony/",
        "/quotes/c-one-like-my-camera/": "/quotes/the-words/",
    }
    for old, new in moved.items():
        response = client.get(old)
        assert (response.status_code, response.headers.get("Location")) == (301, new)
        assert client.get(new).status_code == 200


def test_a_slug_in_use_wins_over_a_former_one(client, nextgen):
    older = Quote.objects.get(slug="c-one-like-my-camera")
    keep_former_slug(older, "tim-yip-human-touch")
    assert client.get("/quotes/tim-yip-human-touch/").status_code == 200


@pytest.mark.parametrize("name", ["受賞者", "أليس", "C·one", "หนัง", "हिन्दी", "Łódź & I’m"])
def test_a_page_is_found_under_a_name_in_any_script(client, name):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, title=name), title=name)
    make.CreditFactory(submission=film, person__name=name)
    for address in (film.get_absolute_url(), film.contest.get_absolute_url(), "/winners/", "/people/"):
        assert client.get(address).status_code == 200
    assert f"{name}</h1>".replace("&", "&amp;") in body(client, film.get_absolute_url())


def test_a_film_shows_its_facts_where_they_are_known_and_nothing_where_not(client, nextgen):
    bare = body(client, "/works/lost-and-found/")
    for label in ("Year", "Runtime", "Tools used", "Category", "Watch the film", "The film"):
        assert f">{label}<" not in bare
    film = Submission.objects.get(slug="lost-and-found")
    film.year, film.runtime, film.tools, film.work_url = 1999, 725, "A camera", "https://film.example/"
    film.work_url_audience = "public"
    film.countries, film.synopsis, film.original_title = ["PL", "FR"], "What happens.", "Zgubione"
    film.save()
    full = body(client, "/works/lost-and-found/")
    for text in (
        "1999",
        "12:05",
        "A camera",
        "https://film.example/",
        "France and Poland",
        "What happens.",
        "Zgubione",
    ):
        assert text in full


def test_a_person_can_be_honoured_without_a_film(client):
    contest = make.ContestFactory(revealed=True)
    recognition = make.RecognitionFactory(
        award__contest=contest,
        award__name="Lifetime Award",
        submission=None,
        person=make.PersonFactory(name="Ada", headline="A pioneer"),
        citation="For a life’s work.",
    )
    assert "Lifetime Award" in body(client, "/")
    assert "Ada" in body(client, contest.get_absolute_url() + "winners/")
    page = body(client, recognition.person.get_absolute_url())
    assert "For a life’s work." in page
    assert "Awards and nominations" in page
    assert "1 award" in page


def test_the_juries_words_and_the_presenters_are_shown(client, nextgen):
    recognition = Recognition.objects.get(award__slug="grand-prize")
    recognition.citation = "A film that remembers."
    recognition.save()
    recognition.presenters.add(make.PersonFactory(name="A Presenter"))
    film = body(client, recognition.submission.get_absolute_url())
    assert "A film that remembers." in film
    assert "A Presenter" in film
    assert "A Presenter" in body(client, "/contests/nextgen/winners/")


def test_a_revoked_award_is_told_with_date_and_reason_on_the_film_and_on_the_person(client):
    contest = make.ContestFactory(revealed=True)
    recognition = make.RecognitionFactory(award__contest=contest, award__name="First Prize", revoked=True)
    page = body(client, recognition.submission.get_absolute_url())
    assert "First Prize: revoked on" in page
    assert "The work was not made by its creator." in page
    assert shown(client, "/winners/").total == 0


def test_an_uploaded_poster_takes_the_place_of_the_drawn_one(client, nextgen):
    film = Submission.objects.get(slug="alzheimer")
    assert "Artwork by Laurel, not a still" in body(client, film.get_absolute_url())
    from tests.reveal_rows import picture

    film.poster.save("p.png", ContentFile(picture("p").read()))
    film.poster_alt, film.poster_credit = "A face in oil", "Photo: C·one"
    film.save()
    page = body(client, film.get_absolute_url())
    assert f'<img src="/media/{film.poster.name}" width="20" height="30" alt="A face in oil"' in page
    assert "Photo: C·one" in page
    response = client.get(f"/media/{film.poster.name}")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Cache-Control"].startswith("public, max-age=600, s-maxage=2")
    assert response.getvalue()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "path", ["posters/none.png", "../manage.py", "posters/", "posters/%00", "else/x.png", "posters/../../x"]
)
def test_no_other_file_is_served(client, nextgen, path):
    client.force_login(make.UserFactory(editor=True))
    assert client.get(f"/media/{path}").status_code == 404


def test_dates_are_shown_in_the_zone_of_the_contest_with_its_name(client):
    from datetime import UTC, datetime

    contest = make.ContestFactory(
        revealed=True,
        time_zone="Asia/Tokyo",
        opens_at=datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
        closes_at=datetime(2027, 3, 31, 14, 59, tzinfo=UTC),
    )
    page = body(client, contest.get_absolute_url())
    assert "1 January 2027, 09:00 Asia/Tokyo" in page
    assert "31 March 2027, 23:59 Asia/Tokyo" in page
    assert 'datetime="2027-03-31T23:59+09:00"' in page


def test_what_was_said_at_the_evening_is_on_the_page_of_its_part_for_those_who_took_part(client, nextgen):
    panel = client.get("/contests/nextgen/events/panel-discussion/")
    speakers = {quote.speaker.slug for quote in panel.context["quotes"]}
    assert speakers == {"tim-yip", "lee-hwan-kyung"}
    evening = client.get("/contests/nextgen/events/awards-ceremony/")
    assert len(evening.context["quotes"]) == 14
    assert {a.person.slug for a in evening.context["appearances"]} >= {"hanqing", "zeng-yushen", "c-one"}


@pytest.mark.parametrize(
    "address", ["/people/%00/", "/quotes/a%00b/", "/contests/%1f/", "/contests/nextgen/events/%7f/"]
)
def test_an_address_with_control_characters_is_just_not_there(client, nextgen, address):
    assert client.get(address).status_code == 404


def test_a_nominee_gets_no_laurel(client):
    contest = make.ContestFactory(revealed=True)
    nominee = make.RecognitionFactory(
        award__contest=contest, award__kind="grand_prize", award__name="Grand Prize", standing="nominee"
    )
    for address in ("/", nominee.submission.get_absolute_url(), "/winners/"):
        page = body(client, address)
        assert 'class="laurel"' not in page, address
        assert ("Nominee" in page) == (address not in ("/", "/winners/")), address


def test_who_has_two_roles_in_a_film_is_named_once(client):
    credit = make.CreditFactory(submission__contest=make.ContestFactory(revealed=True, slug="c"), role="director")
    make.CreditFactory(work=credit.work, person=credit.person, role="writer")
    film = credit.work.entries.get()
    make.RecognitionFactory(award__contest=film.contest, submission=film)
    winners = body(client, "/contests/c/winners/")
    assert winners.count(f"<bdi>{credit.person.name}</bdi></a>, Director, Writer") == 1
    for page in (winners, body(client, "/contests/c/submissions/")):
        assert page.count(f"<bdi>{credit.person.name}</bdi>") == 1
    assert body(client, credit.person.get_absolute_url()).count('class="work"') == 1


def test_a_logline_leads_to_the_source_of_the_film_and_the_award_to_its_own(client):
    film = make.SubmissionFactory(
        contest=make.ContestFactory(revealed=True), logline="In short.", sources=[make.SourceFactory(title="On film")]
    )
    make.RecognitionFactory(award__contest=film.contest, submission=film, source__title="On award")
    for address in ("/", "/winners/"):
        page = body(client, address)
        assert "On film</a>" in page, address
        assert "On award</a>" in page, address


def test_the_hero_the_prize_and_the_language_are_shown_where_known(client, nextgen):
    from tests.reveal_rows import picture

    film = Submission.objects.get(slug="alzheimer")
    film.language = "zh"
    film.save()
    award = film.recognitions.get().award
    award.prize_amount, award.prize_currency = 500, "EUR"
    award.save()
    film.contest.hero_alt, film.contest.hero_credit = "A full house", "Photo: the house"
    film.contest.hero.save("h.png", picture("h"))
    page = body(client, film.get_absolute_url())
    assert "€500" in page
    assert "<dd>Chinese<" in page
    contest = body(client, "/contests/nextgen/")
    assert 'alt="A full house"' in contest
    assert client.get(f"/media/{film.contest.hero.name}").status_code == 200


def test_the_image_of_a_hidden_film_is_for_those_who_may_view_submissions(client):
    from django.contrib.auth.models import Permission

    from tests.reveal_rows import hidden_result

    poster = hidden_result(make.ContestFactory(sealed=True), "sealedword").submission.poster
    clerk = make.UserFactory(is_staff=True)
    client.force_login(clerk)
    assert client.get(f"/media/{poster.name}").status_code == 404
    clerk.user_permissions.set(Permission.objects.filter(codename="view_submission"))
    assert client.get(f"/media/{poster.name}").status_code == 200


def test_a_zone_that_does_not_exist_breaks_no_page(client):
    from datetime import UTC, datetime

    contest = make.ContestFactory(revealed=True, time_zone="Nope/Zone", opens_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert "1 January 2027, 00:00 UTC" in body(client, contest.get_absolute_url())


def test_a_revoked_award_is_told_on_the_page_of_its_creator(client):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True), revoked=True)
    creator = make.CreditFactory(submission=recognition.submission).person
    assert "The work was not made by its creator." in body(client, creator.get_absolute_url())


def test_a_winner_leads_to_its_award(client, nextgen):
    page = body(client, "/works/alzheimer/")
    assert '<a href="/contests/nextgen/winners/?award=grand-prize">Grand Prize</a>' in page


def test_home_shows_each_film_once_however_much_it_won(client):
    contest = make.ContestFactory(revealed=True)
    names = ("Grand Prize", "Jury Prize", "Audience Award", "Best Sound", "Best Image")
    awards = [make.AwardFactory(contest=contest, name=name, precedence=place) for place, name in enumerate(names, 1)]
    films = [make.SubmissionFactory(contest=contest, title=title) for title in ("Alpha", "Beta", "Gamma")]
    for award, film in zip(awards, [films[0], films[0], films[1], films[1], films[2]], strict=True):
        make.RecognitionFactory(award=award, submission=film)
    context = client.get("/").context
    assert context["grand_prize"].submission == films[0]
    assert [recognition.award.name for recognition in context["others"]] == ["Audience Award", "Best Image"]


def test_the_heading_of_other_winners_is_true_of_a_work_that_won_nothing(client):
    contest = make.ContestFactory(revealed=True, title="NextGen", year_label="", public_entries="all")
    award = make.AwardFactory(contest=contest)
    won = make.RecognitionFactory(award=award, order=1).submission
    revoked = make.RecognitionFactory(award=award, order=2, revoked=True).submission
    nominee = make.RecognitionFactory(award=award, order=3, standing="nominee").submission
    lost = make.SubmissionFactory(contest=contest)
    make.RecognitionFactory(award=award, order=4)
    headings = {
        film: [
            text
            for text in ("The other winners", "Winners of NextGen")
            if text in body(client, film.get_absolute_url())
        ]
        for film in (won, revoked, nominee, lost)
    }
    assert headings == {
        won: ["The other winners"],
        **{film: ["Winners of NextGen"] for film in (revoked, nominee, lost)},
    }


def test_words_of_whoever_is_credited_stand_under_a_heading_that_is_true_of_all(client):
    contest = make.ContestFactory(revealed=True)
    film = make.RecognitionFactory(award__contest=contest).submission
    for role in ("director", "cinematographer", "cast"):
        person = make.CreditFactory(submission=film, role=role).person
        make.QuoteFactory(event__contest=contest, submission=film, speaker=person, text=f"Said by the {role}")
    page = body(client, film.get_absolute_url())
    assert "creator’s words" not in page
    _before, _heading, words = page.partition("Quotes from the makers")
    assert [role for role in ("director", "cinematographer", "cast") if f"Said by the {role}" in words] == [
        "director",
        "cinematographer",
        "cast",
    ]


def test_a_contest_with_too_many_submissions_to_count_says_so(client, monkeypatch):
    contest = make.ContestFactory(slug="big", revealed=True, public_entries="all")
    for number in range(4):
        make.SubmissionFactory(contest=contest, title=f"Work {number}")
    for most, told in ((4, "4"), (3, "more than 3"), (2, "more than 2")):
        monkeypatch.setattr("contests.querysets.WORKS", most)
        forget()
        assert f"<span>{told}</span>" in client.get("/contests/big/").content.decode()
    monkeypatch.undo()
    forget()
