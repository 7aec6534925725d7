"""The verification page, where anyone can check whether an award is still valid."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote as percent

import pytest
import time_machine
from django.utils import timezone

from contests import results
from contests.models import Recognition
from contests.verification_codes import code_of
from tests import factories as make
from tests.public_pages import body

pytestmark = pytest.mark.django_db
NEXTGEN = "YKQ8N-CFK23"
UNKNOWN = code_of("nobody has this key")


def words(client, address, status=200):
    """Return the text of a page on one line, without source marks."""
    main = body(client, address, status).partition("<main")[2].partition(">")[2].partition("</main>")[0]
    main = re.sub(r"<sup.*?</sup>", "", main, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def of(recognition):
    return f"/verify/{recognition.code}/"


def test_a_code_leads_to_work_creator_award_contest_standing_and_source(client, nextgen):
    said = words(client, f"/verify/{NEXTGEN}/")
    for part in (
        "Laurel YKQ8N-CFK23 Alzheimer C·one China This award is valid",
        "Award Grand Prize",
        "Standing Winner",
        "Contest KlingAI NextGen Creative Contest",
        "According to News report on the KlingAI NextGen Creative Contest",
    ):
        assert part in said
    page = body(client, f"/verify/{NEXTGEN}/")
    for link in ("/works/alzheimer/", "/contests/nextgen/", "/sources/nextgen-ceremony-report/"):
        assert f'href="{link}"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_the_page_of_a_person_s_award_names_the_person(client):
    won = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True), of_person=True)
    assert f"Laurel {won.code} {won.person.name} This award is valid" in words(client, of(won))


def test_a_finalist_is_no_winner(client):
    contest = make.ContestFactory(revealed=True)
    won = make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", standing="finalist")
    assert "Award Grand Prize Standing Finalist" in words(client, of(won))


def test_a_revoked_award_is_told_with_date_and_reason_and_shows_no_laurel(client):
    won = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    assert "This award is valid" in words(client, of(won))
    results.revoke(won, actor=None, reason="Two frames were <not> theirs.", on=date(2026, 3, 5))
    said = words(client, of(won))
    assert "This award was revoked" in said
    assert "The award was revoked on 5 March 2026. Its laurel may no longer be used." in said
    assert "Two frames were &lt;not&gt; theirs." in said
    assert "stands" not in said
    assert "/laurels/" not in body(client, of(won))
    results.restore(Recognition.objects.get(), actor=None, reason="It was right.")
    assert "This award is valid" in words(client, of(won))


def test_the_standing_of_a_revoked_award_says_so(client, nextgen):
    results.revoke(Recognition.objects.get(code=NEXTGEN), actor=None, reason="Not theirs.")
    assert "Standing Winner, revoked" in words(client, f"/verify/{NEXTGEN}/")


@pytest.mark.parametrize("state", ["sealed", "approved_future", "draft", "ineligible"])
def test_the_code_of_what_is_hidden_answers_as_one_that_nobody_has(client, state):
    contest = make.ContestFactory(**({state: True} if state in ("sealed", "approved_future") else {}))
    if state == "ineligible":
        contest = make.ContestFactory(revealed=True)
    won = make.RecognitionFactory(award__contest=contest)
    if state == "ineligible":
        type(won.submission).objects.update(status="ineligible")
    for template in ("/verify/{}/", "/laurels/{}/on-light.svg", "/laurels/{}/on-dark-transparent.png"):
        answers = []
        for code in (won.code, UNKNOWN):
            response = client.get(template.format(code))
            told = response.headers.items()
            # The identifier of a request is another one each time.
            headers = {name: value for name, value in told if name not in ("Content-Length", "X-Request-ID")}
            answers.append((response.status_code, headers, response.content.decode().replace(code, "")))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert "No award has this code" in words(client, of(won), 404)


def test_a_sealed_award_can_be_verified_from_the_reveal_on(client):
    contest = make.ContestFactory(approved_future=True)
    won = make.RecognitionFactory(award__contest=contest)
    with time_machine.travel(contest.reveal_at - timedelta(seconds=1), tick=False):
        assert client.get(of(won)).status_code == 404
    with time_machine.travel(contest.reveal_at, tick=False):
        assert "This award is valid" in words(client, of(won))


@pytest.mark.parametrize("typed", ["ykq8n-cfk23", "YKQ8NCFK23", "ykq8n cfk23"])
def test_another_way_to_write_a_code_leads_to_the_one_way(client, nextgen, typed):
    response = client.get(f"/verify/{typed}/")
    assert (response.status_code, response.headers["Location"]) == (301, f"/verify/{NEXTGEN}/")


@pytest.mark.parametrize(
    "typed", [NEXTGEN, "ykq8n cfk23", f"http://laurel.example/verify/{NEXTGEN}/", f"laurel.example/verify/{NEXTGEN}"]
)
def test_the_form_leads_to_the_page_of_a_code(client, typed):
    response = client.get("/verify/", {"code": typed})
    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{NEXTGEN}/")


def test_the_form_alone_asks_for_a_code_and_complains_of_nothing(client):
    for address in ("/verify/", "/verify/?code=", "/verify/?code=%20"):
        said = words(client, address)
        assert "Verify a laurel" in said
        assert "mistyped" not in said


@pytest.mark.parametrize("typed", ["YKQ8N-CFK24", "KYQ8N-CFK23", "x", "\x00", "<b>", "9" * 10_000, "受賞者"])
def test_a_mistyped_code_is_told_kindly(client, nextgen, typed):
    for answer, status in (
        (client.get("/verify/", {"code": typed}), 200),
        (client.get(f"/verify/{percent(typed)}/"), 404),
    ):
        said = answer.content.decode()
        assert (answer.status_code, "This code is mistyped" in said, "<b>" in said) == (status, True, False)


def test_a_synthetic_award_is_said_to_be_synthetic(client):
    contest = make.ContestFactory(revealed=True, key="synthetic-contest")
    won = make.RecognitionFactory(award__contest=contest, key="synthetic-won")
    said = words(client, of(won))
    assert said.startswith("This contest is synthetic: made by the portal for testing. None of it is real.")
    assert body(client, of(won)).count('<meta name="robots"') == 1


@pytest.mark.parametrize("address", ["/verify/", f"/verify/{NEXTGEN}/", f"/laurels/{NEXTGEN}/on-light.svg"])
def test_nothing_can_be_sent(client, nextgen, address):
    assert client.post(address).status_code == 405


def test_it_holds_today_and_no_cache_may_say_so_tomorrow(client, nextgen):
    response = client.get(f"/verify/{NEXTGEN}/")
    assert response.headers["Cache-Control"] == "no-cache"
    with time_machine.travel(datetime(2027, 4, 1, 12, tzinfo=UTC), tick=False):
        assert timezone.now().year == 2027
        assert "The award is valid today, 1 April 2027." in words(client, f"/verify/{NEXTGEN}/")
