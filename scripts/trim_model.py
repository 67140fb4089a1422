"""Write the service model that the package contains: botocore's model, trimmed to the operations that this project uses.

Run `make model` after you update botocore. A test checks that the file in the package is up to date.
"""

import json
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

MODEL = Path(__file__).parents[1] / "constructs" / "cdk_partnercentral" / "_validation" / "service-2.json"
SERVICE = "partnercentral-selling"
OPERATIONS = (
    "CreateEngagement",
    "CreateEngagementContext",
    "GetEngagement",
    "ListEngagements",
    "UpdateEngagementContext",
)


def trimmed() -> dict[str, Any]:
    """Return botocore's model with only the operations, the shapes that they refer to, and no documentation."""
    model = Loader().load_service_model(SERVICE, "service-2")
    operations = {name: model["operations"][name] for name in OPERATIONS}
    reached: set[str] = set()
    _reach(operations, model["shapes"], reached)
    shapes = {name: shape for name, shape in model["shapes"].items() if name in reached}
    kept: dict[str, Any] = _undocumented(
        {"version": model["version"], "metadata": model["metadata"], "operations": operations, "shapes": shapes}
    )
    return kept


def text() -> str:
    """Return the text of the file, with one line for each shape, so that a diff shows which shapes changed."""
    model = trimmed()
    shapes = ",\n".join(f"  {json.dumps(name)}: {json.dumps(shape)}" for name, shape in sorted(model["shapes"].items()))
    rest = json.dumps({name: value for name, value in model.items() if name != "shapes"}, indent=1)
    return f'{rest[:-2]},\n "shapes": {{\n{shapes}\n }}\n}}\n'


def _reach(part: Any, shapes: dict[str, Any], reached: set[str]) -> None:
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


if __name__ == "__main__":
    MODEL.write_text(text(), encoding="utf-8")
