"""The fixture `nextgen` contains what the report says, and nothing else."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import models

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Category,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Party,
    PreviewLink,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    Work,
    WorkIdentifier,
)
from people.models import (
    Affiliation,
    NextProject,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    PastWork,
    Person,
    PersonIdentifier,
    PersonName,
)
from record.images import FocusField
from record.models import Source
from tests.ceremony_report import NAMES, UTTERANCES, report
from tests.test_fixtures import COUNTS, rows, texts

pytestmark = pytest.mark.django_db


def test_utterances_are_exact_in_order_with_speaker_and_film(nextgen):
    quotes = Quote.objects.order_by("order").select_related("speaker", "submission", "event")
    assert [(q.speaker.name, q.submission and q.submission.title, q.text) for q in quotes] == UTTERANCES
    assert [q.order for q in quotes] == list(range(1, 15))
    assert {(q.event.slug, q.language) for q in quotes} == {("awards-ceremony", "en")}
    assert all(q.context for q in quotes)
    if text := report():
        # Read up to the closing quotation mark, or to the end of the paragraph if the report has none.
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
    """Return every sequence of five words in the text, without names and fixed terms."""
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
    assert {(c.work.title, c.person.name, c.role.slug) for c in Credit.objects.all()} == {
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


def test_what_the_report_does_not_say_is_blank(nextgen):
    filled = {model: set() for model in COUNTS if model is not PreviewLink}
    for row in rows():
        for field in row._meta.concrete_fields:
            if isinstance(field, FocusField):  # Without an image, the focal point is the centre.
                continue
            value = field.value_from_object(row)
            # These are default values of every entry, award or recognition.
            if field.name in ("is_selected", "work_url_audience", "honours", "outcome", "is_tied", "is_shared"):
                assert value == field.default
                continue
            if value not in (None, "", []) and str(value):
                filled[type(row)].add(field.name)
    common = {"id", "key", "sort_key", "letter", "edition_key", "name_key", "native_key", "code"}
    common |= {"folded_title", "folded_original_title", "folded_logline", "folded_headline"}
    assert {model: names - common for model, names in filled.items()} == {
        Source: {"slug", "title", "note"},
        Organisation: {"slug", "name", "description"},
        Person: {"slug", "kind", "name", "sort_name", "headline", "biography", "country"},
        Affiliation: {"person", "organisation", "role", "source"},
        PastWork: {"person", "title", "description", "year", "order", "source"},
        NextProject: {"person", "description", "order", "source"},
        Series: set(),
        Party: set(),
        PersonName: set(),
        PersonIdentifier: set(),
        OrganisationName: set(),
        OrganisationIdentifier: set(),
        SeriesOrganiser: set(),
        AwardLine: set(),
        Contest: {
            "slug",
            "title",
            "tagline",
            "about",
            "organiser",
            "work_kind",
            "host_event",
            "city",
            "prize_pool",
            "prize_currency",
            "published_at",
            "approved_at",
            "reveal_at",
            "public_entries",
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
        Work: {"slug", "title", "title_language"},
        WorkIdentifier: set(),
        Submission: {"contest", "work", "slug", "title", "title_language", "logline", "synopsis", "status"},
        Credit: {"work", "person", "role", "order", "source"},
        Award: {"contest", "slug", "name", "kind", "precedence", "source"},
        Recognition: {"award", "standing", "order", "source", "approved_at"},
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
    won = Recognition.objects.values_list("key", flat=True)
    assert dates == {("nextgen", name): portal for name in ("published_at", "approved_at", "reveal_at")} | {
        (key, "approved_at"): portal for key in won
    }
    for row in rows():
        for name, text in texts(row).items():
            assert not re.search(r"\b(1[89]|20)\d\d\b", text), (row.key, name)


def test_no_award_has_an_amount(nextgen):
    assert set(Award.objects.values_list("prize_amount", "prize_currency")) == {(None, "")}
