"""The tables of arguments on the page of constructs, which are written from the signatures and the service model.

Write them again with:

    python -m tests.docs.arguments

In the tables of constructors, the last column is text: it stays as the page has it.
"""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import cdk_partnercentral
from cdk_partnercentral import Engagement, EngagementContext, PartnerCentralProvider
from cdk_partnercentral._payloads.context_types import CONTEXT_TYPES
from cdk_partnercentral._validation.rules import Rule, payload_rule

PAGE = Path(__file__).parents[2] / "docs/reference/constructs.md"
TABLE = re.compile(r"<!-- arguments of (\w+) -->\n(.*?)\n<!-- end -->", re.DOTALL)
# The patterns of the service model, in words. A new pattern needs a line here.
PATTERNS = {
    r"(?=.{4,255}\Z)(?:https?://)?[a-zA-Z0-9-]+[.][(-|]+": "4 to 255 characters, such as `https://acme.example`",
    r"[1-9][0-9]{3}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])": "as a string, `YYYY-MM-DD`",
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]": "`HH:MM`",
    r"task-[0-9a-z]{14}": "`task-` followed by 14 lowercase letters or digits",
    r"arn:.*": "an ARN",
    r"(arn:.*|cust-acc-[0-9a-z]{13})": "`cust-acc-` followed by 13 lowercase letters or digits, or an ARN",
}
CONSTRUCTORS = {each.__name__: each for each in (EngagementContext, Engagement, PartnerCentralProvider)}
# Every construct has these.
COMMON = ("scope", "id")
# An enum with more values than this is not written out.
MOST_VALUES = 7
ALIAS = re.compile(r"\b[a-z_0-9]+(?=\.)")
ALIASES = {"lambda_": "aws_lambda", **{name: f"aws_{name}" for name in ("ec2", "iam", "kms", "logs")}}


def written(page: str) -> str:
    """Return the text of the page with its tables as they should be."""
    return TABLE.sub(
        lambda found: f"<!-- arguments of {found[1]} -->\n{_table(found[1], found[2])}\n<!-- end -->", page
    )


def names(page: str) -> list[str]:
    """Return the names of the classes that have a table."""
    return [found[1] for found in TABLE.finditer(page)]


def payload_classes() -> dict[str, tuple[type, Rule]]:
    """Return the payload classes by name, each with the rule of its API shape."""
    found: dict[str, tuple[type, Rule]] = {}
    for each in CONTEXT_TYPES:
        _add(found, each.payload_class, payload_rule().members[each.name])
    return found


def _add(found: dict[str, tuple[type, Rule]], class_: type, rule: Rule) -> None:
    found[class_.__name__] = (class_, rule)
    for name, hint in get_type_hints(class_).items():
        member = rule.members[_api_name(name)]
        for inner in _classes(hint):
            _add(found, inner, member.item or member)


def _classes(hint: Any) -> Iterator[type]:
    if dataclasses.is_dataclass(hint):
        yield hint  # type: ignore[misc]
    for inner in get_args(hint):
        yield from _classes(inner)


def _api_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _table(name: str, before: str) -> str:
    rows = _constructor(CONSTRUCTORS[name], before) if name in CONSTRUCTORS else _payload(*payload_classes()[name])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _constructor(class_: type, before: str) -> Iterator[tuple[str, ...]]:
    kept = {line.split(" | ")[0].strip("| `"): line.split(" | ")[-1].strip(" |") for line in before.splitlines()}
    yield "Argument", "Type", "Required, default", "Value"
    yield "---", "---", "---", "---"
    for parameter in inspect.signature(class_).parameters.values():
        if parameter.name not in COMMON:
            default = {parameter.empty: "required", None: "optional"}.get(parameter.default, f"`{parameter.default}`")
            yield f"`{parameter.name}`", _type(str(parameter.annotation)), default, kept.get(parameter.name, "")


def _type(annotation: str) -> str:
    parts = [part for part in annotation.split(" | ") if part != "None"]
    # Drop a class whose interface is in the list too, and the library's own protocols, which are for type checkers.
    interfaces = {re.sub(r"\bI(?=[A-Z]\w+$)", "", part) for part in parts if re.search(r"\bI[A-Z]\w+$", part)}
    parts = [part for part in parts if part not in interfaces and part != "FailureDestination"]
    return ", ".join(f"`{re.sub(ALIAS, lambda found: ALIASES[found[0]], part)}`" for part in parts)


def _payload(class_: type, rule: Rule) -> Iterator[tuple[str, ...]]:
    yield "Argument", "Type", "Required", "Limits"
    yield "---", "---", "---", "---"
    for field in dataclasses.fields(class_):
        member = rule.members[_api_name(field.name)]
        has_default = field.default is not dataclasses.MISSING
        imported = "unless imported" if _api_name(field.name) in rule.required else "no"
        hint = get_type_hints(class_)[field.name]
        yield f"`{field.name}`", _hint(hint), imported if has_default else "yes", _limits(member)


def _hint(hint: Any) -> str:
    arguments = [each for each in get_args(hint) if each is not type(None)]
    if getattr(hint, "__origin__", None) is not None and getattr(hint.__origin__, "__name__", "") == "Sequence":
        return f"list of {_hint(arguments[0])}"
    if arguments:
        return ", ".join(map(_hint, arguments))
    is_public = hint.__name__ in cdk_partnercentral.__all__
    return f"[`{hint.__name__}`][cdk_partnercentral.{hint.__name__}]" if is_public else f"`{hint.__name__}`"


def _limits(rule: Rule) -> str:
    limits = []
    if rule.enum:
        values = f"one of {len(rule.enum)} values" if len(rule.enum) > MOST_VALUES else f"`{'`, `'.join(rule.enum)}`"
        limits.append(values)
    elif rule.longest is not None:
        unit = "items" if rule.kind == "list" else "characters"
        limits.append(f"{f'{rule.shortest} to' if rule.shortest else 'up to'} {rule.longest:,} {unit}")
    if rule.pattern is not None:
        limits = [PATTERNS[rule.pattern.pattern]]
    if rule.sensitive:
        limits.append("sensitive")
    return ", ".join(limits)


def main() -> None:
    """Write the tables."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
