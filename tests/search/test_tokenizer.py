"""Splitting texts into tokens uses no database, so the result is the same for every database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import Question
from search.tokenizer import fold, indexed, is_one_typo, split, stem, tokens, variants, whole


@pytest.mark.parametrize(
    ("letter", "folded"),
    [
        ("É", "e"), ("ł", "l"), ("ß", "ss"), ("Œ", "oe"), ("İ", "i"), ("ı", "i"), ("ς", "σ"), ("ά", "α"), ("ё", "е"),
        ("й", "й"), ("ї", "ї"), ("カ", "か"), ("ｶﾞ", "が"), ("Ａ", "a"), ("أ", "ا"), ("ة", "ه"), ("ى", "ي"), ("ـ", ""),
        ("٣", "3"), ("क़", "क"), ("\u1112\u1161\u11ab", "한"), ("\u200d", ""), ("!", " "), ("½", "12"),
        ("ﷺ", "صلياللهعليهوسلم"),
    ],
)  # fmt: skip
def test_a_letter_is_compared_without_what_does_not_count(letter, folded):
    assert fold(letter) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C·one", ["c", "one"]),
        ("AIと映画", ["ai", "と映画"]),
        ("e\u0301te\u0301", ["ete"]),
        ("हिन्दी फ़िल्म", ["हिन्दी", "फिल्म"]),
        ("R&B", ["r", "and", "b"]),
        ("a\x00b  \n c", ["a", "b", "c"]),
        ("“…”", []),
    ],
)
def test_a_text_is_split_into_its_words(text, words):
    assert [word.text for word in split(text)] == words


def test_what_is_joined_is_found_together_and_apart():
    assert tokens(split("I’m")) == {"i", "m", "im"}
    assert tokens(split("end. Next")) == {"end", "next"}
    assert tokens(split("受賞者")) == {"受", "賞", "者", "受賞", "賞者"}
    assert whole(split("Lost & Found!")) == "lost.and.found"


def test_forms_of_a_word_share_a_stem():
    assert {stem(word) for word in ("dream", "dreams", "dreaming", "dreamed")} == {"dream"}
    assert stem("الذاكرة") == "ذاكرة"


def test_words_one_typo_apart_share_a_variant():
    for wrong in ("lzheimer", "alzhimer", "alzheimmer", "azlheimer", "alzheimar", "alxheimer", "alzheimre"):
        assert is_one_typo(wrong, "alzheimer"), wrong
        assert variants(wrong) & variants("alzheimer"), wrong
    for other in ("alzmer", "zalheimre", "alpine"):
        assert not is_one_typo(other, "alzheimer"), other


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_asked_for_and_marked(text, question):
    spans = list(Question(question).spans(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_every_character_there_is_makes_a_token_that_needs_no_quotes():
    signs = {sign for code in range(0x110000) if not 0xD800 <= code < 0xE000 for sign in fold(chr(code))}
    assert not signs & set("\t\n\0\"'\\*():|&!<>^+-{}=_.")


@given(st.text(max_size=60))
def test_tokens_hold_nothing_that_a_database_could_take_for_an_operator(text):
    found = tokens(split(text)) | {whole(split(text))}
    assert not {sign for token in found for sign in token} & set(" \t\n\0\"'\\*():|&!<>^+-{}=_")


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("abc 12'’-·.&()（）「」、。…!\n\u0301\u093e\uff9eけ한"))
    )
)
def test_the_pieces_of_a_text_give_the_same_tokens_as_the_text(text):
    assert indexed(text) == (whole(split(text)), tokens(split(text)))
