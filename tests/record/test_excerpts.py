"""Shortening a text that is too long for the available space to its beginning."""

import pytest

from record.excerpts import beginning


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("Short words.", 20, "Short words."),
        ("One line,\nand  another.", 60, "One line, and another."),
        (
            "I believe that the interactive film is a thing of the future.",
            40,
            "I believe that the interactive film is…",
        ),
        ("It ends before the comma, and then it goes on.", 26, "It ends before the comma…"),
        ("受賞者の言葉はとても長いです", 8, "受賞者の言葉は…"),
        ("क्षत्रियोंकेबीचमें", 4, "क्ष…"),
        ("👩‍👩‍👧 family", 4, "👩‍👩‍👧 family"[:1] + "…"),
    ],
)
def test_a_text_ends_with_a_whole_word(text, most, shown):
    assert beginning(text, most) == shown
    assert len(shown) <= max(most, len(text))
