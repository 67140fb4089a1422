"""The search box finds the right page first: the theme's own search runs in Node with the index of the built site."""

import json
import subprocess
from pathlib import Path

import pytest

from cdk_partnercentral_local.cloud._environment import node_folder

SCRIPT = Path(__file__).parent / "search.mjs"
# What people type, and the pages that they want. If another page comes first, give the right page a title that begins with the
# word: the theme ranks a word in the title above a word in the text, and the first word of a title above the others.
FIRST = {
    "install": "get-started/install/",
    "troubleshooting": "operations/troubleshooting/",
    "architecture": "concepts/architecture/",
    "permissions": "operations/iam-policies/",
    "iam": "operations/iam-policies/",
    "threat": "operations/threat-model/",
    "import": "guides/import/",
    "drift": "guides/drift/",
    "rollback": "concepts/lifecycle/",
    "idempotency": "concepts/lifecycle/",
    "alarm": "guides/alarms-and-events/",
    "event": "guides/alarms-and-events/",
    "lead": "guides/qualify-a-lead/",
    "rename": "guides/rename/",
    "limits": "reference/limits/",
    "errors": "reference/errors/",
    "test": "guides/test-without-aws/",
    "upgrade": "operations/upgrading/",
    "AwsCustomResource": "about/comparison/",
    "cdk-nag": "operations/rule-packs/",
    "adopt": "concepts/lifecycle/",
}


def search(site: Path, *words: str) -> dict[str, list[str]]:
    """Return the addresses that a search for each word finds, the best first."""
    node = node_folder()
    assert node
    done = subprocess.run([node / "node", SCRIPT, site, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(built: Path) -> dict[str, list[str]]:
    return search(built, *FIRST)


@pytest.mark.parametrize(("word", "page"), FIRST.items())
def test_a_search_finds_the_right_page_first(found: dict[str, list[str]], word: str, page: str) -> None:
    assert [address.partition("#")[0] for address in found[word]][:1] == [page]


def test_a_search_for_nonsense_finds_nothing(built: Path) -> None:
    assert search(built, "qqqqxxxxzzzz") == {"qqqqxxxxzzzz": []}
