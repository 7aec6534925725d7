"""The setting LOGGING: one line for each event on standard error, as JSON or as text."""

import logging
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from portal.log_redaction import Formatter, scrubbed
from record.request_id import request_id, task_id

FORMATS = ("json", "text")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: What a line about a request has in addition (portal/request_log.py). Lines have no other fields, because those of
#: Django contain the request with its query string.
FIELDS = ("method", "path", "status", "duration_ms", "signed_in", "page")


class Line(JsonFormatter):
    """Formats an event as one line of JSON, with its traceback if there is one, and without secrets."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = scrubbed(record.message)
        if number := request_id.get():
            log_data["request_id"] = number
        if number := task_id.get():
            log_data["task_id"] = number
        for name in FIELDS:
            if name in record.__dict__:
                log_data[name] = record.__dict__[name]
        for name in ("exc_info", "stack_info"):
            if name in message_dict:
                log_data[name] = scrubbed(message_dict[name])


class TextLine(Formatter):
    """Formats an event as text. The identifier of the request or the task is at the end of its first line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (a method of the library)
        numbers = [f"{name}={value}" for name in ("request_id", "task_id") if (value := globals()[name].get())]
        return super().formatMessage(record) + (f" [{' '.join(numbers)}]" if numbers else "")


class RefusalFilter(logging.Filter):
    """
    Makes a warning of one line of what Django logs about a request that it answers with 400 to 499. A wrong host, for
    example, would be an error with a traceback, although nothing failed and anybody can send one.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500 and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


def logging_of(level: str, log_format: str) -> dict[str, Any]:
    """Return the setting LOGGING for a level and one of `FORMATS`."""
    as_json = log_format == "json"
    loggers = {
        "django": {"handlers": [], "propagate": True, "level": level},
        # Without this entry, `runserver` would use a handler of Django, and not the formatter that removes secrets from
        # log lines.
        "django.server": {"handlers": ["stderr"], "propagate": False, "level": "INFO"},
    }
    if as_json:
        # There is a line for each request, so a further one about a missing page is not needed.
        loggers["laurel.requests"] = {"level": "INFO"}
        loggers["django.request"] = {"level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": Line, "json_ensure_ascii": False},
            "text": {"()": TextLine, "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"},
        },
        # While a server is away, write one line a minute instead of one for each request.
        "filters": {
            "outages": {"()": "portal.outages.log_filter.OutageFilter"},
            "refusals": {"()": RefusalFilter},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["outages", "refusals"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": loggers,
    }
