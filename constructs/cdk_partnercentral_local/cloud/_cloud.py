"""The local cloud: MiniStack and the local Partner Central, up together and down together.

Knows what the parts are and in which order they start; how each of them works is told in its own module. Knows nothing of
the terminal.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any

from cdk_partnercentral_local.cloud._aws import client
from cdk_partnercentral_local.cloud._cdk import CdkRun, run_cli
from cdk_partnercentral_local.cloud._environment import ACCOUNT, REGION, aws_settings, base_environment
from cdk_partnercentral_local.cloud._failures import LocalCloudError
from cdk_partnercentral_local.cloud._ministack import MiniStack
from cdk_partnercentral_local.service import PartnerCentral, PartnerCentralServer

Step = Callable[[str], AbstractContextManager[object]]


def _quietly(_title: str) -> AbstractContextManager[object]:
    return nullcontext()


class LocalCloud:
    """An AWS account on this machine: CloudFormation, Lambda, S3, IAM by MiniStack, and a local Partner Central.

    Both listen on free ports of 127.0.0.1 and end with the `with` block, with an exception in it, with Ctrl-C, and with this
    process, however that ends. Nothing of the user's AWS settings is read. Nothing is written outside a temporary folder but
    jsii's cache, in the virtual environment.

    Args:
        partner_central (PartnerCentral | None): The Partner Central to serve, for its switches; a fresh one by default.
        step (Callable[[str], AbstractContextManager]): Called with a title for each step; entered while the step runs.
        patience (float): Seconds that each part may take until it answers.

    Raises:
        LocalCloudError: From `with`, when a part does not come up; it names the part and shows the end of its log.

    Example:
        ```python
        with LocalCloud() as cloud:
            engagement = cloud.partner_central.create_engagement(title="Demo")
            cloud.bootstrap()
            cloud.cdk("deploy", "--all", "-c", f"engagement={engagement}", folder=Path("my-app"))
            outputs = cloud.client("cloudformation").describe_stacks()["Stacks"][0]["Outputs"]
        ```
    """

    def __init__(
        self, *, partner_central: PartnerCentral | None = None, step: Step = _quietly, patience: float = 60
    ) -> None:
        self._given = partner_central
        self._step = step
        self._patience = patience
        self._clients: dict[str, Any] = {}
        self._runs = itertools.count(1)

    def __enter__(self) -> LocalCloud:
        with ExitStack() as stack:
            self._folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="local-cloud-", ignore_cleanup_errors=True))
            )
            with self._step("Local Partner Central"):
                self._server = stack.enter_context(self._partner_central_server())
            with self._step("MiniStack (CloudFormation, Lambda, S3, IAM)"):
                self._ministack = stack.enter_context(
                    MiniStack(self._folder, partner_central=self._server.url, patience=self._patience)
                )
            stack.callback(self._close_clients)
            self._parts = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.close()

    @property
    def partner_central(self) -> PartnerCentral:
        """The local Partner Central's state and switches."""
        return self._server.service

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that send the CDK CLI, and any AWS SDK, to this cloud."""
        return aws_settings(
            self._folder,
            gateway=self._ministack.url,
            partner_central=self._server.url,
            certificate=self._ministack.certificate,
        )

    @property
    def environment(self) -> dict[str, str]:
        """A complete environment for a child process: the settings, PATH with Node.js, and little else."""
        return base_environment(self._folder) | self.settings

    def client(self, service: str) -> Any:
        """Return an SDK client of this cloud, closed with it.

        Args:
            service (str): The service's name in the SDK, such as `cloudformation` or `partnercentral-selling`.
        """
        if service not in self._clients:
            url = self._server.url if service == "partnercentral-selling" else self._ministack.url
            self._clients[service] = client(service, url=url, certificate=str(self._ministack.certificate))
        return self._clients[service]

    def bootstrap(self) -> None:
        """Run `cdk bootstrap`, with the CLI's own template.

        Raises:
            LocalCloudError: When it fails; its output is the error's log.
        """
        # In a folder without an app, or the CLI would synthesise one first.
        run = self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self._folder)
        if run.status:
            raise LocalCloudError("cdk bootstrap failed.", log=run.text)

    def cdk(
        self,
        *arguments: str,
        folder: Path | None = None,
        capture: bool = True,
        extra: Mapping[str, str] | None = None,
        patience: float = 600,
    ) -> CdkRun:
        """Run the CDK CLI against this cloud. It asks nothing and leaves nothing in the app's folder.

        Args:
            arguments (str): The command and its options, such as `"deploy", "--all"`.
            folder (Path | None): The folder of the CDK app, with its `cdk.json`; the working directory by default.
            capture (bool): True returns what the CLI prints, False lets it through to this process's own output.
            extra (Mapping[str, str] | None): Environment variables for the app, on top of `environment`.
            patience (float): Seconds it may take.

        Returns:
            Status, text, and the folder with the synthesised templates. A status other than 0 is not raised.

        Raises:
            LocalCloudError: When there is no CLI, it does not end in time, or MiniStack ended meanwhile.
        """
        run = run_cli(
            arguments,
            folder=folder or Path.cwd(),
            assembly=self._folder / "assemblies" / str(next(self._runs)),
            environment=self.environment | dict(extra or {}),
            capture=capture,
            patience=patience,
        )
        if run.status:
            self._ministack.check()
        return run

    def _partner_central_server(self) -> PartnerCentralServer:
        try:
            return PartnerCentralServer(self._given) if self._given else PartnerCentralServer()
        except OSError as error:
            raise LocalCloudError(f"The local Partner Central did not come up: {error}.") from error

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()
