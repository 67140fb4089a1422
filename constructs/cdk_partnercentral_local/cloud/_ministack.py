"""MiniStack as a child process: everything of AWS that the local cloud needs besides Partner Central.

Knows nothing of the CDK CLI, nor of what the local Partner Central is; it passes on its address.
"""

from __future__ import annotations

import importlib.util
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from types import TracebackType

from cdk_partnercentral_local.cloud._certificate import make_certificate
from cdk_partnercentral_local.cloud._environment import base_environment, ministack_settings
from cdk_partnercentral_local.cloud._failures import LocalCloudError, tail
from cdk_partnercentral_local.cloud._process import GuardedProcess


class MiniStack:
    """One MiniStack over TLS on a free loopback port, from `__enter__` to `__exit__`.

    Args:
        folder (Path): Where it keeps everything, its log included.
        partner_central (str): The URL that functions running in it reach Partner Central at.
        patience (float): Seconds it may take until it answers.

    Raises:
        LocalCloudError: From `__enter__`, when it does not come up.
    """

    def __init__(self, folder: Path, *, partner_central: str, patience: float) -> None:
        self.log = folder / "ministack.log"
        self._folder = folder
        self._partner_central = partner_central
        self._patience = patience

    def __enter__(self) -> MiniStack:
        if importlib.util.find_spec("ministack") is None:
            raise LocalCloudError(
                "MiniStack is not installed in this Python environment.",
                hint='Run `make setup` in the repository, or `pip install "cdk-partnercentral[local]"` elsewhere.',
            )
        made = make_certificate(self._folder)
        self.certificate = made.certificate
        # Bound here and handed down, so that nobody else can take the port in between. MiniStack's own command would also
        # take port 443 where it can; through hypercorn it does not.
        with socket.create_server(("127.0.0.1", 0)) as listener, self.log.open("w", encoding="utf-8") as log:
            port = listener.getsockname()[1]
            self.url = f"https://127.0.0.1:{port}"
            settings = ministack_settings(
                self._folder,
                port=port,
                partner_central=self._partner_central,
                certificate=made.certificate,
                key=made.key,
            )
            tls = ("--certfile", str(made.certificate), "--keyfile", str(made.key))
            serve = ("--bind", f"fd://{listener.fileno()}", "--workers", "0", "--keep-alive", "75")
            self._process = GuardedProcess(
                [sys.executable, "-m", "hypercorn", "ministack.app:app", *serve, *tls],
                environment=base_environment(self._folder) | settings,
                folder=self._folder,
                output=log,
                keep=[listener.fileno()],
            )
        try:
            self._wait()
        except BaseException:
            self._process.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def check(self) -> None:
        """Raise LocalCloudError when the process has ended on its own."""
        if self._process.status is not None:
            raise LocalCloudError(f"MiniStack ended with status {self._process.status}.", log=tail(self.log))

    def _wait(self) -> None:
        deadline = time.monotonic() + self._patience
        while not self._answers(within=min(2, max(0.01, deadline - time.monotonic()))):
            self.check()
            if time.monotonic() > deadline:
                raise LocalCloudError(
                    f"MiniStack did not answer within {self._patience:g} seconds.", log=tail(self.log)
                )
            time.sleep(0.05)

    def _answers(self, within: float) -> bool:
        trust = ssl.create_default_context(cafile=str(self.certificate))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        try:
            with opener.open(f"{self.url}/_ministack/health", timeout=within) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except (OSError, HTTPException):
            return False
