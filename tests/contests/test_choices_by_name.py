"""Languages, currencies and countries are chosen by name. The database stores only existing codes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from contests.currencies import code_of
from people.models import Person
from record.content_languages import tag_of
from tests import factories as make
from tests.admin_pages import filled, inline_in, page, saved

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        *[("ar", "ar"), ("Arabic", "ar"), ("arabic ", "ar"), ("アラビア語", "ar"), ("arabski", "ar")],
        *[("zh-hans", "zh-Hans"), ("ZH_HANT", "zh-Hant"), ("Traditional Chinese", "zh-Hant"), ("PT-br", "pt-BR")],
        *[("sr-latn-rs", "sr-Latn-RS"), ("de-1996", "de-1996"), ("es-419", "es-419"), ("ain", "ain")],
        *[("Klingonish", None), ("xx", None), ("en-Xxxx", None), ("en-QQ", None), ("en us", None), ("-", None)],
    ],
)
def test_tag_is_found_by_a_name_and_made_as_it_is_written(typed, tag):
    assert tag_of(typed) == tag


@pytest.mark.parametrize(
    ("typed", "code"),
    [("eur", "EUR"), ("Euro", "EUR"), ("€", "EUR"), ("us dollar", "USD"), ("złoty polski", "PLN"), ("xq1", None)],
)
def test_currency_is_found_by_a_name_and_in_any_case(typed, code):
    assert code_of(typed) == code


def test_language_typed_by_name_is_kept_as_its_tag_and_nonsense_is_refused(desk):
    person = make.PersonFactory()
    saved(desk.post(page(person), filled(desk.get(page(person)), native_name="أليس", native_language="Arabic")))
    person.refresh_from_db()
    assert person.native_language == "ar"
    told = ["Unknown language. Type the beginning of its name, such as “Japanese”, and choose it from the list."]
    refused = desk.post(page(person), filled(desk.get(page(person)), native_language="Elvish"))
    assert refused.context["adminform"].form.errors == {"native_language": told}
    film = make.SubmissionFactory()
    refused = desk.post(page(film), filled(desk.get(page(film)), language="xx", title_language="Polish"))
    assert refused.context["adminform"].form.errors == {"language": told}


def test_no_tag_that_there_is_not_is_written_or_read(desk):
    assert make.PersonFactory(native_language="Arabic").native_language in ("Arabic", "ar")
    assert Person.objects.get().native_language == "ar"
    with pytest.raises(ValidationError):
        Person(name="A", sort_name="A", slug="a", native_language="Elvish").full_clean()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET native_language = 'Elvish'")
    assert Person.objects.get().native_language == ""


def test_currency_is_kept_as_its_code(desk):
    award = make.AwardFactory()
    values = filled(desk.get(page(award)), prize_amount="5000")
    saved(desk.post(page(award), {**values, "prize_currency": "eur"}))
    award.refresh_from_db()
    assert award.prize_currency == "EUR"
    refused = desk.post(page(award), filled(desk.get(page(award)), prize_currency="XQQ"))
    assert refused.context["adminform"].form.errors == {
        "prize_currency": ["Choose a currency from the list, or type its three-letter code: USD, EUR, JPY."]
    }


def test_names_are_suggested_once_a_page_and_without_a_script(desk):
    award, film, event = make.AwardFactory(), make.SubmissionFactory(), make.EventFactory()
    for row, name, option in (
        (award, "currency-names", '<option value="EUR">Euro</option>'),
        (award.contest, "currency-names", '<option value="JPY">Japanese Yen</option>'),
        (film, "language-names", '<option value="Arabic">Arabic</option>'),
        (event, "language-names", '<option value="Polish">Polish</option>'),
        (make.PersonFactory(), "language-names", '<option value="Simplified Chinese">Simplified Chinese</option>'),
    ):
        response = desk.get(page(row))
        form = response.content.decode()
        assert (form.count(f'<datalist id="{name}">'), f'list="{name}"' in form, option in form) == (1, True, True)
        assert inline_in(response) == []
    assert "<datalist" not in desk.get(page(make.SourceFactory())).content.decode()


def test_countries_are_boxes_to_tick_the_ticked_ones_first(desk):
    film = make.SubmissionFactory(countries=["PL", "JP"])
    form = desk.get(page(film)).content.decode()
    assert "<select" not in form[form.index("field-countries") : form.index("field-runtime")]
    boxes = form[form.index("field-countries") :].split('name="countries" value="')[1:4]
    assert [box[:2] for box in boxes] == ["JP", "PL", "AF"]
    saved(desk.post(page(film), filled(desk.get(page(film)), countries=["KR", "PL"])))
    film.refresh_from_db()
    assert [country.code for country in film.countries] == ["KR", "PL"]
