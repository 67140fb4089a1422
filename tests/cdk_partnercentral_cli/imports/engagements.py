"""Random engagements as Partner Central might return them, including values that a stack cannot declare."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from operator import setitem
from typing import Any

from cdk_partnercentral._validation.rules import Rule, payload_rule
from tests.cdk_partnercentral.generated import BAD, places, valid

Json = dict[str, Any]

TEXTS = (
    'She said "now", then \'later\', then \\n and \\',
    "line\nbreak\r\nand\ttab\x0b\x0c\x1c\x85\u2028\u2029end",
    "naïve Ünïcödé 漢字 عربى 🎉 e\u0301 \u202e\u200b\ufeff\xa0",
    "\x00\x01\x1b[31m\x7f",
    "${AWS::AccountId} ${!x} {{not a reference}} #{x} %s {0} {x} $(x) `x`",
    '"""', "'''", '"', "'", "\\", " ", "  two  ", "# noqa", "\n\n", "x" * 200,
    "a word " * 40, "Tab\tseparated\n" * 30, "no spaces: " + "y" * 500,
)  # fmt: skip
LONG = ("Lorem ipsum \"dolor\" sit 'amet'\n" * 700, "z" * 20_000)
# Values that the CDK or CloudFormation would replace, and a text that a template cannot contain.
REPLACED = ("${Token[TOKEN.12]}", "{{resolve:ssm:/example}}", "dummy-value-for-x", "half \ud83d of a pair")
EVALUATED: tuple[Json, ...] = ({"Ref": "AWS::AccountId"}, {"Fn::GetAtt": ["A", "B"]}, {"__proto__": {"a": "b"}})
SCALARS = (True, False, 0, -7, 3, 2**53 - 1, 2**53, -(2**70), 0.1, 1.0, 1e21, 1e-7, -0.0)
NAMES = ("NovelMember", "lower", "With space", "Ünïcödé", 'quo"te', "line\nbreak", "class", "0", "{x}")
NOVEL_TYPE = "AccountPlan"


def raw(draw: random.Random, depth: int = 0) -> Any:
    """Return a value that the service model does not know."""
    kind = draw.randrange(10 if depth < 3 else 6)
    if kind < 3:
        return draw.choice(TEXTS)
    if kind < 5:
        return draw.choice(SCALARS)
    if kind == 5:
        return draw.choice([None, "", *LONG[:1]])
    if kind < 8:
        return {name: raw(draw, depth + 1) for name in draw.sample(NAMES, draw.randrange(4))}
    return [raw(draw, depth + 1) for _ in range(draw.randrange(4))]


def payload(draw: random.Random, type_: str) -> Json:
    """Return a payload of a Type that can be declared completely, but for nulls and for too many interactions."""
    if type_ == NOVEL_TYPE:
        return {name: raw(draw) for name in draw.sample(NAMES, 4)}
    rule = payload_rule().members[type_]
    made: Json = valid(rule, draw)
    for value, each, put in list(places(made, rule, lambda _: None)):
        _vary(draw, value, each, put)
    return made


def _vary(draw: random.Random, value: Any, rule: Rule, put: Callable[[Any], None]) -> None:
    if rule.kind == "string" and not rule.enum and not rule.pattern and draw.random() < 0.4:
        longest = rule.longest or 30_000
        text = draw.choice([*TEXTS, *LONG] if longest > 1000 else TEXTS)[:longest]
        if len(text) >= rule.shortest:
            put(text)
    elif isinstance(value, dict):
        for name in rule.members:
            if name not in value and draw.random() < 0.5:
                value[name] = None
        if draw.random() < 0.2:
            value[draw.choice(NAMES)] = raw(draw)


def damage(draw: random.Random, made: Json, rule: Rule) -> None:
    """Replace a value of a payload with one that cannot be declared, or add a member that cannot."""
    value, each, put = draw.choice(places_of_known(made, rule))
    if isinstance(value, dict) and each.members:
        name, member = draw.choice(
            [("Novel", draw.choice(EVALUATED)), ("Novel2", draw.choice(REPLACED)), (_misspelled(each), "x")]
        )
        value[name] = member
    elif isinstance(value, list):
        put(value * 12)
    else:
        put(draw.choice([*BAD.get(each.name, ["x" * 40_000]), *REPLACED, 7, {"a": "b"}, ["x"]]))


def _misspelled(rule: Rule) -> str:
    return next(iter(rule.members)) + "s"


def places_of_known(made: Any, rule: Rule) -> list[tuple[Any, Rule, Callable[[Any], None]]]:
    """Return every value of a payload that has a rule, but not the payload."""
    found: list[tuple[Any, Rule, Callable[[Any], None]]] = []

    def visit(value: Any, each: Rule, put: Callable[[Any], None]) -> None:
        found.append((value, each, put))
        if isinstance(value, dict):
            for name, member in each.members.items():
                if value.get(name) is not None:
                    visit(value[name], member, partial(setitem, value, name))
        elif isinstance(value, list) and each.item:
            for index, item in enumerate(value):
                visit(item, each.item, partial(setitem, value, index))

    visit(made, rule, lambda _: None)
    return found[1:] or found


def contexts(draw: random.Random, *, damaged: bool) -> list[Json]:
    """Return the payloads of the contexts of an engagement, each as a tagged union."""
    types = [*payload_rule().members, NOVEL_TYPE]
    made = []
    for type_ in draw.choices(types, weights=[3, 4, 2, 2, 1], k=draw.randint(1, 5)):
        content = payload(draw, type_)
        if damaged and type_ != NOVEL_TYPE and content:
            for _ in range(draw.randint(0, 2)):
                damage(draw, content, payload_rule().members[type_])
        made.append({type_: content})
    return made
