"""
Autocomplete fields in the admin offer only rows of the form's contest, and a new row gets the contest of the form.
"""

import pytest

from contests.models import Appearance, Award, Category, Credit, Event, Figure, Quote, Recognition, Submission
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """
    Create a contest with one row of everything that an autocomplete field can offer, and another contest with the same
    rows.
    """
    for title in ("Another", "Ours"):
        contest = make.ContestFactory(title=title)
        make.AwardFactory(contest=contest, name="Grand Prize")
        make.CategoryFactory(contest=contest, name="Shorts")
        make.EventFactory(contest=contest, title="The evening")
        make.SubmissionFactory(contest=contest, title="Alzheimer")
    return contest


def offered(desk, model, field, within=""):
    where = {"app_label": "contests", "model_name": model, "field_name": field, "term": ""}
    return [each["text"] for each in desk.get("/admin/autocomplete/", {**where, "within": within}).json()["results"]]


PICKERS = [
    ("submission", "categories", "Shorts"),
    ("recognition", "award", "Grand Prize"),
    ("recognition", "submissions", "Alzheimer"),
    ("event", "part_of", "The evening"),
    ("quote", "submission", "Alzheimer"),
    ("quote", "event", "The evening"),
    ("appearance", "event", "The evening"),
]


@pytest.mark.parametrize(("model", "field", "name"), PICKERS)
def test_picker_offers_the_rows_of_its_contest_and_no_others(desk, ours, model, field, name):
    assert offered(desk, model, field, f"contest:{ours.pk}") == [f"{name} · Ours"]
    # If the form has no contest yet, each option names its contest.
    assert sorted(offered(desk, model, field)) == [f"{name} · Another", f"{name} · Ours"]


@pytest.mark.parametrize("kind", ["award", "category", "event", "submission"])
def test_picker_knows_the_contest_by_what_belongs_to_one(desk, ours, kind):
    row = {"award": ours.awards, "category": ours.categories, "event": ours.events, "submission": ours.submissions}
    assert offered(desk, "recognition", "award", f"{kind}:{row[kind].get().pk}") == ["Grand Prize · Ours"]


def test_picker_says_that_the_contest_comes_first_and_offers_nothing_for_nonsense(desk, ours):
    assert offered(desk, "submission", "categories", "contest:") == ["Choose the contest first."]
    for nonsense in ("contest:x", "person:1", "contest", "contest:99999999999999999999", "award:"):
        assert offered(desk, "submission", "categories", nonsense) == []


def test_event_is_no_part_of_a_part(desk, ours):
    make.EventFactory(contest=ours, title="The panel", part_of=ours.events.get())
    assert offered(desk, "event", "part_of", f"contest:{ours.pk}") == ["The evening · Ours"]
    assert len(offered(desk, "quote", "event", f"contest:{ours.pk}")) == 2


def pickers(response):
    """Return the contest that each autocomplete field sends, by field name."""
    forms = [response.context["adminform"].form]
    forms += [formset.formset.empty_form for formset in response.context["inline_admin_formsets"]]
    found = {}
    for form in forms:
        for name, field in form.fields.items():
            attrs = getattr(field.widget, "widget", field.widget).attrs
            if "data-within" in attrs:
                found[name] = attrs["data-within"], attrs.get("data-within-page", "")
    return found


def test_forms_tell_their_pickers_where_the_contest_is(desk, ours):
    film, event = ours.submissions.get(), ours.events.get()
    appearance = make.AppearanceFactory(event=event)
    quote = make.QuoteFactory(event=event)
    won = make.RecognitionFactory(award=ours.awards.get(), submission=film)
    expected = {
        film: {"categories": "contest"},
        event: {"part_of": "contest", "submission": "contest"},
        won: {"award": "contest", "submissions": "contest"},
        quote: {"event": "contest", "submission": "contest"},
        appearance: {"event": "contest"},
    }
    for row, fields in expected.items():
        own = f"{row._meta.model_name}:{row.pk}"
        assert pickers(desk.get(page(row))) == {name: (teller, own) for name, teller in fields.items()}
        assert pickers(desk.get(page(type(row), "add"))) == {name: (teller, "") for name, teller in fields.items()}


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Submission, "contest__id__exact"),
        (Award, "contest__id__exact"),
        (Category, "contest__id__exact"),
        (Event, "contest__id__exact"),
        (Figure, "contest__id__exact"),
    ],
)
def test_add_in_a_list_filtered_by_a_contest_begins_with_that_contest(desk, ours, model, asked):
    listed = desk.get(page(model, "changelist"), {asked: ours.pk}).content.decode()
    address = f"{page(model, 'add')}?_changelist_filters={asked}%3D{ours.pk}"
    assert f'href="{address}"' in listed
    assert desk.get(address).context["adminform"].form.initial["contest"] == str(ours.pk)


@pytest.mark.parametrize(
    ("model", "asked", "field"),
    [
        (Appearance, "event__contest__id__exact", "event"),
        (Quote, "event__contest__id__exact", "event"),
        (Recognition, "award__contest__id__exact", "award"),
    ],
)
def test_add_in_a_list_filtered_by_a_contest_offers_what_is_in_it(desk, ours, model, asked, field):
    response = desk.get(f"{page(model, 'add')}?_changelist_filters={asked}%3D{ours.pk}")
    assert pickers(response)[field][1] == f"contest:{ours.pk}"


def test_what_is_added_from_a_form_belongs_to_the_contest_of_the_form(desk, ours):
    for within in (f"contest:{ours.pk}", f"event:{ours.events.get().pk}", f"award:{ours.awards.get().pk}"):
        response = desk.get(page(Submission, "add"), {"_popup": 1, "within": within})
        assert response.context["adminform"].form.initial["contest"] == ours.pk
    assert "contest" not in desk.get(page(Submission, "add"), {"within": "x:1"}).context["adminform"].form.initial


def test_save_and_add_another_keeps_the_contest_or_what_it_hangs_on(desk, ours):
    film, event, award = ours.submissions.get(), ours.events.get(), ours.awards.get()
    person, source = make.PersonFactory(), make.SourceFactory()
    values = {"contest": ours.pk, "name": "Feature"}
    response = saved(desk.post(page(Category, "add"), {**values, "_addanother": "1"}))
    assert response["Location"] == f"{page(Category, 'add')}?contest={ours.pk}"
    values = filled(desk.get(page(Recognition, "add"))) | {"award": award.pk, "submissions": [film.pk]}
    response = saved(desk.post(page(Recognition, "add"), {**values, "_addanother": "1"}))
    assert response["Location"] == f"{page(Recognition, 'add')}?award={award.pk}"
    values = {"event": event.pk, "speaker": person.pk, "text": "Words", "language": "en", "source": source.pk}
    response = saved(desk.post(page(Quote, "add"), {**values, "_addanother": "1"}))
    assert response["Location"] == f"{page(Quote, 'add')}?event={event.pk}"
    credit = make.CreditFactory(submission=film)
    response = saved(desk.post(page(credit), {**filled(desk.get(page(credit))), "_addanother": "1"}))
    assert response["Location"] == f"{page(Credit, 'add')}?work={film.work_id}"


def test_without_javascript_a_name_a_slug_or_a_key_is_typed(desk, ours):
    values = {
        "title": "New",
        "status": "draft",
        "work_url_audience": "jury",
        **{f"{rows}-{name}": 0 for rows in ("credits", "recognitions") for name in ("TOTAL_FORMS", "INITIAL_FORMS")},
    }
    category = ours.categories.get()
    # Nothing is selected in the list. The text is typed into the field after it.
    for number, contest in enumerate((ours.slug, ours.key, "ours")):
        typed = {**values, "contest": ["", contest], "categories": ["", category.key], "sources": [""]}
        saved(desk.post(page(Submission, "add"), {**typed, "title": f"New {number}"}))
    assert ours.submissions.filter(categories=category).count() == 3
    response = desk.post(page(Submission, "add"), {**values, "contest": ["", ours.slug], "categories": ["", "Shorts"]})
    assert response.context["adminform"].form.errors == {
        "categories": [
            "More than one row is called “Shorts”. Open the page of the row that you mean, copy its permanent key, and "
            "type the key here."
        ]
    }
    form = desk.get(page(Submission, "add")).content.decode()
    assert '<noscript><input type="text" class="vTextField" name="contest"' in form


def test_several_rows_are_typed_without_javascript(desk):
    person, sources = make.PersonFactory(), make.SourceFactory.create_batch(2)
    values = filled(desk.get(page(person)))
    saved(desk.post(page(person), {**values, "sources": [sources[0].pk, sources[1].slug]}))
    assert set(person.sources.all()) == set(sources)


WITHOUT_CONTEST = {Recognition: ["award", "submissions"], Quote: ["event", "submission"], Appearance: ["event"]}


@pytest.mark.parametrize("model", WITHOUT_CONTEST)
def test_new_row_without_a_contest_of_its_own_asks_for_the_contest_first(desk, ours, model):
    shown = desk.get(page(model, "add"))
    form = shown.context["adminform"].form
    assert next(iter(form.fields)) == "contest"
    assert not form.fields["contest"].required
    assert [name for name, (teller, _page) in pickers(shown).items() if teller == "contest"] == WITHOUT_CONTEST[model]
    for name in WITHOUT_CONTEST[model]:
        # This is the request that static/js/pickers.js sends while no contest is chosen.
        assert offered(desk, model._meta.model_name, name, "contest:") == ["Choose the contest first."]
    row = next(iter(desk.get(page(model, "changelist")).context["cl"].result_list), None)
    assert row is None


def test_contest_asked_first_is_that_of_where_the_editor_came_from(desk, ours):
    film, event, award = ours.submissions.get(), ours.events.get(), ours.awards.get()
    for model, asked in (
        (Quote, {"event": event.pk}),
        (Recognition, {"award": award.pk}),
        (Appearance, {"_changelist_filters": f"event__contest__id__exact={ours.pk}"}),
        (Recognition, {"within": f"submission:{film.pk}"}),
    ):
        assert desk.get(page(model, "add"), asked).context["adminform"].form.initial["contest"] == ours.pk


def test_contest_asked_first_tells_two_of_one_name_apart_without_javascript(desk, ours):
    form = filled(desk.get(page(Recognition, "add")))
    values = form | {"award": "Grand Prize", "submissions": "Alzheimer", "standing": "winner"}
    refused = desk.post(page(Recognition, "add"), values)
    assert set(refused.context["adminform"].form.errors) == {"award", "submissions"}
    saved(desk.post(page(Recognition, "add"), {**values, "contest": "ours"}))
    won = Recognition.objects.get()
    assert (won.award.contest, won.submission.contest) == (ours, ours)
    stranger = Award.objects.exclude(contest=ours).get()
    refused = desk.post(page(Recognition, "add"), {**values, "contest": "ours", "award": stranger.pk})
    told = ["This choice does not belong to the contest above. Choose another, or change the contest."]
    assert refused.context["adminform"].form.errors["award"] == told
    assert "contest" not in desk.get(page(won)).context["adminform"].form.fields
