"""A Type that can be created and not updated (CustomerAccount), and one that the service model does not have."""

from typing import Any

import pytest

from lambda_handler.api import Context
from lambda_handler.engagement_context.properties import Previous
from tests.lambda_handler.running import create, create_error, identity, update, update_error
from tests.lambda_handler.scripted import (
    ACCOUNT,
    account,
    creates,
    engagement,
    ids,
    lists,
    reads,
    updates,
    written,
)

TYPE: Any = {"type_": "CustomerAccount"}
OTHER = {**ACCOUNT, "Customer": {**ACCOUNT["Customer"], "CompanyName": "Other Tools"}}
CASE = {**ACCOUNT, "Customer": {**ACCOUNT["Customer"], "CompanyName": "ACME TOOLS"}}


def test_it_is_created_with_one_read_and_one_write() -> None:
    steps = reads(engagement()), creates(written("1", lock=1), payload=ACCOUNT, **TYPE)
    assert create(*steps, payload=ACCOUNT, **TYPE).identity == identity("1")


def test_a_changed_payload_is_an_error_with_the_ways_out() -> None:
    text = update_error(
        reads(engagement(account("7"))),
        physical_id="Sandbox/eng-0123456789abcd/7",
        payload=OTHER,
        previous=ACCOUNT,
        code="CANNOT_UPDATE",
        **TYPE,
    )
    for part in ("Restore the payload", "client_token", "construct ID", "7 in Customer.CompanyName"):
        assert part in text
    assert ids(text, ["7"]) == ["7"]
    assert "Other Tools" not in text


@pytest.mark.parametrize("desired", [CASE, {"AccountIdentifier": ACCOUNT["AccountIdentifier"]}])
def test_a_correction_and_a_removal_are_changes_too(desired: Any) -> None:
    text = update_error(
        reads(engagement(account("1"))), payload=desired, previous=ACCOUNT, code="CANNOT_UPDATE", **TYPE
    )
    assert "Customer.CompanyName" in text


def test_the_rollback_of_a_changed_payload_succeeds() -> None:
    assert update(*[reads(engagement(account("1")))] * 2, payload=ACCOUNT, previous=OTHER, **TYPE).identity == identity(
        "1"
    )


def test_what_a_service_stored_differently_is_no_change() -> None:
    contexts = engagement(account("1", CASE))
    assert update(reads(contexts), payload=ACCOUNT, previous=ACCOUNT, **TYPE).identity == identity("1")
    assert create(reads(contexts), lists(), payload=ACCOUNT, **TYPE).identity == identity("1")
    assert create(reads(contexts), payload=ACCOUNT, existing_context_id="1", **TYPE).identity == identity("1")


def test_an_import_of_another_account_is_an_error() -> None:
    steps = reads(engagement(account("1", OTHER))), lists()
    assert "CompanyName" in create_error(*steps, payload=ACCOUNT, existing_context_id="1", code="CANNOT_UPDATE", **TYPE)


@pytest.mark.parametrize(("before", "now"), [(None, "new"), ("old", "new"), ("old", None)])
def test_a_new_client_token_replaces_a_context_whose_payload_changed(before: Any, now: Any) -> None:
    outcome = update(
        reads(engagement(account("1"))),
        reads(engagement(account("1"))),
        creates(written("2", lock=1), payload=OTHER, **TYPE),
        payload=OTHER,
        previous=Previous(payload=ACCOUNT, client_token=before),
        client_token=now,
        **TYPE,
    )
    assert outcome.identity == identity("2")


def test_a_new_client_token_alone_changes_nothing() -> None:
    steps = reads(engagement(account("1")))
    previous = Previous(payload=ACCOUNT, client_token="old")
    assert update(steps, payload=ACCOUNT, previous=previous, client_token="new", **TYPE).identity == identity("1")


def test_the_rollback_of_a_replacement_adopts_the_first_context() -> None:
    contexts = engagement(account("1"), account("2", OTHER))
    outcome = update(
        *[reads(contexts)] * 2,
        lists(),
        physical_id="Sandbox/eng-0123456789abcd/2",
        payload=ACCOUNT,
        previous=Previous(payload=OTHER, client_token="new"),
        **TYPE,
    )
    assert outcome.identity == identity("1")


def test_an_unknown_type_is_created_and_updated_as_declared() -> None:
    type_: Any = {"type_": "FromTheFuture"}
    payload = {"A": {"Count": "5"}, "New": ["1"]}
    create(reads(engagement()), creates(written("1", lock=1), payload=payload, **type_), payload=payload, **type_)
    current = Context(id="1", type="FromTheFuture", payload={"A": {"Count": 4, "Of": "AWS"}})
    update(
        reads(engagement(current)),
        updates("1", written("1", lock=1), lock=0, payload={"A": {"Count": "5", "Of": "AWS"}, "New": ["1"]}, **type_),
        payload=payload,
        previous={"A": {"Count": "4"}},
        **type_,
    )
