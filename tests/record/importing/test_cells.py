from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import process_time

import pytest
from django.utils.translation import gettext_lazy, override

from record.content_languages import validate_languages
from record.importing import cells, dates
from record.importing.cells import CellError, Name
from record.importing.matching import names_in
from record.importing.name_splitting import split_names
from record.importing.people_names import is_of_company
from record.importing.reading import read_table

from . import made_up_files as files


def _column(content, name):
    table = read_table(content, "specimen")
    place = table.header.index(name)
    return [line.values[place] for line in table.lines]


def _reason(parse, value, *args, **options):
    with pytest.raises(CellError) as error:
        parse(value, *args, **options)
    return str(error.value)


def test_text_is_what_a_person_sees():
    values = [1994.0, 6.5, " 007 ", None, True, date(2026, 4, 3), datetime(2026, 4, 3, 9, 30), timedelta(hours=30)]
    expected = ["1994", "6.5", "007", "", "TRUE", "2026-04-03", "2026-04-03 09:30", "30:00:00"]
    assert [cells.parse_text(value) for value in values] == expected


def test_text_that_is_too_long_names_both_numbers():
    [text] = _column(files.long_cell(), "Synopsis")
    reason = _reason(cells.parse_text, text, 5_000)
    assert reason.startswith("The text has 40000 characters. The most is 5000. It begins with “ab ab")
    assert len(reason) < 200


def test_text_with_control_characters_is_refused_but_lines_and_tabs_are_kept():
    assert cells.parse_text("a\nb\tc") == "a\nb\tc"
    assert "U+0007" in _reason(cells.parse_text, "a\x07b")


@pytest.mark.parametrize("parse", [cells.parse_text, cells.parse_year, cells.parse_countries, cells.parse_names])
def test_error_value_of_a_formula_is_refused(parse):
    assert _reason(parse, "#REF!") == "The cell has the error #REF!. Correct its formula, or write the value."


def test_whole_numbers():
    assert [cells.parse_whole_number(value) for value in ("1,234", "1 234", "12", 3.0, "-7", None)] == [
        *(1234, 1234, 12, 3, -7, None),
    ]
    assert _reason(cells.parse_whole_number, "1.5") == "“1.5” is not a whole number."


@pytest.mark.parametrize(
    ("value", "amount", "currency"),
    [
        ("1,234.50", "1234.50", ""),
        ("1.234,50", "1234.50", ""),
        ("$42,000", "42000", "USD"),
        ("3,800 EUR", "3800", "EUR"),
        ("1 234,50 zł", "1234.50", "PLN"),
        ("1'000.50 CHF", "1000.50", "CHF"),
        ("500円", "500", "JPY"),
        ("100만원".replace("만", ""), "100", "KRW"),
        ("US$ 1,000,000", "1000000", "USD"),
        ("1.234.567", "1234567", ""),
        ("0.125", "0.125", ""),
        ("1,5", "1.5", ""),
        ("-$5", "-5", "USD"),
        (42.5, "42.5", ""),
    ],
)
def test_amounts(value, amount, currency):
    assert cells.parse_decimal_amount(value) == (Decimal(amount), currency)


@pytest.mark.parametrize("value", ["many", "5 shells", "12,34,567.00", "¥500", "1.2.3", True])
def test_amount_that_is_not_clear_is_refused(value):
    assert _reason(cells.parse_decimal_amount, value)


def test_years():
    values = ["1994", 1994.0, date(1994, 5, 16), "1994年", "1994-05-16", "", "n/a"]
    assert [cells.parse_year(value) for value in values] == [1994] * 5 + [None] * 2
    assert _reason(cells.parse_year, "c. 1994") == "“c. 1994” is not a year. Write four digits, such as 1994."
    assert _reason(cells.parse_year, "1700") == "1700 is not a year between 1800 and 2200."
    assert _reason(cells.parse_year, 34335)


def test_runtimes_of_the_file_are_all_six_minutes_and_45_seconds():
    assert {cells.parse_runtime(value) for value in _column(files.runtimes(), "Runtime")} == {405}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1:02:03", 3723),
        ("01:30:00", 5400),
        ("90:00", 5400),
        ("405", 405),
        ("6'45\"", 405),
        ("6m45", 405),
        ("12 min", 720),
        ("12 分", 720),
        ("12분", 720),
        ("6.5 min", 390),
        ("6分45秒", 405),
        ("1時間2分", 3720),
        ("1小时30分钟", 5400),
        ("1시간 2분 3초", 3723),
        ("1 godz. 2 min", 3720),
        ("1h30", 5400),
        ("12'", 720),
        ("45s", 45),
        ("10 minutes 39 seconds", 639),
        ("1 hour and 2 minutes", 3720),
        (timedelta(hours=1), 3600),
        ("", None),
        ("-", None),
    ],
)
def test_runtime_is_in_seconds(value, seconds):
    assert cells.parse_runtime(value) == seconds


@pytest.mark.parametrize(
    "value", ["6.45", 6.45, 6.5, "6:75", "1:75:00", "long", "0", "h", "1 h 75 min", date(2026, 4, 3)]
)
def test_runtime_that_is_not_clear_is_refused(value):
    assert _reason(cells.parse_runtime, value)


def test_runtime_without_a_unit_is_in_the_unit_of_the_column():
    assert cells.parse_runtime(90, unit="minutes") == 5400
    assert cells.parse_runtime(6.5, unit="minutes") == 390
    assert cells.parse_runtime("6:45", unit="minutes") == 405


def test_time_of_day_that_may_be_minutes_and_seconds_is_refused_unless_the_column_is_clear():
    assert "6 hours 45 minutes or 6 minutes 45 seconds" in _reason(cells.parse_runtime, time(6, 45))
    assert not cells.clock_of([time(6, 45), time(7, 0), "x"])
    assert cells.clock_of([time(1, 30), time(0, 6, 45)])
    assert cells.parse_runtime(time(1, 30), is_clock=True) == 5400


def test_yes_and_no_in_five_languages():
    assert {cells.parse_yes_no(value) for value in ("Yes", "はい", "是", "예", "tak", "TRUE", 1, True, "x")} == {True}
    assert {cells.parse_yes_no(value) for value in ("no", "いいえ", "否", "아니요", "NIE", 0, False)} == {False}
    assert cells.parse_yes_no(" ") is None
    assert _reason(cells.parse_yes_no, "maybe") == "“maybe” is neither yes nor no."


def test_choice_by_code_or_label():
    choices = {"film": ["Film", "作品"], "music-video": ["Music video", "Teledysk"]}
    for value in ("music-video", "MUSIC VIDEO", "Ｍusic_video", "teledýsk"):
        assert cells.parse_choice(value, choices) == "music-video"
    assert cells.parse_choice("", choices) == ""
    assert _reason(cells.parse_choice, "poem", choices) == "“poem” is not one of: Film, Music video."


def test_labels_are_those_of_all_languages():
    labels = cells.labels_of([("y", gettext_lazy("Yes"))])
    assert labels["y"][0] == "Yes"
    assert len(labels["y"]) > 1


def test_urls():
    assert cells.parse_web_url("www.example.org/film?a=1") == "https://www.example.org/film?a=1"
    assert cells.parse_web_url("example.org:8080/a") == "https://example.org:8080/a"
    assert cells.parse_web_url("<http://example.org>") == "http://example.org"
    for value in ("javascript:alert(1)", "data:text/html,x", "hello", "a b.org", "mailto:a@example.org", 5):
        assert _reason(cells.parse_web_url, value)


def test_countries_of_the_file():
    found = [cells.parse_countries(value) for value in _column(files.countries(), "Country")]
    assert found == [["GB"], ["CZ"], ["KR"], ["JP"], ["US"], ["PL"], ["KR"], ["CN"], ["BA", "GB"]]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("South Korea", "KR"),
        ("Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("Korea (Republic of)", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Russia", "RU"),
        ("Great Britain", "GB"),
        ("Holland", "NL"),
        ("Hong Kong", "HK"),
        ("Taiwan", "TW"),
        ("International", "XINT"),
        ("国際", "XINT"),
        ("Bosnia & Herzegovina", "BA"),
        ("Bosnia and Herzegovina, Serbia", "BA RS"),
        ("波兰", "PL"),
        ("France, Germany & Italy", "FR DE IT"),
        ("Guinea-Bissau", "GW"),
        ("France-Belgium", "FR BE"),
        ("Polska", "PL"),
        ("Polska i Niemcy", "PL DE"),
        ("日本、韓国", "JP KR"),
        ("日本・フランス", "JP FR"),
        ("폴란드, 한국", "PL KR"),
        ("ボスニア・ヘルツェゴビナ", "BA"),
        ("Soviet Union", "SUHH"),
        ("Czechosłowacja", "CSHH"),
        ("Yugoslavia", "YUCS"),
        ("Moldova, Republic of; Romania", "MD RO"),
        ("St. Lucia", "LC"),
        ("the Gambia", "GM"),
        ("France\nFrance", "FR"),
        ("Trinidad and Tobago and France", "TT FR"),
        ("", ""),
        ("n/a", ""),
    ],
)
def test_countries(value, codes):
    assert cells.parse_countries(value) == codes.split()


def test_country_that_is_not_known_is_named():
    assert _reason(cells.parse_countries, "Poland, Atlantis").startswith("“Atlantis” is not a known country.")
    assert "may be one or two countries" in _reason(cells.parse_countries, "Taiwan, China")
    assert cells.parse_country("Polska") == "PL"
    assert (
        _reason(cells.parse_country, "Poland, Japan") == "“Poland, Japan” has 2 countries. Only one is possible here."
    )


def test_names_of_countries_do_not_depend_on_the_language_of_the_page():
    with override("ja"):
        assert cells.parse_countries("Polska; Poland; ポーランド") == ["PL"]


def test_countries_are_understood_in_other_languages_of_films():
    assert cells.parse_countries("Deutschland, Schweiz; Espagne / Österreich und Grönland") == [
        "DE",
        "CH",
        "ES",
        "AT",
        "GL",
    ]
    assert cells.parse_countries("Alemania; Германия; Německo; Almanya") == ["DE"]


@pytest.mark.parametrize("text", ["1," * 20_000, ",".join(map(str, range(8_000))), "PL," * 10_000])
def test_names_in_a_long_cell_are_looked_up_once_and_none_after_an_unknown_one(text):
    looked_up = []
    split_names(text, lambda name: looked_up.append(name) or ("PL" if name == "PL" else None))
    assert len(looked_up) <= 5


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("English", "en"),
        ("Modern Greek (1453-)", "el"),
        ("Hindi, English", "hi en"),
        ("日本語", "ja"),
        ("한국어", "ko"),
        ("英语", "en"),
        ("język polski", "pl"),
        ("Mandarin", "zh"),
        ("eng", "en"),
        ("ger/fre", "de fr"),
        ("pt-BR", "pt-BR"),
        ("Chinese (Traditional)", "zh-Hant"),
        ("No dialogue", "zxx"),
        ("Polish and English", "pl en"),
        ("zh_hans", "zh-Hans"),
        ("Cantonese", "yue"),
        ("", ""),
    ],
)
def test_languages(value, tags):
    found = cells.parse_languages(value)
    assert found == tags.split()
    if found:
        validate_languages(",".join(found))


def test_language_that_is_not_known_is_named():
    assert _reason(cells.parse_languages, "English, Atlantean").startswith("“Atlantean” is not a known language.")
    assert _reason(cells.parse_languages, "abc")
    assert cells.parse_language("Polish") == "pl"
    assert _reason(cells.parse_language, "Polish, English")


def _names(value):
    return [name.name for name in cells.parse_names(value)]


def test_names_of_the_files():
    assert [cells.parse_names(value) for value in _column(files.last_first_names(), "Director")] == [
        [Name("Ada Specimen", "Specimen, Ada")],
        [Name("Ben Cem van den Specimen", "van den Specimen, Ben Cem")],
    ]
    found = [_names(value) for value in _column(files.several_people(), "Director")]
    assert found == [["Ada Specimen", "Ben Specimen"]] * 3
    assert [_names(value) for value in _column(files.filmfreeway(2), "Producers")] == [["Specimen & Daughters Ltd"]] * 2
    cast = cells.parse_names(_column(files.filmfreeway(1), "Key Cast")[0])
    assert cast == [Name("Dee Specimen1", note="Captain"), Name("Eve Specimen1", note="Cook")]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ann Lee", "Ann Lee"),
        ("Ann Lee, Bo Oh", "Ann Lee|Bo Oh"),
        ("A B, C D, and E F", "A B|C D|E F"),
        ("A B, C D & E F", "A B|C D|E F"),
        ("Lee, Ann & Oh, Bo", "Ann Lee|Bo Oh"),
        ("Ann Lee with Bo Oh", "Ann Lee|Bo Oh"),
        ("Ann Lee\nBo Oh", "Ann Lee|Bo Oh"),
        ("Ann Lee, Cher, Bo Oh", "Ann Lee|Cher|Bo Oh"),
        ("AC/DC", "AC/DC"),
        ("Ann Lee/Bo Oh", "Ann Lee|Bo Oh"),
        ("山田太郎、鈴木花子", "山田太郎|鈴木花子"),
        ("홍길동, 김철수", "홍길동|김철수"),
        ("김, 철수", "김철수"),
        ("张三，李四", "张三|李四"),
        ("Bo Oh, Jr.", "Bo Oh, Jr."),
        ("Oh, Bo, Jr.", "Bo Oh, Jr."),
        ("Lee Bo Oh, Jr., Ann Lee", "Lee Bo Oh, Jr.|Ann Lee"),
        ('Bo "The Specimen, A" Oh', 'Bo "The Specimen, A" Oh'),
        ("Specimen & Sons Ltd", "Specimen & Sons Ltd"),
        ("Specimen, Inc.", "Specimen, Inc."),
        ("Ann Lee; Ann Lee", "Ann Lee"),
        ("Ann Lee; Specimen & Co.", "Ann Lee|Specimen & Co."),
        ("A & B Sp. z o.o.", "A & B Sp. z o.o."),
        ("-", ""),
        ("株式会社見本", "株式会社見本"),
        ("Ann Lee;", "Ann Lee"),
    ],
)
def test_names(value, names):
    assert _names(value) == [name for name in names.split("|") if name]


@pytest.mark.parametrize("value", ["Ann and Bo Lee", "Lee, Ann, Oh, Bo", "???", "x" * 201])
def test_names_that_are_not_clear_are_refused(value):
    assert _reason(cells.parse_names, value)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (is_of_company, "a" + " ," * 50_000 + "!"),
        (is_of_company, "a" + " " * 100_000 + "!"),
        (names_in, "[ (" + "\\]" * 60),
        (cells.parse_names, "“" * 100_000),
        (cells.parse_names, "a" + " [k]" * 25_000),
        (cells.parse_names, "a" + "\t" * 100_000 + "!"),
        (cells.parse_runtime, "1" + "\t" * 100_000 + "!"),
        (cells.parse_countries, "a" + "\t" * 100_000 + "!"),
        (lambda text: dates.partial_date(text, "dmy"), ", " * 50_000),
    ],
)
def test_a_hostile_cell_takes_no_long_time(read, text):
    begun = process_time()
    with suppress(CellError):
        read(text)
    assert process_time() - begun < 2
