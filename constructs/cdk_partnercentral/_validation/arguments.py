"""Check the arguments of the constructs, and report one line for each problem.

The functions accept arguments of any Python type, and skip strings with unresolved tokens. `payload.py` checks payloads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdk_partnercentral._identifiers import PARTITION, REGION, engagement_arn, parse_engagement
from cdk_partnercentral._payloads.context_types import TYPES, type_of
from cdk_partnercentral._payloads.enums import Catalog, plain
from cdk_partnercentral._tokens import is_lookup_dummy, is_mapping, is_unresolved
from cdk_partnercentral._validation.messages import described, kind, near_miss, one_of, quoted
from cdk_partnercentral._validation.payload import check, name_problem
from cdk_partnercentral._validation.rules import context_id_rule, description_rule, payload_rule, title_rule

CATALOGS = tuple(each.value for each in Catalog)
# The API reference documents at most 64 letters and digits; the pattern in the service model allows more.
CLIENT_TOKEN = re.compile(r"[a-zA-Z0-9]{1,64}")

AN_ID = "eng- followed by 14 lowercase letters or digits"
AN_ARN = engagement_arn("<Catalog>", "<id>")
ONLY = "the only {} where Partner Central is available"


def catalog_problems(catalog: object) -> Iterator[str]:
    """Yield the problems of a catalog."""
    if not _is_unresolved_string(catalog) and catalog not in CATALOGS:
        yield f"catalog: must be {one_of(CATALOGS)}; got {quoted(catalog, CATALOGS)}"


def engagement_problems(name: str, identifier: object, catalog: object, *, arn_only: bool = False) -> Iterator[str]:
    """Yield the problems of an engagement identifier.

    Args:
        name: The name of the argument.
        identifier: The engagement ID or ARN.
        catalog: The engagement's catalog.
        arn_only: Whether the identifier must be an ARN.
    """
    parsed = parse_engagement(identifier)
    if parsed.form == "invalid" or (arn_only and parsed.form == "id"):
        allowed = AN_ARN if arn_only else f"{AN_ID}, or {AN_ARN}"
        hint = (
            " (pass this object as engagement, or pass its engagement_arn)"
            if hasattr(identifier, "add_context")
            else ""
        )
        yield f"{name}: must be {allowed}; got {quoted(identifier)}{hint}"
    if parsed.form != "arn":
        return
    if parsed.partition != PARTITION:
        yield f"{name}: must be an ARN in partition {PARTITION}, {ONLY.format('partition')}; got {identifier!r}"
    if parsed.region != REGION:
        yield f"{name}: must be an ARN in {REGION}, {ONLY.format('Region')}; got {identifier!r}"
    if catalog in CATALOGS and parsed.catalog != catalog:
        yield (
            f"{name}: must be an ARN in catalog {catalog!r}, which is the value of the argument catalog; "
            f"got an ARN in catalog {parsed.catalog!r}"
        )


def known_catalog(catalog: object, identifier: object) -> Any:
    """Return the catalog that the user passed. If the user passed no catalog, return the catalog in the engagement's ARN.

    Return None if the user passed no catalog, and the identifier is not an ARN.
    """
    if catalog is not None:
        return plain(catalog)
    # If the identifier is the dummy value of a lookup, return the dummy value, because an error would prevent the lookup. The
    # next synthesis knows the catalog.
    return parse_engagement(identifier).catalog or (identifier if is_lookup_dummy(identifier) else None)


def reference_problems(name: str, identifier: object, catalog: object, *, arn_only: bool = False) -> Iterator[str]:
    """Yield the problems of an engagement identifier, and of the catalog that `known_catalog` returned.

    Args:
        name: The name of the argument with the identifier.
        identifier: The engagement ID or ARN.
        catalog: The engagement's catalog, or None if it is not known.
        arn_only: Whether the identifier must be an ARN.
    """
    problems = list(engagement_problems(name, identifier, catalog, arn_only=arn_only))
    if catalog is not None:
        yield from catalog_problems(catalog)
    elif not problems:
        given = "token" if is_unresolved(identifier) else "ID"
        yield (
            "catalog: is required if the ARN is a token, because the ARN's catalog is unknown until deployment"
            if arn_only
            else f"catalog: is required with an engagement {given}, because only an ARN contains the catalog"
        )
    yield from problems


def engagement_value_problems(title: object, description: object) -> Iterator[str]:
    """Yield the problems of the title and the description of a new engagement."""
    yield from check(title, title_rule(), "title")
    if description is not None:
        yield from check(description, description_rule(), "description")


def context_id_problems(name: str, context_id: object) -> Iterator[str]:
    """Yield the problems of a context ID that was passed as the argument `name`."""
    rule = context_id_rule()
    if isinstance(context_id, str):
        yield from check(context_id, rule, name)
    else:
        yield f"{name}: must be a string of {rule.shortest} to {rule.longest} characters; got {kind(context_id)}"


def type_problems(type_: object, payload: object) -> Iterator[str]:
    """Yield the problems of a Type. The Type is None if neither the argument nor the payload specifies a Type.

    An unknown Type is valid if its name is not similar to the name of a known Type.
    """
    in_payload = type_of(payload)
    if type_ is None:
        if is_unresolved(payload) or (is_mapping(payload) and any(map(is_unresolved, payload))):
            yield "type: is required if the payload is a token, because the payload's Type is unknown until deployment"
    elif _is_unresolved_string(type_) or type_ == in_payload:
        # If the Type in the payload is misspelled, `payload_problems` reports the misspelling.
        return
    elif not isinstance(type_, str) or (type_ not in TYPES and near_miss(type_, TYPES)):
        yield f"type: must be {one_of(TYPES)}; got {quoted(type_, TYPES)}"
    elif in_payload is not None and name_problem(in_payload, payload_rule()) is None:
        yield f"type: must be {in_payload!r}, which is the Type of the payload; got {type_!r}"


def control_problems(
    *, client_token: object, adopt_existing: object, existing_context_id: object = None
) -> Iterator[str]:
    """Yield the problems of the arguments that control whether a resource is created, adopted or imported."""
    if client_token is not None and not _is_client_token(client_token):
        yield f"client_token: must be 1 to 64 letters or digits, and no hyphens; got {described(client_token)}"
    if adopt_existing is not None and not isinstance(adopt_existing, bool):
        yield f"adopt_existing: must be True or False, and known at synthesis; got {kind(adopt_existing)}"
    if existing_context_id is not None:
        yield from context_id_problems("existing_context_id", existing_context_id)
        if client_token is not None:
            yield "client_token: has no effect with existing_context_id; remove one of the two arguments"
        if isinstance(adopt_existing, bool):
            yield "adopt_existing: has no effect with existing_context_id; remove one of the two arguments"


def revision_problems(revision: object) -> Iterator[str]:
    """Yield the problems of a revision. Any text is valid, because only a change of the text has an effect."""
    if revision is not None and not (isinstance(revision, str) and revision):
        given = "an empty string" if isinstance(revision, str) else kind(revision)
        yield f'revision: must be a string of at least 1 character, such as "2"; got {given}'


def _is_client_token(value: object) -> bool:
    return isinstance(value, str) and (is_unresolved(value) or CLIENT_TOKEN.fullmatch(value) is not None)


def _is_unresolved_string(value: object) -> bool:
    return isinstance(value, str) and is_unresolved(value)
