"""The panels of the admin's dashboard show what needs attention, with links to lists of exactly these rows."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from contests.models import Contest, Recognition, Submission
from people.models import Person
from portal import dashboard as desk_pages
from record.admin import counting, lists, pagination
from record.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db


def found(client) -> dict[str, dict[str, int]]:
    """Return the dashboard as {panel: {model: number}}."""
    panels = client.get("/admin/").context["dashboard"]["panels"]
    return {
        str(panel.title): {str(finding.model_admin.opts.model_name): finding.number for finding in panel.findings}
        for panel in panels
    }


def everything():
    """Create at least one row for each panel."""
    waiting = make.RecognitionFactory(award__contest=make.ContestFactory(published=True), source=None)
    contest = make.ContestFactory(revealed=True)
    make.RecognitionFactory(award__contest=contest, approved_at=None)
    make.RecognitionFactory(award__contest=contest, approved_at=None, approved_as={"award": "Another name"})
    make.ContestFactory(approved_future=True)
    source = make.SourceFactory()
    for factory in (make.AwardFactory, make.CreditFactory, make.AppearanceFactory, make.AffiliationFactory):
        factory(source=None)
    work, person = make.SubmissionFactory(synopsis="Told"), make.PersonFactory(biography="Told")
    Submission.objects.filter(pk=work.pk).update(poster="a.png")
    Person.objects.filter(pk=person.pk).update(portrait="b.png")
    make.EventFactory(description="Told")
    make.ContestFactory(about="Told")
    make.SeriesFactory(description="Told")
    make.OrganisationFactory(description="Told")
    make.PersonFactory(name="Ann Lee", slug=f"lee-{source.pk}")
    make.PersonFactory(name="LEE, Ann", slug=f"ann-{source.pk}")
    Source.objects.filter(pk=source.pk).update(link_state="gone")
    other = make.UserFactory(editor=True, name="Bo")
    waiting.citation = "Changed"
    waiting._history_user = other
    waiting.save()


def test_each_panel_counts_what_needs_somebody(desk):
    everything()
    assert found(desk) == {
        "Results changed since their approval": {"recognition": 1},
        "Results waiting for approval": {"contest": 1, "recognition": 1},
        "Facts without a source": {
            "submission": 1,
            "award": 1,
            "recognition": 1,
            "event": 1,
            "credit": 1,
            "appearance": 1,
            "contest": 1,
            "series": 1,
            "person": 1,
            "organisation": 1,
            "affiliation": 1,
        },
        "Works without a poster": {"submission": 4},
        "Images without alternative text or credit": {"submission": 1, "person": 1},
        "People who may be the same": {"person": 2},
        "Sources with a broken link": {"source": 1},
    }


def test_each_number_leads_to_a_list_of_exactly_those(desk):
    everything()
    panels = desk.get("/admin/").context["dashboard"]["panels"]
    for panel in panels:
        for finding in panel.findings:
            listed = desk.get(finding.url).context["cl"]
            assert (finding.url, listed.result_count) == (finding.url, finding.number)
            shown = {line.url for line in finding.lines}
            pages = {
                reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
                for row in listed.result_list
            }
            assert shown <= pages


def test_numbers_are_counted_up_to_a_limit(desk, monkeypatch):
    monkeypatch.setattr(counting, "COUNTED", 2)
    make.CreditFactory.create_batch(4, source=None)
    text = desk.get("/admin/").content.decode()
    assert "more than 2 credits" in text
    assert found(desk)["Facts without a source"] == {"credit": 3}


def test_only_the_first_rows_are_shown(desk):
    make.CreditFactory.create_batch(desk_pages.SHOWN + 3, source=None)
    (panel, *_others) = desk.get("/admin/").context["dashboard"]["panels"]
    assert [len(finding.lines) for finding in panel.findings] == [desk_pages.SHOWN]


def test_facts_without_a_source_are_named(desk):
    make.PersonFactory(name="Ann Lee", biography="Told")
    said = desk.get("/admin/").content.decode()
    assert "no source for: biography, headline" in said


def test_approved_results_that_nobody_set_a_reveal_for_wait(desk):
    title = "Approved results without a reveal date"
    undated = make.ContestFactory(published=True, approved_at=timezone.now())
    assert title not in found(desk)  # The contest has nothing to reveal.
    row = make.RecognitionFactory(award__contest=undated, source=make.SourceFactory())
    assert found(desk)[title] == {"contest": 1}
    Recognition.objects.update(approved_at=None)
    assert title not in found(desk)
    Recognition.objects.update(approved_at=timezone.now(), reveal_at=timezone.now())
    assert title not in found(desk)  # The row is shown in advance, in another panel.
    Recognition.objects.update(reveal_at=None)
    Contest.objects.filter(pk=undated.pk).update(reveal_at=timezone.now())
    assert (row.award.contest, title in found(desk)) == (undated, False)


def test_results_of_a_contest_wait_for_approval_once_there_are_any(desk):
    contest = make.ContestFactory(published=True)
    assert found(desk) == {}
    recognition = make.RecognitionFactory(award__contest=contest, approved_at=None)
    # The contest waits for approval, and not each of its recognitions.
    assert found(desk)["Results waiting for approval"] == {"contest": 1}
    contest.approved_at = timezone.now()
    contest.save()
    assert found(desk)["Results waiting for approval"] == {"recognition": 1}
    Recognition.objects.filter(pk=recognition.pk).update(approved_at=timezone.now())
    assert "Results waiting for approval" not in found(desk)


def test_revoked_recognition_waits_for_nothing(desk):
    make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True), revoked=True)
    assert "Results waiting for approval" not in found(desk)


def test_only_eligible_works_are_asked_for_a_poster(desk):
    make.SubmissionFactory(status="draft")
    make.SubmissionFactory(status="withdrawn")
    assert "Works without a poster" not in found(desk)


@pytest.mark.parametrize(
    ("lacking", "number"),
    [({}, 2), ({"poster_alt": "A robot"}, 1), ({"poster_alt": "A robot", "poster_credit": "Ada"}, 0)],
)
def test_image_asks_for_alternative_text_and_for_credit(desk, lacking, number):
    Submission.objects.filter(pk=make.SubmissionFactory().pk).update(poster="a.png", **lacking)
    panels = [panel for panel in desk.get("/admin/").context["dashboard"]["panels"] if "Images" in str(panel.title)]
    assert sum(finding.number for panel in panels for finding in panel.findings) == number


def test_text_with_a_source_needs_none(desk):
    person = make.PersonFactory(biography="Told")
    assert found(desk)["Facts without a source"] == {"person": 1}
    person.sources.add(make.SourceFactory())
    assert found(desk) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Dawid Meller"}, {"name": "Meller, Dawid"}),
        ({"name": "Łukasz Żak"}, {"name": "LUKASZ ZAK", "slug": "another"}),
        ({"name": "Lee Hwan-kyung"}, {"name": "Hwan Kyung Lee"}),
        ({"name": "Tim Yip", "native_name": "葉錦添"}, {"name": "Yip Kam-tim", "native_name": "葉錦添"}),
        ({"name": "Tim Yip", "native_name": "葉錦添"}, {"name": "葉錦添"}),
    ],
)
def test_two_people_with_one_name_may_be_the_same(desk, one, other):
    make.PersonFactory(**one)
    make.PersonFactory(**other)
    make.PersonFactory(name="Somebody Else")
    assert found(desk)["People who may be the same"] == {"person": 2}


def test_people_without_native_name_are_not_alike_for_it(desk):
    make.PersonFactory(name="★")
    make.PersonFactory(name="♥", slug="another")
    assert found(desk) == {}


def test_people_who_may_be_the_same_stand_side_by_side_in_the_list(desk):
    names = ["Bo Adler", "Ann Lee", "Adler, Bo", "Lee, Ann"]
    for name in names:
        make.PersonFactory(name=name)
    listed = desk.get("/admin/people/person/?needs=same").context["cl"].result_list
    assert [row.name for row in listed] == ["Bo Adler", "Adler, Bo", "Ann Lee", "Lee, Ann"]


def test_question_that_no_index_answers_is_asked_of_the_last_rows_only(desk, monkeypatch):
    monkeypatch.setattr(lists, "LATEST", 2)
    make.PersonFactory(biography="Told")
    make.PersonFactory.create_batch(2, biography="Told")
    assert found(desk)["Facts without a source"] == {"person": 2}
    assert desk.get("/admin/people/person/?needs=source").context["cl"].result_count == 2


@pytest.mark.parametrize(("state", "number"), [("gone", 1), ("unreachable", 1), ("answers", 0), ("moved", 0), ("", 0)])
def test_broken_addresses_are_those_that_nobody_answers(desk, state, number):
    Source.objects.filter(pk=make.SourceFactory().pk).update(link_state=state)
    assert found(desk).get("Sources with a broken link", {"source": 0}) == {"source": number}


def test_synthetic_rows_bear_their_mark(desk):
    make.CreditFactory(source=None, key="synthetic-credit")
    text = desk.get("/admin/").content.decode()
    assert text.count('<span class="mark">synthetic</span>') == 1


def test_every_need_is_on_the_first_page():
    named = {need.name for model_admin in admin.site._registry.values() for need in getattr(model_admin, "needs", ())}
    assert named == {name for _title, names in desk_pages.PANELS for name in names} | {"reveal"}


def test_list_is_narrowed_to_what_was_changed_lately(desk):
    with time_machine.travel(timezone.now() - timedelta(days=10)):
        old = make.PersonFactory()
    new = make.PersonFactory()
    listed = {
        days: set(desk.get(f"/admin/people/person/?changed={days}").context["cl"].result_list)
        for days in ("1", "7", "30")
    }
    assert listed == {"1": {new}, "7": {new}, "30": {old, new}}


def test_list_is_narrowed_to_synthetic_rows_and_to_the_others(desk):
    made_up, real = make.PersonFactory(key="synthetic-one"), make.PersonFactory()
    listed = {
        value: list(desk.get(f"/admin/people/person/?synthetic={value}").context["cl"].result_list)
        for value in ("yes", "no")
    }
    assert listed == {"yes": [made_up], "no": [real]}


def test_works_are_narrowed_to_a_language(desk):
    for language in ("ja", "zh-Hans", "fr", ""):
        make.SubmissionFactory(title=language or "none", language=language)
    listed = {
        value: [
            row.title for row in desk.get(f"/admin/contests/submission/?language={value}").context["cl"].result_list
        ]
        for value in ("ja", "zh-Hans", "other", "none")
    }
    assert listed == {"ja": ["ja"], "zh-Hans": ["zh-Hans"], "other": ["fr"], "none": ["none"]}


def test_filter_by_contest_offers_the_last_ones_and_the_one_chosen(desk, monkeypatch):
    monkeypatch.setattr(lists, "OPTIONS", 2)
    first, *others = make.ContestFactory.create_batch(4)
    address = "/admin/contests/award/"
    (spec,) = [
        spec
        for spec in desk.get(address).context["cl"].filter_specs
        if getattr(spec, "lookup_kwarg", "") == "contest__id__exact"
    ]
    assert [key for key, _label in spec.lookup_choices] == [others[2].pk, others[1].pk]
    response = desk.get(address, {"contest__id__exact": first.pk})
    (spec,) = [
        spec
        for spec in response.context["cl"].filter_specs
        if getattr(spec, "lookup_kwarg", "") == "contest__id__exact"
    ]
    assert [key for key, _label in spec.lookup_choices] == [others[2].pk, others[1].pk, first.pk]
    assert "Only the newest choices are listed. To find others, search by name." in response.content.decode()


def test_list_ends_somewhere_and_says_so(desk, monkeypatch):
    monkeypatch.setattr(pagination, "LISTED", 3)
    make.PersonFactory.create_batch(5)
    response = desk.get("/admin/people/person/")
    assert response.context["cl"].result_count == 3
    assert "more than 3 people" in response.content.decode()


def test_empty_list_offers_to_add_the_first(desk):
    text = desk.get("/admin/people/person/").content.decode()
    assert "No people yet." in text
    assert '<a href="/admin/people/person/add/">Add the first person</a>' in text


def test_list_that_nothing_fits_leads_back_to_all(desk):
    make.PersonFactory()
    text = desk.get("/admin/people/person/?q=zzzz").content.decode()
    assert "Nothing matches the search and the filters." in text
    assert '<a href="?">All people</a>' in text
