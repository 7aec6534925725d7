"""
An award that several works share names all of them and all their makers. An award that names its recipients is nowhere
shown as if it belonged to the others who worked on the work.
"""

import json
import re

import pytest

from people.models import Person
from publishing import cards, laurels
from record.viewpoint import Viewpoint
from search import index
from tests import factories as make
from tests.public_pages import body, text_of

pytestmark = pytest.mark.django_db


def words(client, address):
    """Return the texts of what the page shows, without mark-up. The source marks are left out."""
    content = text_of(client.get(address).getvalue())
    main = content.partition("<main")[2].partition("</main>")[0] or content
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<sup.*?</sup>", "", main, flags=re.DOTALL)).split())


def items_of(client, address):
    """Return the paths in the list of the page's JSON-LD."""
    script = re.search(r'ld\+json"[^>]*>(.*?)</script>', body(client, address), re.DOTALL)[1]
    lists = [node for node in json.loads(script)["@graph"] if node["@type"] == "ItemList"]
    return [item["url"].partition("testserver")[2] for item in lists[0]["itemListElement"]]


@pytest.fixture
def line():
    return make.AwardLineFactory(name="Best Picture", slug="picture", series__name="Series", series__slug="series")


@pytest.fixture
def gala(line):
    return make.ContestFactory(title="Gala", slug="gala", revealed=True, series=line.series, year_label="1950")


def film(contest, title, *makers, **values):
    entry = make.SubmissionFactory(contest=contest, title=title, work__slug=title.lower(), **values)
    for name, role in makers:
        make.CreditFactory(submission=entry, person__name=name, role=role)
    return entry


def shared(contest, line, *entries):
    award = make.AwardFactory(contest=contest, line=line, name="Best Picture", slug="picture")
    return make.RecognitionFactory(award=award, submission=None, submissions=entries)


@pytest.fixture
def joint(gala, line):
    """Return a prize that the works of Ann and Bob share. The first work has more makers than a fact sheet names."""
    makers = [("Ann", "creator"), ("Abe", "writer"), ("Ada", "producer"), ("Art", "editor")]
    aardvark = film(gala, "Aardvark", *makers, title_language="nl", logline="About Aardvark alone.")
    return shared(gala, line, aardvark, film(gala, "Badger", ("Bob", "creator")))


PAGES = (
    "/",
    "/winners/",
    "/winners/?view=table",
    "/contests/gala/",
    "/contests/gala/winners/",
    "/contests/gala/winners/?view=table",
    "/series/series/awards/picture/",
    "/embed/contests/gala/winners/",
    "/winners/feed.atom",
    "/winners/feed.json",
    "/contests/gala/feed.atom",
    "/contests/gala/fact-sheet.pdf",
    "/contests/gala/press-kit.zip",
)


@pytest.mark.parametrize("address", PAGES)
def test_a_shared_award_names_all_works_and_their_makers(client, joint, address):
    said = words(client, address)
    assert [name for name in ("Aardvark", "Badger", "Ann", "Bob") if name not in said] == []
    assert "About Aardvark alone" not in said or address.endswith(".zip")


def test_the_verification_page_names_all_works_and_their_makers(client, joint):
    said = words(client, f"/verify/{joint.code}/")
    assert "Aardvark and Badger" in said
    assert "Ann" in said
    assert "Bob" in said
    page = body(client, f"/verify/{joint.code}/")
    assert "Best Picture for “Aardvark and Badger”: this award is valid." in page
    assert '<a href="/works/aardvark/"><bdi lang="nl">Aardvark</bdi></a>' in page
    assert '<a href="/works/badger/"><bdi>Badger</bdi></a>' in page


def test_the_series_names_all_works_and_each_is_a_link(client, joint):
    page = body(client, "/series/series/")
    assert "Aardvark and Badger" in words(client, "/series/series/")
    assert 'href="/works/aardvark/"' in page
    assert 'href="/works/badger/"' in page


def test_the_text_of_a_laurel_names_all_works(client, joint):
    assert laurels.texts_of(_for_laurel(joint), "https://example.org/verify/x/").honouree == "Aardvark and Badger"
    assert "Aardvark and Badger" in body(client, f"/laurels/{joint.code}/on-light.svg")


def _for_laurel(recognition):
    return type(recognition).objects.for_laurel(Viewpoint.now()).get(pk=recognition.pk)


@pytest.mark.parametrize("address", ["/winners/", "/contests/gala/winners/", "/series/series/awards/picture/"])
def test_the_structured_data_has_all_that_share_an_award(client, joint, address):
    assert items_of(client, address) == ["/works/aardvark/", "/works/badger/"]


def test_the_structured_data_has_all_people_who_share_an_award(client, gala):
    people = [make.PersonFactory(name=name, slug=name.lower()) for name in ("Cleo", "Dan")]
    won = make.RecognitionFactory(award__contest=gala, of_person=True, person=people[0])
    make.PartyFactory(recognition=won, person=people[1])
    assert items_of(client, "/contests/gala/winners/") == ["/people/cleo/", "/people/dan/"]


def test_of_many_works_two_are_named_and_all_are_listed_below(client, gala, line):
    titles = ["Aspen", "Birch", "Cedar", "Dogwood", "Elm"]
    won = shared(gala, line, *(film(gala, title, (f"Maker of {title}", "creator")) for title in titles))
    assert won.named == "Aspen, Birch and 3 more"
    for address in ("/winners/", "/contests/gala/", "/series/series/awards/picture/", f"/verify/{won.code}/"):
        said = words(client, address)
        assert "Aspen , Birch and 3 more" in said, address
        assert all(title in said.partition("3 more")[2] for title in titles), address
    said = words(client, "/winners/?view=table")
    assert all(f"Maker of {title}" in said for title in titles)
    assert all(title in words(client, "/winners/feed.atom") for title in titles)


@pytest.fixture
def actress(gala):
    """Return an award of Act alone, for a film that others made."""
    makers = [("Dir", "director"), ("Wri", "writer"), ("Act", "cast")]
    entry = film(gala, "Lantern", *makers)
    award = make.AwardFactory(contest=gala, name="Best Actress", slug="actress", honours="people")
    won = make.RecognitionFactory(award=award, submission=entry)
    make.PartyFactory(recognition=won, person=Person.objects.get(name="Act"), part="Lead")
    return won


@pytest.fixture
def picture(gala, line, actress):
    """Return the Best Picture of the same film, which names its producer."""
    won = shared(gala, line, actress.submission)
    make.PartyFactory(recognition=won, person__name="Pro")
    return won


@pytest.mark.parametrize(
    "address", ["/contests/gala/fact-sheet.pdf", "/winners/feed.atom", "/contests/gala/feed.json", "/winners/"]
)
def test_an_award_that_names_its_recipients_names_nobody_else(client, picture, address):
    said = words(client, address)
    assert [name for name in ("Act", "Pro", "Lantern") if name not in said] == []
    assert "Dir" not in said.replace("Directed", "")
    assert "Wri" not in said


def test_the_verification_page_of_an_award_that_names_its_recipients_names_nobody_else(client, actress, picture):
    for won, recipient in ((actress, "Act"), (picture, "Pro")):
        said = words(client, f"/verify/{won.code}/")
        assert recipient in said
        assert "Lantern" in said
        assert "Dir" not in said


def test_the_fact_sheet_and_the_feed_say_for_which_work_a_person_was_honoured(client, actress):
    assert re.search(r"BEST ACTRESS Act\d? Lantern", words(client, "/contests/gala/fact-sheet.pdf"))
    assert "<cite>Lantern</cite>" in client.get("/winners/feed.json").json()["items"][0]["content_html"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/works/lantern/", "Best Actress Act Lantern Director"),
        ("/embed/contests/gala/submissions/lantern/", "Best Actress Act"),
        ("/contests/gala/submissions/", "Best Actress Act"),
        ("/contests/gala/submissions/?view=list", "Best Actress : Act"),
        ("/contests/gala/submissions/lantern/fact-sheet.pdf", "BEST ACTRESS: ACT"),
    ],
)
def test_an_award_beside_the_makers_of_a_work_says_whose_it_is(client, actress, address, said):
    assert said in words(client, address)


def test_the_share_card_of_a_work_says_whose_award_it_is(actress):
    rows = type(actress.submission).objects.for_gallery(Viewpoint.now())
    assert cards.of_work(rows.get(pk=actress.submission.pk)).mark == "Best Actress: Act"


@pytest.mark.parametrize("outcome", ["declined", "withdrawn", "unofficial"])
def test_an_award_that_was_not_given_has_no_laurel_anywhere(client, gala, outcome):
    entry = film(gala, "Lantern")
    won = make.RecognitionFactory(award__contest=gala, submission=entry, outcome=outcome)
    page = body(client, f"/verify/{won.code}/")
    assert "<h1>This laurel is not valid</h1>" in page
    assert page.count("this laurel is not valid.") >= 1
    assert "award is valid" not in page
    assert "/laurels/" not in page
    assert f"The record says: {won.get_outcome_display()}." in words(client, f"/verify/{won.code}/")
    assert client.get(f"/laurels/{won.code}/on-light.svg").status_code == 410
    assert "/laurels/" not in body(client, "/works/lantern/")
    for kit in ("/contests/gala/press-kit.zip", "/contests/gala/submissions/lantern/press-kit.zip"):
        names = [line for line in text_of(client.get(kit).getvalue()).split("\n") if line.endswith(".svg")]
        assert [name for name in names if name.startswith("laurels/")] == []


def test_a_search_says_that_an_award_was_not_given_and_shows_what_counts_first(client, gala):
    for number, outcome in enumerate(("withdrawn", "unofficial", "declined"), 1):
        award = make.AwardFactory(contest=gala, name=f"Prize {number}")
        make.RecognitionFactory(award=award, submission=film(gala, f"Kestrel{number}"), outcome=outcome)
    other = film(gala, "Merlin")
    for number, values in enumerate(({"outcome": "withdrawn"}, {"standing": "nominee"}), 1):
        award = make.AwardFactory(contest=gala, name=f"Award {number}")
        make.RecognitionFactory(award=award, submission=other, **values)
    index.refresh_quietly(None)
    labels = {
        "Kestrel1": "Prize 1, 1950, Withdrawn",
        "Kestrel2": "Prize 2, 1950, Not official",
        "Kestrel3": "Prize 3, 1950, Declined",
        "Merlin": "Award 2, 1950, Nominee",
    }
    for title, label in labels.items():
        assert label in words(client, f"/search/?q={title}"), title


def test_a_real_row_of_a_synthetic_contest_is_not_real(client, line):
    fake = make.ContestFactory(key="synthetic-x:fake", title="Fake", slug="fake", revealed=True, series=line.series)
    work, person = make.WorkFactory(title="Lantern", slug="lantern"), make.PersonFactory(name="Ann", slug="ann")
    won = make.RecognitionFactory(
        award=make.AwardFactory(contest=fake, line=line), submission=make.SubmissionFactory(contest=fake, work=work)
    )
    make.PartyFactory(recognition=won, person=person)
    for address in ("/people/ann/", "/winners/", "/series/series/", "/series/series/awards/picture/"):
        page = body(client, address)
        assert 'class="synthetic-mark"' in page, address
        script = re.search(r'ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
        assert ("Fake" in script, "lantern" in script) == (False, False), address
    assert "This contest is synthetic" in words(client, "/works/lantern/")
    # A laurel says so too.
    assert laurels.texts_of(_for_laurel(won), "https://example.org/verify/x/").mark == "synthetic"


def test_the_page_of_a_real_work_is_about_its_real_entry(client, gala):
    fake = make.ContestFactory(key="synthetic-x:fake", title="Fake", slug="fake", revealed=True, year_label="1930")
    work = make.WorkFactory(title="Lantern", slug="lantern")
    false = make.SubmissionFactory(contest=fake, work=work, key="synthetic-x:1", logline="Made up.", title="Lantern")
    make.RecognitionFactory(award__contest=fake, award__name="False Prize", submission=false)
    true = make.SubmissionFactory(contest=gala, work=work, title="Lantern", logline="True.")
    make.RecognitionFactory(award__contest=gala, award__name="True Prize", submission=true)
    page = client.get("/works/lantern/")
    assert page.context["submission"] == true
    assert [row.award.name for row in page.context["heading"]] == ["True Prize"]
    said = words(client, "/works/lantern/")
    assert "Nothing on this page is real" not in said
    assert "Fake 1930 synthetic" in said
