"""Works in the admin: made with their first entry, chosen for the next one, and merged if one was entered twice."""

import pytest
from django.urls import reverse

from contests.models import Credit, Submission, Work, WorkIdentifier
from contests.works import WITH_ENTRY, WITH_WORK, keep_in_step
from record.merging import merge, undo
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db
NO_ROWS = {
    f"{rows}-{name}": 0
    for rows in ("credits", "recognitions", "identifiers")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def contest():
    return make.ContestFactory(slug="c")


def entered(desk, contest, **values):
    """Enter a work in the form of entries, and return the entry."""
    known = {"contest": contest.pk, "status": "draft", "work_url_audience": "jury", **NO_ROWS, **values}
    saved(desk.post(page(Submission, "add"), known))
    return Submission.objects.latest("pk")


def test_an_entry_without_a_work_makes_its_work(desk, contest):
    source, person = make.SourceFactory(), make.PersonFactory(name="Ann")
    entry = entered(
        desk,
        contest,
        title="Nightjar",
        original_title="Lelek",
        year=1956,
        language="Polish",
        countries=["PL"],
        sources=[source.pk],
        **{"credits-TOTAL_FORMS": 1, "credits-0-person": person.pk, "credits-0-role": "director"},
    )
    work = entry.work
    assert (work.title, work.original_title, work.year_from, work.languages) == ("Nightjar", "Lelek", 1956, "pl")
    # The source may be about a contest that is still hidden, and a work is public with any of its entries.
    assert ([str(country) for country in work.countries], list(work.sources.all())) == (["PL"], [])
    assert [credit.person for credit in work.credits.all()] == [person]
    assert work.history.last().history_user is not None
    again = entered(desk, contest, title="Nightjar", slug="nightjar-2")
    assert (work.slug, again.work.slug) == ("nightjar", "nightjar-2")


def test_an_entry_of_a_known_work_shows_and_adds_to_its_credits(desk, contest):
    work = make.WorkFactory(title="Nightjar")
    make.CreditFactory(work=work, order=1, person__name="Ann")
    more = {"credits-TOTAL_FORMS": 1, "credits-0-person": make.PersonFactory(name="Bo").pk, "credits-0-role": "editor"}
    entry = entered(desk, contest, title="Nightjar", work=work.pk, **more)
    assert entry.work == work
    assert [(credit.order, credit.person.name) for credit in work.credits.order_by("order")] == [(1, "Ann"), (2, "Bo")]
    formset = desk.get(page(entry)).context["inline_admin_formsets"][0].formset
    assert [form.instance.person.name for form in formset.initial_forms] == ["Ann", "Bo"]


def test_an_entry_takes_from_a_known_work_what_is_left_blank(desk, contest):
    work = make.WorkFactory(title="Nightjar", title_language="en", languages="pl", slug="nightjar-work")
    entry = entered(desk, contest, work=work.pk)
    assert (entry.work, entry.title, entry.slug) == (work, "Nightjar", "nightjar")
    assert (entry.title_language, entry.language) == ("en", "pl")
    assert Work.objects.count() == 1
    work.languages = "pl,en"
    work.save()
    again = entered(desk, contest, work=work.slug)
    assert (again.slug, again.title_language, again.language) == ("nightjar-2", "en", "")


def test_an_entry_without_a_title_or_a_known_work_is_refused(desk, contest):
    known = {"contest": contest.pk, "status": "draft", "work_url_audience": "jury", **NO_ROWS}
    for work in ("", "999999999", "no such work"):
        errors = desk.post(page(Submission, "add"), {**known, "work": work}).context["adminform"].form.errors
        assert "title" in errors
        assert ("work" in errors) == bool(work)


def test_a_title_that_differs_from_that_of_the_work_is_kept_and_said(desk, contest):
    told = "The title of the entry differs from that of its work, “Nightjar”. Both are kept."

    def said(address):
        return [str(message) for message in desk.get(address).context["messages"]]

    work = make.WorkFactory(title="Nightjar", title_language="en", languages="pl")
    entry = entered(desk, contest, work=work.pk, title="The Nihgtjar", language="de")
    assert (entry.title, entry.title_language, entry.language) == ("The Nihgtjar", "", "de")
    assert told in said(page(entry))
    make.SubmissionFactory(work=work, title="Nightjar")
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"year": "1956"}))
    assert told not in said(page(entry))
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"title": "Nightjar"}))
    assert told not in said(page(entry))
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"title": "Nightjar 2"}))
    assert told in said(page(entry))


def test_the_only_entry_keeps_its_work_in_step_and_two_do_not(desk, contest):
    entry = entered(desk, contest, title="Nihgtjar", year=1956)
    values = filled(desk.get(page(entry))) | {"title": "Nightjar", "year": "1957", "change_reason": "A typo"}
    saved(desk.post(page(entry), values))
    work = Work.objects.get()
    assert (work.title, work.year_from) == ("Nightjar", 1957)
    assert work.history.first().history_change_reason == f"{WITH_ENTRY}: A typo"
    make.SubmissionFactory(work=work)
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"title": "The Nightjar"}))
    assert Work.objects.get().title == "Nightjar"


def test_what_the_work_says_otherwise_is_kept(desk, contest):
    entry = entered(desk, contest, title="Nightjar", year=1956)
    Work.objects.update(title="The Nightjar")
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"title": "NIGHTJAR", "year": "1957"}))
    assert (Work.objects.get().title, Work.objects.get().year_from) == ("The Nightjar", 1957)


def test_no_edit_of_the_work_is_lost_while_its_entry_is_saved():
    entry = make.SubmissionFactory(title="Old")
    stored = Submission.objects.get(pk=entry.pk)
    assert stored.work.disambiguation == ""
    Work.objects.update(disambiguation="film of 1956")
    entry.title = "New"
    keep_in_step(entry, stored, actor=make.UserFactory(), reason="")
    assert (Work.objects.get().title, Work.objects.get().disambiguation) == ("New", "film of 1956")


def test_a_change_on_the_page_of_the_work_reaches_its_only_entry(desk, client):
    entry = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True, slug="gala")).submission
    work = entry.work
    Submission.objects.update(title="Nihgtjar", year=1956)
    Work.objects.update(title="Nihgtjar", year_from=1956)
    values = filled(desk.get(page(work))) | {"title": "Nightjar", "year_from": "1850", "change_reason": "A typo"}
    saved(desk.post(page(work), values))
    entry.refresh_from_db()
    # No entry can be as old as a work, so its year stays.
    assert (entry.title, entry.year) == ("Nightjar", 1956)
    assert entry.history.first().history_change_reason == f"{WITH_WORK}: A typo"
    assert client.get("/contests/gala/corrections/").content.decode().count("A typo") == 1
    make.SubmissionFactory(work=work)
    saved(desk.post(page(work), filled(desk.get(page(work))) | {"title": "The Nightjar", "change_reason": "Why"}))
    assert Submission.objects.filter(title="Nightjar").count() == 1


def test_another_work_and_a_credit_are_not_saved_together(desk, contest):
    work, other = make.WorkFactory(title="A"), make.WorkFactory(title="B")
    make.CreditFactory(work=work, order=1)
    entry = make.SubmissionFactory(contest=contest, work=work, title="A")
    credit = {"credits-TOTAL_FORMS": 2, "credits-1-person": make.PersonFactory().pk, "credits-1-role": "director"}
    for chosen in (other.pk, ""):
        answer = desk.post(page(entry), filled(desk.get(page(entry))) | {"work": chosen} | credit)
        assert "Save this choice first" in answer.content.decode()
    assert (Submission.objects.get().work, Credit.objects.count()) == (work, 1)
    saved(desk.post(page(entry), filled(desk.get(page(entry))) | {"work": other.pk}))
    assert Submission.objects.get().work == other


def test_two_works_are_merged_and_the_merge_is_undone(client):
    kept, gone = make.WorkFactory(title="Nightjar", slug="one"), make.WorkFactory(title="Nightjar", slug="two")
    contest = make.ContestFactory(revealed=True)
    entries = [make.SubmissionFactory(contest=contest, work=work) for work in (kept, gone)]
    person = make.PersonFactory()
    for work in (kept, gone):
        make.CreditFactory(work=work, person=person, role="director", order=1)
    own = make.CreditFactory(work=gone, role="editor", order=2)
    make.WorkIdentifierFactory(work=gone, value="Q42")
    before = [*Submission.objects.values_list("pk", "work"), *Credit.objects.values_list("pk", "work", "order")]
    done = merge(kept, gone, {}, actor=None)
    assert set(kept.entries.all()) == set(entries)
    assert {credit.role.slug for credit in kept.credits.all()} == {"director", "editor"}
    assert kept.credits.count() == 2
    assert WorkIdentifier.objects.get().work == kept
    response = client.get("/works/two/")
    assert (response.status_code, response.headers["Location"]) == (301, "/works/one/")
    undo(done, actor=None)
    after = [*Submission.objects.values_list("pk", "work"), *Credit.objects.values_list("pk", "work", "order")]
    assert sorted(after) == sorted(before)
    own.refresh_from_db()
    assert own.work.slug == "two"


def test_the_list_and_the_pages_of_works_open(desk):
    work = make.SubmissionFactory(title="Nightjar").work
    identifier = make.WorkIdentifierFactory(work=work)
    for address in (page(Work, "changelist"), page(work), page(identifier), page(WorkIdentifier, "changelist")):
        assert desk.get(address).status_code == 200
    found = desk.get(page(Work, "changelist"), {"q": "nightj"}).context["cl"].result_list
    assert list(found) == [work]
    assert reverse("admin:contests_work_merge_with", args=[work.pk]) in desk.get(page(work)).content.decode()
