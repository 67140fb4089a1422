"""`cdk-partnercentral drift`: differences, exit codes, the number of reads, and errors.

Errors, exit codes and the number of reads are tested in a process of its own, and most differences in this process.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior, ServiceError
from tests.cdk_partnercentral_cli.deployed import PROJECT, Deployed, interaction, lead, run_command, stack_arn

GET_ATT = {"Fn::GetAtt": ["Other", "Name"]}
SECRET = "{{resolve:secretsmanager:customer:SecretString:name}}"  # noqa: S105 - a reference


def changed(**members: Any) -> dict[str, Any]:
    """Return the project with other values of some members of `Project`. None removes a member."""
    values = {**PROJECT["Project"], **members}
    return {**PROJECT, "Project": {name: value for name, value in values.items() if value is not None}}


def reads(deployed: Deployed) -> list[str]:
    return [call.input["Identifier"] for call in deployed.service.calls]


def test_equal_contexts_are_in_sync(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.run()

    assert (run.status, run.err) == (0, "")
    assert run.out == "1 resource in 1 stack: 1 in sync, 0 drifted, 0 could not be compared.\n"
    assert [call.operation for call in deployed.service.calls] == ["GetEngagement"]


def test_a_changed_member_is_drift_and_the_table_shows_both_values(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS", NewInNextModel="x")})
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.run("Deals")

    assert (run.status, run.err) == (1, "")
    lines = [line.rstrip() for line in run.out.splitlines()]
    assert lines[:2] == ["Deals/Acme DRIFTED", f"CustomerProject Sandbox/{engagement}/1"]
    assert [re.split(" {2,}", line) for line in lines if line.startswith("Project.")] == [
        ["Project.Title", '"Move to AWS"', '"Moved to AWS"']
    ]
    assert lines[-1] == "1 resource in 1 stack: 0 in sync, 1 drifted, 0 could not be compared."


def test_json_contains_the_same_result(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS")}, title="Acme")
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.drift("--json")

    assert run.status == 1
    assert run.json == {
        "stacks": ["Deals"],
        "summary": {"inSync": 0, "drifted": 1, "unknown": 0, "membersNotCompared": 0},
        "resources": [
            {
                "stack": "Deals",
                "path": "Deals/Acme",
                "logicalId": "Acme",
                "resourceType": "Custom::EngagementContext",
                "physicalId": f"Sandbox/{engagement}/1",
                "resourceStatus": "CREATE_COMPLETE",
                "status": "DRIFTED",
                "reason": None,
                "contextType": "CustomerProject",
                "members": [
                    {
                        "path": "Project.Title",
                        "result": "DIFFERENT",
                        "sensitive": False,
                        "declared": "Move to AWS",
                        "current": "Moved to AWS",
                    }
                ],
            }
        ],
        "unmanagedContexts": [],
    }


@pytest.mark.parametrize(
    "current",
    [
        changed(Title=" move to aws "),
        {**PROJECT, "Customer": {**PROJECT["Customer"], "WebsiteUrl": "acme.example/"}},
        changed(NewInNextModel="AWS added this"),
    ],
    ids=["case and white space", "address", "additional member"],
)
def test_what_the_function_would_not_write_is_no_drift(deployed: Deployed, current: dict[str, Any]) -> None:
    engagement = deployed.engagement({"CustomerProject": current})
    deployed.context("Acme", engagement, PROJECT)

    assert deployed.drift("--json").statuses == {"Acme": "IN_SYNC"}


@pytest.mark.parametrize("as_json", [True, False])
def test_sensitive_values_are_shown_only_on_request(deployed: Deployed, as_json: bool) -> None:
    there = {"Customer": {**PROJECT["Customer"], "CompanyName": "Bolt Incorporated"}, "Project": PROJECT["Project"]}
    engagement = deployed.engagement({"CustomerProject": there})
    declared = {**PROJECT, "Customer": {**PROJECT["Customer"], "NewInNextModel": "New value"}}
    deployed.context("Deal", engagement, declared)
    options = ["--json"] * as_json

    run = deployed.drift(*options)
    shown = deployed.drift(*options, "--show-values")

    secrets = ("Bolt Incorporated", '"Acme"', "New value")
    assert [secret for secret in secrets if secret in run.out + run.err] == []
    assert [secret for secret in secrets if secret not in shown.out] == []
    assert "Customer.CompanyName" in run.out
    assert "Customer.NewInNextModel" in run.out
    if not as_json:
        assert run.out.count("(sensitive)") == 2
        assert run.out.count("(sensitive, differs)") == 1
        assert run.out.count("(missing)") == 1


def test_control_characters_and_markup_reach_the_terminal_escaped(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="[red]\x1b[2J\u202eAWS\n")})
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.run()

    assert r'"[red]\u001b[2J\u202eAWS\n"' in run.out
    assert "\x1b" not in run.out


def test_references_are_not_compared_and_are_no_drift(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    declared = {"Customer": {**PROJECT["Customer"], "CompanyName": SECRET}, "Project": GET_ATT}
    deployed.context("Acme", engagement, declared)

    run = deployed.drift("--json")
    table = deployed.drift()

    assert (run.status, table.status) == (0, 0)
    assert run.members == {
        "Acme.Customer.CompanyName": ("NOT_COMPARED", "dynamic reference"),
        "Acme.Project": ("NOT_COMPARED", "Fn::GetAtt"),
    }
    assert run.json["summary"] == {"inSync": 1, "drifted": 0, "unknown": 0, "membersNotCompared": 2}
    assert "2 declared members could not be compared, because the value is a reference." in table.out.splitlines()
    assert table.out.count("(not compared)") == 2


def test_a_payload_that_is_a_reference_is_not_compared(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, GET_ATT)

    run = deployed.drift("--json")

    assert (run.status, run.members) == (0, {"Acme.CustomerProject": ("NOT_COMPARED", "Fn::GetAtt")})


def test_parameters_are_resolved_if_cloudformation_returns_their_values(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    customer = {"CompanyName": {"Ref": "Hidden"}, "CountryCode": {"Ref": "Country"}, "Industry": {"Ref": "AWS::NoValue"}}
    project = {"Title": {"Ref": "Title"}, "BusinessProblem": {"Ref": "List"}, "TargetCompletionDate": {"Ref": "Date"}}
    deployed.context(
        "Acme",
        engagement,
        {"Customer": customer, "Project": project},
        parameters={
            "Title": {"Type": "String"},
            "Country": {"Type": "AWS::SSM::Parameter::Value<String>"},
            "Hidden": {"Type": "String", "NoEcho": True},
            "List": {"Type": "CommaDelimitedList"},
            "Date": {"Type": "String"},
        },
    )
    deployed.cloudformation.parameters[stack_arn("Deals")] = [
        {"ParameterKey": "Title", "ParameterValue": "Another title"},
        {"ParameterKey": "Country", "ParameterValue": "/country", "ResolvedValue": "US"},
        {"ParameterKey": "Hidden", "ParameterValue": "****"},
        {"ParameterKey": "List", "ParameterValue": "a,b"},
        {"ParameterKey": "Date", "ParameterValue": "2027-06-30"},
    ]

    assert deployed.drift("--json").members == {
        "Acme.Customer.CompanyName": ("NOT_COMPARED", "Ref"),
        "Acme.Project.BusinessProblem": ("NOT_COMPARED", "Ref"),
        "Acme.Project.Title": ("DIFFERENT", "Another title", "Move to AWS"),
    }


def test_numbers_and_booleans_are_compared_as_the_function_receives_them(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Seats=5, Confirmed=True)})
    deployed.context("Acme", engagement, changed(Seats="5", Confirmed="true"))

    assert deployed.drift("--json").statuses == {"Acme": "IN_SYNC"}


class TestLead:
    def run(self, deployed: Deployed, declared: Any, current: Any) -> dict[str, tuple[Any, ...]]:
        engagement = deployed.engagement({"Lead": current})
        deployed.context("Lead", engagement, declared, type_="Lead")
        run = deployed.drift("--json", "--show-values")
        assert run.status == (1 if any(member[0] != "NOT_COMPARED" for member in run.members.values()) else 0)
        return run.members

    def test_interactions_and_data_of_aws_are_no_drift(self, deployed: Deployed) -> None:
        current = lead(
            interaction(9),
            interaction(1, InteractionDate="2027-01-05T09:30:00Z"),
            Insights={"LeadReadinessScore": "High"},
        )

        assert self.run(deployed, lead(interaction(1)), current) == {}

    def test_a_missing_interaction_is_drift(self, deployed: Deployed) -> None:
        declared = lead(interaction(1), interaction(2), QualificationStatus="Qualified")

        assert self.run(deployed, declared, lead(interaction(1), QualificationStatus="Disqualified")) == {
            "Lead.QualificationStatus": ("DIFFERENT", "Qualified", "Disqualified"),
            "Lead.Interactions[1]": ("MISSING", interaction(2), None),
        }

    def test_an_interaction_that_was_changed_in_partner_central_is_not_sent_again(self, deployed: Deployed) -> None:
        assert self.run(deployed, lead(interaction(1, Usecase="A")), lead(interaction(1, Usecase="B"))) == {}

    def test_interactions_for_which_there_is_no_room_are_drift(self, deployed: Deployed) -> None:
        engagement = deployed.engagement({"Lead": lead(*map(interaction, range(10)))})
        deployed.context("Lead", engagement, lead(interaction(20)), type_="Lead")

        run = deployed.drift()

        assert run.status == 1
        assert "[TOO_MANY_INTERACTIONS]" in run.out

    def test_members_of_an_interaction_that_are_references_are_not_compared(self, deployed: Deployed) -> None:
        first, second, third = (interaction(number) for number in (1, 2, 3))
        first["Contact"] |= {"FirstName": SECRET, "Email": SECRET}
        third["SourceName"] = GET_ATT
        current = lead(interaction(1), interaction(2))

        assert self.run(deployed, lead(first, second, third, GET_ATT), current) == {
            "Lead.Interactions[0].Contact.FirstName": ("NOT_COMPARED", "dynamic reference"),
            "Lead.Interactions[0].Contact.Email": ("NOT_COMPARED", "dynamic reference"),
            "Lead.Interactions[2].SourceName": ("NOT_COMPARED", "Fn::GetAtt"),
            "Lead.Interactions[3]": ("NOT_COMPARED", "Fn::GetAtt"),
            "Lead.Interactions[2]": ("MISSING", third, None),
        }

    def test_two_interactions_with_references_need_two_interactions_in_partner_central(self, deployed: Deployed) -> None:
        declared = [interaction(1, SourceName=GET_ATT) for _ in range(2)]
        current = lead(interaction(1, SourceName="A"))

        found = self.run(deployed, lead(*declared), current)

        assert [path for path, member in found.items() if member[0] == "MISSING"] == ["Lead.Interactions[1]"]

    def test_a_list_that_is_a_reference_is_not_compared(self, deployed: Deployed) -> None:
        declared = {"Customer": {"CompanyName": "Acme"}, "Interactions": {"Fn::If": ["A", [], []]}}

        assert self.run(deployed, declared, lead(interaction(1))) == {
            "Lead.Interactions": ("NOT_COMPARED", "Fn::If")
        }


class TestEngagement:
    def declare(self, deployed: Deployed, engagement: str, **properties: Any) -> None:
        declared = {"ServiceToken": GET_ATT, "Catalog": "Sandbox", **properties}
        deployed.declare("Acme", declared, f"Sandbox/{engagement}", type_="Custom::Engagement")

    def test_the_title_and_the_description_are_compared(self, deployed: Deployed) -> None:
        engagement = deployed.engagement(title="Acme migration", description="Robin Example asked for it")
        self.declare(deployed, engagement, Title="Acme move")

        run = deployed.drift()
        values = deployed.drift("--json", "--show-values")

        assert run.status == 1
        assert "Robin" not in run.out
        assert "Title [CANNOT_UPDATE]" in run.out
        assert values.members == {
            "Acme.Title": ("DIFFERENT", "Acme move", "Acme migration"),
            "Acme.Description": ("DIFFERENT", None, "Robin Example asked for it"),
        }

    def test_references_are_not_compared(self, deployed: Deployed) -> None:
        engagement = deployed.engagement(title="acme MIGRATION", description="Anything")
        self.declare(deployed, engagement, Title="Acme migration", Description=GET_ATT)

        run = deployed.drift("--json")

        assert (run.status, run.members) == (0, {"Acme.Description": ("NOT_COMPARED", "Fn::GetAtt")})

    def test_an_engagement_and_its_contexts_are_one_read(self, deployed: Deployed) -> None:
        engagement = deployed.engagement({"CustomerProject": PROJECT}, title="Acme")
        self.declare(deployed, engagement, Title="Acme")
        deployed.context("Context", engagement, PROJECT)

        assert deployed.drift("--json").statuses == {"Acme": "IN_SYNC", "Context": "IN_SYNC"}
        assert reads(deployed) == [engagement]


def test_a_context_that_is_gone_is_drift(deployed: Deployed) -> None:
    engagement = deployed.engagement()
    deployed.context("Acme", engagement, PROJECT)

    run = deployed.drift()

    assert run.status == 1
    assert "(context) [CONTEXT_GONE]" in run.out


def test_a_context_of_another_type_is_drift(deployed: Deployed) -> None:
    engagement = deployed.engagement({"Lead": lead(interaction(1))})
    deployed.context("Acme", engagement, PROJECT)

    assert deployed.drift("--json").members == {"Acme.Type": ("DIFFERENT", "CustomerProject", "Lead")}


def test_contexts_that_no_given_stack_manages_are_listed(deployed: Deployed) -> None:
    engagement = deployed.engagement(
        {"CustomerProject": PROJECT}, {"Lead": lead(interaction(1))}, {"CustomerProject": changed(Title="Other")}
    )
    deployed.context("Acme", engagement, PROJECT)
    deployed.context("Other", engagement, changed(Title="Other"), context="3", stack="Others")

    one, both = deployed.drift("Deals", "--json"), deployed.drift("--json")
    table = deployed.drift()

    unmanaged = {"catalog": "Sandbox", "engagementId": engagement, "contextId": "2", "type": "Lead"}
    other = {**unmanaged, "contextId": "3", "type": "CustomerProject"}
    assert [run.json["unmanagedContexts"] for run in (one, both)] == [[unmanaged, other], [unmanaged]]
    assert "Contexts that no checked stack manages" in table.out
    assert [line.split() for line in table.out.splitlines() if engagement in line] == [
        [f"Sandbox/{engagement}", "2", "Lead"]
    ]
    assert table.status == 0


def test_deleted_resources_are_ignored(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, PROJECT)
    deployed.declare("Old", None, "Sandbox/eng-00000000000000/1", status="DELETE_SKIPPED")

    assert deployed.drift("--json").statuses == {"Acme": "IN_SYNC"}
    assert reads(deployed) == [engagement]


class TestCouldNotTell:
    def test_an_unknown_engagement(self, deployed: Deployed) -> None:
        deployed.context("Acme", "eng-00000000000000", PROJECT)

        run = deployed.run()

        assert (run.status, run.out) == (2, "")
        assert run.err == (
            "The engagement eng-00000000000000 does not exist in the catalog Sandbox, or this account is not a member of it:"
            " check the account and the credentials.\n"
        )

    def test_the_other_resources_are_compared(self, deployed: Deployed) -> None:
        engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS")})
        deployed.context("Gone", "eng-00000000000000", PROJECT)
        deployed.context("Acme", engagement, PROJECT)

        run = deployed.drift()

        assert run.status == 2
        assert "Project.Title" in run.out
        assert "Could not be compared" in run.out
        assert "1 drifted, 1 could not be compared." in run.out
        assert len(run.err.splitlines()) == 1

    def test_json_is_complete_with_an_unknown_engagement(self, deployed: Deployed) -> None:
        deployed.context("Gone", "eng-00000000000000", PROJECT)

        run = deployed.drift("--json")

        assert (run.status, run.statuses) == (2, {"Gone": "UNKNOWN"})
        assert run.json["resources"][0]["reason"] == run.err.strip()

    def test_a_resource_that_was_not_created(self, deployed: Deployed) -> None:
        properties = {"Catalog": "Sandbox", "Type": "CustomerProject", "Payload": {"CustomerProject": PROJECT}}
        deployed.declare("Acme", properties, "not-created/Acme", status="CREATE_FAILED")

        run = deployed.run()

        assert (run.status, run.out) == (2, "")
        assert run.err == "The resource is CREATE_FAILED and has no ID of Partner Central: deploy the stack again.\n"

    def test_a_resource_whose_update_failed_is_compared(self, deployed: Deployed) -> None:
        engagement = deployed.engagement({"CustomerProject": changed(Title="Moved to AWS")})
        deployed.context("Acme", engagement, PROJECT, status="UPDATE_FAILED")

        run = deployed.drift()

        assert run.status == 1
        assert f"CustomerProject Sandbox/{engagement}/1, UPDATE_FAILED" in run.out

    def test_a_stack_that_is_being_updated(self, deployed: Deployed) -> None:
        deployed.context("Acme", deployed.engagement(), PROJECT)
        deployed.cloudformation.statuses[stack_arn("Deals")] = "UPDATE_IN_PROGRESS"

        run = deployed.drift()

        assert run.status == 2
        assert run.err == (
            "The stack Deals is UPDATE_IN_PROGRESS: run the command again when the deployment has ended.\n"
        )
        assert deployed.service.calls == []

    def test_a_stack_that_only_deletes_old_resources_is_compared(self, deployed: Deployed) -> None:
        deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
        deployed.cloudformation.statuses[stack_arn("Deals")] = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"

        assert deployed.drift().status == 0

    def test_a_resource_that_the_template_does_not_contain(self, deployed: Deployed) -> None:
        deployed.declare("Acme", None, f"Sandbox/{deployed.engagement()}/1")

        run = deployed.drift()

        assert run.status == 2
        assert run.err.startswith("The template of the stack Deals does not contain the resource")

    def test_a_template_in_yaml(self, deployed: Deployed) -> None:
        deployed.context("Acme", deployed.engagement(), PROJECT)
        deployed.cloudformation.templates[stack_arn("Deals")] = "Resources:\n  Acme:\n    Type: X\n"

        run = deployed.drift()

        assert run.status == 2
        assert run.err.startswith("The template of the stack Deals is in YAML")

    @pytest.mark.parametrize("payload", [{"Lead": {}}, "text", None])
    def test_a_declaration_in_another_format(self, deployed: Deployed, payload: Any) -> None:
        engagement = deployed.engagement({"CustomerProject": PROJECT})
        properties = {"Type": "CustomerProject", "Payload": payload}
        deployed.declare("Acme", properties, f"Sandbox/{engagement}/1")

        run = deployed.drift()

        assert run.status == 2
        assert run.err.startswith("The declared Payload has no member with the name of the Type")


class TestErrors:
    """Each error is one sentence on standard error, nothing on standard output, and exit code 2."""

    def fails(self, deployed: Deployed, *arguments: str, **environment: str) -> str:
        run = deployed.run(*arguments, environment=environment)
        assert (run.status, run.out) == (2, "")
        assert len(run.err.splitlines()) == 1
        return run.err.strip()

    @pytest.fixture(autouse=True)
    def stack(self, deployed: Deployed) -> None:
        deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)

    def test_no_credentials(self, deployed: Deployed) -> None:
        error = self.fails(deployed, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

        assert error.startswith("No AWS credentials were found")

    def test_no_region(self, deployed: Deployed) -> None:
        assert self.fails(deployed, AWS_DEFAULT_REGION="").startswith("No AWS Region is configured: set AWS_DEFAULT_REGION")

    def test_expired_credentials_at_cloudformation(self, deployed: Deployed) -> None:
        deployed.cloudformation.fail("ExpiredToken", status=403)

        assert self.fails(deployed).startswith("The AWS credentials expired")
        assert len(deployed.cloudformation.requests) == 1

    def test_expired_credentials_at_partner_central(self, deployed: Deployed) -> None:
        deployed.service.faults.error("GetEngagement", ServiceError("ExpiredTokenException", "Expired"))

        assert self.fails(deployed).startswith("The AWS credentials expired")
        assert len(deployed.service.calls) == 1

    @pytest.mark.parametrize("action", ["DescribeStacks", "ListStackResources", "GetTemplate"])
    def test_a_denied_action_of_cloudformation(self, deployed: Deployed, action: str) -> None:
        deployed.cloudformation.deny_action(action)

        assert self.fails(deployed) == (
            f"AWS denied cloudformation:{action}: allow this action, or use other credentials."
        )

    def test_a_denied_action_of_partner_central(self, deployed: Deployed) -> None:
        deployed.service.faults.access_denied("GetEngagement")

        assert self.fails(deployed) == (
            "AWS denied partnercentral:GetEngagement: allow this action, or use other credentials."
        )
        assert len(deployed.service.calls) == 1

    def test_a_stack_that_does_not_exist(self, deployed: Deployed) -> None:
        assert self.fails(deployed, "Missing") == (
            "The stack Missing does not exist in the Region eu-west-1: check its name, AWS_DEFAULT_REGION and the"
            " credentials."
        )

    def test_a_stack_without_resources_of_the_library(self, deployed: Deployed) -> None:
        deployed.declare("Bucket", {}, "bucket", stack="Other", type_="AWS::S3::Bucket")

        assert self.fails(deployed, "Deals", "Other") == (
            "The stack Other contains no engagement or context of cdk-partnercentral."
        )
        assert deployed.drift().status == 0

    def test_a_region_without_resources_of_the_library(self, deployed: Deployed) -> None:
        deployed.cloudformation.resources.clear()

        assert self.fails(deployed).startswith("No stack in the Region eu-west-1 contains an engagement or a context")

    def test_a_profile_that_does_not_exist(self, deployed: Deployed) -> None:
        assert "nobody" in self.fails(deployed, "--profile", "nobody")


def test_temporary_failures_are_retried(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.cloudformation.fail("Throttling", times=2)
    deployed.service.faults.throttle("GetEngagement", times=2)

    run = deployed.run()

    assert (run.status, run.err) == (0, "")


class TestPolicy:
    def test_it_needs_no_settings(self, tmp_path: Path) -> None:
        run = run_command(["drift", "--policy"], {"HOME": str(tmp_path)})

        assert (run.status, run.err) == (0, "")
        assert run.json["Version"] == "2012-10-17"

    def test_it_allows_exactly_the_actions_that_are_called(self, deployed: Deployed) -> None:
        deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
        deployed.context("Lead", deployed.engagement({"Lead": lead(interaction(1))}), lead(interaction(2)), type_="Lead")
        allowed = {
            action for statement in deployed.drift("--policy").json["Statement"] for action in statement["Action"]
        }

        deployed.drift()
        deployed.drift("Deals")

        called = {f"cloudformation:{action}" for action in deployed.cloudformation.actions}
        called |= {f"partnercentral:{call.operation}" for call in deployed.service.calls}
        assert allowed == called

    def test_with_names_it_allows_only_these_stacks(self, deployed: Deployed) -> None:
        arn = stack_arn("Other")

        stacks, engagements = deployed.drift("--policy", "Deals", arn).json["Statement"]

        assert stacks["Resource"] == ["arn:aws:cloudformation:*:*:stack/Deals/*", arn]
        assert engagements["Resource"] == "arn:aws:partnercentral:us-east-1::catalog/*/engagement/*"


def test_470_contexts_in_94_engagements_are_94_reads_within_the_rate_limit(
    deployed: Deployed, record_property: Any
) -> None:
    for number in range(94):
        payloads = [changed(Title=f"Deal {number} {place}") for place in range(5)]
        engagement = deployed.engagement(*({"CustomerProject": payload} for payload in payloads))
        for place, payload in enumerate(payloads):
            # Two stacks manage contexts of each engagement.
            stack = "Deals" if place else "Others"
            deployed.context(f"Deal{number}x{place}", engagement, payload, context=str(place + 1), stack=stack)
    deployed.service.behavior = Behavior(reads_per_second=10)

    started = time.monotonic()
    run = deployed.run()
    seconds = time.monotonic() - started

    record_property("seconds", seconds)
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("470 resources in 2 stacks: 470 in sync")
    assert Counter(reads(deployed)) == dict.fromkeys(deployed.service.engagements(), 1)
    assert len(deployed.service.calls) == 94
    assert {call.error for call in deployed.service.calls} == {None}
    assert Counter(deployed.cloudformation.actions) == {
        "DescribeStacks": 1,
        "ListStackResources": 4 + 1,  # pages of 100
        "GetTemplate": 2,
    }
    assert seconds < 30


def test_the_report_fits_80_columns(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": changed(Title="T" * 200)})
    deployed.context("Acme" * 30, engagement, PROJECT)

    run = deployed.drift()

    assert max(map(len, run.out.splitlines())) <= 80
    assert run.out.replace("\n", "").count("T") >= 200


def test_the_help_teaches_and_fits_80_columns(deployed: Deployed) -> None:
    run = deployed.run("--help")

    assert max(map(len, run.out.splitlines())) <= 80
    text = " ".join(run.out.split())
    assert "cdk-partnercentral drift Deals --json" in text
    assert "0 means in sync. 1 means drift. 2 means that" in text
    assert json.dumps(run.err) == '""'
