"""The failures on the page of errors, each produced by the real function: what CloudFormation or the log shows.

Print the current texts with:

    python -m tests.docs.failures

The function gets little time where it would retry for long.
"""

import argparse
import json
import re
import socket
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeAlias

from cdk_partnercentral_local import Behavior, Fault, ServiceError
from tests.lambda_handler.process.cloudformation import Resource
from tests.lambda_handler.process.conftest import reset
from tests.lambda_handler.process.endpoint import certificate
from tests.lambda_handler.process.events import (
    OTHER_PROJECT,
    PROJECT,
    STACK,
    engagement_properties,
    event,
    interaction,
    lead,
    properties,
)
from tests.lambda_handler.process.harness import Cloud
from tests.lambda_handler.process.network import page, server

LIST, CREATE_ENGAGEMENT = "ListEngagements", "CreateEngagement"
READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
ALWAYS = 1000
# About two of these seconds are for work, the others for the response.
LITTLE = 8
# Enough for one request to time out after 20 seconds.
ONE_TIMEOUT = 42

Start: TypeAlias = Callable[..., Cloud]
Failure: TypeAlias = Callable[[Cloud, str], str]

ENVIRONMENTS: dict[str, Mapping[str, str]] = {}
FAILURES: dict[str, Failure] = {}


def failure(name: str, **environment: str) -> Callable[[Failure], Failure]:
    """Register a failure. The function's process gets these environment variables too."""

    def register(made: Failure) -> Failure:
        FAILURES[name] = made
        ENVIRONMENTS[name] = environment
        return made

    return register


def shown(name: str, cloud: Cloud, start: Start) -> str:
    """Produce a failure. Return what is shown, with ids that are the same in every run.

    Args:
        name: Its name.
        cloud: The cloud to use if the failure needs no environment variables.
        start: Starts another cloud.
    """
    with ExitStack() as stack:
        if ENVIRONMENTS[name]:
            cloud = stack.enter_context(start(**ENVIRONMENTS[name]))
        return plain(FAILURES[name](reset(cloud), cloud.service.create_engagement()))


def plain(text: str) -> str:
    """Replace what differs between two runs of a failure."""
    text = re.sub(r"eng-[0-9a-z]{14}", "eng-0123456789abcd", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "0f1e2d3c", text)
    text = re.sub(r"\bin [\w<>]+, line [0-9]+", "in FUNCTION, line NUMBER", text)
    return re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\):", "5f1c2a90-0000-4000-8000-000000000001):", text)


def failed(response: Mapping[str, Any]) -> str:
    """Return the Reason of a failure."""
    assert response["Status"] == "FAILED"
    return str(response["Reason"])


def arn(engagement: str) -> str:
    """Return the ARN of an engagement."""
    return f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"


def updated(cloud: Cloud, engagement: str, new: Any = OTHER_PROJECT, **more: Any) -> dict[str, Any]:
    """Create a context, call `prepare`, and send an update of the context."""
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    more.pop("prepare", lambda: None)()
    old = properties(engagement)
    return cloud.send(
        "Update",
        properties(engagement, new),
        seconds=LITTLE,
        OldResourceProperties=old,
        PhysicalResourceId=more.get("physical_id", physical_id),
    )


@failure("denied")
def _denied(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.access_denied(READ, resource=arn(engagement), times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@failure("denied-for-good")
def _denied_for_good(cloud: Cloud, engagement: str) -> str:
    reason = "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
    cloud.service.faults.access_denied(READ, resource=arn(engagement), reason=reason)
    return failed(cloud.send("Create", properties(engagement)))


@failure("no-engagement")
def _no_engagement(cloud: Cloud, engagement: str) -> str:
    del engagement
    return failed(cloud.send("Create", properties("eng-00000000000000")))


@failure("invalid")
def _invalid(cloud: Cloud, engagement: str) -> str:
    project = {**PROJECT["Project"], "Title": "", "BusinessProblem": "Slow."}
    return failed(cloud.send("Create", properties(engagement, {**PROJECT, "Project": project})))


@failure("full")
def _full(cloud: Cloud, engagement: str) -> str:
    for _ in range(4):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    return failed(cloud.send("Create", properties(engagement)))


def _token_spent(cloud: Cloud, engagement: str) -> str:
    cloud.send("Create", properties(engagement))
    return failed(cloud.send("Create", properties(engagement, OTHER_PROJECT), seconds=LITTLE))


@failure("token-spent-conflict")
def _token_spent_conflict(cloud: Cloud, engagement: str) -> str:
    cloud.service.behavior = Behavior(token_mismatch="conflict")
    return _token_spent(cloud, engagement)


@failure("token-spent-validation")
def _token_spent_validation(cloud: Cloud, engagement: str) -> str:
    cloud.service.behavior = Behavior(token_mismatch="validation")
    return _token_spent(cloud, engagement)


@failure("two-matches")
def _two_matches(cloud: Cloud, engagement: str) -> str:
    for _ in range(2):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    return failed(cloud.send("Create", properties(engagement)))


@failure("gone")
def _gone(cloud: Cloud, engagement: str) -> str:
    return failed(updated(cloud, engagement, physical_id=f"Sandbox/{engagement}/4"))


@failure("identifier-not-there")
def _identifier_not_there(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    return failed(cloud.send("Create", properties(engagement, ContextIdentifier="4"), seconds=LITTLE))


@failure("identifier-of-another-type")
def _identifier_of_another_type(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    return failed(cloud.send("Create", properties(engagement, ContextIdentifier="2"), seconds=LITTLE))


def _engagement_event(cloud: Cloud, request_type: str, title: str = "Acme migration", **more: Any) -> str:
    new = engagement_properties(title, None, **more.pop("properties", {}))
    return failed(cloud.send(request_type, new, ResourceType="Custom::Engagement", **more))


@failure("two-engagements")
def _two_engagements(cloud: Cloud, engagement: str) -> str:
    del engagement
    for _ in range(2):
        cloud.service.create_engagement(title="Two hangars")
    return _engagement_event(cloud, "Create", "Two hangars")


@failure("engagements-unreadable")
def _engagements_unreadable(cloud: Cloud, engagement: str) -> str:
    del engagement
    cloud.service.faults.throttle(LIST, times=ALWAYS)
    return _engagement_event(cloud, "Create", seconds=LITTLE)


@failure("engagement-not-visible")
def _engagement_not_visible(cloud: Cloud, engagement: str) -> str:
    del engagement
    cloud.service.behavior = Behavior(read_lag=ALWAYS)
    return _engagement_event(cloud, "Create", seconds=LITTLE)


@failure("engagement-changed")
def _engagement_changed(cloud: Cloud, engagement: str) -> str:
    return _engagement_event(cloud, "Update", "Renamed", PhysicalResourceId=f"Sandbox/{engagement}")


@failure("engagement-gone")
def _engagement_gone(cloud: Cloud, engagement: str) -> str:
    del engagement
    return _engagement_event(cloud, "Update", PhysicalResourceId="Sandbox/eng-00000000000000", seconds=LITTLE)


@failure("engagement-token-conflict")
def _engagement_token_conflict(cloud: Cloud, engagement: str) -> str:
    del engagement
    cloud.service.faults.conflict(CREATE_ENGAGEMENT, times=ALWAYS)
    return _engagement_event(cloud, "Create", properties={"AdoptExisting": "false"}, seconds=LITTLE)


@failure("engagement-token-replay")
def _engagement_token_replay(cloud: Cloud, engagement: str) -> str:
    del engagement
    cloud.service.behavior = Behavior(token_mismatch="replay")
    for title in ("First hangar", "Second hangar"):
        new = engagement_properties(title, ClientToken="hangars")
        response = cloud.send("Create", new, ResourceType="Custom::Engagement")
    return failed(response)


@failure("interactions")
def _interactions(cloud: Cloud, engagement: str) -> str:
    old = properties(engagement, lead(*(interaction(f"Ann{number}") for number in range(8))), "Lead")
    new = properties(engagement, lead(*(interaction(f"Bea{number}") for number in range(3))), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    return failed(cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id))


@failure("uncertain-interaction")
def _uncertain_interaction(cloud: Cloud, engagement: str) -> str:
    visit, call = (interaction("Annabella", Usecase=usecase) for usecase in ("Backup", "Archive"))
    old, new = (properties(engagement, lead(*each), "Lead") for each in ((visit,), (visit, call)))
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    cloud.service.as_aws.add_interaction(engagement, "1", {**call, "Usecase": "Long-term archive"})
    return failed(cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id))


@failure("missing-member")
def _missing_member(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": {"Customer": PROJECT["Customer"]}})
    partial = {"Project": {"Title": "Move to AWS"}}
    return failed(cloud.send("Create", properties(engagement, partial, ContextIdentifier="1")))


@failure("cannot-update")
def _cannot_update(cloud: Cloud, engagement: str) -> str:
    old, new = ({"AccountIdentifier": f"cust-acc-000000000000{digit}"} for digit in (1, 2))
    old, new = (
        properties(engagement, {**each, "Customer": {"CompanyName": "Harbour Lane Books"}}, "CustomerAccount")
        for each in (old, new)
    )
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    return failed(cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id))


@failure("stack-unreadable")
def _stack_unreadable(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    cloud.cloudformation.deny(times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@failure("template-unreadable")
def _template_unreadable(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    cloud.cloudformation.resources[STACK] = [Resource(logical_id="Other", physical_id=f"Sandbox/{engagement}/1")]
    cloud.cloudformation.templates[STACK] = '{"Transform": "Macro", "Resources": {}}'
    return failed(cloud.send("Create", properties(engagement)))


@failure("busy")
def _busy(cloud: Cloud, engagement: str) -> str:
    return failed(updated(cloud, engagement, prepare=lambda: cloud.service.faults.conflict(UPDATE, times=ALWAYS)))


@failure("throttled")
def _throttled(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.throttle(CREATE, times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@failure("failing")
def _failing(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.internal_error(READ, times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@failure("undocumented")
def _undocumented(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.error(READ, ServiceError("OptInRequired", "The account is not subscribed to the service"))
    return failed(cloud.send("Create", properties(engagement)))


@failure("credentials")
def _credentials(cloud: Cloud, engagement: str) -> str:
    refused = ServiceError("UnrecognizedClientException", "The security token included in the request is invalid")
    cloud.service.faults.error(READ, refused, times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


def _closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@failure("unreachable", AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{_closed_port()}")
def _unreachable(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@failure("no-response")
def _no_response(cloud: Cloud, engagement: str) -> str:
    return _stalled(cloud, engagement, seconds=ONE_TIMEOUT)


@failure("out-of-time")
def _out_of_time(cloud: Cloud, engagement: str) -> str:
    return _stalled(cloud, engagement, seconds=LITTLE)


def _stalled(cloud: Cloud, engagement: str, *, seconds: float) -> str:
    stuck = threading.Event()
    cloud.service.faults.add(Fault(operation=READ, times=ALWAYS, on_arrival=lambda: stuck.wait(60)))
    sent = event("Create", cloud.responses.url(), properties(engagement))
    try:
        cloud.function.invoke(sent, seconds=seconds)
        return failed(cloud.response_to(sent))
    finally:
        stuck.set()


@failure("not-delivered")
def _not_delivered(cloud: Cloud, engagement: str) -> str:
    sent = event("Create", cloud.responses.url(403), properties(engagement))
    assert cloud.function.invoke(sent).error == "NotDeliveredError"
    [line] = [line for line in cloud.function.output.splitlines() if "NotDeliveredError:" in line]
    return line.rpartition("response.")[2]


@failure("another-release")
def _another_release(cloud: Cloud, engagement: str) -> str:
    new = properties(engagement)
    del new["EngagementIdentifier"]
    return failed(cloud.send("Create", {**new, "EngagementId": engagement}))


@failure("wrong-type")
def _wrong_type(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement, PROJECT, "CustomerProject", Type="Lead")))


@failure("certificate")
def _certificate(cloud: Cloud, engagement: str) -> str:
    # The SDK does not trust the certificate of the response endpoint.
    return _sent_to(cloud.responses.url(), cloud, engagement)


@failure("unreadable")
def _unreadable(cloud: Cloud, engagement: str) -> str:
    with server(page(403, b"<html>Blocked by the firewall</html>")) as port:
        return _sent_to(f"http://127.0.0.1:{port}", cloud, engagement)


def _sent_to(url: str, cloud: Cloud, engagement: str) -> str:
    """Let another process of the function call this address instead of Partner Central."""
    environment = {**cloud.environment, "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": url}
    sent = event("Create", cloud.responses.url(), properties(engagement))
    folder = Path(tempfile.mkdtemp(dir=cloud.function.folder))
    with cloud.another(folder=folder, environment=environment) as function:
        assert function.invoke(sent, seconds=LITTLE).error is None
    return failed(cloud.response_to(sent))


@failure("quota")
def _quota(cloud: Cloud, engagement: str) -> str:
    quota = ServiceError("ServiceQuotaExceededException", "The quota of reads for this account is used up")
    cloud.service.faults.error(READ, quota)
    return failed(cloud.send("Create", properties(engagement)))


@failure("unknown-resource-type")
def _unknown_resource_type(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement), ResourceType="Custom::Other"))


@failure("unknown-request-type")
def _unknown_request_type(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Import", properties(engagement)))


@failure("malformed-property")
def _malformed_property(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement, AdoptExisting="perhaps")))


@failure("internal-error")
def _internal_error(cloud: Cloud, engagement: str) -> str:
    # Deeper than Python can recurse. Before 3.12, the limit included the levels of C code, so json could not send 1200 levels.
    payload: dict[str, Any] = {}
    for _ in range(1200 if sys.version_info >= (3, 12) else 970):
        payload = {"Customer": payload}
    return failed(cloud.send("Create", properties(engagement, payload)))


@failure("environment", AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING="garbage")
def _environment(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement)))


def log_of_a_create(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the function's log of a Create whose first write fails with a conflict."""
    cloud.service.faults.conflict(CREATE)
    cloud.send("Create", properties(cloud.service.create_engagement()))
    return [json.loads(plain(json.dumps(line))) for line in cloud.function.lines]


def main() -> None:
    """Print the current texts."""
    parser = argparse.ArgumentParser(description="Print the texts of the failures on the page of errors.")
    parser.add_argument("names", nargs="*", default=list(FAILURES))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with zipfile.ZipFile(Path(__file__).parents[2] / "constructs/cdk_partnercentral/function.zip") as archive:
            archive.extractall(folder / "function")
        made = certificate(folder)

        def start(**environment: str) -> Cloud:
            return Cloud([folder / "function"], made, Path(tempfile.mkdtemp(dir=folder)), environment)

        with start() as cloud, suppress(KeyboardInterrupt):
            for name in parser.parse_args().names:
                sys.stdout.write(f"{name}\n  {shown(name, cloud, start)}\n")
                sys.stdout.flush()
        with start() as cloud:
            for line in log_of_a_create(cloud):
                sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
