"""Write log lines. Each is a JSON object, and has no fields other than those in `FIELDS`.

Payloads contain personal data, and the ResponseURL is a credential. Therefore the function never logs a text of a service or a
library, and `index` disables the logging of all libraries.
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
    """Set the fields that every line of an invocation has, and start the clock for `milliseconds`."""
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
    # Lambda splits standard output into log events at line ends. Each line is one write, because the timer's thread writes too.
    sys.stdout.write(json.dumps({name: line[name] for name in FIELDS if name in line}) + "\n")
    sys.stdout.flush()
