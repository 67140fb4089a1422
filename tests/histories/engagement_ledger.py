"""The ledger of engagements: a record of the requests that created one, and of the engagement of each resource.

The records come from the service and from the events. No record depends on what the handler reports, except which engagement a
resource has, because CloudFormation knows this only from the response, too.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.histories.engagements import EngagementDeclaration, is_equal
from tests.histories.events import ACCOUNT, Event
from tests.histories.invocation import Invocation
from tests.histories.simulation import Simulation
from tests.histories.trace import LIST

# The catalog, the title and the description of a request.
Parameters: TypeAlias = tuple[str, str, str | None]
# A declaration that must create at most one engagement: the stack's ARN, the logical ID, the parameters and the client_token.
DeclarationKey: TypeAlias = tuple[str, str, Parameters, str | None]


@dataclass(frozen=True, kw_only=True)
class Creation:
    """A request that created an engagement. `at` is its time, in nanoseconds since 1970."""

    at: int
    client_token: str
    declaration: DeclarationKey
    parameters: Parameters


class EngagementLedger:
    """The ledger of engagements of one history.

    Attributes:
        creations: The requests that created an engagement, keyed by the engagement's ID.
        tokens: The client token that the function sent for each declaration.
        expected: The latest event of each resource that succeeded, and the resource's engagement, keyed by owner.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.creations: dict[str, Creation] = {}
        self.tokens: dict[DeclarationKey, str] = {}
        self.expected: dict[str, tuple[Event, str]] = {}
        self._engagements: dict[str, Mapping[str, Any]] = {}

    def engagement(self, identifier: str) -> Mapping[str, Any]:
        """Return an engagement as a read returns it, or an empty map if it does not exist. Do not use its contexts."""
        # A title or description never changes, and copies of the contexts would take time.
        if identifier not in self._engagements and identifier in self.simulation.service.engagements():
            self._engagements[identifier] = self.simulation.service.engagement(identifier)
        return self._engagements.get(identifier, {})

    def is_own_and_equal(self, identifier: str, declared: EngagementDeclaration) -> bool:
        """Whether the account of the stacks created an engagement that is equal to the declared one."""
        current = self.engagement(identifier)
        in_catalog = f"/{declared.catalog}/" in current["Arn"]
        return in_catalog and current["CreatedBy"] == ACCOUNT and is_equal(current, declared)

    def updated_in_place(self, event: Event) -> str | None:
        """Return the ID of the engagement that an Update must keep, or None if the event needs another engagement."""
        catalog, _, engagement = (event.physical_id or "").partition("/")
        return engagement if event.request_type == "Update" and catalog == event.desired.catalog else None

    def is_token_used_otherwise(self, event: Event, at: int) -> bool:
        """Whether the declared client token was used for another request that Partner Central remembered at a time.

        A derived token contains the parameters, so it is never used for another request.
        """
        return any(
            each.client_token == event.desired.client_token
            and each.parameters != parameters(event.desired)
            and self.simulation.remembers_token(each.at, at)
            for each in self.creations.values()
        )


def parameters(declared: EngagementDeclaration) -> Parameters:
    """Return the parameters of the request that creates a declared engagement."""
    return declared.catalog, declared.title, declared.description


def declaration_key(event: Event) -> DeclarationKey:
    """Return the key of an event's declaration."""
    return event.stack_id, event.logical_id, parameters(event.desired), event.desired.client_token


def complete_lists(ledger: EngagementLedger, invocation: Invocation) -> Iterator[list[str]]:
    """Yield the IDs of the account's equal engagements in each list that the function received completely."""
    identifiers: dict[str, None] = {}
    for call in invocation.known_calls:
        if call.operation != LIST or call.answer is None:
            continue
        if "NextToken" not in call.input:
            identifiers.clear()
        page = json.loads(call.answer)
        identifiers.update((each["Id"], None) for each in page["EngagementSummaryList"])
        if "NextToken" not in page:
            yield [each for each in identifiers if ledger.is_own_and_equal(each, invocation.event.desired)]
