from datetime import UTC, date, datetime

import pytest

from contests.models import Award, Submission
from people.models import Person
from record.field_text import as_text, field_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        ([], "—"),
        (["Ada", "Bo"], "Ada, Bo"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (date(2026, 5, 4), "4 May 2026"),
        (datetime(2026, 5, 4, 9, 30, tzinfo=UTC), "4 May 2026, 09:30 UTC"),
    ],
)
def test_a_value_as_text(value, text):
    assert as_text(value) == text


def test_a_field_names_its_choices_languages_and_countries():
    work = Submission(status="eligible", language="ja", countries=["JP", "KR"])
    fields = {name: field_text(work, Submission._meta.get_field(name)) for name in ("status", "language", "countries")}
    assert fields == {"status": "Eligible", "language": "Japanese", "countries": "Japan, South Korea"}
    assert field_text(Person(country="PL"), Person._meta.get_field("country")) == "Poland"


@pytest.mark.django_db
def test_a_related_row_that_is_gone_has_its_number():
    assert field_text(Award(contest_id=7), Award._meta.get_field("contest")) == "deleted (7)"


def test_a_runtime_is_in_minutes_and_seconds():
    field = Submission._meta.get_field("runtime")
    assert [field_text(Submission(runtime=seconds), field) for seconds in (62, 5525, None)] == ["1:02", "1:32:05", "—"]
