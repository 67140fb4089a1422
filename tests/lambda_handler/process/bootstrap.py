"""What Lambda's runtime does, in the function's process: import it once, invoke it for each event, and report the result.

It runs by itself, with nothing on its path but the function.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """Lambda's context object, as far as it is used. The remaining time counts down."""

    aws_request_id = "5f1c2a90-0000-4000-8000-000000000000"
    function_name = "Demo-Provider"

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the process."""
        return int((self._ends - time.monotonic()) * 1000)


def main() -> None:
    """Handle the events on standard input, one JSON line each."""
    sys.path[:0] = os.environ["FUNCTION_PATH"].split(os.pathsep)
    # As the runtime does: one handler on the root logger, with the configured level.
    logging.basicConfig(stream=sys.stdout, level=os.environ.get("ROOT_LEVEL", "WARNING"))
    with os.fdopen(int(os.environ["RESULTS"]), "w", buffering=1) as results:
        module: Any = importlib.import_module(os.environ["FUNCTION"])
        results.write(json.dumps({"file": module.__file__}) + "\n")
        for line in sys.stdin:
            task = json.loads(line)
            if "ROOT_LEVEL" in os.environ:
                logging.getLogger().setLevel(os.environ["ROOT_LEVEL"])
            results.write(json.dumps({"error": _handled(module.handler, task["event"], task["seconds"])}) + "\n")
    sys.stdout.flush()
    # A thread that the function left behind does not keep Lambda's sandbox alive.
    os._exit(0)


def _handled(handler: Any, event: Any, seconds: float) -> str | None:
    try:
        handler(event, Context(seconds))
    except Exception as error:  # noqa: BLE001 - Lambda catches any
        # Lambda writes it to the log.
        traceback.print_exc()
        return type(error).__name__
    return None


if __name__ == "__main__":
    main()
