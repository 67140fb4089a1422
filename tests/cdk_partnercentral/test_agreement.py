"""The validator and the local Partner Central, which share no code, say the same of every payload.

Payloads come from the service model: valid ones, and valid ones with one thing made wrong. Where the validator is stricter on
purpose (members the API does not know, days that do not exist) nothing is generated: see test_construct_validation.py.
"""

import copy
import json
import random
from typing import Any

import pytest

from cdk_partnercentral._arguments import type_problems
from cdk_partnercentral._model import payload_rule
from cdk_partnercentral._rendering import render
from cdk_partnercentral._validation import payload_problems
from cdk_partnercentral_local import Behavior, PartnerCentral
from tests.cdk_partnercentral.generated import BAD, NO_INSTANTS, places, valid

CASES = 5_000
SHARDS = 4


def broken(payload: Any, draw: random.Random) -> Any:
    """Make one thing of a payload wrong, or maybe only different."""
    holder = [copy.deepcopy(payload)]
    spots = list(places(holder[0], payload_rule(), lambda new: holder.__setitem__(0, new)))
    value, rule, put = draw.choice(spots[1:] or spots)
    if draw.random() < 0.15:
        put(draw.choice(["a text", ["a list"], {"Fantasy": "x"} if rule.kind == "string" else []]))
    elif draw.random() < 0.15:
        put(draw.choice([5, 5.5, 10**30, True, False, None]))
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
    service = PartnerCentral(Behavior(quota=10**6))
    taken = refused = 0
    engagement = ""
    for number in range(CASES // SHARDS):
        # A new engagement now and then: a write copies what it holds.
        if number % 20 == 0:
            engagement = service.create_engagement()
        payload = valid(payload_rule(), draw)
        type_ = next(iter(payload))
        payload = payload if draw.random() < 0.3 else broken(payload, draw)
        rendered = render(payload, type_)
        said = [
            *rendered.problems,
            *payload_problems(rendered.payload),
            *type_problems(rendered.type, rendered.payload),
        ]
        accepted = service_takes(service, engagement, type_, payload, number)
        assert accepted == (not said), (payload, said, service.calls[-1])
        service.calls.clear()
        taken, refused = taken + accepted, refused + (not accepted)
    # Neither side may win by saying the same to everything.
    assert min(taken, refused) > CASES / SHARDS / 4
