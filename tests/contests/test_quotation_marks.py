"""Pages add quotation marks themselves, so a pair of marks around a whole text is not stored."""

import pytest
from django.core.management import call_command
from django.db import connection

from contests.models import Quote, Recognition
from contests.quotation_marks import without_outer_marks
from tests import factories as make
from tests.admin_pages import filled, page, saved

STRIPPED = [
    "“Hello”", '"Hello"', "„Hello”", "„Hello“", "«Hello»", "« Hello »", "»Hello«", "‹Hello›", "‘Hello’", "'Hello'",
    "「Hello」", "『Hello』", "”Hello”", "»Hello»", "＂Hello＂", "  “Hello”\n", "‚Hello‘", "〝Hello〟", "❝Hello❞",
]  # fmt: skip
KEPT = [
    "Hello", "“Yes” and “no”", '"Yes" and "no"', "«Oui» et «non»", "「はい」と「いいえ」", "‘Yes’ and ‘no’",
    "'Yes' and 'no'",
    "“Yes", "Yes”", "“Yes»", "“”", '"', "“ ”", "»Ja« und »nein«", "He said “yes”", "„Ja“ und „nein“",
]  # fmt: skip


@pytest.mark.parametrize("text", STRIPPED)
def test_one_pair_around_all_of_it_goes_in_any_language(text):
    assert without_outer_marks(text) == "Hello"


@pytest.mark.parametrize("text", KEPT)
def test_marks_that_do_not_hold_all_of_it_stay(text):
    assert without_outer_marks(text) == text


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("‘It’s fine’", "It’s fine"),
        ("'The writers' room isn't'", "The writers' room isn't"),
        ("“He said “yes” to me”", "He said “yes” to me"),
        ("「彼は『はい』と言った」", "彼は『はい』と言った"),
        ("““Twice””", "“Twice”"),
    ],
)
def test_what_is_inside_stays_as_it_is(text, inside):
    assert without_outer_marks(text) == inside


@pytest.mark.django_db
def test_outer_marks_are_taken_off_words_however_they_are_written(desk, client):
    quote = make.QuoteFactory(event__contest__revealed=True, text="Hi")
    saved(desk.post(page(quote), filled(desk.get(page(quote)), text="“Hello there”")))
    assert Quote.objects.values_list("text", flat=True).get() == "Hello there"
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM contests_quote")
        assert cursor.fetchone() == ("Hello there",)
        # An earlier version stored the text with its quotation marks.
        cursor.execute("UPDATE contests_quote SET text = %s", ["“Hello there”"])
    assert Quote.objects.get().text == "Hello there"
    shown = client.get(quote.get_absolute_url()).content.decode()
    assert "Hello there" in shown
    assert not any(doubled in shown for doubled in ("““", "””", "&ldquo;&ldquo;"))


@pytest.mark.django_db
def test_outer_marks_are_taken_off_what_a_fixture_brings_and_off_citations(tmp_path):
    quote, won = make.QuoteFactory(text="Hi"), make.RecognitionFactory(citation="„A quiet film.”")
    won.refresh_from_db()
    assert won.citation == "A quiet film."
    path = tmp_path / "words.json"
    call_command(
        "dumpdata", "contests.quote", natural_foreign=True, natural_primary=True, output=str(path), verbosity=0
    )
    path.write_text(path.read_text().replace('"text": "Hi"', '"text": "«Hello»"'))
    call_command("loaddata", str(path), verbosity=0)
    quote.refresh_from_db()
    assert quote.text == "Hello"
    assert Recognition.objects.filter(citation="“A quiet film.”").exists()
