"""Runs of the probe in this process, against a local Partner Central over HTTP, in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import cdk_partnercentral_cli  # noqa: F401 - makes lambda_handler importable
from cdk_partnercentral_cli._probe._conclusions import Finding, findings
from cdk_partnercentral_cli._probe._journal import Journal
from cdk_partnercentral_cli._probe._run import Run
from cdk_partnercentral_cli._probe._session import Session
from cdk_partnercentral_local import PartnerCentral, PartnerCentralServer
from cdk_partnercentral_local.service import Reply

WRITES = ("CreateEngagement", "CreateEngagementContext", "UpdateEngagementContext")


class Clock:
    """Simulated time, for the service and for the probe."""

    def __init__(self) -> None:
        self.now = 1_767_225_600_000_000_123

    def nanoseconds(self) -> int:
        self.now += 1_000_017  # every request takes a millisecond
        return self.now

    def seconds(self) -> float:
        return self.now / 1_000_000_000

    def sleep(self, seconds: float) -> None:
        self.now += int(seconds * 1_000_000_000)


class Target:
    """What the server of a test session serves: one service after another."""

    def __init__(self) -> None:
        self.service = PartnerCentral()

    def handle(self, target: str, body: bytes) -> Reply:
        """Process a request."""
        return self.service.handle(target, body)


Attempt = Callable[..., Any]


class Bench:
    """The server and the client that all runs share, and the service and the state file of the current run.

    Attributes:
        service: The current service.
        clock: The time of the current service.
        path: The current state file.
    """

    def __init__(self, target: Target, attempt: Attempt, folder: Path) -> None:
        self._target = target
        self.attempt = attempt
        self._folder = folder
        self._number = 0
        self.new()

    def new(self, **settings: Any) -> None:
        """Replace the service, the clock and the state file."""
        self._number += 1
        self.clock = Clock()
        self.path = self._folder / f"{self._number}.json"
        self.service = self._target.service = PartnerCentral(
            clock=self.clock.nanoseconds, sleep=self.clock.sleep, **settings
        )

    def run(self, attempt: Attempt | None = None) -> dict[str, Finding]:
        """Start a run, or continue the current one, and return its findings by name."""
        if self.path.exists():
            journal = Journal.load(self.path)
        else:
            journal = Journal.start(
                self.path, run="1a2b3c4d", date="2026-01-01", endpoint_url="http://127.0.0.1", profile="default"
            )
        self.journal = journal
        session = Session(attempt or self.attempt, journal, clock=self.clock.seconds, sleep=self.clock.sleep)
        with closing(journal):
            Run(session).all_steps()
        return {each.name: each for each in findings(journal)}

    @property
    def contexts(self) -> list[dict[str, Any]]:
        """The contexts of the run's only engagement."""
        [engagement] = self.service.engagements()
        contexts: list[dict[str, Any]] = self.service.engagement(engagement)["Contexts"]
        return contexts


__all__ = ["Bench", "PartnerCentralServer", "Target"]
