"""The function from its zip among the other resources of its stack, as CloudFormation's API shows them."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from tests.lambda_handler.process.cloudformation import Resource
from tests.lambda_handler.process.events import (
    LOGICAL_ID,
    OTHER_PROJECT,
    OTHER_STACK,
    PROJECT,
    STACK,
    event,
    interaction,
    lead,
    properties,
)
from tests.lambda_handler.process.harness import Cloud, failed, succeeded
from tests.lambda_handler.process.strict import strict

READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"
LIST, TEMPLATE = "ListStackResources", "GetTemplate"
THIRD_PROJECT = {**PROJECT, "Project": {**PROJECT["Project"], "Title": "Move back"}}


class Stack:
    """A stack as CloudFormation runs it: events for its resources, and what its API shows meanwhile.

    Args:
        cloud: The function and its services.
        engagement: The engagement of all its contexts.
    """

    def __init__(self, cloud: Cloud, engagement: str) -> None:
        self._cloud = cloud
        self._engagement = engagement
        self._deployed: dict[str, Any] = {}
        self._ids: dict[str, str] = {}

    def deploy(self, template: dict[str, Any]) -> dict[str, str]:
        """Deploy a template of payloads by logical ids, new resources first. Return the physical ids by logical ids."""
        body = {name: {"Type": "Custom::EngagementContext"} for name in template}
        self._cloud.cloudformation.templates[STACK] = json.dumps({"Resources": body})
        for name in sorted(template, key=lambda name: name in self._deployed):
            if template[name] != self._deployed.get(name):
                self._send(name, template[name])
        for name in self._deployed.keys() - template.keys():
            # DELETE_SKIPPED: the resource is retained.
            del self._ids[name]
        self._deployed = dict(template)
        return dict(self._ids)

    def _send(self, name: str, payload: Any) -> None:
        kind = "UPDATE" if name in self._deployed else "CREATE"
        self._show({name: f"{kind}_IN_PROGRESS"})
        new = properties(self._engagement, payload)
        more: dict[str, Any] = {}
        if kind == "UPDATE":
            old = properties(self._engagement, self._deployed[name])
            more = {"OldResourceProperties": old, "PhysicalResourceId": self._ids[name]}
        response = self._cloud.send(kind.title(), new, LogicalResourceId=name, **more)
        assert response["Status"] == "SUCCESS", response
        self._ids[name] = response["PhysicalResourceId"]

    def _show(self, statuses: dict[str, str]) -> None:
        self._cloud.cloudformation.resources[STACK] = [
            Resource(logical_id=name, physical_id=self._ids.get(name), status=statuses.get(name, "UPDATE_COMPLETE"))
            for name in {**self._ids, **statuses}
        ]


@pytest.fixture
def stack(cloud: Cloud, engagement: str) -> Stack:
    """A stack without resources."""
    return Stack(cloud, engagement)


@pytest.fixture(autouse=True)
def no_stack_is_left(cloud: Cloud) -> Iterator[None]:
    """Remove the stacks, since the cloud is shared."""
    yield
    cloud.cloudformation.reset()


def titles(cloud: Cloud, engagement: str) -> list[str]:
    """Return the titles of the engagement's projects."""
    return [each["Payload"]["CustomerProject"]["Project"]["Title"] for each in cloud.contexts(engagement)]


def test_an_ordinary_deployment_does_not_ask_cloudformation(cloud: Cloud, engagement: str, stack: Stack) -> None:
    stack.deploy({"Deal0": PROJECT})
    stack.deploy({"Deal0": OTHER_PROJECT, "Deal1": THIRD_PROJECT})
    assert cloud.cloudformation.requests == []
    assert titles(cloud, engagement) == ["Move further", "Move back"]


@pytest.mark.parametrize("normalizes", ["never", "always"])
def test_a_deal_in_front_of_a_list_with_positional_ids_shares_and_loses_no_context(
    cloud: Cloud, engagement: str, stack: Stack, normalizes: Any
) -> None:
    cloud.service.behavior = strict(normalizes=normalizes)
    stack.deploy({"Deal0": PROJECT, "Deal1": OTHER_PROJECT})
    # The new Deal2 has the payload that the context of Deal1 still has.
    deployed = stack.deploy({"Deal0": THIRD_PROJECT, "Deal1": PROJECT, "Deal2": OTHER_PROJECT})
    assert len(set(deployed.values())) == 3
    by_id = {each["Id"]: each["Payload"]["CustomerProject"]["Project"]["Title"] for each in cloud.contexts(engagement)}
    found = [by_id[deployed[name].rpartition("/")[2]] for name in ("Deal0", "Deal1", "Deal2")]
    assert found == ["Move back", "Move to AWS", "Move further"]
    assert len(by_id) == 3
    assert cloud.cloudformation.actions == [LIST, TEMPLATE]
    assert {request["StackName"] for request in cloud.cloudformation.requests} == {STACK}
    assert cloud.cloudformation.requests[1]["TemplateStage"] == "Original"


@pytest.mark.parametrize("normalizes", ["never", "always"])
def test_a_renamed_construct_keeps_its_context(cloud: Cloud, engagement: str, stack: Stack, normalizes: Any) -> None:
    cloud.service.behavior = strict(normalizes=normalizes)
    padded = {**PROJECT, "Project": {**PROJECT["Project"], "BusinessProblem": "It has problems, and a line break.\n"}}
    before = stack.deploy({"Before": padded, "Other": OTHER_PROJECT})
    cloud.service.calls.clear()
    after = stack.deploy({"After": padded, "Other": OTHER_PROJECT})
    assert after["After"] == before["Before"]
    assert cloud.operations == [READ]
    assert len(cloud.contexts(engagement)) == 2
    # And back, with a change in the next deployment.
    assert stack.deploy({"Before": padded, "Other": OTHER_PROJECT})["Before"] == before["Before"]
    stack.deploy({"Before": THIRD_PROJECT, "Other": OTHER_PROJECT})
    assert titles(cloud, engagement) == ["Move back", "Move further"]


def test_siblings_on_later_pages_are_seen(cloud: Cloud, engagement: str) -> None:
    cloud.send("Create", properties(engagement))
    others = [Resource(logical_id=f"Other{number}", physical_id=f"bucket-{number}") for number in range(25)]
    sibling = Resource(logical_id="Deal0", physical_id=f"Sandbox/{engagement}/1")
    cloud.cloudformation.resources[OTHER_STACK] = [*others, sibling]
    cloud.cloudformation.templates[OTHER_STACK] = "Resources:\n  Deal0:\n    Type: X\n  Other:\n    Type: !Ref Y\n"
    cloud.cloudformation.page_size = 10
    response = cloud.send("Create", properties(engagement), stack=OTHER_STACK)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/2")
    assert cloud.cloudformation.actions == [LIST, LIST, LIST, TEMPLATE]


@pytest.mark.parametrize(
    ("template", "context"),
    [
        ({"Resources": {"Other": {"Type": "X"}}}, "1"),
        ("Resources:\n  Other:\n    Type: !Ref Deal0\n    DependsOn: Deal0\n", "1"),
        ("Outputs:\n  Deal0:\n    Value: 5\nResources:\n  # Deal0:\n  Other:\n    Type: X\n", "1"),
        ({"Resources": {"Deal0": {"Type": "X"}}}, "2"),
        ('Resources:\n  "Deal0":   # the first\n    Type: X\n', "2"),
    ],
    ids=["gone", "gone, YAML", "commented out, YAML", "there", "there, YAML"],
)
def test_the_template_decides_whether_a_construct_was_renamed(
    cloud: Cloud, engagement: str, template: Any, context: str
) -> None:
    cloud.send("Create", properties(engagement))
    cloud.service.calls.clear()
    cloud.cloudformation.resources[OTHER_STACK] = [
        Resource(logical_id="Deal0", physical_id=f"Sandbox/{engagement}/1"),
        Resource(logical_id=LOGICAL_ID, status="CREATE_IN_PROGRESS"),
    ]
    text = template if isinstance(template, str) else json.dumps(template)
    cloud.cloudformation.templates[OTHER_STACK] = text
    succeeded(cloud, cloud.send("Create", properties(engagement), stack=OTHER_STACK), engagement, context)
    assert cloud.operations == ([READ] if context == "1" else [READ, CREATE])
    assert cloud.cloudformation.actions == [LIST, TEMPLATE]


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_SKIPPED", "DELETE_FAILED"])
def test_a_resource_that_is_deleted_manages_nothing(cloud: Cloud, engagement: str, status: str) -> None:
    cloud.send("Create", properties(engagement))
    cloud.service.calls.clear()
    sibling = Resource(logical_id="Deal0", physical_id=f"Sandbox/{engagement}/1", status=status)
    cloud.cloudformation.resources[OTHER_STACK] = [sibling]
    # A construct with this id can be in the template again.
    cloud.cloudformation.templates[OTHER_STACK] = json.dumps({"Resources": {"Deal0": {"Type": "X"}}})
    succeeded(cloud, cloud.send("Create", properties(engagement), stack=OTHER_STACK), engagement, "1")
    assert cloud.operations == [READ]
    assert cloud.cloudformation.actions == [LIST]


def test_contexts_that_are_not_equal_are_not_asked_about(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": OTHER_PROJECT})
    cloud.service.as_aws.add_context(engagement, {"Lead": lead(interaction("Annabella"))})
    succeeded(cloud, cloud.send("Create", properties(engagement)), engagement, "3")
    succeeded(cloud, cloud.send("Create", properties(engagement, AdoptExisting="false")), engagement, "3")
    assert cloud.cloudformation.actions == [LIST]  # for the replay


def unreadable(cloud: Cloud, engagement: str, cause: str, *advice: str) -> None:
    """Check that a Create fails since the stack cannot be read, and writes nothing."""
    cloud.service.calls.clear()
    before = cloud.contexts(engagement)
    # The retries end with the time for work.
    response = cloud.send("Create", properties(engagement), stack=OTHER_STACK, seconds=8)
    reason = failed(response, "STACK_UNREADABLE")
    for part in (cause, "existing_context_id", *advice):
        assert part in reason[:300]
    assert cloud.operations == [READ]
    assert cloud.contexts(engagement) == before


@pytest.mark.parametrize(("failure", "cause"), [("deny", f"AccessDenied from {LIST}"), ("drop", f"from {LIST}")])
def test_without_a_response_of_cloudformation_nothing_is_adopted_or_created(
    cloud: Cloud, engagement: str, failure: str, cause: str
) -> None:
    cloud.send("Create", properties(engagement))
    getattr(cloud.cloudformation, failure)(times=1000)
    unreadable(cloud, engagement, cause, "an existing context (1)", LIST, TEMPLATE)
    assert set(cloud.cloudformation.actions) == {LIST}


def test_without_the_template_nothing_is_adopted_or_created(cloud: Cloud, engagement: str) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.cloudformation.resources[OTHER_STACK] = [Resource(logical_id="Deal0", physical_id=physical_id)]
    cloud.cloudformation.deny_action(TEMPLATE)
    unreadable(cloud, engagement, f"AccessDenied from {TEMPLATE}", "an existing context (1)", LIST, TEMPLATE)


@pytest.mark.parametrize("text", ["Resources: {Deal1: {Type: X}}", '{"Transform": "Macro", "Resources": {}}'])
def test_with_a_template_that_is_not_certain_nothing_is_adopted_or_created(
    cloud: Cloud, engagement: str, text: str
) -> None:
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.cloudformation.resources[OTHER_STACK] = [Resource(logical_id="Deal0", physical_id=physical_id)]
    cloud.cloudformation.templates[OTHER_STACK] = text
    unreadable(cloud, engagement, "template cannot be read", "the context 1", "adopt_existing=False")


def a_cloudformation_that_always_denies(start: Callable[..., Cloud]) -> None:
    """The function waits for a minute, as for a role that was just created, and not for all of its time."""
    with start() as cloud:
        engagement = cloud.service.create_engagement()
        cloud.send("Create", properties(engagement))
        cloud.cloudformation.deny(times=1000)
        started = time.monotonic()
        failed(cloud.send("Create", properties(engagement), stack=OTHER_STACK), "STACK_UNREADABLE")
        assert 40 < time.monotonic() - started < 65
        assert cloud.operations == [READ, CREATE, READ]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [a_cloudformation_that_always_denies])
def test_a_denial_is_waited_for_a_minute(
    scenarios: dict[Any, "Future[None]"], scenario: Callable[[Callable[..., Cloud]], None]
) -> None:
    scenarios[scenario].result()


def test_a_cloudformation_that_fails_for_a_while_is_waited_for(cloud: Cloud, engagement: str) -> None:
    cloud.send("Create", properties(engagement))
    cloud.cloudformation.deny()
    cloud.cloudformation.fail("Throttling", "Rate exceeded")
    response = cloud.send("Create", properties(engagement), stack=OTHER_STACK)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    assert cloud.cloudformation.actions == [LIST] * 3


# A repetition of an event that arrives after the stack went on.


@pytest.mark.parametrize("adopts", ["true", "false"])
@pytest.mark.parametrize("change", [{"Title": "Move further"}, {"Title": "MOVE TO AWS"}], ids=["other", "case"])
def test_a_late_repetition_of_a_create_does_not_revert_a_later_update(
    cloud: Cloud, engagement: str, adopts: str, change: Any
) -> None:
    # With the lifetime of the token not over, the service returns the context of the first create.
    cloud.service.behavior = strict(token_mismatch="replay")
    old = properties(engagement, AdoptExisting=adopts)
    updated = {**PROJECT, "Project": {**PROJECT["Project"], **change}}
    first = event("Create", cloud.responses.url(), old)
    assert cloud.function.invoke(first).error is None
    physical_id = cloud.response_to(first)["PhysicalResourceId"]
    new = properties(engagement, updated, AdoptExisting=adopts)
    cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    own = Resource(logical_id=LOGICAL_ID, physical_id=physical_id, status="UPDATE_COMPLETE")
    cloud.cloudformation.resources[STACK] = [own]

    late = {**first, "ResponseURL": cloud.responses.url()}
    assert cloud.function.invoke(late).error is None

    response = cloud.response_to(late)
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", physical_id)
    assert [each["Payload"] for each in cloud.contexts(engagement)] == [{"CustomerProject": updated}]


def test_a_late_repetition_of_an_import_does_not_revert_a_later_update(cloud: Cloud, engagement: str) -> None:
    cloud.service.as_aws.add_context(engagement, {"CustomerProject": THIRD_PROJECT})
    old = properties(engagement, ContextIdentifier="1")
    physical_id = cloud.send("Create", old)["PhysicalResourceId"]
    new = properties(engagement, OTHER_PROJECT, ContextIdentifier="1")
    cloud.send("Update", new, OldResourceProperties=old, PhysicalResourceId=physical_id)
    cloud.cloudformation.resources[STACK] = [
        Resource(logical_id=LOGICAL_ID, physical_id=physical_id, status="UPDATE_COMPLETE")
    ]
    cloud.service.calls.clear()
    assert cloud.send("Create", old)["PhysicalResourceId"] == physical_id
    assert cloud.operations == [READ]
    assert titles(cloud, engagement) == ["Move further"]


def test_a_replay_while_the_stack_waits_is_updated_to_the_declaration(cloud: Cloud, engagement: str) -> None:
    # The first Create failed after its write, and was corrected and deployed again under the same logical id.
    cloud.service.behavior = strict(token_mismatch="replay")
    one, two = interaction("Annabella"), interaction("Bartholomew")
    cloud.send("Create", properties(engagement, lead(one), "Lead"))
    cloud.cloudformation.resources[STACK] = [Resource(logical_id=LOGICAL_ID, status="CREATE_IN_PROGRESS")]
    response = cloud.send("Create", properties(engagement, lead(one, two), "Lead"))
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", f"Sandbox/{engagement}/1")
    (context,) = cloud.contexts(engagement)
    assert [each["Contact"]["FirstName"] for each in context["Payload"]["Lead"]["Interactions"]] == [
        "Annabella",
        "Bartholomew",
    ]


def test_a_replayed_context_that_a_renamed_construct_manages_is_not_taken_over(cloud: Cloud, engagement: str) -> None:
    cloud.service.behavior = strict(token_mismatch="replay")
    physical_id = cloud.send("Create", properties(engagement))["PhysicalResourceId"]
    cloud.cloudformation.resources[STACK] = [Resource(logical_id="Renamed", physical_id=physical_id)]
    response = cloud.send("Create", properties(engagement, OTHER_PROJECT))
    assert response["Status"] == "FAILED"
    assert response["Reason"].startswith("[CLIENT_TOKEN_USED] ")
    assert titles(cloud, engagement) == ["Move to AWS"]
