"""Removes secrets from logs, so that people who can read a log can't use the secret links of others."""

import logging
import re
from typing import Any

# Matches the secret part of URLs, with or without a language prefix: preview links, invitations, password resets,
# e-mail confirmations.
_SECRET = re.compile(
    r"(?P<before>(?:/|%2F)(?:preview|account(?:/|%2F)(?:invitation|password(?:/|%2F)reset|email(?:/|%2F)confirm))(?:/|%2F))"
    r"(?!(?:sent|done)\b)[^/?#\s'\"<>&]+",
    re.IGNORECASE,
)


def scrubbed(text: str) -> str:
    """Replace every secret token in the URLs of `text` with "…"."""
    return _SECRET.sub(r"\g<before>…", text)


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
