"""Trim botocore's model of Partner Central Selling, and compare the API of the newest botocore with the shipped model.

The shipped model comes from the botocore version that lambda_handler/requirements.txt pins for the function. The development
environment can contain an older botocore, because MiniStack pins an older version. Both commands download botocore from PyPI.

`make model` writes the shipped model: the operations that this project uses, and the shapes that these operations refer to.
`make api-changes` lists all additions, changes and removals in the newest botocore, and fails if the list is not empty.
"""

import gzip
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "constructs" / "cdk_partnercentral" / "_validation" / "service-2.json"
REQUIREMENTS = ROOT / "lambda_handler" / "requirements.txt"
OPERATIONS = (
    "CreateEngagement",
    "CreateEngagementContext",
    "GetEngagement",
    "ListEngagements",
    "SearchEngagements",
    "UpdateEngagementContext",
)

Model: TypeAlias = dict[str, Any]

_FILE = re.compile(r"botocore/data/partnercentral-selling/[^/]+/service-2\.json(\.gz)?")
_WHEEL = re.compile(r"botocore-([^-]+)-.*\.whl")
_UPDATE = """\
To update, set the version of boto3 and botocore in lambda_handler/requirements.in, and run `make lock` and `make model`. Then
check how each change affects the library, the function and the local Partner Central."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release of botocore: the version, and the complete model of Partner Central Selling."""

    version: str
    model: Model


def pinned_requirement(requirements: str) -> str:
    """Return the requirement of botocore, with its hashes, from the text of a requirements.txt."""
    found = re.search(r"^botocore==(?:.*\\\n)*.*$", requirements, re.MULTILINE)
    if found is None:
        raise ValueError("requirements.txt must pin botocore; run `make lock`")
    return found[0]


def pinned_version(requirements: str) -> str:
    """Return the version of botocore that the text of a requirements.txt pins, for example `1.44.8`."""
    return pinned_requirement(requirements).split()[0].removeprefix("botocore==")


def download(requirement: str) -> Release:
    """Download a release of botocore from PyPI, for example `botocore` (the newest) or `botocore==1.44.8`.

    Raises:
        subprocess.CalledProcessError: pip failed. pip has written the reason to standard error.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "requirements.txt").write_text(requirement, encoding="utf-8")
        options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")
        places = ("--dest", str(folder), "--requirement", str(folder / "requirements.txt"))
        subprocess.run([sys.executable, "-m", "pip", "download", *options, *places], check=True)  # noqa: S603
        (wheel,) = folder.glob("*.whl")
        return read_wheel(wheel)


def read_wheel(wheel: Path) -> Release:
    """Return the release of botocore that a wheel contains."""
    version = _WHEEL.fullmatch(wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        files = [name for name in archive.namelist() if _FILE.fullmatch(name)]
        if version is None or len(files) != 1:
            raise ValueError(f"{wheel.name} must be a wheel of botocore with one model of partnercentral-selling")
        content = archive.read(files[0])
    text = gzip.decompress(content) if files[0].endswith(".gz") else content
    return Release(version=version[1], model=json.loads(text))


def trimmed(model: Model) -> Model:
    """Return a model that contains only `OPERATIONS` and the shapes that these operations refer to, without documentation."""
    operations = {name: model["operations"][name] for name in OPERATIONS if name in model["operations"]}
    reached: set[str] = set()
    _reach(operations, model["shapes"], reached)
    shapes = {name: shape for name, shape in model["shapes"].items() if name in reached}
    kept: Model = _undocumented(
        {"version": model["version"], "metadata": model["metadata"], "operations": operations, "shapes": shapes}
    )
    return kept


def text(release: Release) -> str:
    """Return the text of the shipped model, with one line for each shape, so that a diff shows which shapes changed."""
    model = {"botocore": release.version, **trimmed(release.model)}
    shapes = ",\n".join(f"  {json.dumps(name)}: {json.dumps(shape)}" for name, shape in sorted(model["shapes"].items()))
    rest = json.dumps({name: value for name, value in model.items() if name != "shapes"}, indent=1)
    return f'{rest[:-2]},\n "shapes": {{\n{shapes}\n }}\n}}\n'


def changes(shipped: Model, pinned: Model, newest: Model) -> list[str]:
    """Return one line for each addition, change and removal in the newest botocore.

    Args:
        shipped: The shipped model, which is already trimmed.
        pinned: The complete model from the botocore version that the function pins. This model also contains the operations
            that this project does not use. The function compares the names of these operations.
        newest: The complete model from the newest botocore version.
    """
    unused = [
        {"operations": {name: None for name in model["operations"] if name not in OPERATIONS}}
        for model in (pinned, newest)
    ]
    used = [
        {name: value for name, value in model.items() if name != "botocore"} for model in (shipped, trimmed(newest))
    ]
    return [*_differences(unused[0], unused[1], ""), *_differences(used[0], used[1], "")]


def _differences(before: object, after: object, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({**before, **after}):
            place = f"{path}.{name}".removeprefix(".")
            if name not in before:
                yield f"new      {place}{_brief(after[name])}"
            elif name not in after:
                yield f"removed  {place}"
            else:
                yield from _differences(before[name], after[name], place)
    elif isinstance(before, list) and isinstance(after, list):
        yield from (f"new      {path}: {json.dumps(each)}" for each in after if each not in before)
        yield from (f"removed  {path}: {json.dumps(each)}" for each in before if each not in after)
    elif before != after:
        yield f"changed  {path}: {json.dumps(before)} -> {json.dumps(after)}"


def _brief(value: object) -> str:
    """Return a short description of a new value. The description is empty for a new operation and for a new shape."""
    if isinstance(value, dict):
        return f" ({value['shape']})" if "shape" in value else ""
    return "" if value is None else f": {json.dumps(value)}"


def _reach(part: Any, shapes: Model, reached: set[str]) -> None:
    if isinstance(part, list):
        for item in part:
            _reach(item, shapes, reached)
    elif isinstance(part, dict):
        name = part.get("shape")
        if isinstance(name, str) and name not in reached:
            reached.add(name)
            _reach(shapes[name], shapes, reached)
        for value in part.values():
            _reach(value, shapes, reached)


def _undocumented(part: Any) -> Any:
    if isinstance(part, list):
        return [_undocumented(item) for item in part]
    if isinstance(part, dict):
        return {name: _undocumented(value) for name, value in part.items() if name != "documentation"}
    return part


def main(command: str) -> str | None:
    """Run a command. Return an error message, or None if the command succeeds."""
    pinned = download(pinned_requirement(REQUIREMENTS.read_text(encoding="utf-8")))
    if command == "write":
        MODEL.write_text(text(pinned), encoding="utf-8")
        return None
    newest = download("botocore")
    found = changes(json.loads(MODEL.read_text(encoding="utf-8")), pinned.model, newest.model)
    if found:
        title = f"botocore {newest.version} differs from the shipped model of botocore {pinned.version}:"
        return "\n".join([title, "", *found, "", _UPDATE])
    sys.stdout.write(f"botocore {newest.version} has the same API as the shipped model.\n")
    return None


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["compare"]):
        sys.exit("usage: python scripts/service_model.py write|compare")
    sys.exit(main(sys.argv[1]))
