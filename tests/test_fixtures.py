"""
What `loaddata nextgen` brings in: what the report on the ceremony says, and nothing else.

The report itself is no part of the project. Where its text lies beside the checkout, the utterances and our own
words are held against it too.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from contests.models import (
    Appearance,
    Award,
    Category,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Series,
    Submission,
)
from people.models import Affiliation, NextProject, Organisation, PastWork, Person, Record, Source
from people.slugs import SlugField, slug_from

pytestmark = pytest.mark.django_db

FIXTURE = settings.BASE_DIR / "fixtures" / "nextgen.json"
REPORT = settings.BASE_DIR.parent / "shared" / "article.txt"

# Each after those that it refers to.
COUNTS = {
    Source: 1,
    Organisation: 2,
    Person: 7,
    Affiliation: 2,
    PastWork: 2,
    NextProject: 4,
    Series: 0,
    Contest: 1,
    Figure: 5,
    LeadingRegion: 3,
    Category: 0,
    Submission: 3,
    Credit: 3,
    Award: 2,
    Recognition: 3,
    Event: 2,
    Appearance: 7,
    Quote: 14,
}

# In the order of the report, with the film that each is about.
UTTERANCES = [
    (
        "Tim Yip",
        None,
        "Technology is so strong, you have to get something more than, higher than the technology to make it "
        "as a tool, so not as a god.",
    ),
    (
        "Zeng Yushen",
        None,
        "Tonight isn’t just about awards, it’s about celebrating creators and all the stories they bring to "
        "life. At Kling AI, we always want to empower creators to give them tools to expand their creative "
        "freedom, as well as to give them new tools to do very new storytelling.",
    ),
    (
        "Tim Yip",
        "Alzheimer",
        "When you are young, the energies come from you, so that you always have a new energy to build up new "
        "ideas. But at the end, you are leaving your body, your spirit, and living more and more. So I feel "
        "this is really important, no matter AI film or some modern film, or the classical film — they always "
        "talk about humans and the relationship with the world and the environment too.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I think it’s better to think about how we can collaborate together with AI so that we can bring this "
        "human emotion to the movies.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I’m just personally hoping that the AI technology really slowly develops.",
    ),
    (
        "Leammonn",
        None,
        "I imagine the future of the interactive film. If we are making some kind of playground, using the "
        "things with technology or with some kind of network, it will be very powerful.",
    ),
    (
        "Dawid Meller",
        None,
        "I was collecting a lot of ideas, and there are many limits when you’re creating films and stories — "
        "you are limited by budget and technology and sometimes bad time of your collaborators. But with AI, "
        "I could finally free myself and do a lot of these kind of things alone.",
    ),
    (
        "C·one",
        "Alzheimer",
        "When I use this AI tool, I just take the clean AI as the first step, like my camera. It’s a process "
        "for me to start to organize this story and to do real thinking about this storytelling.",
    ),
    (
        "Tim Yip",
        None,
        "I talked to him, and he changed. He will react to me. Every time I’m not asking him to do what kind "
        "of things, but I am just asking him questions, and then they come up with all these reactions. So "
        "that I follow the reaction, and I come more deeper and deeper.",
    ),
    (
        "Tim Yip",
        None,
        "I worry about when we are still only working on the exciting moments, maybe after five years, no "
        "people have the really strong reaction of all that. The most important thing is to going back to "
        "reality, try to repeat, try to create. But I think AI is really for me, it’s very exciting because I "
        "try to push it in some human touch, really sensible human touch.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I believe that there’s a chance that we can actually integrate the one point between the script "
        "writer and the person who tries to direct it.",
    ),
    (
        "Dawid Meller",
        None,
        "Now, like, not only big Hollywood studios could afford to make really high quality productions. "
        "Everyone, even smaller teams or single creators can can actually do it.",
    ),
    (
        "Tim Yip",
        None,
        "I think you can do anything.",
    ),
    (
        "Tim Yip",
        None,
        "from outside to inside.",
    ),
]

# Names and set terms that our own words share with the report.
NAMES = [
    "News report on the KlingAI NextGen Creative Contest awards ceremony and panel discussion",
    "Awards ceremony and panel discussion",
    "KlingAI NextGen Creative Contest",
    "Tokyo International Film Festival",
    "Crouching Tiger, Hidden Dragon",
    "Miracle in Cell No. 7",
    "Academy Award for art direction",
    "within 10 months of launch",
    "media artist and adjunct professor",
    "South Korean media artist",
    "filmmaker and motion designer",
]

LABELS = [model._meta.label for model in COUNTS]


def load(path="nextgen"):
    call_command("loaddata", path, verbosity=0)


def dump():
    """The whole record as `dumpdata` writes it, by model and key."""
    out = StringIO()
    call_command("dumpdata", *LABELS, use_natural_foreign_keys=True, use_natural_primary_keys=True, stdout=out)
    rows = json.loads(out.getvalue())
    assert not any("pk" in row for row in rows)
    return {(row["model"], row["fields"]["key"]): row["fields"] for row in rows}


def counts():
    return {model: model.objects.count() for model in COUNTS}


def primary_keys():
    return {model: dict(model.objects.values_list("key", "pk")) for model in COUNTS}


def history():
    return {model: model.history.count() for model in COUNTS}


def rows():
    return [row for model in COUNTS for row in model.objects.all()]


def text_fields(model):
    """What an editor types in freely."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and field.editable and not field.choices
    ]


def texts(row):
    return {field.name: getattr(row, field.name) for field in text_fields(type(row))}


def fixture_rows():
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def report():
    """The report, where its text is at hand, else nothing."""
    return REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""


def test_every_model_of_the_record_is_looked_at_here():
    assert {model for model in apps.get_models() if issubclass(model, Record)} == set(COUNTS)


# Loading -------------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing():
    load()
    assert counts() == COUNTS
    first = primary_keys(), dump(), history()
    load()
    assert (primary_keys(), dump(), history()) == first


def test_rows_are_found_by_their_key_whatever_an_editor_made_of_their_texts(nextgen):
    first = primary_keys(), dump()
    for row in rows():
        for field in text_fields(type(row)):
            text = f"edited-{row.pk}" if isinstance(field, SlugField) else f"{row.pk} edited"[: field.max_length]
            type(row).objects.filter(pk=row.pk).update(**{field.name: text})
    assert set(Quote.objects.values_list("slug", flat=True)) == {f"edited-{q.pk}" for q in Quote.objects.all()}
    load()
    assert counts() == COUNTS
    assert (primary_keys(), dump()) == first


def test_rows_that_an_editor_added_stay(nextgen):
    person = Person.objects.create(slug="someone", name="Someone", sort_name="Someone")
    quote = Quote.objects.create(
        slug="someone-hello",
        text="Hello.",
        speaker=person,
        event=Event.objects.get(slug="awards-ceremony"),
        order=15,
        source=Source.objects.get(),
    )
    before = primary_keys()
    load()
    assert counts() == COUNTS | {Person: 8, Quote: 15}
    assert primary_keys() == before
    assert Quote.objects.get(key=quote.key).speaker == person


def entered_by_hand(model):
    """What an editor entered before the fixtures were loaded: same slug, another key."""
    if model is Person:
        return Person.objects.create(slug="tim-yip", name="Tim Yip", sort_name="Tim Yip")
    if model is Organisation:
        return Organisation.objects.create(slug="kling-ai", name="Kling")
    if model is Source:
        return Source.objects.create(slug="nextgen-ceremony-report", title="A report")
    return Contest.objects.create(slug="nextgen", title="NextGen", organiser=entered_by_hand(Organisation))


@pytest.mark.parametrize("model", [Person, Organisation, Source, Contest])
def test_row_entered_by_hand_under_the_same_slug_is_taken_over(model):
    row = entered_by_hand(model)
    slug = row.slug
    assert row.key != slug
    load()
    assert counts() == COUNTS
    row.refresh_from_db()
    assert (row.key, row.slug) == (slug, slug)


def test_what_is_dumped_is_what_was_loaded(tmp_path):
    load()
    dumped = dump()
    expected = {(row["model"], row["fields"]["key"]): row["fields"] for row in fixture_rows()}
    assert {key: {name: dumped[key][name] for name in fields} for key, fields in expected.items()} == expected
    left_out = {
        str(value)
        for key, fields in dumped.items()
        for name, value in fields.items()
        if name not in expected.get(key, {})
    }
    assert left_out <= {"", "None", "[]"}

    for model in reversed(COUNTS):
        for row in model.objects.order_by("-pk"):
            row.delete()
    assert set(counts().values()) == {0}
    path = tmp_path / "dump.json"
    path.write_text(json.dumps([{"model": model, "fields": fields} for (model, _), fields in dumped.items()]))
    load(path)
    assert dump() == dumped


def test_fixture_refers_by_permanent_keys_only():
    rows = fixture_rows()
    assert {tuple(row) for row in rows} == {("model", "fields")}
    assert all(next(iter(row["fields"])) == "key" for row in rows)
    keys = [row["fields"]["key"] for row in rows]
    assert len(keys) == len(set(keys)) == sum(COUNTS.values())


# What every row holds to ----------------------------------------------------------------------------


def test_every_row_is_valid(nextgen):
    for row in rows():
        row.full_clean()


def test_every_row_has_its_source(nextgen):
    source = Source.objects.get()
    backed = set()
    for row in rows():
        fields = {field.name for field in row._meta.get_fields()}
        if "source" in fields:
            backed.add(type(row))
            assert row.source == source
        if "sources" in fields:
            backed.add(type(row))
            assert list(row.sources.all()) == [source]
    assert backed == set(COUNTS) - {Source, Series, Category}


def test_slugs_are_what_the_admin_would_fill_in(nextgen):
    for model, field in [(Person, "name"), (Organisation, "name"), (Submission, "title"), (Award, "name")]:
        for row in model.objects.all():
            assert row.slug == slug_from(getattr(row, field))
    assert {s.slug for s in Submission.objects.all()} == {"alzheimer", "im-not-a-robot", "lost-and-found"}
    for model in (Source, Organisation, Person, Contest, Quote):
        assert all(row.key == row.slug for row in model.objects.all())
    for quote in Quote.objects.select_related("speaker"):
        assert quote.slug.startswith(f"{quote.speaker.slug}-")


def test_typography_is_that_of_print(nextgen):
    for row in rows():
        for name, text in texts(row).items():
            assert not re.search(r"""['"`]|\.\.\.|--| - |  |^\s|\s$""", text), (row.key, name)
    assert Submission.objects.filter(title="I’m Not a Robot").count() == 1
    assert Person.objects.filter(name="C·one").count() == 1


def test_everything_is_public(nextgen):
    now = timezone.now()
    for model, count in COUNTS.items():
        if hasattr(model.objects.all(), "public"):
            assert model.objects.public(now).count() == count, model


def test_nothing_that_shows_before_the_reveal_names_a_winner(nextgen):
    now = timezone.now()
    Contest.objects.update(reveal_at=now + timedelta(days=1))
    shown = {model: list(model.objects.public(now)) for model in COUNTS if hasattr(model.objects.all(), "public")}
    for model in (Affiliation, PastWork, NextProject):
        shown[model] = list(model.objects.filter(person__in=shown[Person]))
    assert {model: len(found) for model, found in shown.items() if found} == {
        Source: 1,
        Organisation: 2,
        Person: 4,
        Affiliation: 2,
        PastWork: 2,
        Contest: 1,
        Figure: 5,
        LeadingRegion: 3,
        Award: 2,
        Event: 2,
        Appearance: 4,
    }
    told = "\n".join(f"{row.key} {texts(row)}" for found in shown.values() for row in found).lower()
    winners = [s.title for s in Submission.objects.all()] + [c.person.name for c in Credit.objects.all()]
    assert len(winners) == 6
    for name in winners:
        assert name.lower() not in told
        assert slug_from(name) not in told


# What the report says -------------------------------------------------------------------------------


def test_utterances_are_exact_in_order_with_speaker_and_film(nextgen):
    quotes = Quote.objects.order_by("order").select_related("speaker", "submission", "event")
    assert [(q.speaker.name, q.submission and q.submission.title, q.text) for q in quotes] == UTTERANCES
    assert [q.order for q in quotes] == list(range(1, 15))
    assert {(q.event.slug, q.language) for q in quotes} == {("awards-ceremony", "en")}
    assert all(q.context for q in quotes)
    if text := report():
        # Up to the closing mark, or to the end of the paragraph where the report forgot it.
        passages = [p.strip() for p in re.findall(r"“([^”\n]*)(?:”|$)", text, re.MULTILINE)]
        titles = {title for model in (Submission, PastWork) for title in model.objects.values_list("title", flat=True)}
        spoken = [re.sub(",$", ".", p) for p in passages if p.rstrip(",.") not in titles]
        assert len(spoken) == 22
        assert " ".join(spoken) == " ".join(words for _, _, words in UTTERANCES)


def test_our_own_words_are_our_own(nextgen):
    for name in NAMES:
        assert not report() or name.startswith("News") or name.lower() in report().lower()
    said = " | ".join(words for _, _, words in UTTERANCES)
    taken = runs(f"{said} | {report()}")
    for row in rows():
        for name, text in texts(row).items():
            if not isinstance(row, Quote) or name == "context":
                assert runs(text) & taken == set(), (row.key, name)


def runs(text, length=5):
    """Every run of five words in the text, names and set terms aside."""
    for name in NAMES:
        text = re.sub(re.escape(name), " | ", text, flags=re.IGNORECASE)
    words = re.findall(r"[\w’·-]+|[|\n]", text.lower())
    found = {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}
    return {run for run in found if not {"|", "\n"} & set(run)}


def test_contest_is_as_reported(nextgen):
    contest = Contest.objects.get()
    assert contest.title == "KlingAI NextGen Creative Contest"
    assert contest.organiser.name == "Kling AI"
    assert (contest.host_event, contest.city) == ("Tokyo International Film Festival", "Tokyo")
    assert (contest.prize_pool, contest.prize_currency) == (Decimal(42000), "USD")
    assert [
        (f.label, f.qualifier, f.value, f.currency, f.note, f.organisation and f.organisation.name)
        for f in Figure.objects.order_by("order")
    ] == [
        ("submissions", "more_than", Decimal(4600), "", "", None),
        ("countries and regions", "exactly", Decimal(122), "", "", None),
        ("prize pool", "exactly", Decimal(42000), "USD", "", None),
        ("users", "more_than", Decimal(45_000_000), "", "globally", "Kling AI"),
        (
            "annualized revenue run rate",
            "more_than",
            Decimal(100_000_000),
            "USD",
            "within 10 months of launch",
            "Kling AI",
        ),
    ]
    assert list(LeadingRegion.objects.order_by("rank").values_list("rank", "country")) == [
        (1, "CN"),
        (2, "US"),
        (3, "IN"),
    ]


def test_winners_are_as_reported(nextgen):
    assert [
        (r.award.name, r.award.kind, r.award.precedence, r.order, r.standing, r.submission.title)
        for r in Recognition.objects.order_by("award__precedence", "order")
    ] == [
        ("Grand Prize", "grand_prize", 1, 1, "winner", "Alzheimer"),
        ("Official Selection", "selection", 2, 1, "winner", "I’m Not a Robot"),
        ("Official Selection", "selection", 2, 2, "winner", "Lost & Found"),
    ]
    assert {(c.submission.title, c.person.name, c.role) for c in Credit.objects.all()} == {
        ("Alzheimer", "C·one", "creator"),
        ("I’m Not a Robot", "Leammonn", "creator"),
        ("Lost & Found", "Dawid Meller", "creator"),
    }
    assert set(Submission.objects.values_list("status", flat=True)) == {"eligible"}


def test_people_are_as_reported(nextgen):
    assert list(Person.objects.order_by("pk").values_list("name", "sort_name", "country", "kind")) == [
        ("Tim Yip", "Yip, Tim", "", "individual"),
        ("Zeng Yushen", "Zeng Yushen", "", "individual"),
        ("C·one", "C·one", "CN", "individual"),
        ("Lee Hwan-kyung", "Lee Hwan-kyung", "KR", "individual"),
        ("Leammonn", "Leammonn", "KR", "individual"),
        ("Dawid Meller", "Meller, Dawid", "PL", "individual"),
        ("Hanqing", "Hanqing", "", "individual"),
    ]
    assert {(a.person.name, a.role, a.organisation.name) for a in Affiliation.objects.all()} == {
        ("Hanqing", "Founder", "AI Talk"),
        ("Zeng Yushen", "Representative", "Kling AI"),
    }
    assert {(w.person.name, w.title, w.year) for w in PastWork.objects.all()} == {
        ("Tim Yip", "Crouching Tiger, Hidden Dragon", None),
        ("Lee Hwan-kyung", "Miracle in Cell No. 7", 2013),
    }
    assert sorted((n.person.name, n.order) for n in NextProject.objects.all()) == [
        ("C·one", 1),
        ("Dawid Meller", 1),
        ("Dawid Meller", 2),
        ("Leammonn", 1),
    ]


def test_events_are_as_reported(nextgen):
    assert [
        (e.title, e.kind, e.part_of and e.part_of.slug, e.host.name, e.city) for e in Event.objects.order_by("order")
    ] == [
        ("Awards ceremony and panel discussion", "ceremony", None, "Kling AI", "Tokyo"),
        ("Panel discussion", "panel", "awards-ceremony", "Kling AI", "Tokyo"),
    ]
    assert [(a.event.slug, a.person.name, a.role) for a in Appearance.objects.order_by("event__order", "order")] == [
        ("awards-ceremony", "Zeng Yushen", "host_representative"),
        ("awards-ceremony", "C·one", "winner"),
        ("awards-ceremony", "Leammonn", "winner"),
        ("awards-ceremony", "Dawid Meller", "winner"),
        ("panel-discussion", "Hanqing", "moderator"),
        ("panel-discussion", "Tim Yip", "panellist"),
        ("panel-discussion", "Lee Hwan-kyung", "panellist"),
    ]


# What it does not say -------------------------------------------------------------------------------


def test_what_the_report_does_not_say_is_blank(nextgen):
    filled = {model: set() for model in COUNTS}
    for row in rows():
        for field in row._meta.concrete_fields:
            value = field.value_from_object(row)
            if value not in (None, "", []) and str(value):
                filled[type(row)].add(field.name)
    common = {"id", "key", "sort_key"}
    assert {model: names - common for model, names in filled.items()} == {
        Source: {"slug", "title", "note"},
        Organisation: {"slug", "name", "description"},
        Person: {"slug", "kind", "name", "sort_name", "headline", "biography", "country"},
        Affiliation: {"person", "organisation", "role", "source"},
        PastWork: {"person", "title", "description", "year", "order", "source"},
        NextProject: {"person", "description", "order", "source"},
        Series: set(),
        Contest: {
            "slug",
            "title",
            "tagline",
            "about",
            "organiser",
            "host_event",
            "city",
            "prize_pool",
            "prize_currency",
            "published_at",
            "approved_at",
            "reveal_at",
            "accent",
        },
        Figure: {
            "contest",
            "organisation",
            "slug",
            "label",
            "qualifier",
            "value",
            "currency",
            "note",
            "order",
            "source",
        },
        LeadingRegion: {"contest", "country", "rank", "source"},
        Category: set(),
        Submission: {"contest", "slug", "title", "title_language", "logline", "synopsis", "status"},
        Credit: {"submission", "person", "role", "order", "source"},
        Award: {"contest", "slug", "name", "kind", "precedence", "source"},
        Recognition: {"award", "submission", "standing", "order", "source"},
        Event: {
            "contest",
            "part_of",
            "slug",
            "title",
            "kind",
            "host",
            "venue",
            "city",
            "description",
            "order",
        },
        Appearance: {"event", "person", "role", "order", "source"},
        Quote: {"slug", "text", "speaker", "event", "submission", "context", "language", "order", "source"},
    }
    assert {(s.slug, bool(s.logline), bool(s.synopsis), s.title_language) for s in Submission.objects.all()} == {
        ("alzheimer", True, True, ""),
        ("im-not-a-robot", False, False, "en"),
        ("lost-and-found", False, False, "en"),
    }


def test_no_date_is_claimed(nextgen):
    portal = datetime(2026, 1, 1, tzinfo=UTC)
    dates = {}
    for row in rows():
        for field in row._meta.concrete_fields:
            if isinstance(field, models.DateField) and (value := getattr(row, field.name)):
                dates[row.key, field.name] = value
    assert dates == {("nextgen", name): portal for name in ("published_at", "approved_at", "reveal_at")}
    for row in rows():
        for name, text in texts(row).items():
            assert not re.search(r"\b(1[89]|20)\d\d\b", text), (row.key, name)


def test_no_award_has_an_amount(nextgen):
    assert set(Award.objects.values_list("prize_amount", "prize_currency")) == {(None, "")}
