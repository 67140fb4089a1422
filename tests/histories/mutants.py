"""Mutants are handlers with one defect each. The histories must catch every mutant.

The histories catch a mutant if they violate an invariant that the defect can violate. A mutant temporarily replaces a function
or a value of the handler. If the handler or the histories change, run `python -m tests.histories.mutants` to find a seed that
catches each mutant with few histories.
"""

import contextlib
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from lambda_handler import comparison, engagement, engagement_context, index, partner_central, response, retries, sdk
from lambda_handler.engagement_context import adoption, lead, lifecycle, reconcile, siblings
from tests.histories import defects
from tests.histories.context_histories import ContextHistory
from tests.histories.engagement_histories import EngagementHistory
from tests.histories.history import OCCURRENCES, History, run_histories
from tests.histories.invariants import Invariant, InvariantError

HISTORIES = 40  # for each seed
FEW_HISTORIES = 6  # at least four run, because hypothesis starts with a minimal history and repeats a failed history
SEEDS = range(1, 11)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A handler with a defect.

    Attributes:
        name: The description of the defect.
        place: The module or class that contains the replaced attribute.
        attribute: The name of the replaced attribute.
        replacement: The value that replaces the attribute.
        violates: The invariants that the defect can violate. The first violated invariant must be in this collection.
        seed: The first seed to try. With this seed, few histories are enough to catch the mutant.
    """

    name: str
    place: Any
    attribute: str
    replacement: Any
    violates: set[Invariant]
    seed: int = 1
    machine: type[History] = ContextHistory

    def installed(self) -> contextlib.AbstractContextManager[object]:
        """Return a context manager that installs the defect in the handler and removes it on exit."""
        return mock.patch.object(self.place, self.attribute, self.replacement)

    def __str__(self) -> str:
        return self.name


MUTANTS = (
    Mutant(
        name="adopts nothing",
        place=lifecycle,
        attribute="_adopted",
        replacement=defects.adopts_nothing,
        violates={Invariant.ADOPTS_EQUAL, Invariant.RENAME_KEEPS_CONTEXT},
        seed=3,
    ),
    Mutant(
        name="adoption compares exactly",
        place=adoption,
        attribute="loose",
        replacement=comparison.exact,
        violates={Invariant.ADOPTS_EQUAL, Invariant.RENAME_KEEPS_CONTEXT},
        seed=8,
    ),
    Mutant(
        name="adopts any context of the Type",
        place=lifecycle,
        attribute="is_match",
        replacement=defects.same_type,
        violates={
            Invariant.ADOPTS_UNAMBIGUOUS,
            Invariant.OWN_CONTEXT,
            Invariant.ONE_RESOURCE,
            Invariant.NO_UNEXPECTED_FAILURE,
        },
    ),
    Mutant(
        name="adopts the first of several equal contexts",
        place=siblings,
        attribute="adoptable",
        replacement=defects.adopts_the_first,
        violates={Invariant.ADOPTS_UNAMBIGUOUS},
    ),
    Mutant(
        name="adopts a context that a sibling manages",
        place=siblings,
        attribute="managers",
        replacement=defects.no_managers,
        violates={Invariant.ONE_RESOURCE, Invariant.OWN_CONTEXT},
    ),
    Mutant(
        name="a renamed resource does not adopt its context",
        place=siblings,
        attribute="_renamed",
        replacement=defects.none_renamed,
        violates={Invariant.RENAME_KEEPS_CONTEXT},
        seed=3,
    ),
    Mutant(
        name="if the stack cannot be read, it is assumed to contain no other resource",
        place=siblings,
        attribute="_asked",
        replacement=defects.assumes_no_siblings,
        violates={Invariant.ONE_RESOURCE, Invariant.OWN_CONTEXT, Invariant.NO_UNEXPECTED_FAILURE},
        seed=70,
    ),
    Mutant(
        name="a repetition after a later event is reconciled",
        place=siblings,
        attribute="is_repetition",
        replacement=defects.never,
        violates={Invariant.LATE_REPETITION},
        seed=24,
    ),
    Mutant(
        name="interactions are sent again",
        place=lead.Interactions,
        attribute="pending",
        replacement=defects.all_interactions,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
    ),
    Mutant(
        name="an interaction that Partner Central rewrote is sent again",
        place=lead,
        attribute="_candidate",
        replacement=defects.no_candidate,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
        seed=3,
    ),
    Mutant(
        name="interactions are compared exactly",
        place=lead,
        attribute="equal",
        replacement=defects.equal_exactly,
        violates={
            Invariant.NO_UNEXPECTED_FAILURE,
            Invariant.NO_DUPLICATE_INTERACTION,
            Invariant.ADOPTS_EQUAL,
            Invariant.RENAME_KEEPS_CONTEXT,
        },
        seed=2,
    ),
    Mutant(
        name="an update contains only declared values",
        place=reconcile,
        attribute="merged",
        replacement=defects.sends_only_what_is_declared,
        violates={Invariant.UNDECLARED_KEPT, Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="members that are not in the service model are dropped",
        place=partner_central,
        attribute="_context",
        replacement=defects.reads_only_what_the_model_knows,
        violates={Invariant.UNDECLARED_KEPT},
        seed=24,
    ),
    Mutant(
        name="an update removes values that were never declared",
        place=reconcile,
        attribute="removable",
        replacement=defects.removes_what_was_never_declared,
        violates={Invariant.UNDECLARED_KEPT},
    ),
    Mutant(
        name="an import removes values that are no longer declared",
        place=reconcile._Reconciliation,
        attribute="_removed",
        replacement=defects.removes_on_import,
        violates={Invariant.UNDECLARED_KEPT},
        seed=13,
    ),
    Mutant(
        name="a member that is no longer declared is kept",
        place=reconcile,
        attribute="removable",
        replacement=defects.keeps_what_is_dropped,
        violates={Invariant.UNDECLARED_REMOVED},
        seed=10,
    ),
    Mutant(
        name="an update is sent although nothing changed",
        place=reconcile,
        attribute="differing",
        replacement=defects.writes_always,
        violates={Invariant.NO_NEEDLESS_WRITE},
    ),
    Mutant(
        name="values that Partner Central rewrites are written in every deployment",
        place=reconcile,
        attribute="differing",
        replacement=defects.writes_every_difference,
        violates={Invariant.NO_NEEDLESS_WRITE},
        seed=9,
    ),
    Mutant(
        name="a corrected value is not written",
        place=reconcile,
        attribute="differing",
        replacement=defects.ignores_corrections,
        violates={Invariant.CHANGE_WRITTEN},
        seed=4,
    ),
    Mutant(
        name="a Reason is not masked",
        place=sdk,
        attribute="mask",
        replacement=defects.masks_nothing,
        violates={Invariant.NO_SENSITIVE_RESPONSE},
    ),
    Mutant(
        name="credential errors of a new role are final",
        place=retries,
        attribute="BACKOFFS",
        replacement=defects.WITHOUT_CREDENTIALS,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="the client token is random",
        place=engagement_context,
        attribute="client_token",
        replacement=defects.random_token,
        violates={Invariant.ONE_CONTEXT, Invariant.ONE_CLIENT_TOKEN, Invariant.DECLARED_CLIENT_TOKEN},
    ),
    Mutant(
        name="the client token does not depend on the engagement",
        place=engagement_context,
        attribute="client_token",
        replacement=defects.token_without_engagement,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
        seed=2,
    ),
    Mutant(
        name="the lock is truncated to microseconds",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.truncated_lock,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
    ),
    Mutant(
        name="an update with an unknown outcome is sent again with a new lock",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.blind_resend,
        violates={Invariant.NO_DUPLICATE_INTERACTION},
        seed=15,
    ),
    Mutant(
        name="an update with an unknown outcome is treated as successful",
        place=partner_central.PartnerCentral,
        attribute="update",
        replacement=defects.open_is_done,
        violates={Invariant.PAYLOAD_STORED, Invariant.CHANGE_WRITTEN, Invariant.UNDECLARED_REMOVED},
        seed=8,
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
        seed=2,
    ),
    Mutant(
        name="OldResourceProperties replace the physical ID",
        place=index,
        attribute="create_or_update",
        replacement=defects.identity_from_old_properties,
        violates={
            Invariant.NO_UNEXPECTED_FAILURE,
            Invariant.UPDATE_KEEPS_CONTEXT,
            Invariant.OWN_CONTEXT,
            Invariant.PAYLOAD_STORED,
        },
        seed=11,
    ),
    Mutant(
        name="an update creates a context if a read does not return the existing context",
        place=lifecycle,
        attribute="update",
        replacement=defects.recreates_what_is_gone,
        violates={Invariant.UPDATE_CREATES_NOTHING, Invariant.NO_UNEXPECTED_FAILURE},
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
        name="an update does not read again after a conflict",
        place=reconcile._Reconciliation,
        attribute="_recover",
        replacement=defects.conflict_again,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
        seed=2,
    ),
    Mutant(
        name="Delete parses the physical ID",
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
        seed=4,
    ),
    Mutant(
        name="a failed update responds with another physical ID",
        place=response,
        attribute="body",
        replacement=defects.new_id_on_failure,
        violates={Invariant.WELL_FORMED_RESPONSE},
    ),
    Mutant(
        name="the response to an Update has no attributes",
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
        name="an undelivered response is treated as delivered",
        place=response.CfnResource,
        attribute="_put",
        replacement=defects.always_delivered,
        violates={Invariant.ERROR_IF_NOT_DELIVERED, Invariant.ONE_RESPONSE},
    ),
    # Engagements.
    Mutant(
        name="the search for an engagement ignores the description",
        place=engagement,
        attribute="_search",
        replacement=defects.searches_for_the_title,
        violates={Invariant.ADOPTS_EQUAL_ENGAGEMENT, Invariant.EXISTING_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="the search for an engagement compares exactly",
        place=engagement,
        attribute="_search",
        replacement=defects.searches_exactly,
        violates={Invariant.CREATES_MISSING_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="the search adopts the first of several equal engagements",
        place=engagement,
        attribute="_search",
        replacement=defects.adopts_the_first_engagement,
        violates={Invariant.ADOPTS_EQUAL_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="a list that does not end counts as empty",
        place=engagement,
        attribute="_search",
        replacement=defects.creates_after_an_endless_list,
        violates={Invariant.CREATES_MISSING_ENGAGEMENT},
        seed=2,
        machine=EngagementHistory,
    ),
    Mutant(
        name="the list of engagements ends after the first page",
        place=engagement,
        attribute="_listed",
        replacement=defects.lists_the_first_page,
        violates={Invariant.CREATES_MISSING_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="the list contains engagements of other creators",
        place=partner_central.PartnerCentral,
        attribute="list_engagements",
        replacement=defects.lists_all_creators,
        violates={Invariant.ADOPTS_EQUAL_ENGAGEMENT, Invariant.NO_UNEXPECTED_FAILURE},
        seed=3,
        machine=EngagementHistory,
    ),
    Mutant(
        name="a new engagement is created without its description",
        place=partner_central.PartnerCentral,
        attribute="create_engagement",
        replacement=defects.creates_without_description,
        violates={Invariant.ENGAGEMENT_AS_DECLARED},
        machine=EngagementHistory,
    ),
    Mutant(
        name="adopt_existing=False is ignored",
        place=engagement,
        attribute="adopt_existing",
        replacement=defects.always,
        violates={Invariant.FEW_CALLS},
        machine=EngagementHistory,
    ),
    Mutant(
        name="random client token of an engagement",
        place=engagement,
        attribute="engagement_client_token",
        replacement=defects.random_token,
        violates={Invariant.ONE_CLIENT_TOKEN, Invariant.ONE_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="a conflict creates an engagement with a new client token",
        place=engagement,
        attribute="_create",
        replacement=defects.new_token_after_a_conflict,
        violates={Invariant.ONE_CLIENT_TOKEN, Invariant.DECLARED_CLIENT_TOKEN},
        seed=5,
        machine=EngagementHistory,
    ),
    Mutant(
        name="a replayed engagement is not compared",
        place=engagement,
        attribute="_confirmed",
        replacement=defects.accepts_any_replay,
        violates={Invariant.EXISTING_ENGAGEMENT},
        seed=6,
        machine=EngagementHistory,
    ),
    Mutant(
        name="an update does not compare the engagement",
        place=engagement,
        attribute="update",
        replacement=defects.updates_without_comparing,
        violates={Invariant.EXISTING_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="an update replaces an engagement whose title has another style",
        place=engagement,
        attribute="update",
        replacement=defects.replaces_another_style,
        violates={Invariant.UPDATE_KEEPS_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="an update fails if the title has another style",
        place=engagement,
        attribute="loose",
        replacement=comparison.exact,
        violates={Invariant.NO_UNEXPECTED_FAILURE, Invariant.CREATES_MISSING_ENGAGEMENT},
        machine=EngagementHistory,
    ),
    Mutant(
        name="a read that lags behind the creation of an engagement is final",
        place=engagement,
        attribute="_read",
        replacement=defects.reads_once,
        violates={Invariant.NO_UNEXPECTED_FAILURE},
        machine=EngagementHistory,
    ),
)


def catch(mutant: Mutant, seed: int) -> InvariantError | None:
    """Run the histories of a seed with a mutant. Return the first violation, or None if no invariant is violated."""
    try:
        with mutant.installed():
            run_histories(mutant.machine, seed=seed, histories=HISTORIES, shrink=False)
    except InvariantError as error:
        return error
    return None


def main(part_of_name: str = "") -> None:
    """For each mutant whose name contains `part_of_name`, print the best seed and its number of histories."""
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
