"""Mutants: handlers with one defect each, which the histories must catch.

The histories catch a mutant if they violate an invariant that matches the defect. A mutant temporarily replaces a part of the
handler's modules with code that a careless developer might have written. If the handler or the histories change, run
`python -m tests.histories.mutants` to find a seed that catches each mutant with few histories.
"""

import contextlib
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from lambda_handler import engagement_context, index, partner_central, response, retries
from lambda_handler.engagement_context import lead, lifecycle, reconcile
from tests.histories import defects
from tests.histories.invariants import Invariant, InvariantError
from tests.histories.state_machine import OCCURRENCES, run_histories

HISTORIES = 40  # for each seed
FEW_HISTORIES = 6  # Four of them always run: the simplest history, and hypothesis's repetitions of the failed history.
SEEDS = range(1, 11)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A handler with a defect.

    Attributes:
        name: A description of the defect.
        place: The module or class that contains the replaced attribute.
        attribute: The name of the replaced attribute.
        replacement: The value that replaces the attribute.
        violates: The invariants that the defect can violate. The first violation must be of one of these invariants.
        seed: The first seed to try. With this seed, few histories are enough to catch the mutant.
    """

    name: str
    place: Any
    attribute: str
    replacement: Any
    violates: set[Invariant]
    seed: int = 1

    def installed(self) -> contextlib.AbstractContextManager[object]:
        """Return a context manager that installs the defect in the handler and removes it on exit."""
        return mock.patch.object(self.place, self.attribute, self.replacement)

    def __str__(self) -> str:
        return self.name


MUTANTS = (
    Mutant(
        name="adopts nothing",
        place=lifecycle,
        attribute="_adoptable",
        replacement=defects.adopts_nothing,
        violates={Invariant.ADOPTS_EQUAL},
        seed=2,
    ),
    Mutant(
        name="random client token",
        place=engagement_context,
        attribute="client_token",
        replacement=defects.random_token,
        violates={Invariant.ONE_CONTEXT, Invariant.ONE_CLIENT_TOKEN, Invariant.DECLARED_CLIENT_TOKEN},
    ),
    Mutant(
        name="client token without the engagement",
        place=engagement_context,
        attribute="client_token",
        replacement=defects.token_without_engagement,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
        seed=4,
    ),
    Mutant(
        name="lock truncated to microseconds",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.truncated_lock,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="an update with an unknown outcome is sent again without a comparison",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.blind_resend,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
        seed=2,
    ),
    Mutant(
        name="an update with an unknown outcome counts as successful",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.open_is_done,
        violates={Invariant.PAYLOAD_STORED},
        seed=3,
    ),
    Mutant(
        name="a replayed create is not reconciled",
        place=lifecycle,
        attribute="_created",
        replacement=defects.no_replay_check,
        violates={Invariant.PAYLOAD_STORED, Invariant.WELL_FORMED_RESPONSE, Invariant.EXISTING_CONTEXT},
        seed=2,
    ),
    Mutant(
        name="sends two responses",
        place=response.CfnResource,
        attribute="_respond",
        replacement=defects.no_once,
        violates={Invariant.ONE_RESPONSE},
    ),
    Mutant(
        name="identity from OldResourceProperties",
        place=index,
        attribute="create_or_update",
        replacement=defects.identity_from_old_properties,
        violates={
            Invariant.NO_UNEXPECTED_FAILURE,
            Invariant.UPDATE_KEEPS_CONTEXT,
            Invariant.OWN_CONTEXT,
            Invariant.PAYLOAD_STORED,
        },
        seed=4,
    ),
    Mutant(
        name="an update creates a context if a read does not return the existing one",
        place=lifecycle,
        attribute="update",
        replacement=defects.recreates_what_is_gone,
        violates={Invariant.UPDATE_CREATES_NOTHING, Invariant.NO_UNEXPECTED_FAILURE},
        seed=3,
    ),
    Mutant(
        name="interactions are sent again",
        place=lead.Lead,
        attribute="pending_interactions",
        replacement=defects.all_interactions,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
    ),
    Mutant(
        name="an update removes the members that AWS filled in",
        place=lead.Lead,
        attribute="filled_in",
        replacement=defects.gives_nothing_back,
        violates={Invariant.FILLED_IN_KEPT},
        seed=4,
    ),
    Mutant(
        name="the payload is logged",
        place=lifecycle,
        attribute="create",
        replacement=defects.logs_the_payload,
        violates={Invariant.NO_SENSITIVE_LOG},
    ),
    Mutant(
        name="a Reason is not masked",
        place=partner_central,
        attribute="mask",
        replacement=defects.masks_nothing,
        violates={Invariant.NO_SENSITIVE_RESPONSE},
    ),
    Mutant(
        name="no read after a conflict",
        place=reconcile._Reconciliation,
        attribute="_recover",
        replacement=defects.conflict_again,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
        seed=2,
    ),
    Mutant(
        name="Delete parses the physical id",
        place=index,
        attribute="delete",
        replacement=defects.delete_parses,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="existing_context_id is ignored",
        place=engagement_context,
        attribute="desired_context",
        replacement=defects.without_identifier,
        violates={Invariant.IMPORT_CREATES_NOTHING, Invariant.IMPORT_USES_CONTEXT, Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="adopts any context of the Type",
        place=lifecycle,
        attribute="_adoptable",
        replacement=defects.adopts_whatever_there_is,
        violates={Invariant.ADOPTS_IF_ALLOWED, Invariant.ADOPTS_UNAMBIGUOUS, Invariant.OWN_CONTEXT},
    ),
    Mutant(
        name="adopts the first of several equal contexts",
        place=lifecycle,
        attribute="_adoptable",
        replacement=defects.adopts_the_first,
        violates={Invariant.ADOPTS_UNAMBIGUOUS},
        seed=9,
    ),
    Mutant(
        name="a failed update responds with another physical id",
        place=response,
        attribute="body",
        replacement=defects.new_id_on_failure,
        violates={Invariant.WELL_FORMED_RESPONSE},
    ),
    Mutant(
        name="no attributes on Update",
        place=response,
        attribute="body",
        replacement=defects.no_attributes,
        violates={Invariant.WELL_FORMED_RESPONSE},
    ),
    Mutant(
        name="no retries",
        place=retries.RetryBudget,
        attribute="retry",
        replacement=defects.no_retries,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="an undelivered response counts as delivered",
        place=response.CfnResource,
        attribute="_put",
        replacement=defects.always_delivered,
        violates={Invariant.ERROR_IF_NOT_DELIVERED, Invariant.ONE_RESPONSE},
    ),
    Mutant(
        name="a member that is no longer declared is kept",
        place=reconcile._Reconciliation,
        attribute="_members_are_equivalent",
        replacement=defects.keeps_what_is_dropped,
        violates={Invariant.PAYLOAD_STORED},
        seed=14,
    ),
    Mutant(
        name="an update is sent although nothing changed",
        place=reconcile._Reconciliation,
        attribute="_members_are_equivalent",
        replacement=defects.writes_always,
        violates={Invariant.FEW_CALLS},
    ),
)


def catch(mutant: Mutant, seed: int) -> InvariantError | None:
    """Run the histories of a seed with a mutant. Return the first violation, or None if no invariant is violated."""
    try:
        with mutant.installed():
            run_histories(seed=seed, histories=HISTORIES, shrink=False)
    except InvariantError as error:
        return error
    return None


def main(part_of_name: str = "") -> None:
    """For each mutant whose name contains `part_of_name`, print the best seed and the number of histories it needs."""
    for mutant in MUTANTS:
        if part_of_name not in mutant.name:
            continue
        needed: dict[int, int] = {}
        for seed in dict.fromkeys((mutant.seed, *SEEDS)):
            before = OCCURRENCES["histories"]
            violation = catch(mutant, seed)
            if violation and violation.invariant in mutant.violates:
                needed[seed] = OCCURRENCES["histories"] - before
                if needed[seed] <= FEW_HISTORIES:
                    break
        best = min(needed, key=needed.__getitem__, default=None)
        result = f"seed {best} needs {needed[best]} histories" if best else "not caught"
        sys.stdout.write(f"{mutant.name}: {result}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
