"""Slugs from names in any script, and redirects after a slug has changed."""

import doctest
import json
import unicodedata

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.models import Event, Submission
from people.models import Person
from record import slugs
from record.forms import free_slug, unique_beside
from record.models import FormerSlug
from record.slug_lookup import find, keep_former_slug
from record.viewpoint import Viewpoint
from tests import factories as make

# static/js/slug.js makes the same slugs while an editor types. The browser tests also use this table.
NAMES = {
    "C·one": "c-one",
    "受賞者": "受賞者",
    "I’m Not a Robot": "im-not-a-robot",
    "I'm Not a Robot": "im-not-a-robot",
    "Lost & Found": "lost-and-found",
    "Lost&Found": "lost-and-found",
    "Łódź": "lodz",
    "Zażółć gęślą jaźń": "zazolc-gesla-jazn",
    "Straße nach Århus": "strasse-nach-arhus",
    "Smørrebrød Æther": "smorrebrod-aether",
    "  Crouching Tiger,   Hidden Dragon  ": "crouching-tiger-hidden-dragon",
    "Miracle in Cell No. 7": "miracle-in-cell-no-7",
    "Specimen Festival 2026 2026": "specimen-festival-2026",
    "Specimen Prize 1927/28 1927/28": "specimen-prize-1927-28",
    "1984 1984": "1984-1984",
    "أليس": "أليس",
    "हिन्दी फ़िल्म": "हिन्दी-फ़िल्म",
    "이환경 감독": "이환경-감독",
    "ｆｕｌｌｗｉｄｔｈ": "fullwidth",
    "Ｃ・ｏｎｅ": "c-one",
    "-- dashes –—- and / slashes?": "dashes-and-slashes",
    "under_scored": "under-scored",
    "½ & ①": "1-2-and-1",
    "İstanbul": "istanbul",
    "GROẞE": "grosse",
    "O´Neill ŉ": "oneill-n",
    "🎬": "untitled",
    # Invisible characters produce neither a slug nor a hyphen.
    "🎬\ufe0f": "untitled",
    "1\ufe0f\u20e3": "1",
    "\u3164": "untitled",
    "\u200b\u2800": "untitled",
    "Film\ufe0f festival": "film-festival",
    "soft\u00adly": "softly",
    "a\u200db": "ab",
    "\u0301 x": "x",
    "👩\u200d🎨 Ann": "ann",
    # Joiners that are part of the spelling: Persian, Sinhala, Malayalam.
    "می\u200cخواهم": "می\u200cخواهم",
    "ශ්\u200dරී ලංකා": "ශ්\u200dරී-ලංකා",
    "ന്\u200d": "ന്",
    "سلام\u200c": "سلام",
    "a" * 120: "a" * 100,
    "w " * 80: "w-" * 49 + "w",
}


@pytest.mark.parametrize(("name", "slug"), NAMES.items(), ids=lambda text: text[:20].strip())
def test_name_becomes_slug(name, slug):
    assert slugs.slug_from(name) == unicodedata.normalize("NFKC", slug)


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(slugs) == (0, 1)


def test_fallback_stands_where_nothing_of_a_name_can_be_used():
    assert slugs.slug_from("…!", fallback="quote") == "quote"


@settings(deadline=None)
@given(st.text(max_size=150))
def test_whatever_the_name_its_slug_is_valid_and_found_again(name):
    slug = slugs.slug_from(name)
    slugs.validate_slug(slug)
    assert len(slug) <= slugs.MAX_LENGTH
    # The URL leads to the row that has this slug now.
    assert slugs.SlugConverter().to_python(slug) == slug


UNFIT = ["", "-a", "a b", "a/b", "a.b", "a?b", "a#b", "a%b"]
UNSEEN = ["\ufe0f", "\u3164", "\u1160", "a\u200b", "a\u200d", "a\u200cb", "\u0301", "a\U000e0061", "\u034fa", "2\u20e3"]


@pytest.mark.parametrize("value", UNFIT + UNSEEN, ids=ascii)
def test_what_cannot_stand_in_an_address_is_no_slug(value):
    with pytest.raises(ValidationError):
        slugs.validate_slug(value)


DECOMPOSED = {"cafe\u0301": "café", "ﬁlm": "film", "ｆｕｌｌ": "full", "가": "가"}


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "kept"), DECOMPOSED.items(), ids=ascii)
def test_slug_is_kept_as_its_address_is_read_however_it_is_written(client, written, kept):
    fixture = {"model": "people.person", "fields": {"key": "p", "slug": written, "name": "Ann", "sort_name": "Ann"}}
    for row in serializers.deserialize("json", json.dumps([fixture])):
        row.save()
    person = Person.objects.get()
    assert person.slug == kept
    assert Person.objects.get(slug=written) == person
    make.CreditFactory(person=person, submission__contest=make.ContestFactory(revealed=True))
    assert client.get(person.get_absolute_url()).status_code == 200
    Person.objects.update(slug=f"{written}-2")
    assert Person.objects.get().slug == f"{kept}-2"
    (made,) = Person.objects.bulk_create([Person(slug=f"{written}-3", name="B", sort_name="B")])
    assert (made.slug, Person.objects.get(pk=made.pk).slug) == (f"{kept}-3", f"{kept}-3")
    keep_former_slug(person, f"{written}-4")
    assert FormerSlug.objects.get().slug == f"{kept}-4"


def test_taken_slug_gets_the_first_free_number():
    assert free_slug("ceremony", []) == "ceremony"
    assert free_slug("ceremony", ["ceremony", "ceremony-3"]) == "ceremony-2"
    assert free_slug("ceremony", ["ceremony", "ceremony-2"]) == "ceremony-3"


def test_number_fits_into_the_length_of_a_slug():
    long = "a" * slugs.MAX_LENGTH
    assert free_slug(long, [long]) == "a" * (slugs.MAX_LENGTH - 2) + "-2"


def test_where_a_value_has_to_be_unique_is_read_from_the_model():
    assert unique_beside(Person, "slug") == ()
    assert unique_beside(Event, "slug") == ("contest",)
    assert unique_beside(Person, "name") is None


@pytest.mark.django_db
def test_today_s_slug_takes_one_statement(django_assert_num_queries):
    person = make.PersonFactory(slug="c-one")
    with django_assert_num_queries(1):
        assert find(Person.objects.all(), "c-one") == (person, False)


@pytest.mark.django_db
def test_former_slug_leads_to_its_person():
    person = make.PersonFactory(slug="c-one")
    keep_former_slug(person, "cone")
    assert find(Person.objects.all(), "cone") == (person, True)


@pytest.mark.django_db
def test_unknown_slug_leads_nowhere():
    keep_former_slug(make.SourceFactory(), "cone")  # This slug belongs to a row of another model.
    make.PersonFactory()
    with pytest.raises(Http404):
        find(Person.objects.all(), "cone")


@pytest.mark.django_db
def test_former_slug_of_what_is_hidden_leads_nowhere():
    credit = make.CreditFactory(submission__contest=make.ContestFactory(sealed=True))
    keep_former_slug(credit.person, "before")
    with pytest.raises(Http404):
        find(Person.objects.public(Viewpoint.now()), "before")


@pytest.mark.django_db
def test_former_slug_of_what_was_deleted_leads_nowhere():
    person = make.PersonFactory()
    keep_former_slug(person, "before")
    person.delete()
    with pytest.raises(Http404):
        find(Person.objects.all(), "before")


@pytest.mark.django_db
def test_slug_in_use_today_goes_before_a_former_one():
    before, today = make.PersonFactory(), make.PersonFactory(slug="alex")
    keep_former_slug(before, "alex")
    assert find(Person.objects.all(), "alex") == (today, False)


@pytest.mark.django_db
def test_of_several_that_had_a_slug_the_last_one_is_found():
    first, second = make.PersonFactory(), make.PersonFactory()
    keep_former_slug(first, "alex")
    keep_former_slug(second, "alex")
    assert find(Person.objects.all(), "alex") == (second, True)
    keep_former_slug(first, "alex")
    assert find(Person.objects.all(), "alex") == (first, True)
    assert FormerSlug.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contest_slug", "slug", "moved"),
    [("now", "now", False), ("before", "now", True), ("now", "before", True), ("before", "before", True)],
)
def test_slug_of_the_thing_its_contest_or_both_may_have_changed(contest_slug, slug, moved):
    submission = make.SubmissionFactory(slug="now", contest__slug="now")
    keep_former_slug(submission, "before")
    keep_former_slug(submission.contest, "before")
    make.SubmissionFactory(slug="now")  # This slug belongs to a row of another contest.
    assert find(Submission.objects.all(), slug, contest_slug) == (submission, moved)


@pytest.mark.django_db
def test_in_a_contest_that_moved_today_s_slug_goes_before_a_former_one():
    contest = make.ContestFactory(slug="now")
    keep_former_slug(contest, "before")
    today, other = make.SubmissionFactory.create_batch(2, contest=contest)
    keep_former_slug(other, today.slug)
    assert find(Submission.objects.all(), today.slug, "before") == (today, True)


@pytest.mark.django_db
def test_contest_is_part_of_the_address():
    submission = make.SubmissionFactory(slug="now")
    other = make.ContestFactory(slug="other")
    keep_former_slug(submission, "before")
    for slug in ("now", "before"):
        with pytest.raises(Http404):
            find(Submission.objects.all(), slug, other.slug)
