"""`cdk-partnercentral drift`: differences, exit codes, the number of reads, and errors.

Errors, exit codes and the number of reads are tested in a process of its own, and most differences in this process.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from math import ceil
from typing import Any

import pytest

from cdk_partnercentral_local import Behavior
from tests.cdk_partnercentral_cli.drift.deployed import (
    GET_ATT,
    PROJECT,
    SECRET,
    Deployed,
    changed,
    interaction,
    lead,
    reads,
    stack_arn,
)


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


@pytest.mark.parametrize("payload", [GET_ATT, {"Customer": GET_ATT, "Project": {"Title": SECRET}}])
def test_a_payload_of_references_only_is_unknown_and_not_in_sync(deployed: Deployed, payload: Any) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    deployed.context("Acme", engagement, payload)

    run = deployed.drift("--json")

    assert (run.status, run.statuses, run.members) == (2, {"Acme": "UNKNOWN"}, {})
    assert run.err == "The declaration contains only references, so it cannot be compared.\n"


def test_a_complete_payload_that_is_a_reference_is_unknown(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    properties = {"Type": "CustomerProject", "Payload": GET_ATT}
    deployed.declare("Acme", properties, f"Sandbox/{engagement}/1")
    deployed.declare("Other", {**properties, "Type": "Lead"}, f"Sandbox/{engagement}/1")

    run = deployed.drift("--json")

    assert (run.status, run.statuses) == (2, {"Acme": "UNKNOWN", "Other": "DRIFTED"})
    assert run.members == {"Other.Type": ("DIFFERENT", "Lead", "CustomerProject")}


def test_parameters_are_resolved_if_cloudformation_returns_their_values(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerProject": PROJECT})
    customer = {
        "CompanyName": {"Ref": "Hidden"},
        "CountryCode": {"Ref": "Country"},
        "Industry": {"Ref": "AWS::NoValue"},
    }
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


def test_a_difference_that_the_function_cannot_write_is_marked(deployed: Deployed) -> None:
    engagement = deployed.engagement({"CustomerAccount": {"Customer": {"CompanyName": "Acme", "Industry": "Retail"}}})
    declared = {"Customer": {"CompanyName": "Acme", "Industry": "Other"}}
    deployed.context("Acme", engagement, declared, type_="CustomerAccount")

    run = deployed.drift("--json")

    [member] = run.json["resources"][0]["members"]
    assert (run.status, member["path"], member["problem"]) == (1, "Customer.Industry", "CANNOT_UPDATE")
    assert "Customer.Industry [CANNOT_UPDATE]" in deployed.drift().out


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


def test_temporary_failures_are_retried(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)
    deployed.cloudformation.fail("Throttling", times=2)
    deployed.service.faults.throttle("GetEngagement", times=2)

    run = deployed.run()

    assert (run.status, run.err) == (0, "")


@pytest.mark.parametrize("engagements", [20, pytest.param(94, marks=pytest.mark.slow)])
def test_each_engagement_is_read_once_within_the_rate_limit(
    deployed: Deployed, engagements: int, record_property: Any
) -> None:
    for number in range(engagements):
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
    assert run.out.startswith(f"{5 * engagements} resources in 2 stacks: {5 * engagements} in sync")
    assert Counter(reads(deployed)) == dict.fromkeys(deployed.service.engagements(), 1)
    assert len(deployed.service.calls) == engagements
    assert {call.error for call in deployed.service.calls} == {None}
    assert Counter(deployed.cloudformation.actions) == {
        "DescribeStacks": 1,
        "ListStackResources": ceil(4 * engagements / 100) + 1,  # pages of 100
        "GetTemplate": 2,
    }
    assert seconds < 5 + engagements / 4


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


def test_the_endpoint_of_partner_central_can_be_an_option(deployed: Deployed) -> None:
    deployed.context("Acme", deployed.engagement({"CustomerProject": PROJECT}), PROJECT)

    run = deployed.run(
        "--endpoint-url", deployed.server.url, environment={"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": ""}
    )

    assert (run.status, run.err) == (0, "")
