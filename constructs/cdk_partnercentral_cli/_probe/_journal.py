"""The state file of a run, so that an interrupted run continues without a second engagement or a sixth context.

The file contains a planned request, with its client token, before the request is sent, and the outcome of every step
afterwards. A step with an outcome is never repeated.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TypeAlias

from cdk_partnercentral_cli._aws import is_of_aws
from cdk_partnercentral_cli._errors import CliError

if sys.platform != "win32":
    import fcntl

Json: TypeAlias = dict[str, Any]

FORMAT = 1
MAX_CONTEXTS = 5
CATALOG = "Sandbox"
CREATE = "CreateEngagementContext"
# The members of a state file, with their types.
_MEMBERS: dict[str, type | tuple[type, ...]] = {
    "format": int,
    "catalog": str,
    "run": str,
    "date": str,
    "endpoint_url": str,
    "profile": str,
    "throttled": dict,
    "pending": (dict, type(None)),
    "steps": dict,
}


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
        self._locked: int | None = None
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
    def start(cls, path: Path, *, run: str, date: str, endpoint_url: str, profile: str) -> Journal:
        """Start a run.

        Args:
            path: The state file.
            run: A short random text that the sample data contains.
            date: The current day in UTC.
            endpoint_url: The endpoint of Partner Central.
            profile: The name of the profile of the AWS configuration.

        Raises:
            CliError: The file exists, or cannot be written.
        """
        try:
            # Two processes that start at the same time must not both create an engagement.
            os.close(_private(os.fspath(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            cls.check_absent(path)
        except OSError as error:
            raise CliError(f"The state file {path} cannot be written: {error.strerror}.") from None
        journal = cls(
            path,
            {
                "format": FORMAT,
                "catalog": CATALOG,
                "run": run,
                "date": date,
                "endpoint_url": endpoint_url,
                "profile": profile,
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
            CliError: The file cannot be read, is not a state file, or belongs to a process that is still running.
        """
        try:
            with path.open("rb+") as file:
                _lock(file.fileno(), path)
                # The other process replaced the file after this process opened it.
                if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    raise _in_use(path)
                data = _state(file.read())
                if data is None:
                    raise CliError(
                        f"{path} is not a state file of `cdk-partnercentral probe`: pass the file that the run named."
                    )
                if data["catalog"] != CATALOG:
                    raise CliError(f"The catalog of {path} must be {CATALOG}: someone changed the file.")
                journal = cls(path, data)
                journal._locked = _kept_lock(file.fileno())
                return journal
        except OSError as error:
            raise CliError(f"{path} cannot be read: {error.strerror}.") from None

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
    def endpoint_url(self) -> str:
        """The endpoint of the run."""
        return str(self._data["endpoint_url"])

    @property
    def endpoint(self) -> str:
        """The endpoint of the run without its name: `AWS`, or `custom` for any other."""
        return "AWS" if is_of_aws(self.endpoint_url) else "custom"

    @property
    def profile(self) -> str:
        """The profile of the AWS configuration that the run used."""
        return str(self._data["profile"])

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
        """Write the file. A crash leaves either the old or the new content. No other process can load the file.

        Raises:
            CliError: The file cannot be written.
        """
        partial = self.path.with_name(self.path.name + ".part")
        try:
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                _lock(file.fileno(), self.path)
                file.write(json.dumps(self._data))
                file.flush()
                os.fsync(file.fileno())
                locked = _kept_lock(file.fileno())
            partial.replace(self.path)
        except OSError as error:
            raise CliError(f"The state file {self.path} cannot be written: {error.strerror}.") from None
        # Until here, the old file was locked too.
        self.close()
        self._locked = locked

    def close(self) -> None:
        """Allow other processes to load the file. The end of the process does the same."""
        if self._locked is not None:
            os.close(self._locked)
            self._locked = None

    @property
    def is_empty(self) -> bool:
        """Whether the run certainly created nothing."""
        engagement = self.steps.get("engagement", {})
        has_sent = bool(engagement.get("sends") or (self.pending or {}).get("sends"))
        return not has_sent and engagement.get("outcome") != "ok"

    def remove(self) -> None:
        """Delete the state file."""
        self.path.unlink(missing_ok=True)
        self.close()

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
        count, doubtful, repeated = 0, 0, 0
        ids: set[Any] = set()
        for name, outcome in self.steps.items():
            if name == until:
                break
            if outcome.get("visible"):
                # Nothing removes a context, so a context that the read does not show exists nevertheless.
                ids |= {context.get("Id") for context in outcome["contexts"]}
                count, doubtful = max(len(outcome["contexts"]), len(ids)), repeated
                continue
            if "operation" in outcome:
                repeated = 0
            if outcome.get("operation") == CREATE:
                repeated = max(0, outcome["sends"] - 1)
                sends, id_ = outcome["sends"], outcome["response"].get("ContextId")
                is_ok = outcome["outcome"] == "ok"
                count += is_ok and (id_ is None or id_ not in ids)
                doubtful += sends - is_ok
                if is_ok and id_ is not None:
                    ids.add(id_)
        if self.pending and self.pending["operation"] == CREATE:
            doubtful += self.pending["sends"]
        return count, doubtful


def _state(text: bytes) -> Json | None:
    """Return the content of a state file, or None if the text has another format."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    is_state = (
        isinstance(data, dict)
        and data.get("format") == FORMAT
        and all(name in data and isinstance(data[name], types) for name, types in _MEMBERS.items())
        and all(isinstance(each, dict) for each in data["steps"].values())
        and (data["pending"] is None or {"step", "operation", "parameters", "sends", "sent"} <= data["pending"].keys())
    )
    return data if is_state else None


def _in_use(path: Path) -> CliError:
    return CliError(f"Another process uses {path}: wait until it ends.")


def _lock(file: int, path: Path) -> None:
    """Lock an open file. Windows has no such lock.

    Raises:
        CliError: Another process has locked the file.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(path) from None


def _kept_lock(file: int) -> int | None:
    """Return a descriptor that keeps the lock of a file when the file is closed."""
    return None if sys.platform == "win32" else os.dup(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
