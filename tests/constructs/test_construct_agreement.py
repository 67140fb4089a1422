"""The validator and the local Partner Central, which share no code, say the same of every payload.

Payloads come from the service model: valid ones, and valid ones with one thing made wrong. Where the validator is stricter on
purpose (members the API does not know, days that do not exist) nothing is generated: see test_construct_validation.py.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from operator import setitem
from typing import Any

import pytest

from cdk_partnercentral._model import Rule, payload_rule
from cdk_partnercentral._validation import problems
from cdk_partnercentral_local import Behaviour, PartnerCentral

CASES = 5_000
SHARDS = 4
DATE = "EngagementCustomerProjectDetailsTargetCompletionDateString"
TEXT = "aZ 9-._/:é\n"
GOOD: dict[str, Callable[[random.Random], str]] = {
    "CompanyWebsiteUrl": lambda draw: draw.choice(["https://", "http://", "www.", ""]) + "acme-1.example/?x=1",
    DATE: lambda draw: f"2{draw.randrange(100, 999)}-0{draw.randrange(1, 9)}-1{draw.randrange(9)}",
    "ProspectingTaskIdentifier": lambda draw: "task-" + "".join(draw.choices("0123456789az", k=14)),
    "TaskArn": lambda draw: "arn:" + "".join(draw.choices("ab:/", k=draw.randrange(9))),
}  # fmt: skip
BAD = {
    "CompanyWebsiteUrl": ["acme", "ftp://acme.example", "a.", "https://acme.example/~", "x" * 252 + ".com", "a.b\n", "." * 40],
    DATE: ["2027-13-01", "27-01-01", "0999-01-01", "2027-01-32", "2027/01/01", "2027-01-01 "],
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
    """Draw a value that the model allows."""
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
    """Yield every place of a payload, with its rule and a way to put something else there."""
    yield value, rule, put
    if isinstance(value, dict):
        for name in list(value):
            yield from places(value[name], rule.members[name], partial(setitem, value, name))
    elif isinstance(value, list):
        for index in range(len(value)):
            assert rule.item
            yield from places(value[index], rule.item, partial(setitem, value, index))


def broken(payload: Any, draw: random.Random) -> Any:
    """Make one thing of a payload wrong, or maybe only different."""
    holder = [copy.deepcopy(payload)]
    spots = list(places(holder[0], payload_rule(), lambda new: holder.__setitem__(0, new)))
    value, rule, put = draw.choice(spots[1:] or spots)
    if draw.random() < 0.15:
        put(draw.choice(["a text", ["a list"], {"Fantasy": "x"} if rule.kind == "string" else []]))
    elif rule.kind == "structure" and value:
        # A required member first of all; any other is allowed to go.
        del value[draw.choice([name for name in value if name in rule.required] or list(value))]
    elif rule.kind == "list":
        put(value * 11 if value and draw.random() < 0.5 else [])
    elif rule.kind == "timestamp":
        put(draw.choice(NO_INSTANTS))
    elif rule.enum:
        put(draw.choice([str(value).lower() + "x", "", "retail", "us"]))
    elif rule.pattern:
        put(draw.choice(BAD[rule.name]))
    else:
        put("x" * draw.choice([0, rule.shortest - 1, (rule.longest or 40) + 1, 6_000]))
    return holder[0]


def service_takes(service: PartnerCentral, engagement: str, type_: str, payload: Any, token: int) -> bool:
    request = {
        "Catalog": "Sandbox",
        "EngagementIdentifier": engagement,
        "ClientToken": f"token{token}",
        "Type": type_,
        "Payload": payload,
    }
    reply = service.handle("AWSPartnerCentralSelling.CreateEngagementContext", json.dumps(request).encode())
    return reply.status == 200


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_agree_on_every_payload(shard: int) -> None:
    draw = random.Random(shard)  # noqa: S311 - reproducible, no secret
    service = PartnerCentral(Behaviour(quota=10**6))
    taken = refused = 0
    engagement = ""
    for number in range(CASES // SHARDS):
        # A new engagement now and then: a write copies what it holds.
        if number % 20 == 0:
            engagement = service.create_engagement()
        payload = valid(payload_rule(), draw)
        type_ = next(iter(payload))
        payload = payload if draw.random() < 0.3 else broken(payload, draw)
        said = problems(
            catalog="Sandbox",
            engagement_identifier=engagement,
            type_=type_,
            payload=payload,
            client_token=None,
            context_identifier=None,
        )
        accepted = service_takes(service, engagement, type_, payload, number)
        assert accepted == (not said), (payload, said, service.calls[-1])
        service.calls.clear()
        taken, refused = taken + accepted, refused + (not accepted)
    # Neither side may win by saying the same to everything.
    assert min(taken, refused) > CASES / SHARDS / 4
