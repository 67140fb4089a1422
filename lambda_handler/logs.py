"""Log lines: one JSON object each, with the fields named here and no others.

Payloads are personal data of other people, and the ResponseURL is a credential. So no text of a service or a library is
ever logged: `index` turns the logging of all libraries off.
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
    """Start the lines of an invocation: each has these fields, and the milliseconds since now."""
    _bound.clear()
    _bound.update(fields, _started=time.monotonic())


def bind(**fields: Any) -> None:
    """Add fields to all further lines of the invocation."""
    _bound.update(fields)


def log(**fields: Any) -> None:
    """Write one line.

    Raises:
        ValueError: A field is not one of `FIELDS`.
    """
    line = {**_bound, **fields}
    line["milliseconds"] = round((time.monotonic() - line.pop("_started", time.monotonic())) * 1000)
    unknown = sorted(line.keys() - set(FIELDS))
    if unknown:
        raise ValueError(f"not a field of the log: {', '.join(unknown)}")
    # Lambda splits standard output into log events at line ends. One write per line, because the timer's thread writes too.
    sys.stdout.write(json.dumps({name: line[name] for name in FIELDS if name in line}) + "\n")
    sys.stdout.flush()
