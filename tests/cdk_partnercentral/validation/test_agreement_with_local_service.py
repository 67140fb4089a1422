"""The validation at synthesis and the local Partner Central, which share no code, accept the same payloads.

Payloads are generated from the service model: valid ones, and valid ones with one change. Where the validation differs on
purpose (payloads without values, unknown members, days that do not exist) nothing is generated.
"""

import copy
import json
import random
from typing import Any

import pytest

from cdk_partnercentral._payloads.comparison import has_values
from cdk_partnercentral._payloads.rendering import render
from cdk_partnercentral._validation.arguments import type_problems
from cdk_partnercentral._validation.payload import payload_problems
from cdk_partnercentral._validation.rules import payload_rule
from cdk_partnercentral_local import Behavior, PartnerCentral
from tests.cdk_partnercentral.generated import BAD, NO_INSTANTS, places, valid

CASES = 5_000
SHARDS = 4


def broken(payload: Any, draw: random.Random) -> Any:
    """Change one value of a payload, so that it might be invalid."""
    holder = [copy.deepcopy(payload)]
    spots = list(places(holder[0], payload_rule(), lambda new: holder.__setitem__(0, new)))
    value, rule, put = draw.choice(spots[1:] or spots)
    if draw.random() < 0.15:
        put(draw.choice(["a text", ["a list"], {"Fantasy": "x"} if rule.kind == "string" else []]))
    elif draw.random() < 0.15:
        put(draw.choice([5, 5.5, 10**30, True, False, None]))
    elif rule.kind == "structure" and value:
        # Prefer a required member: a payload without an optional one is still valid.
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


def service_accepts(service: PartnerCentral, engagement: str, type_: str, payload: Any, token: int) -> bool:
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
def test_both_accept_the_same_payloads(shard: int) -> None:
    draw = random.Random(shard)  # noqa: S311 - reproducible, no secret
    service = PartnerCentral(Behavior(quota=10**6))
    total_accepted = rejected = 0
    engagement = ""
    for number in range(CASES // SHARDS):
        # A new engagement every 20 payloads, because each write copies all contexts of the engagement.
        if number % 20 == 0:
            engagement = service.create_engagement()
        payload = valid(payload_rule(), draw)
        type_ = next(iter(payload))
        payload = payload if draw.random() < 0.3 else broken(payload, draw)
        rendered = render(payload, type_)
        if not has_values(rendered.payload):
            continue
        problems = [
            *rendered.problems,
            *payload_problems(rendered.payload),
            *type_problems(rendered.type, rendered.payload),
        ]
        accepted = service_accepts(service, engagement, type_, payload, number)
        assert accepted == (not problems), (payload, problems, service.calls[-1])
        service.calls.clear()
        total_accepted, rejected = total_accepted + accepted, rejected + (not accepted)
    # Both outcomes must occur often enough to compare them.
    assert min(total_accepted, rejected) > CASES / SHARDS / 4
