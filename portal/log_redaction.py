"""
Removes secrets and personal data from logs, so that people who can read a log can't use the secret links and passwords
of others, and learn nothing about visitors. Names of people can't be recognised; no log line of the portal has any.
"""

import logging
import re
from typing import Any

#: Replaces what is removed.
GONE = "…"
#: How many characters of a message or a traceback are logged.
LONGEST = 40_000
#: The secret part of URLs, with or without a language prefix: preview links, invitations, password resets, e-mail
#: confirmations.
#: A program that joins URLs may double a slash, or add "/.". The token is as secret as before. Without a limit for the
#: number of slashes, a long row of them would take time that grows with the square.
_SLASH = r"(?:/|%2F)(?:\.?(?:/|%2F)){0,3}"
_SECRET_LINK = re.compile(
    rf"(?P<before>{_SLASH}(?:preview|account{_SLASH}(?:invitation|password{_SLASH}reset|email{_SLASH}confirm)){_SLASH})"
    r"(?!(?:sent|done)\b)[^/?#\s'\"<>&]+",
    re.IGNORECASE,
)
#: The user and password of URLs such as that of a database. A password may contain "@", "/" and ":".
_CREDENTIALS = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]{1,20}://)[^\s'\"<>?#]{1,200}@", re.IGNORECASE)
#: Whole headers, and values after names such as `password=` or `'sessionid': `, in quotes or not.
_HEADER = re.compile(r"(?P<before>(?:authorization|cookie)['\"]?\s{0,3}[:=]\s{0,3})[^\n]+", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<before>(?:passw(?:or)?d|pwd|(?<=[_-])secret|secret(?!:)|token|sessionid|host-session|session_key|csrf|api_?key|\botp)"
    r"[\w-]{0,20}['\"]?\s{0,3}[:=]\s{0,3})"
    r"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\[[^\]\n]*\]|[^\s,;&)}\]]+)",
    re.IGNORECASE,
)
#: The values of rows in errors of PostgreSQL, and the part of a statement that it quotes. Without the end of a value,
#: the rest of the text is removed: a search for the end at each beginning would take time that grows with the square.
_KEY_VALUES = re.compile(
    r"(?P<before>\bKey \([^\n)]{1,200}\)+=)\(.*?(?:\)(?= already| is | conflicts|\n|\Z)|\Z)", re.DOTALL
)
_ROW_VALUES = re.compile(r"(?P<before>\bFailing row contains )\(.*?(?:\)(?=\.?(?:\n|\Z))|\Z)", re.DOTALL)
_STATEMENT = re.compile(r"(?P<before>\bLINE \d{1,5}: )[^\n]+")
_PARAMETERS = re.compile(r"(?P<before>\bportal (?:\S{1,64} )?with parameters?: )[^\n]+")
#: E-mail addresses, also in another script, or encoded in a URL.
_EMAIL = re.compile(r"[^\s@<>\"'(),;:=/&?\[\]{}|…]{1,64}(?:@|%40)[^\W_][\w-]{0,62}(?:\.[\w-]{1,63})*")

_AFTER_A_NAME = (_KEY_VALUES, _STATEMENT, _PARAMETERS, _HEADER, _NAMED)


def scrubbed(text: str) -> str:
    """Replace secrets and e-mail addresses in `text` with "…". Leave out the middle of a long text."""
    if len(text) > LONGEST:
        end = text.find("\n", len(text) - LONGEST // 2)
        text = f"{text[: LONGEST // 2]}\n{GONE}{text[end:] if end != -1 else ''}"
    # Each request has a line, and most lines have nothing to remove, so look first for what all patterns need.
    if "/" in text or "%2" in text:
        text = _SECRET_LINK.sub(rf"\g<before>{GONE}", text)
    if "=" in text or ":" in text:
        for pattern in _AFTER_A_NAME:
            text = pattern.sub(rf"\g<before>{GONE}", text)
    if "Failing row" in text:
        text = _ROW_VALUES.sub(rf"\g<before>{GONE}", text)
    if "@" in text or "%40" in text:
        text = _CREDENTIALS.sub(rf"\g<before>{GONE}@", text)
        text = _EMAIL.sub(f"{GONE}@{GONE}", text)
    return text


class Formatter(logging.Formatter):
    """Formats log lines and tracebacks without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))


def install() -> None:
    """Remove secrets from every log record when it is created, so that no handler gets them."""
    make = logging.getLogRecordFactory()
    if getattr(make, "scrubs", False):
        return

    def without_secrets(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 (the handler reports what can't be formatted)
            return record
        if (clean := scrubbed(text)) != text:
            record.msg, record.args = clean, ()
        return record

    without_secrets.scrubs = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(without_secrets)
