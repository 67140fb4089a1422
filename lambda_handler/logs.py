"""Log lines: one JSON object each, of the fields named here and no others.

Payloads are other people's personal data, and the ResponseURL is a credential. So no text that a service or a library made
is ever logged, and the logging of every library is off, at every level (`index` does that).
"""

import json
import sys
import time
from typing import Any

FIELDS = (
    "request_type",
    "stack",
    "logical_id",
    "request_id",
    "engagement",
    "context",
    "decision",
    "attempt",
    "error_code",
    "milliseconds",
)

_bound: dict[str, Any] = {}


def begin(**fields: Any) -> None:
    """Start an invocation's lines: each carries these fields, and the milliseconds since now."""
    _bound.clear()
    _bound.update(fields, _started=time.monotonic())


def bind(**fields: Any) -> None:
    """Add fields to the invocation's further lines."""
    _bound.update(fields)


def log(**fields: Any) -> None:
    """Write one line.

    Raises:
        ValueError: A field is not one of `FIELDS`.
    """
    line = {**_bound, **fields}
    line["milliseconds"] = round((time.monotonic() - line.pop("_started", time.monotonic())) * 1000)
    strangers = sorted(line.keys() - set(FIELDS))
    if strangers:
        raise ValueError(f"not a field of the log: {', '.join(strangers)}")
    # Lambda takes standard output as the log, line by line; one write each, since the timer's thread writes too.
    sys.stdout.write(json.dumps({name: line[name] for name in FIELDS if name in line}) + "\n")
    sys.stdout.flush()
