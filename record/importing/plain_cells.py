"""Plain values in one cell: texts, numbers, amounts of money, years, yes or no, choices and URLs."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext, override

from record.importing.errors import CellError, quoted
from record.importing.table import Value
from record.models.date_bounds import FIRST_YEAR, LAST_YEAR
from record.sort_keys import folded

_ERROR_VALUES = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|BUSY!)|Err:\d{3}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOTHING = frozenset(("", "-", "–", "—", ".", "n/a", "N/A"))
_WORDS_FOR_YES = "yes y true 1 x ✓ ✔ ☑ はい 有 真 是 对 예 네 참 tak t prawda"
_WORDS_FOR_NO = "no n false 0 ✗ ✘ ☐ いいえ 無 偽 否 不是 无 假 아니요 아니오 아니 거짓 nie fałsz"
_YES, _NO = frozenset(_WORDS_FOR_YES.split()), frozenset(_WORDS_FOR_NO.split())
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "hk$": "HKD",
    "nt$": "TWD", "s$": "SGD", "r$": "BRL", "€": "EUR", "£": "GBP", "円": "JPY", "元": "CNY", "人民币": "CNY",
    "rmb": "CNY", "₩": "KRW", "원": "KRW", "zł": "PLN", "zl": "PLN", "₹": "INR", "₽": "RUB", "₺": "TRY", "₴": "UAH",
    "kč": "CZK", "euro": "EUR", "euros": "EUR", "dollars": "USD",
}  # fmt: skip
_AMOUNT = re.compile(r"(?P<before>[^\d\s.,'+-]*)\s*(?P<sign>[+-]?)(?P<number>\d[\d.,'\s]*?)\s*(?P<after>[^\d\s.,'+-]*)")
#: A URL without its scheme: a host with a point, perhaps a port and a path.
_BARE_URL = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@]{2,}(:\d+)?([/?#]\S*)?")
_valid_url = URLValidator(schemes=["http", "https", "ftp", "ftps"])


def text_of(value: Value) -> str:
    """
    Return a value as a person sees it in the spreadsheet. Raise `CellError` if it is an error value, such as #REF!.

    >>> text_of(1994.0), text_of("  007 "), text_of(None)
    ('1994', '007', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value).strip()
        if _ERROR_VALUES.fullmatch(text):
            message = gettext("The cell has the error %(value)s. Correct its formula, or write the value.")
            raise CellError(message % {"value": text}, code="error_value")
        return text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(value.days * 86_400 + value.seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def filled_text_of(value: Value) -> str:
    """Return a value as a text, or "" if it only marks that nothing is known, such as "-" or "n/a"."""
    text = text_of(value)
    return "" if text in _NOTHING else text


def parse_text(value: Value, longest: int | None = None) -> str:
    """
    Return the text of a cell. A number is written as a person sees it: 1994.0 is "1994". A CSV file keeps the zeros at
    the beginning of a number. Raise `CellError` if it has more than `longest` characters, or control characters.
    """
    text = text_of(value)
    if longest is not None and len(text) > longest:
        message = gettext("The text has %(count)s characters. The most is %(most)s. It begins with “%(value)s”.")
        raise CellError(message % {"count": len(text), "most": longest, "value": quoted(text)}, code="too_long")
    if found := _CONTROLS.search(text):
        message = gettext("The text has a control character (U+%(code)s) after “%(value)s”. Remove it.")
        raise CellError(message % {"code": f"{ord(found[0]):04X}", "value": quoted(text[: found.start()][-40:])})
    return text


def parse_whole_number(value: Value) -> int | None:
    """Return a whole number, or None for a blank cell. Commas, points or spaces may separate thousands."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = unicodedata.normalize("NFKC", filled_text_of(value))
    if not text:
        return None
    if isinstance(value, str):
        if re.fullmatch(r"[+-]?\d{1,15}(\.0+)?", text):
            return int(text.partition(".")[0])
        if re.fullmatch(r"[+-]?\d{1,3}(?:([.,'\s])\d{3})(?:\1\d{3}){0,3}", text):
            return int(re.sub(r"[.,'\s]", "", text))
    message = gettext("“%(value)s” is not a whole number.")
    raise CellError(message % {"value": quoted(value)})


def parse_decimal_amount(value: Value) -> tuple[Decimal, str] | None:
    """
    Return an amount and the code of its currency, or "" if none is given. Return None for a blank cell.

    A comma or a point with exactly three digits after it separates thousands, unless the number begins with a zero: no
    currency has amounts such as 1.234. If there are both, the last one is the decimal sign. "$" is the US dollar.

    >>> parse_decimal_amount("1,234.50"), parse_decimal_amount("1.234,50 EUR"), parse_decimal_amount("$42,000")
    ((Decimal('1234.50'), ''), (Decimal('1234.50'), 'EUR'), (Decimal('42000'), 'USD'))
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value)), ""
    text = unicodedata.normalize("NFKC", filled_text_of(value)).replace("’", "'").replace("−", "-")
    if not text:
        return None
    found = _AMOUNT.fullmatch(re.sub(r"^([+-])\s*(?=\D)", r"", text)) if isinstance(value, str) else None
    number = _number(found["number"]) if found else None
    if not found or number is None or (found["before"] and found["after"] and found["after"] not in (".-", "-")):
        message = gettext("“%(value)s” is not an amount. Write a number and a currency, such as 42,000 USD.")
        raise CellError(message % {"value": quoted(value)})
    is_negative = found["sign"] == "-" or text.startswith("-")
    return (-number if is_negative else number), _currency((found["before"] or found["after"]).strip(), value)


def _number(text: str) -> Decimal | None:
    text = re.sub(r"['\s]", "", text)
    last = max(text.rfind(","), text.rfind("."))
    if last < 0:
        return Decimal(text)
    sign = text[last]
    whole, part = text[:last], text[last + 1 :]
    other = "." if sign == "," else ","
    if other in whole:  # both: the last one is the decimal sign, the other one separates thousands
        is_good = sign not in whole and re.fullmatch(rf"\d{{1,3}}({re.escape(other)}\d{{3}})+", whole)
        return Decimal(f"{whole.replace(other, '')}.{part or 0}") if is_good else None
    if sign in whole or (len(part) == 3 and whole != "0"):
        return Decimal(text.replace(sign, "")) if re.fullmatch(rf"\d{{1,3}}({re.escape(sign)}\d{{3}})+", text) else None
    return Decimal(f"{whole or 0}.{part}") if part.isdigit() else None


def _currency(text: str, value: Value) -> str:
    if text in ("¥", "￥"):
        raise CellError(gettext("“¥” may be yen or yuan. Write JPY or CNY."), code="ambiguous")
    if not text:
        return ""
    code = _CURRENCIES.get(text.casefold()) or (text.upper() if re.fullmatch("[A-Za-z]{3}", text) else "")
    if not code:
        message = gettext("“%(currency)s” in “%(value)s” is not a known currency. Write its code, such as USD or EUR.")
        raise CellError(message % {"currency": quoted(text), "value": quoted(value)})
    return code


def parse_year(value: Value) -> int | None:
    """Return a year between 1800 and 2200, or None for a blank cell. A date gives its year."""
    if isinstance(value, date):
        year: int | None = value.year
    else:
        text = unicodedata.normalize("NFKC", filled_text_of(value))
        if not text:
            return None
        found = re.fullmatch(r"(\d{4})(?:\.0+|\s*[年년]|-\d{2}(?:-\d{2})?)?", text)
        year = int(found[1]) if found and not isinstance(value, bool | time | timedelta) else None
    if year is None:
        message = gettext("“%(value)s” is not a year. Write four digits, such as 1994.")
        raise CellError(message % {"value": quoted(value)})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = gettext("%(year)s is not a year between %(first)s and %(last)s.")
        raise CellError(message % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR})
    return year


def parse_yes_no(value: Value) -> bool | None:
    """Return True for yes and False for no, in the languages of the interface. Return None for a blank cell."""
    if isinstance(value, bool):
        return value
    text = unicodedata.normalize("NFKC", filled_text_of(value)).casefold()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    message = gettext("“%(value)s” is neither yes nor no.")
    raise CellError(message % {"value": quoted(value)})


def labels_of(choices: Iterable[tuple[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return choices, pairs (code, translatable label), with their labels in all languages of the interface."""
    found: dict[str, dict[str, None]] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for choice, label in choices:
                found.setdefault(str(choice), {})[str(label)] = None
    return {choice: tuple(labels) for choice, labels in found.items()}


def parse_choice(value: Value, choices: Mapping[str, Iterable[str]]) -> str:
    """
    Return the code of a choice, or "" for a blank cell. `choices` has the labels of each code in any language. Upper
    and lower case, accents, width, hyphens and underscores make no difference.
    """
    text = text_of(value)
    if not text:
        return ""
    wanted = _choice_key(text)
    for code, labels in choices.items():
        if wanted in (_choice_key(code), *(_choice_key(str(label)) for label in labels)):
            return code
    known = ", ".join(next(iter(map(str, labels)), code) for code, labels in list(choices.items())[:12])
    message = gettext("“%(value)s” is not one of: %(choices)s.")
    raise CellError(message % {"value": quoted(text), "choices": known + ("…" if len(choices) > 12 else "")})


@lru_cache(maxsize=5_000)
def _choice_key(text: str) -> str:
    return " ".join(re.sub(r"[-_‐-―]", " ", folded(text)).split())


def parse_web_url(value: Value) -> str:
    """Return a URL for the web, or "" for a blank cell. "https://" is added to "www.example.org/film"."""
    text = filled_text_of(value).strip("<>")
    if not text:
        return ""
    if isinstance(value, str) and _BARE_URL.fullmatch(text):
        text = f"https://{text}"
    try:
        _valid_url(text)
    except ValidationError:
        message = gettext("“%(value)s” is not a URL. Write one, such as https://example.org/film.")
        raise CellError(message % {"value": quoted(value)}) from None
    return text
