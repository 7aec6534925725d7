"""A result whose work would not be public can't be approved. If a result is skipped, the pages say so."""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError

from contests import results
from contests.models import Recognition
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db

WHY = {
    "draft": "“Alpha” is still a draft: make it eligible first.",
    "submitted": "“Alpha” is submitted, but not eligible yet: make it eligible first.",
    "ineligible": "“Alpha” is ineligible: make it eligible, or delete its award.",
    "withdrawn": "“Alpha” is withdrawn: make it eligible, or delete its award.",
}


@pytest.fixture
def contest():
    return make.ContestFactory(title="NextGen", sealed=True)


def won(contest, title, status="eligible", **more):
    values = {"award__contest": contest, "submission__title": title, "submission__status": status, "approved_at": None}
    return make.RecognitionFactory(**values | more)


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("status", WHY)
def test_results_with_a_work_that_is_not_eligible_are_not_approved(status, contest):
    bad, good = won(contest, "Alpha", status), won(contest, "Beta")
    for act, row in ((results.approve, contest), (results.approve_recognition, bad)):
        with pytest.raises(ValidationError) as refused:
            act(row, actor=None)
        assert refused.value.messages == [WHY[status]]
    assert not Recognition.objects.filter(approved_at__isnull=False).exists()
    results.approve_recognition(good, actor=None)
    work = bad.submission
    work.status = "eligible"
    work.save()
    results.approve(contest, actor=None)
    assert Recognition.objects.filter(approved_at__isnull=False).count() == 2


def test_the_page_of_an_approval_names_each_such_work_and_says_what_to_do(desk, contest):
    won(contest, "Alpha", "draft")
    won(contest, "Gamma", "withdrawn", standing="nominee")
    won(contest, "Beta")
    address = f"/admin/contests/contest/steps/approve/?row={contest.pk}"
    words = [WHY["draft"], WHY["withdrawn"].replace("Alpha", "Gamma")]
    shown = desk.get(address)
    assert shown.context["outlook"].refusals == words
    assert all(text in shown.content.decode() for text in words)
    assert '<form method="post" novalidate>' not in shown.content.decode()
    assert all(text in desk.post(address).content.decode() for text in words)
    assert not Recognition.objects.filter(approved_at__isnull=False).exists()


def test_a_bulk_approval_names_every_one_that_it_refuses(desk, contest):
    rows = [won(contest, "Alpha", "draft"), won(contest, "Beta"), won(contest, "Gamma", "submitted")]
    address = "/admin/contests/recognition/steps/approve/?" + "&".join(f"row={row.pk}" for row in rows)
    words = [WHY["draft"], WHY["submitted"].replace("Alpha", "Gamma")]
    assert desk.get(address).context["outlook"].refusals == words
    refused = desk.post(address)
    assert refused.context["form"].non_field_errors() == words
    assert not Recognition.objects.filter(approved_at__isnull=False).exists()


@pytest.fixture
def left_out():
    """Create approved results, one of them of a draft work from a fixture, and one result that is not approved."""
    contest = make.ContestFactory(title="NextGen", approved_future=True)
    won(contest, "Alpha", "draft", approved_at=contest.approved_at)
    won(contest, "Beta", approved_at=contest.approved_at)
    won(contest, "Gamma")
    return contest


@pytest.mark.parametrize("name", ["reveal", "schedule"])
def test_the_page_of_a_reveal_names_what_the_public_will_not_see(desk, left_out, name):
    said = desk.get(f"/admin/contests/contest/steps/{name}/?row={left_out.pk}").content.decode()
    assert WHY["draft"] in said
    assert "1 result is not approved: the public will not see it." in said


def test_the_stage_says_how_many_it_leaves_out_and_names_none(desk, left_out):
    start = desk.get(f"/admin/contests/contest/{left_out.pk}/ceremony/").content.decode()
    assert "1 result, from the last award to the highest." in start
    assert "2 results are not shown: they are not approved, or their works are not eligible." in start
    assert ("Alpha" in start, "Gamma" in start) == (False, False)
    Recognition.objects.filter(submissions__title="Beta").delete()
    bare = desk.get(f"/admin/contests/contest/{left_out.pk}/ceremony/").content.decode()
    assert "There is nothing to show." in bare
    assert "approve the results first" not in bare


def test_the_head_of_a_result_promises_nothing_that_will_not_show(desk, left_out):
    row = Recognition.objects.get(submissions__title="Alpha")
    shown = desk.get(page(row))
    assert shown.context["standing"] == f"Result: approved, but only editors see it. {WHY['draft']}"
    assert "This result becomes public with the other results of its contest." not in shown.content.decode()


def test_whoever_changes_what_an_approval_covers_is_told_that_it_is_withdrawn(desk, contest):
    row = won(contest, "Alpha")
    results.approve(contest, actor=None)
    for target, values, what in (
        (row.submission, {"title": "Omega"}, "work: “Alpha” → “Omega”"),
        (row.award, {"name": "Other"}, f"award: “{row.award.name}” → “Other”"),
    ):
        if Recognition.objects.get().approved_at is None:
            results.approve(contest, actor=None)
        answer = saved(desk.post(page(target), filled(desk.get(page(target)), **values)))
        row = Recognition.objects.get()
        assert row.approved_at is None
        text = f"Changed since approval: {row} ({what}). The public can’t see it until it is approved again."
        assert text in told(answer)
    untouched = saved(desk.post(page(contest), filled(desk.get(page(contest)), tagline="Other words")))
    assert not [text for text in told(untouched) if "Changed since approval" in text]
