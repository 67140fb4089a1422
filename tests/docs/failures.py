"""The failures of the page on errors, each told by the real function: what CloudFormation, or the log, then shows.

Each story has the name that its row in the page's tables has as an anchor. Run as a script this prints what they say now:

    python -m tests.docs.failures

Little time is left to the function where it would try for long.
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
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from cdk_partnercentral_local import Behavior, Fault, ServiceError
from tests.lambda_handler.process.endpoint import certificate
from tests.lambda_handler.process.events import OTHER_PROJECT, PROJECT, event, interaction, lead, properties
from tests.lambda_handler.process.harness import Cloud

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
ALWAYS = 1000
# Of so many seconds about two are for work, since the answer has its own.
LITTLE = 8
# Enough for one request to wait its whole timeout of 20 seconds.
ONE_TIMEOUT = 42

Start: TypeAlias = Callable[..., Cloud]
Story: TypeAlias = Callable[[Cloud, str], str]

ENVIRONMENTS: dict[str, Mapping[str, str]] = {}
STORIES: dict[str, Story] = {}


def story(name: str, **environment: str) -> Callable[[Story], Story]:
    """Register a story; the function's process has these environment variables too."""

    def register(told: Story) -> Story:
        STORIES[name] = told
        ENVIRONMENTS[name] = environment
        return told

    return register


def tell(name: str, start: Start) -> str:
    """Tell a story in a cloud of its own; return what is seen, with ids that are the same in every run."""
    with start(**ENVIRONMENTS[name]) as cloud:
        return plain(STORIES[name](cloud, cloud.service.create_engagement()))


def plain(text: str) -> str:
    """Replace what differs between two runs of one story."""
    text = re.sub(r"eng-[0-9a-z]{14}", "eng-0123456789abcd", text)
    return re.sub(r"\b[0-9a-f]{64}\b", "0f1e2d3c", text)


def failed(answer: Mapping[str, Any]) -> str:
    """Return a failure's Reason."""
    assert answer["Status"] == "FAILED"
    return str(answer["Reason"])


def arn(engagement: str) -> str:
    """Return an engagement's ARN."""
    return f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"


def updated(cloud: Cloud, engagement: str, new: Any = OTHER_PROJECT, **more: Any) -> dict[str, Any]:
    """Create a context, prepare what `more` says, and send the update of it."""
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


@story("denied")
def _denied(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.access_denied(READ, resource=arn(engagement), times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@story("denied-for-good")
def _denied_for_good(cloud: Cloud, engagement: str) -> str:
    reason = "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
    cloud.service.faults.access_denied(CREATE, resource=arn(engagement), reason=reason)
    return failed(cloud.send("Create", properties(engagement)))


@story("no-engagement")
def _no_engagement(cloud: Cloud, engagement: str) -> str:
    del engagement
    return failed(cloud.send("Create", properties("eng-00000000000000")))


@story("invalid")
def _invalid(cloud: Cloud, engagement: str) -> str:
    project = {**PROJECT["Project"], "Title": "", "BusinessProblem": "Slow."}
    return failed(cloud.send("Create", properties(engagement, {**PROJECT, "Project": project})))


@story("full")
def _full(cloud: Cloud, engagement: str) -> str:
    for _ in range(4):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    return failed(cloud.send("Create", properties(engagement)))


def _token_spent(cloud: Cloud, engagement: str) -> str:
    cloud.send("Create", properties(engagement))
    return failed(cloud.send("Create", properties(engagement, OTHER_PROJECT), seconds=LITTLE))


@story("token-spent-conflict")
def _token_spent_conflict(cloud: Cloud, engagement: str) -> str:
    cloud.service.behavior = Behavior(token_mismatch="conflict")
    return _token_spent(cloud, engagement)


@story("token-spent-validation")
def _token_spent_validation(cloud: Cloud, engagement: str) -> str:
    cloud.service.behavior = Behavior(token_mismatch="validation")
    return _token_spent(cloud, engagement)


@story("two-matches")
def _two_matches(cloud: Cloud, engagement: str) -> str:
    for _ in range(2):
        cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    return failed(cloud.send("Create", properties(engagement)))


@story("gone")
def _gone(cloud: Cloud, engagement: str) -> str:
    return failed(updated(cloud, engagement, physical_id=f"Sandbox/{engagement}/4"))


@story("identifier-not-there")
def _identifier_not_there(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    return failed(cloud.send("Create", properties(engagement, ContextIdentifier="4"), seconds=LITTLE))


@story("identifier-of-another-type")
def _identifier_of_another_type(cloud: Cloud, engagement: str) -> str:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    return failed(cloud.send("Create", properties(engagement, ContextIdentifier="2"), seconds=LITTLE))


@story("interactions")
def _interactions(cloud: Cloud, engagement: str) -> str:
    old = properties(engagement, lead(*(interaction(f"Ann{number}") for number in range(8))), "Lead")
    new = properties(engagement, lead(*(interaction(f"Bea{number}") for number in range(3))), "Lead")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    return failed(cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id))


@story("uncertain-interaction")
def _uncertain_interaction(cloud: Cloud, engagement: str) -> str:
    a, b, c = (interaction(name) for name in ("Annabella", "Xenophon", "Yvette"))
    first, then, now = (properties(engagement, lead(*each), "Lead") for each in ((a, c), (a,), (a, b, c)))
    physical_id = cloud.send("Create", first)["PhysicalResourceId"]
    cloud.send("Update", then, OldResourceProperties=first, PhysicalResourceId=physical_id)
    cloud.service.as_aws.change_lead(engagement, "1", lambda held: held["Interactions"][0].update(Usecase="By AWS"))
    return failed(cloud.send("Update", now, OldResourceProperties=then, PhysicalResourceId=physical_id))


@story("busy")
def _busy(cloud: Cloud, engagement: str) -> str:
    return failed(updated(cloud, engagement, prepare=lambda: cloud.service.faults.conflict(UPDATE, times=ALWAYS)))


@story("throttled")
def _throttled(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.throttle(CREATE, times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@story("failing")
def _failing(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.internal_error(READ, times=ALWAYS)
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@story("undocumented")
def _undocumented(cloud: Cloud, engagement: str) -> str:
    cloud.service.faults.error(READ, ServiceError("ExpiredTokenException", "The security token has expired"))
    return failed(cloud.send("Create", properties(engagement)))


def _closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@story("unreachable", AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=f"http://127.0.0.1:{_closed_port()}")
def _unreachable(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement), seconds=LITTLE))


@story("no-answer")
def _no_answer(cloud: Cloud, engagement: str) -> str:
    return _stalled(cloud, engagement, seconds=ONE_TIMEOUT)


@story("out-of-time")
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


@story("not-delivered")
def _not_delivered(cloud: Cloud, engagement: str) -> str:
    sent = event("Create", cloud.responses.url(403), properties(engagement))
    assert cloud.function.invoke(sent).error == "NotDeliveredError"
    [line] = [line for line in cloud.function.output.splitlines() if "NotDeliveredError:" in line]
    return line.rpartition("answer.")[2]


@story("another-release")
def _another_release(cloud: Cloud, engagement: str) -> str:
    new = properties(engagement)
    del new["EngagementIdentifier"]
    return failed(cloud.send("Create", {**new, "EngagementId": engagement}))


@story("unknown-member")
def _unknown_member(cloud: Cloud, engagement: str) -> str:
    project = {**PROJECT["Project"], "Budget": "5"}
    return failed(cloud.send("Create", properties(engagement, {**PROJECT, "Project": project})))


@story("wrong-type")
def _wrong_type(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement, PROJECT, "CustomerProject", Type="Lead")))


@story("environment", AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING="garbage")
def _environment(cloud: Cloud, engagement: str) -> str:
    return failed(cloud.send("Create", properties(engagement)))


def log_of_a_create(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the function's log of a create whose first write meets a conflict."""
    cloud.service.faults.conflict(CREATE)
    cloud.send("Create", properties(cloud.service.create_engagement()))
    return [json.loads(plain(json.dumps(line))) for line in cloud.function.lines]


def main() -> None:
    """Print what the stories say."""
    parser = argparse.ArgumentParser(description="Print what the failures of the page on errors say.")
    parser.add_argument("names", nargs="*", default=list(STORIES))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with zipfile.ZipFile(Path(__file__).parents[2] / "constructs/cdk_partnercentral/function.zip") as archive:
            archive.extractall(folder / "function")
        made = certificate(folder)

        def start(**environment: str) -> Cloud:
            return Cloud([folder / "function"], made, Path(tempfile.mkdtemp(dir=folder)), environment)

        with suppress(KeyboardInterrupt):
            for name in parser.parse_args().names:
                sys.stdout.write(f"{name}\n  {tell(name, start)}\n")
                sys.stdout.flush()
        with start() as cloud:
            for line in log_of_a_create(cloud):
                sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
