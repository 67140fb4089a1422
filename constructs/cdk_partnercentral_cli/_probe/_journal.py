"""The state file of a run, so that an interrupted run continues without a second engagement or a sixth context.

The file contains a planned request, with its client token, before the request is sent, and the outcome of every step
afterwards. A step with an outcome is never repeated.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeAlias

from cdk_partnercentral_cli._errors import CliError

Json: TypeAlias = dict[str, Any]

FORMAT = 1
MAX_CONTEXTS = 5
CREATE = "CreateEngagementContext"


class Journal:
    """The steps of one run.

    Args:
        path: The state file.
        data: The content of the state file.

    Attributes:
        path: The state file.
        steps: Maps the name of a step to its outcome, in the order of the steps.
    """

    def __init__(self, path: Path, data: Json) -> None:
        self.path = path
        self._data = data
        self.steps: dict[str, Json] = data["steps"]

    @staticmethod
    def check_absent(path: Path) -> None:
        """Check that no earlier run has this state file.

        Raises:
            CliError: The file exists.
        """
        if path.exists():
            raise CliError(
                f"{path} contains an earlier run: continue it with --resume {path}, or move the file away to create "
                "another engagement."
            )

    @classmethod
    def start(cls, path: Path, *, catalog: str, run: str, date: str, endpoint: str) -> Journal:
        """Start a run. `run` is a short random text that its sample data contains.

        Raises:
            CliError: The file exists, or cannot be written.
        """
        cls.check_absent(path)
        journal = cls(
            path,
            {
                "format": FORMAT,
                "catalog": catalog,
                "run": run,
                "date": date,
                "endpoint": endpoint,
                "throttled": {},
                "pending": None,
                "steps": {},
            },
        )
        journal.save()
        return journal

    @classmethod
    def load(cls, path: Path) -> Journal:
        """Load the state of an interrupted run.

        Raises:
            CliError: The file cannot be read, or is not a state file.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CliError(f"{path} cannot be read: {error.strerror}.") from None
        except ValueError:
            data = None
        if not isinstance(data, dict) or data.get("format") != FORMAT or "steps" not in data:
            raise CliError(
                f"{path} is not a state file of `cdk-partnercentral probe`: pass the file that the run named."
            )
        return cls(path, data)

    @property
    def catalog(self) -> str:
        """The catalog of the run."""
        return str(self._data["catalog"])

    @property
    def run(self) -> str:
        """The random text that all sample data of the run contains."""
        return str(self._data["run"])

    @property
    def date(self) -> str:
        """The day on which the run started, in UTC."""
        return str(self._data["date"])

    @property
    def endpoint(self) -> str:
        """The endpoint of the run: `AWS`, or `custom` for any other."""
        return str(self._data["endpoint"])

    @property
    def throttled(self) -> Json:
        """The throttled requests, by their kind."""
        throttled: Json = self._data["throttled"]
        return throttled

    @property
    def pending(self) -> Json | None:
        """The write that was planned, and whose outcome is not known yet."""
        pending: Json | None = self._data["pending"]
        return pending

    def plan(self, step: str, operation: str, parameters: Json) -> Json:
        """Save a write before it is sent."""
        pending = {"step": step, "operation": operation, "parameters": parameters, "sends": 0, "sent": 0.0}
        self._data["pending"] = pending
        self.save()
        return pending

    def record(self, step: str, outcome: Json) -> Json:
        """Save the outcome of a step."""
        self.steps[step] = outcome
        self._data["pending"] = None
        self.save()
        return outcome

    def save(self) -> None:
        """Write the file. A crash leaves either the old or the new content.

        Raises:
            CliError: The file cannot be written.
        """
        partial = self.path.with_name(self.path.name + ".part")
        try:
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                file.write(json.dumps(self._data))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        except OSError as error:
            raise CliError(f"The state file {self.path} cannot be written: {error.strerror}.") from None

    @property
    def is_empty(self) -> bool:
        """Whether the run certainly created nothing."""
        engagement = self.steps.get("engagement", {})
        has_sent = bool(engagement.get("sends") or (self.pending or {}).get("sends"))
        return not has_sent and engagement.get("outcome") != "ok"

    def remove(self) -> None:
        """Delete the state file."""
        self.path.unlink(missing_ok=True)

    @property
    def engagement_id(self) -> str | None:
        """The ID of the engagement that the run created."""
        response = self.steps.get("engagement", {}).get("response", {})
        found = response.get("Id")
        return found if isinstance(found, str) else None

    @property
    def reads_show_writes(self) -> bool:
        """Whether the last wait for a write ended with a read that showed it."""
        return next((each["visible"] for each in reversed(self.steps.values()) if "visible" in each), False)

    def context_ids(self) -> set[Any]:
        """Return the IDs of the contexts in all responses."""
        seen = {context.get("Id") for each in self.steps.values() for context in each.get("contexts", ())}
        return seen | {each.get("response", {}).get("ContextId") for each in self.steps.values()}

    def tally(self, *, until: str | None = None) -> tuple[int, int]:
        """Return the number of contexts that exist, and the number that might exist in addition.

        A read that shows the last write also shows every write before it. So such a read gives the exact number, unless the
        last write was sent twice, because the read might show only the first of the two.

        Args:
            until: Count only the steps before this one.
        """
        count, doubtful, repeated, ids = 0, 0, 0, set()
        for name, outcome in self.steps.items():
            if name == until:
                break
            if outcome.get("visible"):
                ids = {context.get("Id") for context in outcome["contexts"]}
                count, doubtful = len(outcome["contexts"]), repeated
                continue
            if "operation" in outcome:
                repeated = 0
            if outcome.get("operation") == CREATE:
                repeated = max(0, outcome["sends"] - 1)
                sends, id_ = outcome["sends"], outcome["response"].get("ContextId")
                is_new = outcome["outcome"] == "ok" and id_ not in ids
                count += is_new
                doubtful += sends - 1 if outcome["outcome"] == "ok" else sends
                ids.add(id_)
        if self.pending and self.pending["operation"] == CREATE:
            doubtful += self.pending["sends"]
        return count, doubtful


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
