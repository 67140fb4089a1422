"""The secrets scan and the licence check find what they are for, and pass over what is harmless."""

import random
import shutil
import string
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from scripts import licences

ROOT = Path(__file__).parents[2]
# Made while the test runs, or this file would be found too.
CHANCE = random.Random(5)  # noqa: S311


def some(alphabet: str, length: int) -> str:
    return "".join(CHANCE.choices(alphabet, k=length))


WORD = string.ascii_letters + string.digits
PLANTED = {
    "an AWS key pair": f"aws_access_key_id = AKIA{some(string.ascii_uppercase + '234567', 16)}\n"
    f"aws_secret_access_key = {some(WORD + '/+', 40)}\n",
    "a GitHub token": f"token: gh{'p_'}{some(WORD, 36)}\n",
    "a PyPI token": f"password = pypi-{'AgEIcHlwaS5vcmc'}{some(WORD, 150)}\n",
}
# As the tests and the documentation write them.
INVENTED = """\
AWS_ACCESS_KEY_ID=test
AWS_SECRET_ACCESS_KEY=test
access_key = "AKIAIOSFODNN7EXAMPLE"
secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
token = "5f2c1a9d0b7e4c3f8a6d5f2c1a9d0b7e4c3f8a6d5f2c1a9d0b7e4c3f8a6d5f2c"
arn = "arn:aws:iam::123456789012:role/Deploy"
"""


def scan(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "--silent", "secrets", f"PLACE={folder}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_key_fails_the_scan_and_is_not_repeated(tmp_path: Path, planted: str) -> None:
    text = PLANTED[planted]
    (tmp_path / "settings.txt").write_text(text, encoding="utf-8")

    found = scan(tmp_path)

    assert found.returncode > 0
    assert "settings.txt" in found.stdout
    assert text.split()[-1] not in found.stdout + found.stderr


def test_a_key_that_was_committed_once_fails_the_scan_after_it_was_removed(tmp_path: Path) -> None:
    secret = tmp_path / "settings.txt"
    secret.write_text(PLANTED["a GitHub token"], encoding="utf-8")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Add"], ["rm", "-q", secret.name]):
        subprocess.run([*git, *command], check=True)
    subprocess.run([*git, "commit", "-qm", "Remove"], check=True)

    assert scan(tmp_path).returncode > 0


def test_invented_credentials_pass_the_scan(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(INVENTED, encoding="utf-8")

    found = scan(tmp_path)

    assert found.returncode == 0, found.stdout


def package(folder: Path, *about: str) -> metadata.Distribution:
    info = folder / "thing-1.0.dist-info"
    shutil.rmtree(info, ignore_errors=True)
    info.mkdir()
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", "Name: thing", "Version: 1.0", *about, ""]))
    return metadata.Distribution.at(info)


@pytest.mark.parametrize(
    ("about", "refused"),
    [
        (["License-Expression: MIT"], []),
        (["License-Expression: GPL-3.0-or-later"], ["thing 1.0: GPL-3.0-or-later"]),
        (["License-Expression: MIT AND GPL-2.0-only"], ["thing 1.0: MIT AND GPL-2.0-only"]),
        (["License: Apache-2.0", "Classifier: License :: OSI Approved"], []),
        (["License: UNKNOWN", "Classifier: License :: OSI Approved :: MIT License"], []),
        (
            ["License: MIT", "Classifier: License :: Other/Proprietary License"],
            ["thing 1.0: Other/Proprietary License"],
        ),
        ([], ["thing 1.0: none stated"]),
    ],
)
def test_a_licence_that_is_not_allowed_is_refused(tmp_path: Path, about: list[str], refused: list[str]) -> None:
    assert licences.refused([package(tmp_path, *about)]) == refused


def test_what_is_looked_at_is_what_ships_and_what_the_library_brings() -> None:
    needed = licences.needed("cdk-partnercentral")

    assert {"aws-cdk-lib", "constructs", "jsii", "boto3", "botocore", "urllib3"} <= set(needed)
    assert not {"crhelper", "ministack", "pytest", "cdk-partnercentral"} & set(needed)
    assert set(licences.needed("cdk-partnercentral[local]")) - set(needed) >= {"ministack", "rich", "werkzeug"}


def test_the_check_passes_as_the_project_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0
    assert "8 packages in the zip" in capsys.readouterr().out
