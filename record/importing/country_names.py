"""Countries in one cell: by name in the languages of the interface and others, by code, and by the names people use."""

from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import gettext, override
from django_countries import countries
from django_countries.data import COUNTRIES

from record.content_languages import NAMED_IN
from record.former_countries import NAMES
from record.importing.errors import CellError, quoted
from record.importing.name_splitting import name_key, split_names
from record.importing.plain_cells import filled_text_of
from record.importing.table import Value

#: Further languages whose names of countries are understood, because many films come with them. No name means two
#: countries in two of these languages. If it means another country in a language of the interface, that one counts.
NAMED_ALSO_IN = ("cs", "da", "de", "es", "fi", "fr", "hu", "it", "nb", "nl", "pt", "ro", "ru", "sk", "sv", "tr", "uk")
#: Names that people use and that no list of names has, by code.
_EVERYDAY = {
    "AE": "UAE; Emirates",
    "BA": "Bosnia; BiH; Bosnia-Hercegovina; Bosnia and Hercegovina",
    "BO": "Bolivia (Plurinational State of); Bolivia, Plurinational State of",
    "CD": "DRC; DR Congo; Congo (Kinshasa); Congo, The Democratic Republic of the; Congo, Democratic Republic of the",
    "CF": "CAR; Central African Rep",
    "CG": "Congo; Congo (Brazzaville); Republic of the Congo",
    "CH": "SUI",
    "CI": "Ivory Coast",
    "CN": "PRC; People's Republic of China; Mainland China; P.R. China; 中华人民共和国; 中華人民共和国; 中國",
    "CV": "Cape Verde",
    "CZ": "Czech Republic; Czech Rep.; Czech; チェコ共和国; 체코 공화국; Republika Czeska",
    "DE": "West Germany; FRG; Federal Republic of Germany; GER; BRD",
    "DK": "DEN",
    "DO": "Dominican Rep.",
    "FM": "Micronesia (Federated States of); Micronesia, Federated States of",
    "GB": "UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; 英国; イギリス; 영국; Wielka "
    "Brytania; Anglia; Szkocja; Walia; United Kingdom of Great Britain and Northern Ireland",
    "GR": "GRE",
    "HK": "Hong Kong; Hongkong; Hong Kong SAR; 香港; 홍콩; Hongkong SAR",
    "HR": "CRO",
    "IR": "Iran (Islamic Republic of); Iran, Islamic Republic of; Islamic Republic of Iran",
    "KG": "Kyrgyz Republic; Kirghizia",
    "KP": "Korea (North); Korea, North; DPRK; Korea (Democratic People's Republic of); "
    "Korea, Democratic People's Republic of; Democratic People's Republic of Korea; N. Korea; 北朝鲜; 朝鲜; 북한",
    "KR": "Korea; South Korea; Korea (South); Korea, South; Republic of Korea; Korea, Republic of; Korea Rep; "
    "S. Korea; ROK; 한국; 대한민국; 남한; 韓国; 大韓民国; 韩国; 大韩民国; 南韩; Korea Poludniowa; Korea Płd",
    "LA": "Laos; Lao PDR; Lao People's Democratic Republic",
    "MD": "Moldova, Republic of; Moldova (Republic of); Republic of Moldova",
    "MK": "Macedonia; FYROM; FYR Macedonia; Republic of North Macedonia",
    "MM": "Myanmar (Burma)",
    "MO": "Macau; Macao; 澳门; 澳門",
    "NL": "Holland; The Netherlands; NED; Holandia; オランダ",
    "PH": "The Philippines",
    "PS": "Palestine; Palestine, State of; State of Palestine; Palestinian Territory; Palestinian Territories; "
    "Palestinian Territory, Occupied; Occupied Palestinian Territory",
    "PT": "POR",
    "RU": "Russia; Russian Fed.; Rosja",
    "SI": "SLO",
    "SK": "Slovak Republic; Slovak Rep.",
    "SY": "Syria; Syrian Arab Republic",
    "SZ": "Swaziland",
    "TL": "East Timor; Timor Leste",
    "TR": "Turkey; Turkiye",
    "TT": "Trinidad",
    "TW": "Taiwan; Taiwan (R.O.C.); Taiwan, Province of China; Taiwan (Province of China); Taiwan ROC; "
    "台湾; 台灣; 臺灣; 대만; Tajwan; Chinese Taipei",
    "TZ": "Tanzania; Tanzania, United Republic of; Tanzania (United Republic of); United Republic of Tanzania",
    "US": "USA; U.S.A.; US; U.S.; United States; United States of America; America; The States; "
    "미국; 美国; 美國; アメリカ; 米国; アメリカ合衆国; Stany Zjednoczone Ameryki",
    "VA": "Vatican; Holy See; Vatican City State",
    "VE": "Venezuela (Bolivarian Republic of); Venezuela, Bolivarian Republic of",
    "VN": "Viet Nam; Socialist Republic of Vietnam",
    "ZA": "RSA",
    "CSHH": "CSSR; CSFR",
    "DDDE": "GDR; DDR; German Democratic Republic",
    "SUHH": "USSR; U.S.S.R.; CCCP; Union of Soviet Socialist Republics",
    "YUCS": "SFRY; FR Yugoslavia",
    "XINT": "International; Multinational; Worldwide",
}
#: "Taiwan, China" is an official name in one place and two countries in another.
_OF_CHINA = frozenset(f"{name} china" for name in ("taiwan", "hong kong", "macau", "macao", "hongkong"))


@cache
def _codes() -> dict[str, str]:
    """Return the codes by the keys of all names. Names come after codes, and everyday names last."""
    found: dict[str, str] = {}
    for code in COUNTRIES:
        found[code.lower()] = code
        found[countries.alpha3(code).lower()] = code
    for code in NAMES:
        found[code.lower()] = code
    for language, _name in settings.LANGUAGES:
        with override(language):
            names = {**{code: str(name) for code, name in COUNTRIES.items()}, **dict(countries)}
            names |= {code: str(name) for code, name in NAMES.items()}
        for code, name in names.items():
            found.setdefault(name_key(str(name)), code)
    for locale in (*NAMED_IN, *NAMED_ALSO_IN):
        for code, name in Locale.parse(locale).territories.items():
            if code in COUNTRIES:
                found.setdefault(name_key(name), code)
    for code, everyday in _EVERYDAY.items():
        for name in everyday.split(";"):
            found[name_key(name)] = code
    found.pop("", None)
    return found


def code_of(name: str) -> str | None:
    """
    Return the code of a country by its name or code, or None.

    >>> code_of("Czech Rep."), code_of("the Netherlands"), code_of("kor"), code_of("Atlantis")
    ('CZ', 'NL', 'KR', None)
    """
    key = name_key(name)
    if key in _OF_CHINA:
        message = gettext("“%(value)s” may be one or two countries. Write the codes, such as TW or TW; CN.")
        raise CellError(message % {"value": quoted(name)}, code="ambiguous")
    codes = _codes()
    return codes.get(key) or codes.get(key.removeprefix("the ")) or codes.get(key.replace("st ", "saint ", 1))


def parse_countries(value: Value) -> list[str]:
    """
    Return the codes of the countries in a cell: two letters for the countries of today, four for those that are no
    more, "XINT" for "international". Names are understood in the languages of the interface and some others.

    Commas, semicolons, slashes, hyphens, "&", "and" and line breaks separate countries, but "Korea, Republic of" and
    "Bosnia and Herzegovina" are one. Raise `CellError` with the part that is not known.
    """
    text = filled_text_of(value)
    if not text:
        return []
    codes, unknown = split_names(text, code_of)
    if unknown:
        message = gettext("“%(value)s” is not a known country. Write its English name or its code, such as PL.")
        raise CellError(message % {"value": quoted(unknown)})
    return codes


def parse_country(value: Value) -> str:
    """Return the code of the country in a cell, or "" for a blank cell. Raise `CellError` if there are several."""
    codes = parse_countries(value)
    if len(codes) > 1:
        message = gettext("“%(value)s” has %(count)s countries. Only one is possible here.")
        raise CellError(message % {"value": quoted(value), "count": len(codes)})
    return codes[0] if codes else ""
