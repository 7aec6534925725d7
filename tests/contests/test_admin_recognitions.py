"""Single results in the admin: they are revoked, restored, approved, and revealed before the others."""

from datetime import date

import pytest
from django.contrib.admin.sites import site
from django.utils import timezone

from contests.models import Recognition
from tests import factories as make
from tests.admin_pages import inline_in, page, saved

from .test_admin_results import changes, choose, step

pytestmark = pytest.mark.django_db


RECOGNITIONS = "/admin/contests/recognition/"


@pytest.fixture
def recognition():
    return make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))


def test_recognition_is_revoked_with_a_public_reason_and_restored(desk, editor, recognition):
    assert [label for label, _ in desk.get(page(recognition)).context["steps"]] == ["Revoke"]
    asked = desk.get(step(recognition, "revoke"))
    assert changes(asked) == {"recognitions": (1, 0)}
    assert asked.context["outlook"].changing == [
        (str(recognition.submission), recognition.submission.get_absolute_url())
    ]
    values = {"reason": "The work was not theirs.", "on": "2026-11-20"}
    assert desk.post(step(recognition, "revoke"), values)["Location"] == page(recognition)
    recognition.refresh_from_db()
    assert (recognition.revoked_on, recognition.revocation_reason) == (date(2026, 11, 20), "The work was not theirs.")
    assert recognition.history.first().history_user == editor

    response = desk.get(page(recognition))
    assert [label for label, _ in response.context["steps"]] == ["Restore"]
    assert "The work was not theirs." in desk.get(step(recognition, "restore")).content.decode()
    assert desk.post(step(recognition, "restore"), {"reason": " "}).context["form"].errors["reason"]
    saved(desk.post(step(recognition, "restore"), {"reason": "It was theirs."}))
    recognition.refresh_from_db()
    assert (recognition.is_revoked, recognition.revocation_reason) == (False, "")


def test_revocation_without_a_date_is_as_of_today(desk, recognition):
    saved(desk.post(step(recognition, "revoke"), {"reason": "Not theirs.", "on": ""}))
    assert Recognition.objects.get().revoked_on == timezone.localdate()


@pytest.mark.parametrize("reason", ["", "   "])
def test_revocation_without_a_reason_is_refused_at_its_field(desk, recognition, reason):
    response = desk.post(step(recognition, "revoke"), {"reason": reason})
    assert list(response.context["form"].errors) == ["reason"]
    assert not Recognition.objects.get().is_revoked


def test_recognition_that_is_not_public_yet_is_not_revoked(desk):
    hidden = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True))
    assert [label for label, _ in desk.get(page(hidden)).context["steps"]] == ["Take back the approval"]
    response = desk.post(step(hidden, "revoke"), {"reason": "Not theirs."})
    assert "is not public yet" in response.content.decode()
    assert not Recognition.objects.get().is_revoked


def test_recognitions_are_revoked_from_the_list(desk, recognition):
    other = make.RecognitionFactory(award=recognition.award)
    asked = choose(desk, RECOGNITIONS, "revoke", [recognition, other])
    saved(desk.post(asked["Location"], {"reason": "Not theirs."}))
    assert Recognition.objects.in_force().count() == 0


@pytest.mark.parametrize(
    ("contest", "recognition", "labels"),
    [
        ({"sealed": True}, {"approved_at": None}, ["Approve"]),
        (
            {"approved_future": True},
            {},
            ["Reveal only this result now", "Schedule only this result", "Take back the approval"],
        ),
        ({"revealed": True}, {"approved_at": None}, ["Approve"]),
    ],
)
def test_page_of_a_recognition_offers_the_steps_that_are_possible(desk, contest, recognition, labels):
    row = make.RecognitionFactory(award__contest=make.ContestFactory(**contest), **recognition)
    steps = desk.get(page(row)).context["steps"]
    assert [label for label, _address in steps] == labels
    for _label, address in steps:
        asked = desk.get(address)
        assert (asked.status_code, inline_in(asked)) == (200, [])


def test_one_result_is_approved_revealed_ahead_of_the_rest_and_seen_within_the_second(desk, client):
    contest = make.ContestFactory(approved_future=True)
    row = make.RecognitionFactory(award__contest=contest, approved_at=None)
    other = make.RecognitionFactory(award__contest=contest)
    film = row.submission.get_absolute_url()
    saved(desk.post(step(row, "approve")))
    assert client.get(film).status_code == 404
    assert changes(desk.get(step(row, "reveal")))["recognitions"] == (0, 1)
    saved(desk.post(step(row, "reveal")))
    assert client.get(film).status_code == 200
    winners = client.get(f"/contests/{contest.slug}/winners/").content.decode()
    assert (str(row.submission) in winners, str(other.submission) in winners) == (True, False)
    saved(desk.post(step(row, "revoke"), {"reason": "Not theirs."}))
    assert "Not theirs." in client.get(film).content.decode()


def test_list_shows_the_works_and_tells_recognitions_with_one_award_apart(desk):
    contest = make.ContestFactory()
    person, other = make.PersonFactory(name="Zelda"), make.PersonFactory(name="Wim")
    award = make.AwardFactory(contest=contest, name="Music", honours="people")
    for order, detail in enumerate(["A Song", "Another Song"], start=1):
        work = make.SubmissionFactory(contest=contest, title=f"Film {order}")
        row = make.RecognitionFactory(award=award, submission=work, order=order, detail=detail)
        for place, recipient in enumerate((person, other), start=1):
            make.PartyFactory(recognition=row, person=recipient, order=place)
    text = desk.get(RECOGNITIONS).content.decode()
    for order, detail in enumerate(["A Song", "Another Song"], start=1):
        assert f">Music: Zelda · Wim · {detail}</a>" in text
        assert f'<td class="field-works">Film {order}</td>' in text


def test_label_names_what_is_not_in_the_name_and_no_more_than_a_few(desk):
    contest = make.ContestFactory()
    admin_page = site.get_model_admin(Recognition)
    picture = make.AwardFactory(contest=contest, name="Picture")
    plain = make.RecognitionFactory(award=picture, submission__title="Film", submission__contest=contest)
    assert admin_page.choice_label(plain) == "Picture: Film"
    technical = make.RecognitionFactory(award=picture, submission=None, detail="Dolly", order=2)
    assert admin_page.choice_label(technical) == "Picture: Dolly"
    for number in range(1, 7):
        make.PartyFactory(recognition=plain, person__name=f"P{number}", order=number)
    assert admin_page.choice_label(Recognition.objects.get(pk=plain.pk)) == "Picture: Film · P1 · P2 · P3 · P4 · …"
