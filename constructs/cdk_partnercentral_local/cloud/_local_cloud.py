"""The local cloud: MiniStack and the local Partner Central, started and stopped together.

This is the one module in which `cloud` and `service` meet.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any

from botocore.config import Config
from botocore.session import Session

from cdk_partnercentral_local.cloud._cdk_cli import CdkRun, run_cli
from cdk_partnercentral_local.cloud._environment import ACCOUNT, REGION, aws_settings, base_environment
from cdk_partnercentral_local.cloud._errors import LocalCloudError
from cdk_partnercentral_local.cloud._ministack import MiniStack
from cdk_partnercentral_local.service import PartnerCentral, PartnerCentralServer

Step = Callable[[str], AbstractContextManager[object]]


def _quietly(_title: str) -> AbstractContextManager[object]:
    return nullcontext()


class LocalCloud:
    """An AWS account on this machine: CloudFormation, Lambda, S3, IAM by MiniStack, and a local Partner Central.

    Both listen on free ports of 127.0.0.1. They end with the `with` block, also after an exception or Ctrl-C, and with this
    process, however it ends. None of the user's AWS settings is read. Nothing is written outside a temporary folder, except
    jsii's cache in the virtual environment.

    Args:
        partner_central (PartnerCentral | None): The Partner Central to serve, to set its switches; a new one by default.
        step (Callable[[str], AbstractContextManager]): Called with a title for each step; entered while the step runs.
        timeout (float): Seconds until each part must respond.

    Raises:
        LocalCloudError: From `with`, if a part does not start. It contains the name of the part and the end of its log.

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
        self, *, partner_central: PartnerCentral | None = None, step: Step = _quietly, timeout: float = 60
    ) -> None:
        self._given = partner_central
        self._step = step
        self._timeout = timeout
        self._clients: dict[str, Any] = {}
        self._runs = itertools.count(1)

    def __enter__(self) -> LocalCloud:
        with ExitStack() as stack:
            self._folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="local-cloud-", ignore_cleanup_errors=True))
            )
            with self._step("Local Partner Central"):
                self._server = stack.enter_context(PartnerCentralServer(self._given))
            with self._step("MiniStack (CloudFormation, Lambda, S3, IAM)"):
                self._ministack = stack.enter_context(
                    MiniStack(self._folder, partner_central=self._server.url, timeout=self._timeout)
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
        """The local Partner Central: its state, faults and switches."""
        return self._server.service

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables with which the CDK CLI, and any AWS SDK, use this cloud."""
        return aws_settings(
            self._folder,
            gateway=self._ministack.url,
            partner_central=self._server.url,
            authority=self._ministack.authority,
        )

    @property
    def environment(self) -> dict[str, str]:
        """A complete environment for a child process: the settings, PATH with Node.js, and little else."""
        return base_environment(self._folder) | self.settings

    def client(self, service: str) -> Any:
        """Return an SDK client of this cloud, as `boto3.client` does. It is closed together with the cloud.

        Args:
            service (str): The service's name in the SDK, for example `cloudformation` or `partnercentral-selling`.
        """
        if service not in self._clients:
            url = self._server.url if service == "partnercentral-selling" else self._ministack.url
            self._clients[service] = _isolated_client(service, url=url, authority=self._ministack.authority)
        return self._clients[service]

    def bootstrap(self) -> None:
        """Run `cdk bootstrap`, with the CLI's own template.

        Raises:
            LocalCloudError: It failed; the log of the error is the output of the CLI.
        """
        # In a folder with a CDK app, the CLI would synthesize the app first.
        run = self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self._folder)
        if run.status:
            raise LocalCloudError("cdk bootstrap failed.", log=run.text)

    def cdk(
        self,
        *arguments: str,
        folder: Path | None = None,
        capture: bool = True,
        extra: Mapping[str, str] | None = None,
        timeout: float = 600,
    ) -> CdkRun:
        """Run the CDK CLI with this cloud. It does not prompt, and writes nothing into the app's folder.

        Args:
            arguments (str): The command and its options, for example `"deploy", "--all"`.
            folder (Path | None): The folder of the CDK app, with its `cdk.json`; the working directory by default.
            capture (bool): Whether to return the output of the CLI instead of printing it.
            extra (Mapping[str, str] | None): Environment variables for the app, in addition to `environment`.
            timeout (float): Seconds until the CLI is stopped.

        Returns:
            Status, output, and the folder with the synthesized templates. A status other than 0 does not raise an error.

        Raises:
            LocalCloudError: There is no CLI, it timed out, or MiniStack ended in the meantime.
        """
        run = run_cli(
            arguments,
            folder=folder or Path.cwd(),
            assembly=self._folder / "assemblies" / str(next(self._runs)),
            environment=self.environment | dict(extra or {}),
            capture=capture,
            timeout=timeout,
        )
        if run.status:
            self._ministack.check()
        return run

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()


def _isolated_client(service: str, *, url: str, authority: Path) -> Any:
    """Return a client that reads no profile, configuration file, credentials, endpoint or proxy of the user."""
    # The session's variables with their defaults, but without the environment variables and files that could set them.
    isolated = {name: (None, None, default, use) for name, (_, _, default, use) in Session.SESSION_VARIABLES.items()}
    isolated["config_file"] = isolated["credentials_file"] = (None, None, None, None)
    return Session(session_vars=isolated).create_client(
        service,
        region_name=REGION,
        endpoint_url=url,
        verify=str(authority),
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - MiniStack accepts any
        config=Config(proxies={}, connect_timeout=5, read_timeout=60, s3={"addressing_style": "path"}),
    )
