"""The real CDK CLI deploys to the local cloud: what CloudFormation reports, and what Partner Central contains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cdk_partnercentral_local import CdkRun

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Event, Stacks

pytestmark = pytest.mark.cloud

MISSING = "eng-00000000000000"
READ, CREATE, UPDATE = "GetEngagement", "CreateEngagementContext", "UpdateEngagementContext"


def context(engagement: str, title: str = "As it was", **arguments: Any) -> dict[str, Any]:
    return {"engagement": engagement, "title": title, **arguments}


@pytest.fixture(scope="module")
def engagements(stacks: Stacks) -> dict[str, str]:
    """The engagements of the tests, after the first deployment. One run of the CLI deploys several stacks, to save time."""
    names = ("Changed", "Unwritten", "Moved", "Moved to", "Unchanged", "RolledBack", "Failed", "List", "Renamed")
    engagements = {name: stacks.engagement(name) for name in names}
    updated = {name: context(engagements[name]) for name in ("Changed", "Unwritten", "Moved")}
    others = {name: {"Context": context(engagements[name])} for name in ("Unchanged", "RolledBack")}
    deals = {f"Deal{place}": context(engagements["List"], title) for place, title in enumerate(("Acme", "Bolt"))}
    old = {"OldName": context(engagements["Renamed"])}
    run = stacks.run("deploy", {"Updated": updated, **others, "List": deals, "Renamed": old})
    assert run.status == 0, run.text
    return engagements


@pytest.fixture(scope="module")
def failed_create(stacks: Stacks, engagements: dict[str, str]) -> tuple[CdkRun, list[Event]]:
    """The first deployment of a stack in which one of two contexts fails, and its events."""
    contexts = {"First": context(engagements["Failed"], "First"), "Second": context(MISSING, "Second")}
    run = stacks.run("deploy", {"Failed": contexts})
    # The next deployment deletes the stack and creates another with the same name.
    return run, stacks.ends("Failed")


@pytest.fixture(scope="module")
def second_run(stacks: Stacks, engagements: dict[str, str], failed_create: object) -> str:
    """The output of the CLI for the second deployment."""
    updated = {
        "Changed": context(engagements["Changed"], "As it is now"),
        "Unwritten": context(engagements["Unwritten"], adopt_existing=False),
        "Moved": context(engagements["Moved to"]),
    }
    fixed = {name: context(engagements["Failed"], name) for name in ("First", "Second")}
    unchanged = {"Context": context(engagements["Unchanged"])}
    deals = {f"Deal{place}": context(engagements["List"], title) for place, title in enumerate(("New", "Acme", "Bolt"))}
    # The test app chains its contexts, so Deal2 is created while Deal1's context still has the payload of Deal2.
    deals = {name: deals[name] for name in ("Deal2", "Deal1", "Deal0")}
    new = {"NewName": context(engagements["Renamed"])}
    run = stacks.run(
        "deploy", {"Updated": updated, "Unchanged": unchanged, "Failed": fixed, "List": deals, "Renamed": new}
    )
    assert run.status == 0, run.text
    return run.text


def test_a_declared_context_is_created_once(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Unchanged"]

    assert stacks.history("Unchanged", "Context")[0] == ("CREATE_COMPLETE", f"Sandbox/{engagement}/1")
    assert stacks.titles(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE]


@pytest.mark.usefixtures("second_run")
def test_a_changed_payload_is_updated_in_place(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Changed"]

    assert stacks.history("Updated", "Changed") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.titles(engagement) == {"1": "As it is now"}
    assert stacks.calls(engagement) == [READ, CREATE, READ, UPDATE]


@pytest.mark.usefixtures("second_run")
def test_an_update_that_does_not_change_the_payload_reads_once(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Unwritten"]

    assert stacks.history("Updated", "Unwritten") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.calls(engagement) == [READ, CREATE, READ]


@pytest.mark.usefixtures("second_run")
def test_another_engagement_gets_a_new_context_and_the_old_context_stays(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    old, new = engagements["Moved"], engagements["Moved to"]

    assert stacks.history("Updated", "Moved") == [
        ("CREATE_COMPLETE", f"Sandbox/{old}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{new}/1"),
        ("DELETE_SKIPPED", f"Sandbox/{old}/1"),
    ]
    assert stacks.titles(new) == {"1": "As it was"}
    assert stacks.titles(old) == {"1": "As it was"}
    assert stacks.calls(old) == [READ, CREATE]


@pytest.mark.usefixtures("second_run")
def test_every_response_to_an_update_contains_all_attributes(stacks: Stacks) -> None:
    outputs = {f"{name}ContextId": "1" for name in ("Changed", "Unwritten", "Moved")}

    assert stacks.outputs("Updated") == outputs


def test_an_unchanged_declaration_is_not_deployed(stacks: Stacks, engagements: dict[str, str], second_run: str) -> None:
    assert "Unchanged (no changes)" in second_run
    assert stacks.calls(engagements["Unchanged"]) == [READ, CREATE]


@pytest.mark.usefixtures("second_run")
def test_a_deal_inserted_in_front_of_a_list_gets_a_context_of_its_own(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    engagement = engagements["List"]

    assert stacks.outputs("List") == {"Deal0ContextId": "1", "Deal1ContextId": "2", "Deal2ContextId": "3"}
    assert stacks.titles(engagement) == {"1": "New", "2": "Acme", "3": "Bolt"}


@pytest.mark.usefixtures("second_run")
def test_a_renamed_construct_keeps_its_context(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement = engagements["Renamed"]

    # AWS reports CREATE_COMPLETE here; MiniStack reports UPDATE_COMPLETE for every resource in an update.
    assert [physical_id for _, physical_id in stacks.history("Renamed", "NewName")] == [f"Sandbox/{engagement}/1"]
    assert stacks.history("Renamed", "OldName") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("DELETE_SKIPPED", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.titles(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE, READ]


def test_a_failed_create_shows_the_reason(failed_create: tuple[CdkRun, list[Event]]) -> None:
    run, ends = failed_create

    assert run.status == 1
    [failure] = [event for event in ends if event.status == "CREATE_FAILED"]
    assert failure.resource == "Second"
    assert "ResourceNotFoundException" in failure.reason
    assert failure.reason in run.text
    assert [event.status for event in ends if event.resource == "First"] == ["CREATE_COMPLETE", "DELETE_SKIPPED"]
    assert ends[-1].status == "ROLLBACK_COMPLETE"


@pytest.mark.usefixtures("second_run")
def test_the_deployment_after_a_failed_create_adopts_the_context_that_was_created(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    assert stacks.outputs("Failed") == {"FirstContextId": "1", "SecondContextId": "2"}
    assert stacks.titles(engagements["Failed"]) == {"1": "First", "2": "Second"}


def test_a_failed_update_shows_the_reason_and_rolls_back_the_other_update(
    stacks: Stacks, engagements: dict[str, str]
) -> None:
    engagement = engagements["RolledBack"]
    contexts = {"Context": context(engagement, "Not for long"), "Second": context(MISSING, "Never")}

    run = stacks.run("deploy", {"RolledBack": contexts})

    assert run.status == 1
    assert stacks.history("RolledBack", "Context") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}/1"),
    ]
    ends = stacks.ends("RolledBack")
    assert ends[-1].status == "UPDATE_ROLLBACK_COMPLETE"
    # AWS reports CREATE_FAILED here; MiniStack reports UPDATE_FAILED for every resource in an update.
    [failed] = [event for event in ends if event.status.endswith("_FAILED")]
    assert failed.resource == "Second"
    assert "ResourceNotFoundException" in failed.reason
    assert failed.reason in run.text
    assert stacks.titles(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE, READ, UPDATE, READ, UPDATE]


@pytest.mark.usefixtures("second_run")
def test_a_destroyed_stack_leaves_its_context_in_partner_central(stacks: Stacks, engagements: dict[str, str]) -> None:
    engagement, stack = engagements["Unchanged"], stacks.id("Unchanged")

    run = stacks.run("destroy", {"Unchanged": {"Context": context(engagement)}})

    assert run.status == 0, run.text
    assert stacks.history(stack, "Context") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("DELETE_SKIPPED", f"Sandbox/{engagement}/1"),
    ]
    assert stacks.ends(stack)[-1].status == "DELETE_COMPLETE"
    assert stacks.titles(engagement) == {"1": "As it was"}
    assert stacks.calls(engagement) == [READ, CREATE]
