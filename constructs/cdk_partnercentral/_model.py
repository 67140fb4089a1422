"""What the service takes, read from the one copy of its model that ships: data for the validator, compiled once.

botocore's classes read the copy; the function's zip holds the same file. Knows nothing of constructs.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from botocore.model import ListShape, ServiceModel, Shape, StructureShape

MODEL = Path(__file__).parent / "service-2.json"

Kind = Literal["structure", "list", "string", "timestamp"]

# A pattern that only says how long a text may be.
_LENGTHS = re.compile(r"\(\?s\)\.\{(\d+),(\d+)\}|\.\{(\d+),(\d+)\}")
# The model's pattern for websites backtracks exponentially. These are the same texts, found in linear time: the class
# behind the point is the range from ( to |, which takes in all that stands behind the range in it, the point too.
_LINEAR = {
    r"(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?": (
        r"(?=.{4,255}\Z)(?:https?://)?[a-zA-Z0-9-]+[.][(-|]+"
    )
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the service takes at one place of a payload.

    Attributes:
        kind: What stands there.
        name: The model's name of the shape.
        sensitive: Whether what stands there must not be repeated.
        members: A structure's members.
        required: The members that must be there.
        union: Whether exactly one member must be there.
        item: A list's items.
        enum: The values allowed, or none for any.
        shortest: Characters of a string, or items of a list, at least.
        longest: The same, at most; None for no limit.
        pattern: What a string must match as a whole, or None.
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
    """Return the rule for a context's payload, the tagged union."""
    return _rule(_service().shape_for("EngagementContextPayload"))


@cache
def member_rule(name: str) -> Rule:
    """Return the rule for a member of CreateEngagementContext's request that is a string, such as `Catalog`."""
    request = _service().shape_for("CreateEngagementContextRequest")
    assert isinstance(request, StructureShape)  # noqa: S101 - the shipped model has it so
    return _rule(request.members[name])


@cache
def context_identifier_rule() -> Rule:
    """Return the rule for a context's id."""
    return _rule(_service().shape_for("EngagementContextIdentifier"))


@cache
def _service() -> ServiceModel:
    return ServiceModel(json.loads(MODEL.read_text(encoding="utf-8")), "partnercentral-selling")


def _rule(shape: Shape) -> Rule:
    about = shape.metadata
    common: dict[str, Any] = {"name": shape.name, "sensitive": bool(about.get("sensitive"))}
    if isinstance(shape, StructureShape):
        return Rule(
            kind="structure",
            members={name: _rule(member) for name, member in shape.members.items()},
            required=tuple(about.get("required", ())),
            union=bool(shape.is_tagged_union),
            **common,
        )
    common |= {"shortest": about.get("min", 0), "longest": about.get("max")}
    if isinstance(shape, ListShape):
        return Rule(kind="list", item=_rule(shape.member), **common)
    if shape.type_name == "timestamp":
        return Rule(kind="timestamp", **common)
    return Rule(kind="string", enum=tuple(about.get("enum", ())), **{**common, **_pattern(about.get("pattern"))})


def _pattern(pattern: str | None) -> dict[str, Any]:
    if pattern is None:
        return {}
    lengths = _LENGTHS.fullmatch(pattern)
    if lengths and "(?s)" in pattern:
        return {"shortest": int(lengths[1]), "longest": int(lengths[2])}
    return {"pattern": re.compile(_LINEAR.get(pattern, pattern))}
