"""Imports a function and passes events to it, as Lambda's Python runtime does. The script reports the time of each step.

Python's path contains only the standard library and the function's code. Times come from the kernel's monotonic clock, which
all processes share.
"""

import contextlib
import importlib
import json
import os
import sys
import time
from typing import Any


class Context:
    """The part of Lambda's context object that the functions use. The remaining time starts at 15 minutes."""

    aws_request_id = "5f1c2a90-0000-4000-8000-000000000000"
    function_name = "Deals-Provider"

    def __init__(self) -> None:
        self._ends = time.monotonic() + 900

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function's timeout."""
        return int((self._ends - time.monotonic()) * 1000)


def main() -> None:
    """Handle the events on standard input, one JSON document per line."""
    sys.path.insert(0, os.environ["FUNCTION_PATH"])
    with os.fdopen(int(os.environ["RESULTS"]), "w", buffering=1) as results:
        module: Any = importlib.import_module(os.environ["FUNCTION"])
        results.write(json.dumps({"ready": time.monotonic(), "modules": len(sys.modules)}) + "\n")
        for line in sys.stdin:
            # Continue after an exception, as Lambda does. The suite checks the responses for failures.
            with contextlib.suppress(Exception):
                module.handler(json.loads(line), Context())
            results.write(json.dumps({"done": time.monotonic()}) + "\n")
    os._exit(0)


if __name__ == "__main__":
    main()
