"""Recognitions of several works, people and organisations: what the pages claim of each, and what they keep hidden."""

import pytest

from contests import results
from contests.models import Party, Recognition
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    return make.ContestFactory(title="Nacht der Rollen", slug="rollen", revealed=True)


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def given(contest, *works, standing="winner", **values):
    return make.RecognitionFactory(
        award__contest=contest, submission=None, submissions=works, standing=standing, **values
    )


def test_several_works_share_one_recognition_and_each_shows_it(client, contest):
    first, second = (make.SubmissionFactory(contest=contest, title=title) for title in ("Street Angel", "Sunrise"))
    won = given(contest, first, second, award__name="Best Actress", award__honours="people")
    make.PartyFactory(recognition=won, person__name="Janet Gaynor", part="Lead")
    for work, other in ((first, second), (second, first)):
        text = body(client, work.get_absolute_url())
        assert "Best Actress" in text
        assert "Janet Gaynor" in text
        assert other.title in text
    assert "Janet Gaynor" in body(client, "/contests/rollen/winners/")
    assert won.honouree.name == "Janet Gaynor"


def test_a_recognition_needs_neither_a_work_nor_a_recipient(client, contest):
    won = given(contest, award__name="Prize for Technique", detail="The silent camera crane")
    assert won.named == "The silent camera crane"
    assert won.get_absolute_url() == "/contests/rollen/winners/"
    for address in ("/contests/rollen/winners/", "/winners/", "/winners/feed.atom", "/", f"/verify/{won.code}/"):
        assert "The silent camera crane" in body(client, address), address


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_one_hidden_work_hides_the_whole_recognition(client, contest, status):
    shown = make.SubmissionFactory(contest=contest, title="Seen")
    hidden = make.SubmissionFactory(contest=contest, title="Unseen", status=status)
    won = given(contest, shown, hidden, award__name="Shared Prize")
    make.PartyFactory(recognition=won, person__name="Nobody Yet", person__slug="nobody-yet")
    assert not Recognition.objects.public(Viewpoint.now()).exists()
    assert not Party.objects.public(Viewpoint.now()).exists()
    assert client.get("/people/nobody-yet/").status_code == 404
    assert "Shared Prize" not in body(client, "/winners/")


def test_the_same_person_and_work_may_appear_twice_for_one_award(contest):
    work, composer = make.SubmissionFactory(contest=contest), make.PersonFactory()
    award = make.AwardFactory(contest=contest, name="Best Song")
    for order, song in enumerate(("One Song", "Another Song"), 1):
        row = make.RecognitionFactory(award=award, submission=work, detail=song, order=order, standing="nominee")
        make.PartyFactory(recognition=row, person=composer)
    assert Recognition.objects.filter(award=award, submissions=work).count() == 2


def test_a_page_shows_exactly_the_recognitions_of_a_person(client):
    """A composer with many works is shown their own nominations, not those of other people for the same works."""
    composer = make.PersonFactory(name="Ada Ton", slug="ada-ton")
    for year in range(3):
        contest = make.ContestFactory(title=f"Gala {year}", revealed=True)
        music = make.AwardFactory(contest=contest, name=f"Best Music {year}", precedence=2)
        picture = make.AwardFactory(contest=contest, name=f"Best Picture {year}", precedence=1)
        for number in range(2):
            work = make.SubmissionFactory(contest=contest, title=f"Work {year}.{number}")
            make.CreditFactory(submission=work, person=composer, role=make.role("composer"))
            make.PartyFactory(recognition=make.RecognitionFactory(award=picture, submission=work), part="Producer")
            make.RecognitionFactory(award=picture, submission=work)
            standing = "winner" if (year, number) == (0, 0) else "nominee"
            own = make.RecognitionFactory(
                award=music, submission=work, standing=standing, detail=f"Song {year}.{number}"
            )
            make.PartyFactory(recognition=own, person=composer, part="Music")
    response = client.get("/people/ada-ton/")
    text = response.content.decode()
    assert {row.award.name for row in response.context["recognitions"]} == {f"Best Music {year}" for year in range(3)}
    assert len(response.context["recognitions"]) == 6
    assert response.context["of_works"] == []
    assert response.context["summary"] == "1 award and 5 nominations"
    assert "Best Picture" not in text
    assert all(f"Song {year}.{number}" in text for year in range(3) for number in range(2))


def test_an_award_that_names_nobody_belongs_to_the_creators_of_the_work(client, contest):
    work = make.SubmissionFactory(contest=contest)
    creator, helper = make.PersonFactory(slug="creator"), make.PersonFactory(slug="helper")
    make.CreditFactory(submission=work, person=creator, role=make.role("creator"))
    make.CreditFactory(submission=work, person=helper, role=make.role("editor"))
    make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", submission=work)
    assert "Grand Prize" in body(client, "/people/creator/")
    assert "Grand Prize" not in body(client, "/people/helper/")


def test_an_organisation_has_the_recognitions_that_name_it_and_its_credits(client, contest):
    house = make.OrganisationFactory(name="Haus der Töne", slug="haus")
    work = make.SubmissionFactory(contest=contest, title="Echo")
    make.CreditFactory(submission=work, person=None, organisation=house)
    won = make.RecognitionFactory(award__contest=contest, award__name="Prize for Sound", submission=work)
    make.PartyFactory(recognition=won, person=None, organisation=house, part="Sound studio", credited_as="H. d. T.")
    text = body(client, "/organisations/haus/")
    assert all(words in text for words in ("Prize for Sound", "Sound studio", "H. d. T.", "Echo", "1 award"))


@pytest.mark.parametrize(
    ("values", "words", "counts"),
    [
        ({"outcome": "declined"}, "Declined", True),
        ({"outcome": "withdrawn"}, "Withdrawn", False),
        ({"outcome": "unofficial"}, "Not official", False),
        ({"standing": "nominee"}, "Nominee", False),
    ],
)
def test_only_wins_that_count_are_among_the_winners(client, contest, values, words, counts):
    work = make.SubmissionFactory(contest=contest, title="Doubtful")
    won = make.RecognitionFactory(award__contest=contest, submission=work, **values)
    assert won.standing_words == words
    assert won.is_won is counts
    assert words in body(client, work.get_absolute_url())
    assert ("Doubtful" in body(client, "/winners/")) is counts
    assert ("Doubtful" in body(client, "/winners/feed.atom")) is counts


def test_a_tie_a_place_and_a_note_are_shown(client, contest):
    work = make.SubmissionFactory(contest=contest)
    values = {"rank": 2, "is_tied": True, "is_shared": True, "note": "The jury counted twice."}
    make.RecognitionFactory(award__contest=contest, submission=work, **values)
    text = body(client, work.get_absolute_url())
    assert all(words in text for words in ("Place 2", "Tied", "Shared prize", "The jury counted twice."))


def test_the_api_has_all_works_and_parties(client, contest):
    first, second = (make.SubmissionFactory(contest=contest, title=title) for title in ("One", "Two"))
    won = given(contest, first, second, detail="A song", outcome="declined")
    make.PartyFactory(recognition=won, person__name="Ada", part="Music", credited_as="A.")
    make.PartyFactory(recognition=won, person=None, organisation=make.OrganisationFactory(name="Haus"))
    row = client.get("/api/v1/recognitions").json()["items"][0]
    assert [work["label"] for work in row["submissions"]] == ["One", "Two"]
    assert [(party["person"] or party["organisation"])["label"] for party in row["parties"]] == ["Ada", "Haus"]
    assert (row["parties"][0]["part"], row["parties"][0]["credited_as"]) == ("Music", "A.")
    assert (row["detail"], row["outcome"]) == ("A song", "declined")


def test_an_editor_enters_a_recognition_with_works_and_recipients(desk):
    contest = make.ContestFactory(sealed=True)
    award, work = make.AwardFactory(contest=contest), make.SubmissionFactory(contest=contest)
    person = make.PersonFactory()
    values = {"award": award.pk, "submissions": [work.pk], "standing": "winner", "outcome": "given", "order": 1}
    values |= {"parties-TOTAL_FORMS": 1, "parties-0-person": person.pk, "parties-0-part": "Lead", "parties-0-order": 1}
    saved(desk.post(page(Recognition, "add"), filled(desk.get(page(Recognition, "add"))) | values))
    row = Recognition.objects.get()
    assert (row.works, row.recipients) == ([work], [person])


def test_a_work_of_another_contest_is_refused_at_the_field(desk):
    award, stranger = make.AwardFactory(), make.SubmissionFactory(title="Fremd")
    values = {"award": award.pk, "submissions": [stranger.pk], "standing": "winner", "outcome": "given", "order": 1}
    response = desk.post(page(Recognition, "add"), filled(desk.get(page(Recognition, "add"))) | values)
    assert "A work and the award belong to different contests." in response.content.decode()
    assert not Recognition.objects.exists()


@pytest.mark.parametrize("change", ["party", "party part", "party gone", "work", "work gone", "name"])
def test_a_change_of_who_shares_it_withdraws_the_approval(change):
    contest = make.ContestFactory(sealed=True)
    won = make.RecognitionFactory(award__contest=contest, approved_at=None)
    party = make.PartyFactory(recognition=won)
    results.approve(contest, actor=None)
    if change == "party":
        make.PartyFactory(recognition=won)
    elif change == "party part":
        Party.objects.update(part="Lead")
    elif change == "party gone":
        party.delete()
    elif change == "work":
        won.submissions.add(make.SubmissionFactory(contest=contest))
    elif change == "work gone":
        won.submissions.clear()
    else:
        type(party.person).objects.filter(pk=party.person_id).update(name="Another")
    won = Recognition.objects.get(pk=won.pk)
    assert won.approved_at is None
    assert won.approval_is_withdrawn
