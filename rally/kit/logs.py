"""Log lines that name the request they belong to."""

import json
import logging
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Puts the current request's id on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` on goes to the terminal, as JSON or as lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "rally.kit.logs.RequestIdFilter"}},
        "formatters": {
            "json": {"()": "rally.kit.logs.JsonFormatter"},
            "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["request_id"],
                "formatter": "json" if as_json else "line",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # A 404 or 429 is an answer, not a fault: keep the log for what needs a person.
            "django.request": {"level": "ERROR"},
            # Scanners try every host name: 400 is the answer, a traceback each is not.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
