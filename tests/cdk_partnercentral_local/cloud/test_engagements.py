"""The real CDK CLI deploys stacks that create an engagement with two contexts to the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk_partnercentral_local import CdkRun

if TYPE_CHECKING:
    from tests.cdk_partnercentral_local.cloud.conftest import Stacks

pytestmark = pytest.mark.cloud

CREATE, READ = "CreateEngagement", "GetEngagement"
ADD_CONTEXT = "CreateEngagementContext"
# The calls of a first deployment. The created engagement is read, and then each of the two contexts reads it.
FIRST = [CREATE, READ, READ, ADD_CONTEXT, READ, ADD_CONTEXT]

Declared = Mapping[str, Mapping[str, Any]]


class Engagements:
    """Stacks of the test app, each of which creates one engagement. The name of the stack is the engagement's description.

    The title must be unique, because a create reads all engagements with its title.
    """

    def __init__(self, stacks: Stacks, folder: Path) -> None:
        self.stacks = stacks
        self._folder = folder

    def deploy(self, declared: Declared) -> CdkRun:
        """Deploy the stacks at once."""
        return self.run("deploy", declared)

    def run(self, command: str, declared: Declared) -> CdkRun:
        """Run a command of the CDK CLI for the stacks at once."""
        # Imported here because it imports aws_cdk.
        from tests.cdk_partnercentral_local.cloud.engagement_app import synthesize

        assembly = self._folder / str(len(list(self._folder.iterdir())))
        synthesize({stack: {"description": stack, **arguments} for stack, arguments in declared.items()}, assembly)
        return self.stacks.run_assembly(command, assembly)

    def of(self, stack: str) -> list[str]:
        """Return the IDs of the engagements in Partner Central that the stack created."""
        service = self.stacks.cloud.partner_central
        return [each for each in service.engagements() if service.engagement(each).get("Description") == stack]

    def calls(self, stack: str) -> list[str]:
        """Return the operations that were called for the stack's engagement, in order, except for lists."""
        (engagement,) = self.of(stack)
        return [
            call.operation
            for call in self.stacks.cloud.partner_central.calls
            if stack == call.input.get("Description")
            or engagement in (call.input.get("Identifier"), call.input.get("EngagementIdentifier"))
        ]


@pytest.fixture(scope="module")
def engagements(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Engagements:
    """The stacks after the first deployment. One run of the CLI deploys several stacks, to save time."""
    engagements = Engagements(stacks, tmp_path_factory.mktemp("engagements"))
    titles = {"Repeated": "Repeat", "Retitled": "As it was", "RenamedDeal": "Rename", "Destroyed": "Destroy"}
    run = engagements.deploy({stack: {"title": title} for stack, title in titles.items()})
    assert run.status == 0, run.text
    return engagements


@pytest.fixture(scope="module")
def second_run(engagements: Engagements) -> str:
    """The output of the CLI for the second deployment."""
    run = engagements.deploy(
        {
            "Repeated": {"title": "repeat ", "adopt_existing": False},
            "RenamedDeal": {"title": "Rename", "id": "Other"},
            "Destroyed": {"title": "Destroy"},
        }
    )
    assert run.status == 0, run.text
    return run.text


def test_an_engagement_is_created_with_its_contexts(engagements: Engagements) -> None:
    stacks = engagements.stacks
    (engagement,) = engagements.of("Retitled")

    assert stacks.cloud.partner_central.engagement(engagement)["Title"] == "As it was"
    assert stacks.titles(engagement) == {"1": "Migration", "2": "Search"}
    arn = f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"
    assert stacks.outputs("Retitled") == {
        "EngagementId": engagement,
        "EngagementArn": arn,
        "MigrationId": "1",
        "SearchId": "2",
    }
    assert [(each.resource, each.status, each.physical_id) for each in stacks.ends("Retitled")[:3]] == [
        ("Acme", "CREATE_COMPLETE", f"Sandbox/{engagement}"),
        ("AcmeMigration", "CREATE_COMPLETE", f"Sandbox/{engagement}/1"),
        ("AcmeSearch", "CREATE_COMPLETE", f"Sandbox/{engagement}/2"),
    ]


def test_the_policy_for_contexts_contains_the_arn_of_the_created_engagement(engagements: Engagements) -> None:
    cloud = engagements.stacks.cloud
    (engagement,) = engagements.of("Retitled")
    pages = cloud.client("cloudformation").describe_stack_resources(StackName="Retitled")["StackResources"]
    (role,) = (each["PhysicalResourceId"] for each in pages if each["ResourceType"] == "AWS::IAM::Role")
    iam = cloud.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policies = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]

    resources = [statement["Resource"] for policy in policies for statement in policy["Statement"]]

    assert [f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{engagement}"] in resources


@pytest.mark.usefixtures("second_run")
def test_an_update_that_changes_no_value_reads_once(engagements: Engagements) -> None:
    """The title differs only in case and white space, and adopt_existing has no effect on an update."""
    (engagement,) = engagements.of("Repeated")

    assert engagements.stacks.history("Repeated", "Acme") == [
        ("CREATE_COMPLETE", f"Sandbox/{engagement}"),
        ("UPDATE_COMPLETE", f"Sandbox/{engagement}"),
    ]
    assert engagements.calls("Repeated") == [*FIRST, READ]


def test_an_unchanged_engagement_is_not_deployed(engagements: Engagements, second_run: str) -> None:
    assert "Destroyed (no changes)" in second_run


def test_a_changed_title_fails_and_is_rolled_back(engagements: Engagements) -> None:
    stacks = engagements.stacks
    (engagement,) = engagements.of("Retitled")

    run = engagements.deploy({"Retitled": {"title": "As it should be"}})

    assert run.status == 1
    (failed,) = (each for each in stacks.ends("Retitled") if each.status == "UPDATE_FAILED")
    assert failed.resource == "Acme"
    assert failed.reason.count("[CANNOT_UPDATE] Partner Central cannot change an engagement") == 1
    assert f"differs from {engagement} in Title" in failed.reason
    assert failed.reason in run.text
    assert stacks.ends("Retitled")[-1].status == "UPDATE_ROLLBACK_COMPLETE"
    assert engagements.of("Retitled") == [engagement]
    assert stacks.cloud.partner_central.engagement(engagement)["Title"] == "As it was"
    # The update reads, and so does the rollback to the title that the engagement has.
    assert engagements.calls("Retitled") == [*FIRST, READ, READ]


@pytest.mark.usefixtures("second_run")
def test_a_renamed_construct_adopts_its_engagement_and_contexts(engagements: Engagements) -> None:
    (engagement,) = engagements.of("RenamedDeal")

    assert engagements.stacks.outputs("RenamedDeal")["EngagementId"] == engagement
    assert engagements.stacks.history("RenamedDeal", "Other")[0][1] == f"Sandbox/{engagement}"
    assert engagements.stacks.history("RenamedDeal", "Acme")[-1] == ("DELETE_SKIPPED", f"Sandbox/{engagement}")
    assert engagements.stacks.titles(engagement) == {"1": "Migration", "2": "Search"}
    assert engagements.calls("RenamedDeal").count(ADD_CONTEXT) == 2


@pytest.mark.usefixtures("second_run")
def test_a_destroyed_engagement_is_adopted_by_the_next_deployment(engagements: Engagements) -> None:
    stacks = engagements.stacks
    (engagement,) = engagements.of("Destroyed")
    stack, outputs = stacks.id("Destroyed"), stacks.outputs("Destroyed")
    declared = {"Destroyed": {"title": "Destroy"}}

    destroyed = engagements.run("destroy", declared)

    assert destroyed.status == 0, destroyed.text
    assert stacks.history(stack, "Acme")[-1] == ("DELETE_SKIPPED", f"Sandbox/{engagement}")
    assert stacks.ends(stack)[-1].status == "DELETE_COMPLETE"
    assert engagements.calls("Destroyed") == FIRST

    deployed = engagements.deploy(declared)

    assert deployed.status == 0, deployed.text
    assert stacks.id("Destroyed") != stack
    assert stacks.outputs("Destroyed") == outputs
    assert engagements.of("Destroyed") == [engagement]
    assert stacks.titles(engagement) == {"1": "Migration", "2": "Search"}
    # No create: the second deployment only reads the engagement, once for itself and once for each context.
    assert engagements.calls("Destroyed") == [*FIRST, READ, READ, READ]
