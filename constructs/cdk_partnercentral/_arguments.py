"""Tells what is wrong with what the constructs are given, whatever kind of thing it is: one line for each mistake, by name.

Plain functions. What only the deployment knows is skipped if it is a string. What is wrong in a payload is told in
`_validation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_partnercentral._identifiers import ENGAGEMENT_ARN, ENGAGEMENT_ID, arn_of
from cdk_partnercentral._model import context_identifier_rule, member_rule
from cdk_partnercentral._narrowing import is_mapping
from cdk_partnercentral._refusal import given, kind, one_of, quoted
from cdk_partnercentral._tokens import is_unresolved
from cdk_partnercentral._validation import check

CATALOGS = ("AWS", "Sandbox")
# Documented as at most 64 letters and digits; the model's own pattern is wider.
CLIENT_TOKEN = re.compile(r"[a-zA-Z0-9]{1,64}")
AN_ARN = arn_of("<Catalog>", "<id>")


def catalog_problems(catalog: object) -> Iterator[str]:
    """Tell what is wrong with a catalog."""
    if not _is_late_text(catalog) and catalog not in CATALOGS:
        yield f"catalog: {one_of(CATALOGS)}, got {quoted(catalog, CATALOGS)}"


def engagement_problems(name: str, identifier: object, catalog: object) -> Iterator[str]:
    """Tell what is wrong with an engagement's id or ARN, which is in a catalog, and is given as an argument of that name."""
    if not _fits(identifier, ENGAGEMENT_ID):
        yield from arn_problems(name, identifier, catalog, allowed=f"eng- and 14 of 0-9 and a-z, or {AN_ARN}")


def arn_problems(name: str, arn: object, catalog: object, *, allowed: str = AN_ARN) -> Iterator[str]:
    """Tell what is wrong with an engagement's ARN, which is in a catalog, and is given as an argument of that name."""
    if _is_late_text(arn):
        return
    found = _engagement_arn(arn)
    if found is None:
        yield f"{name}: {allowed}, got {quoted(arn, ())}"
        return
    if found["partition"] != "aws":
        yield f"{name}: an ARN of the partition aws, the only one with Partner Central, got {arn!r}"
    if found["region"] != "us-east-1":
        yield f"{name}: an ARN of us-east-1, the only region with Partner Central, got {arn!r}"
    if catalog in CATALOGS and found["catalog"] != catalog:
        yield f"{name}: an ARN of the catalog {catalog!r}, as catalog says, got one of {found['catalog']!r}"


def catalog_in(arn: object) -> str | None:
    """Return the catalog that an engagement's ARN tells; nothing else tells one."""
    found = _engagement_arn(arn)
    return found["catalog"] if found else None


def context_problems(name: str, context: object) -> Iterator[str]:
    """Tell what is wrong with a context's id, which is given as an argument of that name."""
    rule = context_identifier_rule()
    if isinstance(context, str):
        yield from check(context, rule, name)
    else:
        yield f"{name}: a string of {rule.shortest} to {rule.longest} characters, got {kind(context)}"


def type_problems(type_: object, payload: object) -> Iterator[str]:
    """Tell what is wrong with a Type; None is one that the payload does not tell."""
    allowed = member_rule("Type").enum
    names = list(payload) if is_mapping(payload) else []
    if type_ is None:
        if is_unresolved(payload) or any(map(is_unresolved, names)):
            yield "type: it is needed beside a token, which does not tell it before the deployment"
    elif not _is_late_text(type_) and type_ not in allowed:
        yield f"type: {one_of(allowed)}, got {quoted(type_, allowed)}"
    elif type_ in allowed and len(names) == 1 and names[0] in allowed and names[0] != type_:
        yield f"type: {names[0]!r}, as the payload has it, got {type_!r}"


def control_problems(*, client_token: object, adopt_existing: object, existing_context_id: object) -> Iterator[str]:
    """Tell what is wrong with what says how to go about a context; None is a token or a context that was not given."""
    if client_token is not None and not _fits(client_token, CLIENT_TOKEN):
        yield f"client_token: 1 to 64 letters and digits, got {given(client_token)}"
    if not isinstance(adopt_existing, bool):
        yield f"adopt_existing: True or False, known at synthesis, got {kind(adopt_existing)}"
    if existing_context_id is not None:
        yield from context_problems("existing_context_id", existing_context_id)


def _engagement_arn(value: object) -> re.Match[str] | None:
    return ENGAGEMENT_ARN.fullmatch(value) if isinstance(value, str) else None


def _is_late_text(value: object) -> bool:
    return isinstance(value, str) and is_unresolved(value)


def _fits(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and (is_unresolved(value) or pattern.fullmatch(value) is not None)
