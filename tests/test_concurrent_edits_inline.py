"""Two editors change the inline rows of the same record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.admin_pages import filled, page, saved, statements
from tests.test_concurrent_edits import ada, desk, grace, other, told, tried

pytestmark = pytest.mark.django_db


__all__ = ["ada", "desk", "grace", "other"]


@pytest.fixture
def film():
    submission = make.SubmissionFactory()
    for order, name in enumerate(["Ann", "Bo", "Cem"], 1):
        make.CreditFactory(submission=submission, order=order, person__name=name)
    return submission


def credited(submission) -> list[tuple[int, str, str]]:
    return list(submission.credits.order_by("order").values_list("order", "person__name", "role__slug"))


BELOW = [
    (make.SubmissionFactory, "submission", make.CreditFactory, "credits", "role", ("writer", "editor")),
    (make.PersonFactory, "person", make.AffiliationFactory, "affiliations", "role", ("1", "2")),
    (make.PersonFactory, "person", make.PastWorkFactory, "past_works", "title", ("1", "2")),
    (make.PersonFactory, "person", make.NextProjectFactory, "next_projects", "description", ("1", "2")),
    (make.ContestFactory, "contest", make.AwardFactory, "awards", "name", ("1", "2")),
    (make.ContestFactory, "contest", make.FigureFactory, "figures", "label", ("1", "2")),
    (make.ContestFactory, "contest", make.LeadingRegionFactory, "leading_regions", "country", ("SE", "NO")),
    (make.EventFactory, "event", make.AppearanceFactory, "appearances", "role", ("presenter", "winner")),
    (make.EventFactory, "event", make.QuoteFactory, "quotes", "text", ("1", "2")),
]


@pytest.mark.parametrize("case", BELOW, ids=lambda case: case[3])
def test_row_below_that_both_changed_is_asked_and_one_added_meanwhile_stays(desk, other, case):
    parents, parent, rows, prefix, field, (first, second) = case
    above = parents()
    where = {parent: above}
    below = rows(**where)
    if rows is make.CreditFactory:
        first, second = (str(make.role(role).pk) for role in (first, second))
    opened = desk.get(page(above))
    saved(other.post(page(below), filled(other.get(page(below)), **{field: first})))
    added = rows(**where)
    now = {"work": above.work} if rows is make.CreditFactory else where
    shown = desk.post(page(above), filled(opened, **{f"{prefix}__0__{field}": second}))
    question = f"choose:{prefix}-{below.pk}-{field}"
    assert [(met.what, [one.question for one in met.differences]) for met in shown.context["merged_edits"].rows] == [
        ("changed", [question]),
        ("added", []),
    ]
    for choice, stands in (("mine", second), ("theirs", first)):
        with tried():
            saved(desk.post(page(above), filled(shown, **{question: choice})))
            assert told(below, field) == stands
            assert type(added).objects.filter(pk=added.pk, **now).exists()


@pytest.mark.parametrize(("choice", "left"), [("mine", [1, 2, 3]), ("theirs", [1, 3])])
def test_row_that_somebody_deleted_while_it_was_changed_is_kept_until_it_is_decided(desk, other, film, choice, left):
    opened = desk.get(page(film))
    saved(other.post(page(film), filled(other.get(page(film)), credits__1__DELETE="on")))
    shown = desk.post(page(film), filled(opened, credits__1__role=make.role("editor").pk))
    (met,) = shown.context["merged_edits"].rows
    assert (met.what, met.name) == ("removed, changed here", "Bo, Creator")
    waiting = filled(shown, **dict(met.kept))
    waiting |= {name.replace("__", "-"): value for name, value in met.kept}
    unanswered = desk.post(page(film), waiting)
    (met,) = unanswered.context["merged_edits"].rows
    waiting = filled(unanswered) | dict(met.kept) | {met.question: choice}
    saved(desk.post(page(film), waiting))
    assert [order for order, _name, _role in credited(film)] == left
    assert ((2, "Bo", "editor") in credited(film)) is (choice == "mine")


def test_row_that_somebody_deleted_is_gone_where_nothing_was_typed_into_it(desk, other, film):
    opened = desk.get(page(film))
    saved(other.post(page(film), filled(other.get(page(film)), credits__0__DELETE="on")))
    shown = desk.post(page(film), filled(opened, credits__2__role=make.role("editor").pk))
    assert [(met.what, met.name) for met in shown.context["merged_edits"].rows] == [("removed", "Ann, Creator")]
    saved(desk.post(page(film), filled(shown)))
    assert credited(film) == [(2, "Bo", "creator"), (3, "Cem", "editor")]


@pytest.mark.parametrize(("choice", "left"), [("mine", 2), ("theirs", 3)])
def test_row_to_be_deleted_that_somebody_changed_is_asked_about(desk, other, film, choice, left):
    opened = desk.get(page(film))
    saved(other.post(page(film), filled(other.get(page(film)), credits__0__role=make.role("writer").pk)))
    shown = desk.post(page(film), filled(opened, credits__0__DELETE="on"))
    (met,) = shown.context["merged_edits"].rows
    assert [(one.was, one.theirs) for one in met.differences] == [("Creator", "Writer")]
    assert desk.post(page(film), filled(shown)).status_code == 200
    saved(desk.post(page(film), filled(shown, **{met.question: choice})))
    assert len(credited(film)) == left
    assert ((1, "Ann", "writer") in credited(film)) is (choice == "theirs")


def test_row_moved_to_another_page_is_not_taken_back(desk, other, film):
    elsewhere = make.SubmissionFactory(contest=film.contest)
    moved = film.credits.get(order=3)
    opened = desk.get(page(film))
    saved(other.post(page(moved), filled(other.get(page(moved)), work=elsewhere.work_id)))
    shown = desk.post(page(film), filled(opened, credits__0__role=make.role("writer").pk))
    assert [met.what for met in shown.context["merged_edits"].rows] == ["moved"]
    saved(desk.post(page(film), filled(shown)))
    assert list(elsewhere.credits.all()) == [moved]
    assert credited(film) == [(1, "Ann", "writer"), (2, "Bo", "creator")]


def test_rows_that_changed_places_meanwhile_keep_them(desk, other, film):
    opened = desk.get(page(film))
    turned = {"credits__0__order": 3, "credits__2__order": 1}
    saved(other.post(page(film), filled(other.get(page(film)), **turned)))
    shown = desk.post(page(film), filled(opened, title="New title"))
    saved(desk.post(page(film), filled(shown)))
    assert [(order, name) for order, name, _role in credited(film)] == [(1, "Cem"), (2, "Bo"), (3, "Ann")]


def test_rows_that_both_added_are_both_there(desk, other, film):
    def new(name):
        return {"credits-3-person": make.PersonFactory(name=name).pk, "credits-3-role": "creator"}

    opened = desk.get(page(film))
    more = {"credits-TOTAL_FORMS": 4}
    saved(other.post(page(film), filled(other.get(page(film))) | more | new("Dee")))
    shown = desk.post(page(film), filled(opened) | more | new("Eli"))
    assert [met.what for met in shown.context["merged_edits"].rows] == ["added"]
    saved(desk.post(page(film), filled(shown)))
    assert [name for _order, name, _role in credited(film)] == ["Ann", "Bo", "Cem", "Dee", "Eli"]


def test_rows_below_are_locked_before_they_are_read(desk, film):
    values = filled(desk.get(page(film)), title="")
    with CaptureQueriesContext(connection) as captured:
        desk.post(page(film), values)
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    reads = [query["sql"] for query in captured if 'FROM "contests_credit"' in query["sql"]]
    assert reads[0].endswith(f"ORDER BY 1 ASC{lock}")


def test_what_was_changed_meanwhile_is_found_in_the_same_statements_however_much_it_is(desk, film):
    def more_than_without(number):
        make.CreditFactory.create_batch(number, submission=film)
        opened = desk.get(page(film))
        values = filled(opened, title="")
        quiet = statements_of_post(desk, film, values)
        for credit in film.credits.all():
            credit.character = "Changed"
            credit.save()
        return statements_of_post(desk, film, values) - quiet

    assert statements(desk, page(film)) == 14
    assert (more_than_without(2), more_than_without(10)) == (1, 1)


def statements_of_post(client, row, values) -> int:
    client.post(page(row), values)  # The admin also updates the search index.
    with CaptureQueriesContext(connection) as captured:
        assert client.post(page(row), values).status_code == 200
    return len(captured)
