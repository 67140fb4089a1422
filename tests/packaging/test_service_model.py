"""The script that trims botocore's service model, and compares the newest one with the shipped model."""

import copy
import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts.service_model import Release, changes, pinned_requirement, pinned_version, read_wheel, text, trimmed

MODEL: dict[str, Any] = {
    "version": "2.0",
    "metadata": {"jsonVersion": "1.0"},
    "documentation": "The service.",
    "operations": {
        "GetEngagement": {
            "input": {"shape": "Request"},
            "output": {"shape": "Response"},
            "errors": [{"shape": "Denied"}],
            "documentation": "Gets an engagement.",
        },
        "GetOpportunity": {"input": {"shape": "Other"}},
    },
    "shapes": {
        "Request": {"type": "structure", "required": ["Id"], "members": {"Id": {"shape": "Id", "documentation": "An ID."}}},
        "Response": {"type": "structure", "members": {"Types": {"shape": "Types"}}},
        "Types": {"type": "list", "member": {"shape": "Type"}, "max": 5},
        "Type": {"type": "string", "enum": ["Lead", "CustomerProject"]},
        "Id": {"type": "string", "pattern": "eng-.*"},
        "Denied": {"type": "structure", "members": {}, "exception": True},
        "Other": {"type": "structure", "members": {}},
    },
}  # fmt: skip


def test_the_trimmed_model_has_the_operations_of_this_project_what_they_refer_to_and_no_documentation() -> None:
    found = trimmed(MODEL)

    assert list(found["operations"]) == ["GetEngagement"]
    assert set(found["shapes"]) == {"Request", "Response", "Types", "Type", "Id", "Denied"}
    assert "documentation" not in json.dumps(found)
    assert "documentation" in json.dumps(MODEL)


def test_the_shipped_text_records_the_version_and_has_one_line_for_each_shape() -> None:
    written = text(Release(version="1.2.3", model=MODEL))

    assert json.loads(written) == {"botocore": "1.2.3", **trimmed(MODEL)}
    assert '  "Type": {"type": "string", "enum": ["Lead", "CustomerProject"]},' in written.splitlines()


def test_an_api_that_did_not_change_has_no_changes() -> None:
    newest = copy.deepcopy(MODEL)
    newest["documentation"] = newest["shapes"]["Request"]["documentation"] = "Better sentences."
    newest["shapes"]["Other"]["members"]["Unused"] = {"shape": "Id"}
    newest["shapes"]["Type"]["enum"].reverse()

    assert changes({"botocore": "1.2.3", **trimmed(MODEL)}, MODEL, newest) == []


def test_every_change_is_one_line() -> None:
    newest = copy.deepcopy(MODEL)
    newest["operations"]["SearchOpportunities"] = {"input": {"shape": "Other"}}
    del newest["operations"]["GetOpportunity"]
    newest["operations"]["GetEngagement"]["errors"] = [{"shape": "Denied"}, {"shape": "Other"}]
    newest["metadata"]["jsonVersion"] = "1.1"
    shapes = newest["shapes"]
    shapes["Response"]["members"]["Account"] = {"shape": "Account"}
    shapes["Account"] = {"type": "structure", "members": {}}
    del shapes["Request"]["members"]["Id"]
    shapes["Request"]["required"] = []
    shapes["Type"]["enum"] = ["Lead", "CustomerAccount"]
    shapes["Types"]["max"] = 10
    shapes["Types"]["min"] = 1

    assert changes({"botocore": "1.2.3", **trimmed(MODEL)}, MODEL, newest) == [
        "removed  operations.GetOpportunity",
        "new      operations.SearchOpportunities",
        'changed  metadata.jsonVersion: "1.0" -> "1.1"',
        'new      operations.GetEngagement.errors: {"shape": "Other"}',
        "new      shapes.Account",
        "removed  shapes.Id",
        "new      shapes.Other",
        "removed  shapes.Request.members.Id",
        'removed  shapes.Request.required: "Id"',
        "new      shapes.Response.members.Account (Account)",
        'new      shapes.Type.enum: "CustomerAccount"',
        'removed  shapes.Type.enum: "CustomerProject"',
        "changed  shapes.Types.max: 5 -> 10",
        "new      shapes.Types.min: 1",
    ]


def test_an_operation_of_this_project_that_the_newest_model_lacks_is_removed() -> None:
    newest = {**MODEL, "operations": {"GetOpportunity": MODEL["operations"]["GetOpportunity"]}}

    assert "removed  operations.GetEngagement" in changes(trimmed(MODEL), MODEL, newest)


@pytest.mark.parametrize("compressed", [True, False])
def test_a_wheel_is_read(tmp_path: Path, compressed: bool) -> None:
    content = json.dumps(MODEL).encode()
    wheel = tmp_path / "botocore-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("botocore/data/s3/2006-03-01/service-2.json.gz", b"")
        name = "botocore/data/partnercentral-selling/2022-07-26/service-2.json"
        archive.writestr(f"{name}.gz" if compressed else name, gzip.compress(content) if compressed else content)

    assert read_wheel(wheel) == Release(version="1.2.3", model=MODEL)


def test_a_wheel_without_the_model_is_an_error(tmp_path: Path) -> None:
    wheel = tmp_path / "botocore-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("botocore/data/s3/2006-03-01/service-2.json.gz", b"")

    with pytest.raises(ValueError, match="one model of partnercentral-selling"):
        read_wheel(wheel)


def test_the_pinned_version_and_its_hashes_come_from_the_requirements() -> None:
    hashes = ["    --hash=sha256:aa \\", "    --hash=sha256:bb"]
    requirements = "\n".join(
        ["boto3==1.2.4 \\", hashes[1], "botocore==1.2.3 \\", *hashes, "    # via", "six==1 \\", hashes[1]]
    )

    assert pinned_version(requirements) == "1.2.3"
    assert pinned_requirement(requirements) == "\n".join(["botocore==1.2.3 \\", *hashes])
    with pytest.raises(ValueError, match="must pin botocore"):
        pinned_requirement("boto3==1.2.4\n")
