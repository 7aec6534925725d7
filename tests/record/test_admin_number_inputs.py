"""For each number that an editor enters, the admin stores exactly this number or shows an error."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from record.admin.number_inputs import AmountField, RunningTimeField, WholeNumberField
from tests import factories as make
from tests.admin_pages import filled, page, saved

READ = [
    (RunningTimeField, "6:45", 405),
    (RunningTimeField, " 0:45 ", 45),
    (RunningTimeField, "90:00", 5400),
    (RunningTimeField, "1:32:05", 5525),
    (RunningTimeField, "6：45", 405),
    (AmountField, "42000", Decimal(42000)),
    (AmountField, "42 000", Decimal(42000)),
    (AmountField, "42\u202f000,50", Decimal("42000.50")),
    (AmountField, "42'000", Decimal(42000)),
    (AmountField, "1,250,000", Decimal(1250000)),
    (AmountField, "1.250.000", Decimal(1250000)),
    (AmountField, "1,250.50", Decimal("1250.50")),
    (AmountField, "1.250,5", Decimal("1250.5")),
    (AmountField, "42,5", Decimal("42.5")),
    (AmountField, "42.50", Decimal("42.50")),
    (WholeNumberField, " 2026 ", 2026),
]
REFUSED = [
    *((RunningTimeField, text) for text in ("405", "6", "6.45", "6,45", "6:7", "6:75", "1:75:00", "6:45 min", "-6:45")),
    *((AmountField, text) for text in ("42,000", "42.000", "$42,000", "42k", "1,25,000", "USD 42000", "nan", "1e5000")),
    *((WholeNumberField, text) for text in ("2,026", "2.026", "42.000", "1.0", "3rd", "2026-11", "9" * 30)),
]


@pytest.mark.parametrize(("field", "text", "value"), READ)
def test_number_is_read_as_it_is_typed(field, text, value):
    assert field(**({"max_digits": 20, "decimal_places": 2} if field is AmountField else {})).clean(text) == value


@pytest.mark.parametrize(("field", "text"), REFUSED)
def test_number_that_can_be_read_in_two_ways_or_none_is_refused(field, text):
    with pytest.raises(ValidationError):
        field(**({"max_digits": 20, "decimal_places": 2} if field is AmountField else {})).clean(text)


@pytest.mark.django_db
def test_runtime_is_typed_and_shown_in_minutes_and_seconds(desk):
    film = make.SubmissionFactory(runtime=5525)
    form = desk.get(page(film)).content.decode()
    assert 'type="text" name="runtime" value="1:32:05"' in form
    assert "Minutes and seconds: 6:45. With hours: 1:32:05." in form
    saved(desk.post(page(film), filled(desk.get(page(film)))))
    film.refresh_from_db()
    assert film.runtime == 5525
    saved(desk.post(page(film), filled(desk.get(page(film)), runtime="6:45")))
    film.refresh_from_db()
    assert film.runtime == 405
    refused = desk.post(page(film), filled(desk.get(page(film)), runtime="645"))
    assert refused.context["adminform"].form.errors == {
        "runtime": ["Type minutes and seconds with a colon: 6:45, or 0:45 for less than a minute. With hours: 1:32:05."]
    }


@pytest.mark.django_db
def test_prize_that_can_be_read_in_two_ways_says_both(desk):
    award = make.AwardFactory()
    values = filled(desk.get(page(award)), prize_currency="USD")
    refused = desk.post(page(award), {**values, "prize_amount": "42,000"})
    assert refused.context["adminform"].form.errors == {
        "prize_amount": ["This number can be read in two ways. Type 42000 or 42.0."]
    }
    refused = desk.post(page(award), {**values, "prize_amount": "$42,000"})
    assert refused.context["adminform"].form.errors == {
        "prize_amount": ["Type the number alone, without a currency or a word: 42000 or 42000.50."]
    }
    saved(desk.post(page(award), {**values, "prize_amount": "42 000"}))
    award.refresh_from_db()
    assert award.prize_amount == 42000


@pytest.mark.django_db
def test_no_box_of_the_record_s_forms_swallows_what_is_typed(desk):
    figure, work = make.FigureFactory(), make.PastWorkFactory()
    film = make.SubmissionFactory()
    for row in (figure, figure.contest, work, work.person, film, make.QuoteFactory().event, make.AwardFactory()):
        form = desk.get(page(row)).content.decode()
        numbers = [line for line in form.split("<input") if 'type="number"' in line and "_focus_" not in line]
        assert (row._meta.model_name, numbers) == (row._meta.model_name, [])
