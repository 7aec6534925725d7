"""Verification codes never change and are unique, and the portal detects typing errors in them."""

from contextlib import suppress
from itertools import combinations

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from contests.models import Recognition
from contests.verification_codes import ALPHABET, MistypedError, code_of, read
from tests import factories as make


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("nextgen-alzheimer-grand-prize", "YKQ8N-CFK23"),
        ("nextgen-im-not-a-robot-official-selection", "HM2T8-ENT6F"),
        ("nextgen-lost-and-found-official-selection", "J4DCD-SS28F"),
        ("", "J1RAF-0TQ5W"),
        ("受賞者", "0BJ1R-75WQ1"),
    ],
)
def test_a_code_that_was_printed_once_never_changes(key, code):
    assert code_of(key) == code
    assert read(code) == code


def test_a_hundred_thousand_keys_have_as_many_codes():
    assert len({code_of(f"key-{number}") for number in range(100_000)}) == 100_000


@pytest.mark.parametrize("key", ["a", "nextgen-alzheimer-grand-prize", "xk7rq2mfw3ta"])
def test_every_single_wrong_character_is_noticed(key):
    right = code_of(key).replace("-", "")
    for place in range(10):
        for other in set(ALPHABET) - {right[place]}:
            with pytest.raises(MistypedError):
                read(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("key", ["a", "nextgen-alzheimer-grand-prize", "xk7rq2mfw3ta"])
def test_any_two_characters_that_changed_places_are_noticed(key):
    right = code_of(key).replace("-", "")
    changed = 0
    for one, other in combinations(range(10), 2):
        wrong = list(right)
        wrong[one], wrong[other] = wrong[other], wrong[one]
        if "".join(wrong) != right:
            changed += 1
            with pytest.raises(MistypedError):
                read("".join(wrong))
    assert changed > 30


@pytest.mark.parametrize(
    "typed",
    ["YKQ8N-CFK23", "ykq8ncfk23", " ykq8n cfk23 ", "ＹＫＱ８Ｎ－ＣＦＫ２３", "YKQ8N–CFK23", "y k q 8 n.c f k 2 3"],
)
def test_a_code_is_read_however_it_is_written(typed):
    assert read(typed) == "YKQ8N-CFK23"


def test_letters_that_look_like_digits_are_read_as_those():
    code = next(code for number in range(1000) if {"0", "1"} <= set(code := code_of(f"key-{number}")))
    for one in "IiLl1":
        for nought in "Oo0":
            assert read(code.replace("1", one).replace("0", nought)) == code


@given(st.text(max_size=300))
def test_what_is_no_code_is_told_from_one(text):
    with suppress(MistypedError):
        assert read(read(text)) == read(text)


@pytest.mark.parametrize("text", ["", "-", "YKQ8N", "YKQ8N-CFK2", "YKQ8N-CFK233", "YKQ8N-CFK2U", "\x00", "9" * 10_000])
def test_too_short_too_long_and_foreign_is_no_code(text):
    with pytest.raises(MistypedError):
        read(text)


@pytest.mark.django_db
def test_a_row_has_its_code_however_it_came_in():
    call_command("loaddata", "nextgen", verbosity=0)
    found = Recognition.objects.get(code="YKQ8N-CFK23")
    assert found.key == "nextgen-alzheimer-grand-prize"
    award = make.AwardFactory(contest=found.award.contest, precedence=99)
    Recognition.objects.bulk_create([Recognition(key="a", award=award, order=1)])
    assert Recognition.objects.get(code=code_of("a")).key == "a"


@pytest.mark.django_db
def test_a_code_is_found_by_an_index():
    make.RecognitionFactory()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Recognition.objects.filter(code="YKQ8N-CFK23").order_by().explain()
    assert "Index" in plan or "INDEX" in plan, plan
    assert "code" in plan
