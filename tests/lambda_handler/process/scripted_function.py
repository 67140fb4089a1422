"""A custom resource that does what its event specifies, on plain crhelper or on ours. It runs in the function's process."""

import os
import time
from typing import Any

import crhelper
import crhelper.resource_helper
import crhelper.utils

if os.environ["ON"] == "plain":
    CfnResource: Any = crhelper.CfnResource
else:
    from lambda_handler.response import CfnResource

resource = CfnResource()
sent: list[Any] = []

if "INIT_FAILS" in os.environ:
    resource.init_failure(ValueError("[SETTING] a setting is missing"))
if "PATCHED" in os.environ:
    # As a test does that needs responses without a network.
    helpers: Any = crhelper.resource_helper
    helpers._send_response = lambda *_: sent.append(_)
if "BROKEN" in os.environ:
    setattr(crhelper.utils, "HTTPSConnection", None)  # noqa: B010 - its types hide it


@resource.create  # type: ignore[untyped-decorator]
@resource.update  # type: ignore[untyped-decorator]
@resource.delete  # type: ignore[untyped-decorator]
def work(event: Any, context: Any) -> str:
    """Do what the properties specify."""
    script = event["ResourceProperties"]
    time.sleep(float(script.get("Sleep", 0)))
    if "NoEcho" in script:
        resource.NoEcho = True
    if "Clients" in script:
        resource.Data = {"Clients": sorted(name for name in vars(resource) if name.endswith("_client"))}
    if "Raise" in script:
        raise ValueError(script["Raise"])
    return "made"


def handler(event: Any, context: Any) -> None:
    """Handle an event."""
    resource(event, context)
