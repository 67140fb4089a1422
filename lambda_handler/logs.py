"""Write log lines. Each line is a JSON object in Lambda's JSON log format. All additional fields must be in `FIELDS`.

Payloads contain personal data, and the ResponseURL is a credential. Therefore the function never logs a text that comes from a
service or a library, and `index` disables the logging of all libraries. Every message is a literal in this code.

Lambda filters log lines by their `level`. Lambda assumes INFO for a line without a level or without a valid timestamp,
regardless of the function's log format: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

# Lambda's names of the levels. Python uses the name WARNING for WARN, but Lambda does not list WARNING.
LEVELS = {
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
}
NAMES = {level: name for name, level in LEVELS.items()}

# The fields that follow `timestamp`, `level` and `message`. `request_id` is CloudFormation's ID for the event. `requestId` is
# Lambda's ID for the invocation, and Lambda's own log lines use the same name.
FIELDS = (
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "requestId",
    "engagement",
    "context",
    "attempt",
    "error_code",
    "exception",
    "status",
    "milliseconds",
)

_bound: dict[str, Any] = {}


class _Logger(logging.Logger):
    """A logger that `logging.disable` does not affect. It has no parent, so other loggers' handlers get no records."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's name
        return level >= self.level


class _StandardOutput(logging.Handler):
    """Write each record as one line. Lambda splits standard output into log events at line ends."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - a log that cannot be written must not prevent the response
            self.handleError(record)


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        written = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        head = {
            "timestamp": written.replace("+00:00", "Z"),
            "level": NAMES[record.levelno],
            "message": record.getMessage(),
        }
        return json.dumps({**head, **vars(record)["fields"]})


def _logger(level: str) -> logging.Logger:
    logger = _Logger("lambda_handler", LEVELS.get(level, logging.INFO))
    handler = _StandardOutput()
    handler.setFormatter(_JsonFormatter())
    logger.addHandler(handler)
    return logger


# Lambda sets the variable if the function has the log format JSON.
_LOGGER = _logger(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))


def begin(**fields: Any) -> None:
    """Set the fields that every line of an invocation has, and start the clock for `milliseconds`."""
    _bound.clear()
    _bound.update(fields, _started=time.monotonic())


def bind(**fields: Any) -> None:
    """Add fields to all further lines of the invocation."""
    _bound.update(fields)


def info(message: str, **fields: Any) -> None:
    """Write a line at the level INFO.

    Args:
        message: A short text that never changes, because operators search for it.
        fields: Any of `FIELDS`. A field that is None is left out.

    Raises:
        ValueError: A field is not one of `FIELDS`.
    """
    _log(logging.INFO, message, fields)


def warning(message: str, **fields: Any) -> None:
    """Write a line at the level WARN, for example about a retry. See `info`."""
    _log(logging.WARNING, message, fields)


def error(message: str, **fields: Any) -> None:
    """Write a line at the level ERROR. See `info`."""
    _log(logging.ERROR, message, fields)


def _log(level: int, message: str, fields: Mapping[str, Any]) -> None:
    line = {**_bound, **fields}
    line["milliseconds"] = round((time.monotonic() - line.pop("_started", time.monotonic())) * 1000)
    unknown = sorted(line.keys() - set(FIELDS))
    if unknown:
        raise ValueError(f"not a field of the log: {', '.join(unknown)}")
    allowed = {name: line[name] for name in FIELDS if line.get(name) is not None}
    _LOGGER.log(level, message, extra={"fields": allowed})
