"""The real CDK CLI deploys to the local cloud: what CloudFormation says, and what Partner Central holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Declared, Stacks

pytestmark = pytest.mark.cloud

NOWHERE = "eng-00000000000000"
READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"


@pytest.fixture(scope="module")
def engagements(stacks: Stacks) -> dict[str, str]:
    """The engagement that each test's stack has to itself, and each stack deployed with one context in it."""
    names = ("Changed", "Unchanged", "Unwritten", "Moved", "RolledBack", "Destroyed")
    engagements = {name: stacks.engagement(name) for name in names}
    declared = {name: {"Context": {"engagement": engagements[name], "title": "As it was"}} for name in names}
    run = stacks.run("deploy", declared, "--concurrency", "6")
    assert run.status == 0, run.text
    return engagements


@pytest.fixture(scope="module")
def second_run(stacks: Stacks, engagements: dict[str, str]) -> str:
    """What the CLI prints at the second deployment, of all stacks at once since it waits five seconds for each run."""
    engagements["Moved to"] = stacks.engagement("Moved to")
    declared: Declared = {
        "Changed": {"Context": {"engagement": engagements["Changed"], "title": "As it is now"}},
        "Unchanged": {"Context": {"engagement": engagements["Unchanged"], "title": "As it was"}},
        "Unwritten": {
            "Context": {"engagement": engagements["Unwritten"], "title": "As it was", "adopt_existing": False}
        },
        "Moved": {"Context": {"engagement": engagements["Moved to"], "title": "As it was"}},
    }
    run = stacks.run("deploy", declared, "--concurrency", "6")
    assert run.status == 0, run.text
    return run.text


def history(stacks: Stacks, stack: str) -> list[tuple[str, str]]:
    """How each operation on the context ended, and the physical id it ended with."""
    return [(event.status, event.physical_id) for event in stacks.endings(stack) if event.resource == "Context"]


def test_a_declared_context_is_created_once(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Destroyed"]

    assert history(stacks, "Destroyed") == [("CREATE_COMPLETE", f"Sandbox/{engagement}/1")]
    assert stacks.outputs("Destroyed") == {"ContextContextId": "1"}
    assert stacks.held(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE]


@pytest.mark.usefixtures("second_run")
def test_a_changed_payload_is_updated_in_place(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Changed"]

    assert history(stacks, "Changed") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.outputs("Changed") == {"ContextContextId": "1"}
    assert stacks.held(engagement) == {"1": "As it is now"}
    assert stacks.calls(engagement) == [READ, CREATE, READ, UPDATE]


def test_the_same_declaration_again_is_no_change(stacks: Stacks, engagements: dict[str, str], second_run: str) -> None:
    assert "Unchanged (no changes)" in second_run
    assert stacks.calls(engagements["Unchanged"]) == [READ, CREATE]


@pytest.mark.usefixtures("second_run")
def test_an_update_that_leaves_the_payload_reads_once_and_answers_in_full(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    engagement = engagements["Unwritten"]

    assert history(stacks, "Unwritten") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.outputs("Unwritten") == {"ContextContextId": "1"}
    assert stacks.calls(engagement) == [READ, CREATE, READ]


@pytest.mark.usefixtures("second_run")
def test_another_engagement_is_another_context_and_the_old_one_stays(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    old, new = engagements["Moved"], engagements["Moved to"]

    assert history(stacks, "Moved") == [
        ("CREATE_COMPLETE", f"Sandbox/{old}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{new}/1"),
        ("DELETE_SKIPPED", f"Sandbox/{old}/1"),
    ]
    assert stacks.held(new) == {"1": "As it was"}
    assert stacks.held(old) == {"1": "As it was"}
    assert stacks.calls(old) == [READ, CREATE]


def test_a_failing_update_says_why_and_what_was_updated_beside_it_is_put_back(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    engagement = engagements["RolledBack"]
    contexts = {
        "Context": {"engagement": engagement, "title": "Not for long"},
        "Second": {"engagement": NOWHERE, "title": "Never"},
    }

    run = stacks.run("deploy", {"RolledBack": contexts})

    assert run.status == 1
    assert history(stacks, "RolledBack") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    endings = stacks.endings("RolledBack")
    assert endings[-1].status == "UPDATE_ROLLBACK_COMPLETE"
    # AWS says CREATE_FAILED here; MiniStack says UPDATE_FAILED of everything in an update.
    [failed] = [event for event in endings if event.status.endswith("_FAILED")]
    assert failed.resource == "Second"
    assert "ResourceNotFoundException" in failed.reason
    assert failed.reason in run.text
    assert stacks.held(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE, READ, UPDATE, READ, UPDATE]


def test_a_failing_create_says_why_and_the_next_try_doubles_nothing(stacks: Stacks) -> None:
    engagement = stacks.engagement("Failed")
    first = {"engagement": engagement, "title": "First"}

    failed = stacks.run("deploy", {"Failed": {"First": first, "Second": {"engagement": NOWHERE, "title": "Second"}}})
    endings = stacks.endings("Failed")
    again = stacks.run("deploy", {"Failed": {"First": first, "Second": {"engagement": engagement, "title": "Second"}}})

    assert failed.status == 1
    [failure] = [event for event in endings if event.status == "CREATE_FAILED"]
    assert failure.resource == "Second"
    assert "ResourceNotFoundException" in failure.reason
    assert failure.reason in failed.text
    assert [event.status for event in endings if event.resource == "First"] == ["CREATE_COMPLETE", "DELETE_SKIPPED"]
    assert endings[-1].status == "ROLLBACK_COMPLETE"
    assert again.status == 0, again.text
    assert stacks.outputs("Failed") == {"FirstContextId": "1", "SecondContextId": "2"}
    assert stacks.held(engagement) == {"1": "First", "2": "Second"}


def test_a_destroyed_stack_leaves_its_context_in_partner_central(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement, stack = engagements["Destroyed"], stacks.id("Destroyed")

    run = stacks.run("destroy", {"Destroyed": {"Context": {"engagement": engagement, "title": "As it was"}}})

    assert run.status == 0, run.text
    assert history(stacks, stack) == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("DELETE_SKIPPED", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.endings(stack)[-1].status == "DELETE_COMPLETE"
    assert stacks.held(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE]
