"""Starts the service's process, and asks it what it saw. Knows nothing of who is measured."""

import json
import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import botocore

from benchmarks.work import ROOT
from cdk_partnercentral_local.cloud import make_certificate


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the service saw since it was prepared.

    Attributes:
        calls: The requests to Partner Central: operation, and error code or None.
        answers: The answers to CloudFormation, each with its `path` and the time `at` which it arrived.
        busy: When the service worked on a request, in seconds of the monotonic clock.
        held: The contexts that each engagement holds.
    """

    calls: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    busy: list[tuple[float, float]]
    held: dict[str, list[dict[str, Any]]]

    def answer_to(self, url: str) -> dict[str, Any]:
        """Return the one answer to an event."""
        (found,) = (answer for answer in self.answers if url.endswith(answer["path"]))
        return found


class Service:
    """The service's process, for as long as a `with` block lasts.

    Args:
        folder: Where its certificate is put.

    Attributes:
        environment: The environment variables that send a function there, and make it trust it.
    """

    def __init__(self, folder: Path) -> None:
        made = make_certificate(folder)
        # As many certificates as every system trusts: reading them is part of a cold start.
        bundle = folder / "bundle.pem"
        usual = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="utf-8")
        bundle.write_text(usual + made.authority.read_text(encoding="utf-8"), encoding="utf-8")
        self._command = [sys.executable, "-m", "benchmarks.service", str(made.chain), str(made.key)]
        self.environment = {
            "SSL_CERT_FILE": str(bundle),
            "AWS_CA_BUNDLE": str(bundle),
            "NODE_EXTRA_CA_CERTS": str(made.authority),
        }

    def __enter__(self) -> "Service":
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        api, self._answers = self._line()
        self.environment |= {
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": f"https://127.0.0.1:{api}",
            "ANSWERS_PORT": str(self._answers),
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def prepare(self, engagements: int, **behavior: Any) -> list[str]:
        """Start anew, with this many engagements; return their ids."""
        made: list[str] = self._ask(do="prepare", engagements=engagements, behavior=behavior)
        return made

    def seen(self, engagements: Sequence[str] = ()) -> Seen:
        """Tell what happened since."""
        return Seen(**self._ask(do="report", engagements=list(engagements)))

    def url(self) -> str:
        """Return a new address for an answer."""
        return (
            f"https://127.0.0.1:{self._answers}/answers/{secrets.token_hex(8)}?X-Amz-Signature={secrets.token_hex(16)}"
        )

    def _ask(self, **command: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the benchmark's service ended early")
        return json.loads(line)
