"""Random payloads that the service model allows, and values that it does not allow."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from operator import setitem
from typing import Any

from cdk_partnercentral._validation.rules import Rule

DATE = "EngagementCustomerProjectDetailsTargetCompletionDateString"
TEXT = "aZ 9-._/:é\n"
GOOD: dict[str, Callable[[random.Random], str]] = {
    "CompanyWebsiteUrl": lambda draw: draw.choice(["https://", "http://", "www.", ""]) + "acme-1.example/?x=1",
    DATE: lambda draw: f"2{draw.randrange(100, 999)}-0{draw.randrange(1, 9)}-1{draw.randrange(9)}",
    "CustomerAccountArnOrIdentifier": lambda draw: draw.choice(["arn:", "cust-acc-" + "".join(draw.choices("09az", k=13))]),
    "UtcTimeOfDay": lambda draw: f"{draw.randrange(24):02}:{draw.randrange(60):02}",
    "ProspectingTaskIdentifier": lambda draw: "task-" + "".join(draw.choices("0123456789az", k=14)),
    "TaskArn": lambda draw: "arn:" + "".join(draw.choices("ab:/", k=draw.randrange(9))),
}  # fmt: skip
BAD = {
    "CompanyWebsiteUrl": ["acme", "ftp://acme.example", "a.", "https://acme.example/~", "x" * 252 + ".com", "a.b\n", "." * 40],
    DATE: ["2027-13-01", "27-01-01", "0999-01-01", "2027-01-32", "2027/01/01", "2027-01-01 "],
    "CustomerAccountArnOrIdentifier": ["cust-acc-0", "cust-acc-0123456789ABC", "eng-0123456789abcd", ""],
    "UtcTimeOfDay": ["24:00", "9:30", "12:60", "noon", "12:30\n", ""],
    "ProspectingTaskIdentifier": ["task-", "task-ABCDEFGHIJKLMN", "task-0123456789abcde"],
    "TaskArn": ["aws:arn", ""],
}  # fmt: skip
INSTANTS = [
    "2027-01-05T09:30:00Z",
    "2027-01-05T09:30:00.123456789Z",
    "2027-01-05T09:30:00+02:00",
    "1999-12-31T23:59:59-11:30",
]
NO_INSTANTS = ["2027-01-05", "2027-01-05T09:30:00", "tomorrow", "2027-01-05T25:00:00Z", "2027-02-30T09:30:00Z", ""]


def valid(rule: Rule, draw: random.Random, *, only: str | None = None) -> Any:
    """Return a random value that the model allows."""
    if rule.union:
        name = only or draw.choice(sorted(rule.members))
        return {name: valid(rule.members[name], draw)}
    if rule.kind == "structure":
        names = [name for name in rule.members if name in rule.required or draw.random() < 0.6]
        return {name: valid(rule.members[name], draw) for name in names}
    if rule.kind == "list":
        assert rule.item
        longest = min(rule.longest or 4, 10)
        return [valid(rule.item, draw) for _ in range(draw.randint(rule.shortest, longest))]
    if rule.kind == "timestamp":
        return draw.choice(INSTANTS)
    if rule.enum:
        return draw.choice(rule.enum)
    if rule.pattern:
        return GOOD[rule.name](draw)
    longest = rule.longest if rule.longest is not None else 40
    length = draw.choice([rule.shortest, longest, draw.randint(rule.shortest, min(longest, rule.shortest + 30))])
    return "".join(draw.choices(TEXT, k=length))


def places(value: Any, rule: Rule, put: Callable[[Any], None]) -> Iterator[tuple[Any, Rule, Callable[[Any], None]]]:
    """Yield every value in a payload, with its rule and a function that replaces it."""
    yield value, rule, put
    if isinstance(value, dict):
        for name in list(value):
            yield from places(value[name], rule.members[name], partial(setitem, value, name))
    elif isinstance(value, list):
        for index in range(len(value)):
            assert rule.item
            yield from places(value[index], rule.item, partial(setitem, value, index))
