"""Dates that are known to the year, the month, the day or the minute."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from django.utils import translation

from record.field_text import as_text
from record.models import Record
from record.partial_dates import PartialDateField, formatted, in_order, moment_of, partial_dates_within, year_of

with isolate_apps():

    class Life(models.Model):  # noqa: DJ008
        """A model only for these tests: a day, and a moment."""

        born = PartialDateField("born")
        died = PartialDateField("died")
        began = PartialDateField("began", time=True)

        class Meta:
            app_label = "record"
            constraints = [
                *partial_dates_within("born", "died"),
                *partial_dates_within("began", time=True),
                in_order("born", "died", name="life_in_order"),
            ]

        validate_constraints = Record.validate_constraints


@pytest.fixture
def table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Life)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Life)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1932", "1932"),
        (" 1932-05 ", "1932-05"),
        ("1932-5-7", "1932-05-07"),
        ("1932/05/17", "1932-05-17"),
        ("１９３２．５", "1932-05"),
        ("", ""),
    ],
)
def test_a_form_takes_what_people_write_with_the_year_first(typed, kept):
    assert PartialDateField().formfield().clean(typed) == kept


@pytest.mark.parametrize("typed", ["2026-10-31 19:30", "2026-10-31T19:30", "2026/10/31 19:30:00"])
def test_a_time_is_kept_where_the_field_has_one(typed):
    field = PartialDateField(time=True)
    assert field.clean(typed, None) == "2026-10-31T19:30"
    assert field.formfield().prepare_value("2026-10-31T19:30") == "2026-10-31 19:30"
    with pytest.raises(ValidationError, match="Leave out the time"):
        PartialDateField().clean(typed, None)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("17 May 1932", "year first"),
        ("17.05.1932", "year first"),
        ("32", "year first"),
        ("1932-13", "does not exist"),
        ("1932-02-30", "does not exist"),
        ("1932-00", "does not exist"),
        ("1799", "between 1800 and 2200"),
        ("2201-01-01", "between 1800 and 2200"),
        ("0000", "between 1800 and 2200"),
        ("1932 or 1933", "year first"),
    ],
)
def test_a_wrong_date_is_refused_and_the_message_says_why(typed, told):
    field = PartialDateField()
    assert field.formfield().clean(typed)  # The model's message appears at the field, once.
    with pytest.raises(ValidationError, match=told) as refused:
        field.clean(typed, None)
    assert len(refused.value.messages) == 1


@pytest.mark.parametrize(
    ("iso", "by_language"),
    [
        ("1932", {"en": "1932", "pl": "1932", "ja": "1932年", "zh-hans": "1932年", "ko": "1932년"}),
        ("1932-05", {"en": "May 1932", "pl": "maj 1932", "ja": "1932年5月", "ko": "1932년 5월"}),
        ("1932-05-17", {"en": "17 May 1932", "pl": "17 maja 1932", "ja": "1932年5月17日", "ko": "1932년 5월 17일"}),
        ("2026-10-31T19:30", {"en": "31 October 2026, 19:30", "ja": "2026年10月31日 19:30"}),
        ("1932-02-30", {"en": "1932-02-30"}),
        ("", {"en": ""}),
    ],
)
def test_a_date_is_shown_as_exactly_as_it_is_known(iso, by_language):
    for language, shown in by_language.items():
        with translation.override(language):
            assert formatted(iso) == shown
            assert as_text(iso, PartialDateField(), blank="") == shown


def test_the_first_moment_and_the_year_are_known():
    assert (moment_of("1932-05").month, year_of("1932-05-17")) == (5, 1932)
    assert (year_of(""), year_of("nonsense")) == (None, None)


def test_dates_sort_by_time_and_the_less_exact_first(table):
    dates = ["1899-12-31", "1932", "1932-05", "1932-05-17", "1932-10"]
    Life.objects.bulk_create([Life(born=born) for born in reversed(dates)])
    assert list(Life.objects.order_by("born").values_list("born", flat=True)) == dates
    assert list(Life.objects.filter(born__gte="1932-05").order_by("born").values_list("born", flat=True)) == dates[2:]


def test_django_can_read_the_columns_of_the_table(table):
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, Life._meta.db_table)
    assert [column.name for column in described] == ["id", "born", "died", "began"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"born": "1799"},
        {"born": "2201"},
        {"born": "1932-13"},
        {"born": "1932-00"},
        {"born": "1932-05-32"},
        {"born": "1932-"},
        {"born": "19320517"},
        {"born": "17 May 32"},
        {"began": "2026-10-31T24:00"},
        {"began": "2026-10-31 1930"},
        {"born": "1932-06", "died": "1932-05-17"},
    ],
)
def test_the_database_refuses_what_is_no_date(table, wrong):
    Life.objects.create(born="1932", died="1932", began="2026-10-31T19:30")
    Life.objects.create(born="1932-05", died="1932")
    Life.objects.create(born="", died="1932", began="2026")
    with pytest.raises(IntegrityError), transaction.atomic():
        Life.objects.create(**wrong)


def test_a_form_tells_that_the_end_is_before_the_beginning(table):
    life = Life(born="1932-06", died="1932-05-17")
    with pytest.raises(ValidationError) as refused:
        life.validate_constraints()
    assert refused.value.message_dict == {"died": ["The end can’t be before the beginning."]}
    Life(born="1932-06", died="1932").validate_constraints()


def test_a_field_is_made_again_from_its_migration():
    for field in (PartialDateField(time=True), PartialDateField(blank=False)):
        _name, path, args, kwargs = field.deconstruct()
        again = PartialDateField(*args, **kwargs)
        assert path == "record.partial_dates.PartialDateField"
        assert (again.time, again.blank, again.max_length) == (field.time, field.blank, field.max_length)
