"""The page Examples: the apps that `python -m cdk_partnercentral_local` cannot deploy alone fail for the listed reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.site import Page
from tests.docs.test_docs_facts import section

ROOT = Path(__file__).parents[2]
REASONS = {
    "lead_from_aws": "[CONTEXT_NOT_FOUND]",
    "deals_from_yaml": "[ENGAGEMENT_NOT_FOUND]",
    "pipeline_stages": "No stack found in the main cloud assembly",
    "other_region": "not found in aws://123456789012/eu-west-1",
}


def test_the_apps_that_fail_alone_are_listed(pages: dict[str, Page]) -> None:
    rows = section(pages, "get-started/examples", "examples")

    listed = [cells[0] for cells in rows if len(cells) == 3]

    assert listed == list(REASONS)


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_an_app_fails_alone_for_the_listed_reason(name: str, reason: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cdk_partnercentral_local"],
        cwd=ROOT / "examples" / name,
        env={**os.environ, "PATH": f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert (done.returncode, reason in done.stdout) == (1, True), done.stdout
