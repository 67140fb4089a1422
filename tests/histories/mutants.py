"""Handlers with a defect: the histories must catch each one, by the invariants that are about the defect.

A mutant replaces a part of the handler's own modules, as a careless developer would, and restores it afterwards. If the handler
or the histories change, `python -m tests.histories.mutants` reports how many histories each mutant needs with which seed.
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
FEW_HISTORIES = 6  # of which four are the simplest one and hypothesis's repetitions of the one that failed
SEEDS = range(1, 11)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A handler with a defect.

    Attributes:
        name: The defect.
        place: The module or class that is changed.
        attribute: What is replaced in it.
        replacement: What replaces it.
        violates: The invariants, one of which must be the first that is violated.
        seed: The first seed to try, chosen so that few histories are needed.
    """

    name: str
    place: Any
    attribute: str
    replacement: Any
    violates: set[Invariant]
    seed: int = 1

    def installed(self) -> contextlib.AbstractContextManager[object]:
        """Put the defect into the handler for a while."""
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
        name="update of unknown outcome sent again without a comparison",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.blind_resend,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
        seed=2,
    ),
    Mutant(
        name="update of unknown outcome taken as done",
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
        name="two responses",
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
        name="an update creates what a read does not return",
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
        name="an update removes what AWS filled in",
        place=lead.Lead,
        attribute="filled_in",
        replacement=defects.gives_nothing_back,
        violates={Invariant.FILLED_IN_KEPT},
        seed=4,
    ),
    Mutant(
        name="the payload in a log line",
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
        name="a member that is no longer declared stays",
        place=reconcile._Reconciliation,
        attribute="_members_are_equivalent",
        replacement=defects.keeps_what_is_dropped,
        violates={Invariant.PAYLOAD_STORED},
        seed=14,
    ),
    Mutant(
        name="an update that changes nothing",
        place=reconcile._Reconciliation,
        attribute="_members_are_equivalent",
        replacement=defects.writes_always,
        violates={Invariant.FEW_CALLS},
    ),
)


def catch(mutant: Mutant, seed: int) -> InvariantError | None:
    """Return the violation that the histories of a seed find in a mutant; None if they find none."""
    try:
        with mutant.installed():
            run_histories(seed=seed, histories=HISTORIES, shrink=False)
    except InvariantError as error:
        return error
    return None


def main(part_of_name: str = "") -> None:
    """Print a seed that catches each mutant whose name has a certain part, and the number of histories that it needs."""
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
