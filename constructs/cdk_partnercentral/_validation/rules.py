"""The rules of the Partner Central API, compiled from `service-2.json`.

The file is botocore's service model with only the operations that this project uses. The function's zip contains the same file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from botocore.model import ListShape, ServiceModel, Shape, StructureShape

MODEL = Path(__file__).parent / "service-2.json"

Kind = Literal["structure", "list", "string", "timestamp"]

# Matches patterns in the service model that restrict only the length of a string.
_LENGTHS = re.compile(r"\(\?s\)\.\{(\d+),(\d+)\}")
# The model's pattern for websites backtracks exponentially. The replacement matches the same strings in linear time. The last
# character class of the model's pattern contains the range from ( to |. This range includes all other characters of the class.
_LINEAR = {
    r"(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?": (
        r"(?=.{4,255}\Z)(?:https?://)?[a-zA-Z0-9-]+[.][(-|]+"
    )
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The values that the API accepts for one part of a payload.

    Attributes:
        kind: The kind of the value.
        name: The name of the shape in the model.
        sensitive: Whether the value is sensitive. Error messages must not contain sensitive values.
        members: The members of a structure.
        required: The required members of a structure.
        union: Whether a structure must have exactly one member.
        item: The rule for the items of a list.
        enum: The allowed values, or an empty tuple if any value is allowed.
        shortest: The minimum number of characters in a string, or of items in a list.
        longest: The maximum number of characters or items, or None if there is no limit.
        pattern: The pattern that the whole string must match, or None if any string is allowed.
    """

    kind: Kind
    name: str
    sensitive: bool = False
    members: Mapping[str, "Rule"] = field(default_factory=lambda: dict[str, "Rule"]())
    required: tuple[str, ...] = ()
    union: bool = False
    item: "Rule | None" = None
    enum: tuple[str, ...] = ()
    shortest: int = 0
    longest: int | None = None
    pattern: "re.Pattern[str] | None" = None


@cache
def payload_rule() -> Rule:
    """Return the rule for the payload of a context, which is a tagged union."""
    return _rule(_service().shape_for("EngagementContextPayload"))


@cache
def context_id_rule() -> Rule:
    """Return the rule for the ID of a context."""
    return _rule(_service().shape_for("EngagementContextIdentifier"))


@cache
def title_rule() -> Rule:
    """Return the rule for the title of an engagement.

    The API accepts an empty title, but this library does not, because an empty title does not identify the engagement.
    """
    return replace(_rule(_service().shape_for("EngagementTitle")), shortest=1)


@cache
def description_rule() -> Rule:
    """Return the rule for the description of an engagement."""
    return _rule(_service().shape_for("EngagementDescription"))


@cache
def _service() -> ServiceModel:
    return ServiceModel(json.loads(MODEL.read_text(encoding="utf-8")), "partnercentral-selling")


def _rule(shape: Shape) -> Rule:
    metadata = shape.metadata
    common: dict[str, Any] = {"name": shape.name, "sensitive": bool(metadata.get("sensitive"))}
    if isinstance(shape, StructureShape):
        return Rule(
            kind="structure",
            members={name: _rule(member) for name, member in shape.members.items()},
            required=tuple(metadata.get("required", ())),
            union=bool(shape.is_tagged_union),
            **common,
        )
    common |= {"shortest": metadata.get("min", 0), "longest": metadata.get("max")}
    if isinstance(shape, ListShape):
        return Rule(kind="list", item=_rule(shape.member), **common)
    if shape.type_name == "timestamp":
        return Rule(kind="timestamp", **common)
    return Rule(kind="string", enum=tuple(metadata.get("enum", ())), **{**common, **_pattern(metadata.get("pattern"))})


def _pattern(pattern: str | None) -> dict[str, Any]:
    if pattern is None:
        return {}
    lengths = _LENGTHS.fullmatch(pattern)
    if lengths:
        return {"shortest": int(lengths[1]), "longest": int(lengths[2])}
    return {"pattern": re.compile(_LINEAR.get(pattern, pattern))}
