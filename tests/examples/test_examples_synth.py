"""Every example synthesizes as the CDK CLI would run it, and declares the contexts that it is about."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(each.parent.name for each in EXAMPLES.glob("*/cdk.json"))

Json = dict[str, Any]
Synthesize = Callable[[str], dict[str, Json]]


@pytest.fixture
def synthesized(tmp_path: Path) -> Synthesize:
    """Synthesize an example without the CLI, and return its templates by file name."""

    def run(name: str) -> dict[str, Json]:
        configuration = json.loads((EXAMPLES / name / "cdk.json").read_text())
        program, *arguments = configuration["app"].split()
        assert program == "python"
        environment = {"CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": json.dumps(configuration["context"])}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=EXAMPLES / name,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {path.name: json.loads(path.read_text()) for path in tmp_path.rglob("*.template.json")}

    return run


def contexts(template: Json) -> dict[str, Json]:
    resources = template["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == "Custom::EngagementContext"}


def test_there_are_five_examples_and_each_documents_its_command() -> None:
    assert NAMES == [
        "customer_project",
        "deals_from_yaml",
        "lead_with_interactions",
        "other_region",
        "pipeline_stages",
    ]
    for name in NAMES:
        assert "cdk deploy" in (EXAMPLES / name / "README.md").read_text()


def test_customer_project(synthesized: Synthesize) -> None:
    (template,) = synthesized("customer_project").values()

    ((name, context),) = contexts(template).items()
    assert name.startswith("BookshopMigration")
    assert (context["Type"], context["EngagementIdentifier"]) == ("CustomerProject", "eng-0123456789abcd")
    assert set(context["Payload"]["CustomerProject"]) == {"Customer", "Project"}


def test_lead_with_interactions(synthesized: Synthesize) -> None:
    (template,) = synthesized("lead_with_interactions").values()

    (context,) = contexts(template).values()
    interactions = context["Payload"]["Lead"]["Interactions"]
    assert [each["InteractionDate"] for each in interactions] == ["2026-11-05T09:30:00Z", "2026-11-12T14:00:00Z"]


def test_deals_from_yaml(synthesized: Synthesize) -> None:
    (template,) = synthesized("deals_from_yaml").values()

    books, dairy, ferries = contexts(template).values()
    assert [each["Type"] for each in (books, dairy, ferries)] == ["CustomerProject", "CustomerProject", "Lead"]
    # YAML parses these as dates.
    assert books["Payload"]["CustomerProject"]["Project"]["TargetCompletionDate"] == "2028-06-30"
    assert ferries["Payload"]["Lead"]["Interactions"][0]["InteractionDate"] == "2026-11-05T09:30:00Z"
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 1


def test_pipeline_stages(synthesized: Synthesize) -> None:
    templates = synthesized("pipeline_stages")

    (sandbox,) = (contexts(each) for name, each in templates.items() if name.startswith("Sandbox"))
    (production,) = (contexts(each) for name, each in templates.items() if name.startswith("Production"))
    assert [each["Catalog"] for each in sandbox.values()] == ["Sandbox"]
    assert [each["Catalog"] for each in production.values()] == ["AWS"]
    assert list(sandbox) == list(production)


def test_other_region(synthesized: Synthesize, tmp_path: Path) -> None:
    (template,) = synthesized("other_region").values()

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (policy,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy")
    assert manifest["artifacts"]["OtherRegionExample"]["environment"].endswith("/eu-west-1")
    assert policy["Properties"]["PolicyDocument"]["Statement"][1]["Resource"] == [
        "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-0123456789abcd"
    ]
