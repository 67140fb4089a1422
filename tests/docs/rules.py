"""Make the table of docs/operations/rule-packs.md.

It shows which rules of cdk-nag's packs and of cfn-lint apply to a stack, and which of them the stack meets.

Write the table into the page with:

    python -m tests.docs.rules
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from cdk_partnercentral import Catalog, CustomerProject, Engagement, ProjectDetails
from cdk_partnercentral_local.cloud._environment import node_folder

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operations/rule-packs.md"
BEGIN, END = "<!-- The table is written by `python -m tests.docs.rules`. -->\n", "<!-- The end of the table. -->\n"
SCRIPT = Path(__file__).parent / "nag_results.cjs"
# The npm packages that the script loads, and the Python packages that contain them.
NPM_PACKAGES = {
    "aws-cdk-lib": "aws_cdk",
    "@aws-cdk/cloud-assembly-schema": "aws_cdk.cloud_assembly_schema",
    "cdk-nag": "cdk_nag",
    "constructs": "constructs",
}
PACKS = {
    "AwsSolutions": "AwsSolutions",
    "Serverless": "Serverless",
    "HIPAA.Security": "HIPAA",
    "NIST.800.53.R5": "NIST",
    "PCI.DSS.321": "PCI",
    "cfn-lint": "cfn-lint",
}
OTHERS = "all other rules"

PROJECT = CustomerProject(
    project=ProjectDetails(
        title="Move to AWS",
        business_problem="The data center closes at the end of 2027.",
        target_completion_date=date(2027, 6, 30),
    ),
)

# Why a rule is met, or why not, and what to do. The keys are the rules in the table.
NOTES = {
    "CloudWatchLogGroupEncrypted": "Set `log_group_encryption_key`. By default, CloudWatch Logs encrypts with its own key.",
    "CloudWatchLogGroupRetentionPeriod": "`log_retention`: three months by default.",
    "EC23": "The security group that the CDK creates allows no inbound traffic.",
    "EC27": "The security group that the CDK creates has a description.",
    "EC2RestrictedCommonPorts": "The security group allows no inbound traffic.",
    "EC2RestrictedSSH": "The security group allows no inbound traffic.",
    "IAM4": "The role has no managed policy of AWS.",
    "IAM5[Action::kms:GenerateDataKey*]": (
        "The CDK writes this action if your app allows the use of a key, here for the queue of `on_failure`."
    ),
    "IAM5[Action::kms:ReEncrypt*]": "As in the previous row.",
    "IAM5[Resource::*]": (
        "AWS defines no resource for `ListEngagements` (only with `Engagement`; not with `adopt_existing=False`), for X-Ray "
        "(only with `tracing`) and for network interfaces (only with `vpc`). Accept it, or do without these options."
    ),
    "IAM5[Resource::arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/*]": (
        "`CreateEngagement`: an engagement has no ID before it exists. Accept it, or refer to an existing engagement."
    ),
    "IAMNoInlinePolicy": (
        "The role has inline policies, because their permissions are for this function only. If you must not use any, pass "
        "a `role` that is imported with `mutable=False`, with a managed policy. A note at synthesis lists the permissions."
    ),
    "IAMPolicyNoStatementsWithAdminAccess": "No statement allows all actions.",
    "IAMPolicyNoStatementsWithFullAccess": "No statement allows all actions of a service.",
    "IAMUserNoPolicies": "The policies belong to a role.",
    "KMS5": "Your key, which must be rotated.",
    "KMSBackingKeyRotationEnabled": "Your key, which must be rotated.",
    "L1": "The runtime is the newest Python of Lambda.",
    "LambdaAsyncFailureDestination": (
        "Set `on_failure`. By default, nothing keeps the events, which contain payloads and response addresses: CloudFormation "
        "reports the failure."
    ),
    "LambdaConcurrency": "Set `reserved_concurrent_executions`. By default, the function uses the concurrency of the account.",
    "LambdaDLQ": "The rule knows dead-letter queues only. Set `on_failure`, Lambda's newer way to keep such events.",
    "LambdaDefaultMemorySize": "`memory_size`: 256 MB by default.",
    "LambdaDefaultTimeout": "`timeout`: 15 minutes by default.",
    "LambdaInsideVPC": "Set `vpc`. The function calls public endpoints, so a VPC is not necessary.",
    "LambdaLatestVersion": "The runtime is the newest Python of Lambda.",
    "LambdaStarPermissions": "No statement allows all actions.",
    "LambdaTracing": "Set `tracing`. X-Ray's permissions have no resource, so `IAM5[Resource::*]` then has a finding.",
    "SQS2": "Your queue of `on_failure`, which must be encrypted.",
    "SQS3": "Your queue of `on_failure` is the last destination of an event, as a dead-letter queue is.",
    "SQS4": "Your queue of `on_failure`, which must require TLS.",
    "SQSRedrivePolicy": "As for SQS3.",
    "W3005": "The CDK's own `Function` lists the role in `DependsOn` too. It has no effect.",
    OTHERS: "Errors and warnings of cfn-lint.",
}


def existing() -> Stack:
    """Return a stack with the default provider, and a context in an engagement that exists."""
    stack = Stack(App(), "Deals")
    acme = Engagement.from_engagement_id(stack, "Acme", "eng-0123456789abcd", catalog=Catalog.SANDBOX)
    acme.add_context("Migration", payload=PROJECT)
    return stack


def creating() -> Stack:
    """Return a stack with the default provider, which creates an engagement with a context."""
    stack = Stack(App(), "Deals")
    acme = Engagement(stack, "Acme", catalog=Catalog.SANDBOX, title="Acme migration")
    acme.add_context("Migration", payload=PROJECT)
    return stack


def templates() -> dict[str, Any]:
    """Return the templates of the stacks, by the heading of their column."""
    made = {name: Template.from_stack(stack()).to_json() for name, stack in STACKS.items()}
    return {**made, "Hardened": _example(ROOT / "examples" / "hardened_provider")}


def _example(folder: Path) -> Any:
    """Return the template of an example with one stack."""
    context = json.loads((folder / "cdk.json").read_text())["context"]
    with tempfile.TemporaryDirectory() as assembly:
        # A process of its own, because the process that runs the CDK's code keeps the environment of its start.
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=folder,
            env={**os.environ, "CDK_OUTDIR": assembly, "CDK_CONTEXT_JSON": json.dumps(context)},
            stderr=subprocess.DEVNULL,
            check=True,
        )
        [template] = Path(assembly).glob("*.template.json")
        return json.loads(template.read_text())


STACKS: Mapping[str, Callable[[], Stack]] = {"Default": existing, "Creates an engagement": creating}
COLUMNS = [*STACKS, "Hardened"]

# For each rule, the packs that contain it, and for each stack the findings; None where the rule does not apply.
Rows = dict[str, tuple[list[str], dict[str, int | None]]]


def nag_results(given: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the results of the packs of cdk-nag for templates. The script describes the format."""
    node = node_folder()
    assert node is not None
    with tempfile.TemporaryDirectory() as folder:
        for name, package in NPM_PACKAGES.items():
            _unpack(package, Path(folder, "node_modules", name))
        done = subprocess.run(
            [node / "node", SCRIPT],
            input=json.dumps(given),
            env={"NODE_PATH": str(Path(folder, "node_modules"))},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return results


def _unpack(package: str, folder: Path) -> None:
    spec = importlib.util.find_spec(f"{package}._jsii")
    assert spec is not None
    assert spec.origin is not None
    [archive] = Path(spec.origin).parent.glob("*.tgz")
    with tarfile.open(archive) as contents:
        for member in contents:
            file = contents.extractfile(member)
            if file is not None and member.name.endswith((".js", ".json")):
                target = folder / member.name.removeprefix("package/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read())


def lint_results(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the IDs of the rules of cfn-lint that templates do not meet, once for each place."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, f"{number}.json") for number, name in enumerate(given)}
        for name, file in files.items():
            file.write_text(json.dumps(given[name]))
        done = subprocess.run(
            [Path(sys.executable).parent / "cfn-lint", "--format", "json", "--template", *files.values()],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        found = json.loads(done.stdout)
    return {
        name: [each["Rule"]["Id"] for each in found if each["Filename"] == str(file)] for name, file in files.items()
    }


def rows(given: Mapping[str, Any]) -> Rows:
    """Return the rows of the table for templates."""
    made: Rows = {}
    for name, results in nag_results(given).items():
        for result in results:
            for rule, count in _findings(result).items():
                packs, counts = made.setdefault(rule, ([], dict.fromkeys(given)))
                if result["pack"] not in packs:
                    packs.append(result["pack"])
                counts[name] = count
    _complete(made)
    linted = lint_results(given)
    for rule in sorted({rule for found in linted.values() for rule in found}):
        made[rule] = (["cfn-lint"], {name: found.count(rule) for name, found in linted.items()})
    made[OTHERS] = (["cfn-lint"], dict.fromkeys(given, 0))
    return made


def _findings(result: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of findings by rule. A rule with several kinds of findings, such as IAM5, has one entry for each."""
    kinds = [finding for _, finding in result["findings"]]
    name = result["rule"]
    return {(f"{name}[{kind}]" if kind else name): kinds.count(kind) for kind in kinds} or {name: 0}


def _complete(made: Rows) -> None:
    """Where a rule with several kinds of findings has none of a kind, it is met."""
    for rule, (_, counts) in made.items():
        base = rule.partition("[")[0]
        if rule != base:
            applied = [
                each for name, (_, others) in made.items() if name.partition("[")[0] == base for each in [others]
            ]
            for stack in counts:
                if counts[stack] is None and any(others[stack] is not None for others in applied):
                    counts[stack] = 0
    for rule in [each for each in made if any(other.startswith(f"{each}[") for other in made)]:
        del made[rule]


def table(given: Rows) -> str:
    """Return the table in Markdown: first the rules that a stack does not meet, then the others."""
    lines = [
        f"| Rule | Packs | {' | '.join(COLUMNS)} | How, or why not |",
        f"| --- | --- |{' --- |' * len(COLUMNS)} --- |",
    ]
    ordered = sorted(given.items(), key=lambda each: (not any(each[1][1].values()), each[0] == OTHERS, each[0]))
    for rule, (packs, counts) in ordered:
        named = ", ".join(PACKS[pack] for pack in PACKS if pack in packs)
        cells = ["n/a" if count is None else "**no**" if count else "yes" for count in counts.values()]
        shown = rule if rule == OTHERS else f"`{rule}`"
        lines.append(f"| {shown} | {named} | {' | '.join(cells)} | {NOTES[rule]} |")
    return "\n".join(lines) + "\n"


def page_with(text: str) -> str:
    """Return the page with another table."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin
    assert end
    return f"{before}{begin}\n{text}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table(rows(templates()))), encoding="utf-8")
