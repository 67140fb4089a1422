"""Convert the payload of a context to Python source that declares this payload.

Values are converted exactly. If a value cannot be declared, it is left out and noted, because an imported payload can be
partial: the stack does not change the members that it does not declare.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import Enum
from typing import Any, get_args, get_type_hints

from cdk_partnercentral._payloads.comparison import has_values
from cdk_partnercentral._payloads.context_types import BY_TYPE, CLASSES
from cdk_partnercentral._tokens import is_unresolved
from cdk_partnercentral._validation.payload import check, name_problem
from cdk_partnercentral._validation.rules import Rule, payload_rule
from cdk_partnercentral_cli._import._printer import Call, Name, Source

# Larger integers, and numbers with decimal places, lose digits on the way through the CDK and CloudFormation. CloudFormation
# passes numbers to the function as strings anyway.
_FIRST_INEXACT = 2**53
_DEEPEST = 30
_LONGEST_NOTE = 60
# The function accepts no longer Type.
_LONGEST_TYPE = 100
# CloudFormation evaluates Ref, Fn::*, and the CDK, jsii or JavaScript the others.
_EVALUATED_NAME = re.compile(r"Ref|Fn::.*|\$jsii\..*|\$IntrinsicKey\$.*|__proto__", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")

UNKNOWN = "members that this version of the library does not know"
# The kinds of personal or confidential data, by the name of the shape in the service model.
KINDS: Mapping[str, str] = {
    "AccountWebsiteUrl": "websites",
    "CompanyName": "company names",
    "CompanyWebsiteUrl": "websites",
    "CountryCode": "countries",
    "EngagementCustomerBusinessProblem": "business problems",
    "LeadAddressCityString": "addresses",
    "LeadAddressPostalCodeString": "addresses",
    "LeadAddressStateOrRegionString": "addresses",
    "LeadBusinessProblem": "business problems",
    "LeadCountryCode": "countries",
    "LeadEmail": "email addresses",
    "LeadJobTitle": "job titles",
    "LeadPhoneNumber": "phone numbers",
    "LeadWebsiteUrl": "websites",
    "Name": "names of people",
    "ProspectingAccountName": "company names",
}


@dataclass(kw_only=True)
class Converted:
    """The source of a payload.

    Attributes:
        source: The value of the parameter `payload`, or None if nothing can be declared.
        left_out: One line for each member that is left out: its path and the reason. A line contains no sensitive value.
        kinds: The kinds of personal or confidential data in the source.
    """

    source: Source | None = None
    left_out: list[str] = field(default_factory=list[str])
    kinds: set[str] = field(default_factory=set[str])


def converted(type_: str, payload: Any, *, redact: bool) -> Converted:
    """Convert a payload.

    Args:
        type_: The Type of the context.
        payload: The inner value of the payload, as GetEngagement returned it.
        redact: Whether to leave out everything that contains contacts, or might contain them.
    """
    result = Converted()
    rule = payload_rule().members.get(type_)
    problem = _type_problem(type_) if rule is None else None
    if problem:
        result.left_out.append(f"the payload: {problem}")
    elif isinstance(payload, Mapping) and has_values(payload):
        source = _Conversion(type_, result, redact=redact).member(payload, rule, "")
        result.source = source if source is None or isinstance(source, Call) else {type_: source}
    return result


def _type_problem(type_: str) -> str | None:
    if not type_.isprintable() or len(type_) > _LONGEST_TYPE:
        return "its Type has characters that the function does not accept"
    problem = name_problem(type_, payload_rule())
    return _short(problem) if problem else _name_problem(type_)


class _Conversion:
    """The conversion of one payload. Its methods return None for a value that is left out, after they noted the reason."""

    def __init__(self, type_: str, result: Converted, *, redact: bool) -> None:
        row = BY_TYPE.get(type_)
        self._appended = row.appended if row else None
        self._left_out = result.left_out
        self._kinds = result.kinds
        self._redact = redact

    def member(self, value: Any, rule: Rule | None, path: str) -> Source | None:
        if rule is None:
            return self._unknown(value, path)
        if rule.kind == "structure" and isinstance(value, Mapping):
            return self._structure(value, rule, path)
        if rule.kind == "list" and isinstance(value, list):
            return self._list(value, rule, path)
        problem = _text_problem(value) if isinstance(value, str) else None
        problem = problem or next((_advice(line) for line in check(value, rule, "")), None)
        if problem:
            return self._omit(path, problem)
        if rule.name in KINDS:
            self._kinds.add(KINDS[rule.name])
        source: Source = value
        return source

    def _omit(self, path: str, reason: str) -> Source | None:
        self._left_out.append(f"{path or 'the payload'}: {reason}")
        return None

    def _structure(self, value: Mapping[str, Any], rule: Rule, path: str) -> Source | None:
        order = {name: place for place, name in enumerate(rule.members)}
        in_list = "[" in path
        found: dict[str, Source] = {}
        for name in sorted(value, key=lambda name: (order.get(name, len(order)), name)):
            member, place = value[name], _below(path, name)
            # In an item of a list, an empty map or list counts, because the function compares the items as a whole.
            if member is None or not (in_list or has_values(member)):
                continue
            problem = name_problem(name, rule) or _name_problem(name)
            source = (
                self._omit(place, _short(problem)) if problem else self.member(member, rule.members.get(name), place)
            )
            if source is not None:
                found[name] = source
        missing = ", ".join(name for name in rule.required if name not in found)
        if missing and in_list:
            return self._omit(path, f"it has no {missing} that can be declared")
        return _typed(found, rule) or found or None

    def _list(self, value: list[Any], rule: Rule, path: str) -> Source | None:
        if path != self._appended:
            return self._whole_list(value, rule, path)
        if self._redact:
            return self._omit(path, "left out by --redact, because each of them has a contact")
        items: list[Source] = []
        for index, item in enumerate(value):
            place = f"{path}[{index}]"
            if len(items) == rule.longest:
                self._omit(place, f"only {rule.longest} of them can be declared")
            elif item is not None:
                items += self._items([item], rule, path, index)
        return items or None

    def _whole_list(self, value: list[Any], rule: Rule, path: str) -> Source | None:
        items = self._items(value, rule, path, 0)
        present = [item for item in value if item is not None]
        if len(items) < len(present):
            return None
        problem = next((_advice(line) for line in check([""] * len(items), _lengths(rule), "")), None)
        return self._omit(path, problem) if problem else items

    def _items(self, items: Sequence[Any], rule: Rule, path: str, first: int) -> list[Source]:
        """Convert items of a list, all or none: an incomplete item or list would differ from the one in Partner Central."""
        before, kinds = len(self._left_out), set(self._kinds)
        sources = [
            self.member(item, rule.item, f"{path}[{index}]")
            for index, item in enumerate(items, start=first)
            if item is not None
        ]
        if len(self._left_out) == before:
            return [source for source in sources if source is not None]
        self._kinds.intersection_update(kinds)
        first_reason = self._left_out[before]
        del self._left_out[before:]
        self._left_out.append(f"{f'{path}[{first}]' if path == self._appended else path}, because of {first_reason}")
        return []

    def _unknown(self, value: Any, path: str) -> Source | None:
        if self._redact:
            return self._omit(path, "left out by --redact, because this version of the library does not know it")
        problem = next(_raw_problems(value), None)
        if problem:
            return self._omit(path, problem)
        self._kinds.add(UNKNOWN)
        return _raw(value)


def _lengths(rule: Rule) -> Rule:
    """Return the rule for a list with the same number of items, of any kind."""
    return replace(rule, item=None)


def _typed(members: Mapping[str, Source], rule: Rule) -> Source | None:
    """Return a call of the payload class, or None if the class cannot contain these members."""
    class_ = CLASSES.get(rule.name)
    if class_ is None or not members:
        return None
    types = get_type_hints(class_)
    keywords: dict[str, Source] = {}
    left = dict(members)
    for each in fields(class_):
        name = _api_name(each.name)
        if name in left:
            keywords[each.name] = _with_enum(left.pop(name), types[each.name])
        elif each.default is MISSING:
            return None
    if left or any(map(_is_mapping, keywords.values())):
        return None
    return Call(function=class_.__name__, keywords=keywords)


def _is_mapping(source: Source) -> bool:
    """Return whether a value is a mapping or contains one. The fields of the payload classes do not accept mappings."""
    return isinstance(source, dict) or (isinstance(source, list) and any(map(_is_mapping, source)))


def _with_enum(source: Source, type_: Any) -> Source:
    for each in get_args(type_):
        if isinstance(each, type) and issubclass(each, Enum) and source in [member.value for member in each]:
            return Name(f"{each.__name__}.{each(source).name}")
    return source


def _raw_problems(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield why the CDK or CloudFormation would change a value."""
    if depth > _DEEPEST:
        yield f"it has more than {_DEEPEST} levels"
    elif isinstance(value, Mapping):
        for name, member in value.items():
            problem = _name_problem(name)
            if problem:
                yield problem
            yield from _raw_problems(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _raw_problems(item, depth + 1)
    elif isinstance(value, str):
        problem = _text_problem(value)
        if problem:
            yield problem


def _name_problem(name: str) -> str | None:
    if _EVALUATED_NAME.fullmatch(name):
        return "it has a member whose name the CDK or CloudFormation would evaluate, such as Ref"
    return _text_problem(name)


def _text_problem(text: str) -> str | None:
    if is_unresolved(text):
        return "it contains a CDK token or a dynamic reference, which the deployment would replace"
    if _SURROGATE.search(text):
        return "it contains half of a surrogate pair, which a template cannot contain"
    return None


def _raw(value: Any) -> Source:
    if isinstance(value, Mapping):
        return {name: _raw(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_raw(item) for item in value if item is not None]
    is_exact = isinstance(value, (str, bool)) or (isinstance(value, int) and abs(value) < _FIRST_INEXACT)
    source: Source = value if is_exact else json.dumps(value)
    return source


def _below(path: str, name: str) -> str:
    return f"{path}.{name[:_LONGEST_NOTE]}".lstrip(".")


def _advice(line: str) -> str:
    """Return what a problem line of the validation expects, without the path and the given value."""
    return _short(line.partition(": ")[2].partition("; got")[0])


def _short(text: str) -> str:
    return textwrap.shorten(text, _LONGEST_NOTE, placeholder=" ...")


def _api_name(field_name: str) -> str:
    return "".join(part.capitalize() for part in field_name.split("_"))
