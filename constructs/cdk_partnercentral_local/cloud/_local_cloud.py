"""The local cloud: MiniStack and the local Partner Central, started and stopped together.

This is the only module of `cloud` that imports `service`.
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

_QUICK_POLLING = Path(__file__).with_name("_quick_polling.cjs")

Step = Callable[[str], AbstractContextManager[object]]


def _quietly(_title: str) -> AbstractContextManager[object]:
    return nullcontext()


class LocalCloud:
    """A simulated AWS account on this machine: MiniStack for CloudFormation, Lambda, S3 and IAM, and a local Partner Central.

    MiniStack and the local Partner Central listen on free ports of 127.0.0.1. Both stop at the end of the `with` block, even
    after an exception or Ctrl-C. Both also stop when this process ends for any reason. The local cloud does not read the user's
    AWS settings. The local cloud writes all files to a temporary folder. Only jsii's cache can be in the virtual environment
    instead.

    Args:
        partner_central (PartnerCentral | None): The local Partner Central to use, for example a `PartnerCentral` with another
            `Behavior`. A new `PartnerCentral()` by default.
        step (Callable[[str], AbstractContextManager]): A function that gets the title of a step and returns a context manager.
            The context manager is active while the step runs.
        timeout (float): The maximum time for MiniStack to start, in seconds.

    Raises:
        LocalCloudError: MiniStack or the local Partner Central did not start when the `with` block was entered. The error
            contains the end of the log.

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
            with self._step("Start a local Partner Central"):
                self._server = stack.enter_context(PartnerCentralServer(self._given))
            with self._step("Start MiniStack: CloudFormation, Lambda, S3 and IAM"):
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
        """The local Partner Central, with its engagements, planned faults and behavior."""
        return self._server.service

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that make the CDK CLI and all AWS SDKs use this cloud."""
        return aws_settings(
            self._folder,
            gateway=self._ministack.url,
            partner_central=self._server.url,
            authority=self._ministack.authority,
        )

    @property
    def environment(self) -> dict[str, str]:
        """A complete environment for a child process: `settings`, PATH with Node.js, and a few other variables."""
        return base_environment(self._folder) | self.settings | {"NODE_OPTIONS": f'--require "{_QUICK_POLLING}"'}

    def client(self, service: str) -> Any:
        """Return an SDK client for this cloud, similar to `boto3.client`. The client is closed at the end of the `with` block.

        Args:
            service (str): The service's name in the SDK, for example `cloudformation` or `partnercentral-selling`.
        """
        if service not in self._clients:
            url = self._server.url if service == "partnercentral-selling" else self._ministack.url
            self._clients[service] = _isolated_client(service, url=url, authority=self._ministack.authority)
        return self._clients[service]

    def bootstrap(self) -> None:
        """Run `cdk bootstrap` with the CLI's default template.

        Raises:
            LocalCloudError: `cdk bootstrap` failed. The error's log is the output of the CLI.
        """
        # Run the CLI in the temporary folder. In the folder of an app, the CLI would synthesize the app first.
        run = self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self._folder)
        if run.status:
            raise LocalCloudError("cdk bootstrap failed.", log=run.text)

    def cdk(
        self,
        *arguments: str,
        folder: Path | None = None,
        extra: Mapping[str, str] | None = None,
        timeout: float = 600,
    ) -> CdkRun:
        """Run the CDK CLI against this cloud. The CLI does not prompt, and writes nothing to the app's folder.

        Args:
            arguments (str): The command and its options, for example `"deploy", "--all"`.
            folder (Path | None): The folder of the CDK app, with its `cdk.json`; the working directory by default.
            extra (Mapping[str, str] | None): Environment variables for the app, in addition to `environment`.
            timeout (float): The maximum run time of the CLI, in seconds.

        Returns:
            The exit status, the output, and the folder that contains the synthesized templates. If the CLI fails, the exit
            status is not 0, but no exception is raised.

        Raises:
            LocalCloudError: The CDK CLI was not found or timed out, or the CLI failed because MiniStack ended.
        """
        run = run_cli(
            arguments,
            folder=folder or Path.cwd(),
            assembly=self._folder / "assemblies" / str(next(self._runs)),
            environment=self.environment | dict(extra or {}),
            timeout=timeout,
        )
        if run.status:
            self._ministack.check()
        return run

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()


def _isolated_client(service: str, *, url: str, authority: Path) -> Any:
    """Return a client that does not use the user's profile, configuration file, credentials, endpoint or proxy."""
    # Keep the default value of each session variable, but ignore environment variables and configuration files.
    isolated = {name: (None, None, default, use) for name, (_, _, default, use) in Session.SESSION_VARIABLES.items()}
    isolated["config_file"] = isolated["credentials_file"] = (None, None, None, None)
    return Session(session_vars=isolated).create_client(
        service,
        region_name=REGION,
        endpoint_url=url,
        verify=str(authority),
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - MiniStack accepts any key
        config=Config(proxies={}, connect_timeout=5, read_timeout=60, s3={"addressing_style": "path"}),
    )
