"""Handlers that are broken on purpose: each must be found by the histories, and by which invariant is known.

A mutant changes the handler's own modules, as a careless developer would, and puts everything back afterwards.
"""

import contextlib
from dataclasses import dataclass
from typing import Any
from unittest import mock

from lambda_handler import answer, comparison, index, lifecycle, partner_central, reconcile, retries
from tests.histories import defects


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A broken handler.

    Attributes:
        name: what is broken.
        place: the module or class that is changed.
        attribute: what in it.
        broken: what stands there instead.
        caught: the invariants that may break first.
        adopts: the mode in which it shows.
    """

    name: str
    place: Any
    attribute: str
    broken: Any
    caught: frozenset[str]
    adopts: bool = True

    def at_work(self) -> contextlib.AbstractContextManager[object]:
        """Break the handler for a while."""
        return mock.patch.object(self.place, self.attribute, self.broken)

    def __str__(self) -> str:
        return self.name


def _of(*invariants: str) -> frozenset[str]:
    return frozenset(invariants)


HELD = "the declared payload is held"
NEEDLESS = "no needless failure"
FORM = "every answer is well-formed"

MUTANTS = (
    Mutant(
        name="no adoption",
        place=lifecycle,
        attribute="_adopted",
        broken=defects.adopts_nothing,
        caught=_of("what is there is adopted"),
    ),
    Mutant(
        name="random token",
        place=index,
        attribute="_token",
        broken=defects.random_token,
        caught=_of("one context for one declaration", "one token for one declaration", "the user's client_token"),
        adopts=False,
    ),
    Mutant(
        name="token without engagement",
        place=index,
        attribute="client_token",
        broken=defects.token_without_engagement,
        caught=_of(NEEDLESS),
    ),
    Mutant(
        name="lock cut to microseconds",
        place=partner_central.PartnerCentral,
        attribute="update",
        broken=defects.truncated_lock,
        caught=_of(NEEDLESS),
    ),
    Mutant(
        name="open outcome sent again blindly",
        place=partner_central.PartnerCentral,
        attribute="update",
        broken=defects.blind_resend,
        caught=_of("no interaction twice"),
    ),
    Mutant(
        name="open outcome taken for done",
        place=partner_central.PartnerCentral,
        attribute="update",
        broken=defects.open_is_done,
        caught=_of(HELD),
    ),
    Mutant(
        name="no replay check",
        place=lifecycle,
        attribute="_created",
        broken=defects.no_replay_check,
        caught=_of(HELD, FORM, "the answer names the context"),
    ),
    Mutant(
        name="two answers",
        place=answer.CfnResource,
        attribute="_answer",
        broken=defects.no_once,
        caught=_of("exactly one answer"),
    ),
    Mutant(
        name="identity from OldResourceProperties",
        place=index,
        attribute="update",
        broken=defects.identity_from_old_properties,
        caught=_of(NEEDLESS, "an update in place keeps its context", "nobody else's context", HELD),
    ),
    Mutant(
        name="an update makes again what a read does not show",
        place=lifecycle,
        attribute="update",
        broken=defects.recreates_what_is_gone,
        caught=_of("an update in place makes none", NEEDLESS),
    ),
    Mutant(
        name="interactions sent again",
        place=reconcile,
        attribute="_interactions_due",
        broken=defects.all_interactions,
        caught=_of("no interaction twice"),
    ),
    Mutant(
        name="what AWS filled in is not given back",
        place=comparison,
        attribute="filled_in",
        broken=defects.gives_nothing_back,
        caught=_of("what AWS filled in stays"),
    ),
    Mutant(
        name="the payload in a log line",
        place=lifecycle,
        attribute="create",
        broken=defects.logs_the_payload,
        caught=_of("nothing sensitive in a log line"),
    ),
    Mutant(
        name="a Reason is not masked",
        place=partner_central,
        attribute="mask",
        broken=defects.masks_nothing,
        caught=_of("nothing sensitive in an answer"),
    ),
    Mutant(
        name="a conflict is not read again",
        place=reconcile,
        attribute="_write",
        broken=defects.conflict_again,
        caught=_of(NEEDLESS),
    ),
    Mutant(
        name="Delete parses the id",
        place=index,
        attribute="delete",
        broken=defects.delete_parses,
        caught=_of(NEEDLESS),
    ),
    Mutant(
        name="existing_context_id ignored",
        place=index,
        attribute="declared",
        broken=defects.without_identifier,
        caught=_of("existing_context_id never makes one", "existing_context_id is obeyed", NEEDLESS),
    ),
    Mutant(
        name="adopts whatever is of this Type",
        place=lifecycle,
        attribute="_adopted",
        broken=defects.adopts_whatever_there_is,
        caught=_of("only what surely is ours is adopted", "nobody else's context"),
    ),
    Mutant(
        name="adopts the first of several",
        place=lifecycle,
        attribute="_adopted",
        broken=defects.adopts_the_first,
        caught=_of("only what surely is ours is adopted"),
    ),
    Mutant(
        name="a failed update answers another id",
        place=answer,
        attribute="body",
        broken=defects.new_id_on_failure,
        caught=_of(FORM),
    ),
    Mutant(
        name="no attributes on Update", place=answer, attribute="body", broken=defects.no_attributes, caught=_of(FORM)
    ),
    Mutant(
        name="nothing is tried again",
        place=retries.RetryBudget,
        attribute="until_answered",
        broken=defects.no_patience,
        caught=_of(NEEDLESS),
    ),
    Mutant(
        name="an undelivered answer counts as delivered",
        place=answer.CfnResource,
        attribute="_put",
        broken=defects.always_delivered,
        caught=_of("a run ends in an error exactly if its answer was not taken", "exactly one answer"),
    ),
    Mutant(
        name="what is not declared any more stays",
        place=comparison,
        attribute="rest_says",
        broken=defects.keeps_what_is_dropped,
        caught=_of(HELD),
    ),
    Mutant(
        name="writes what is so already",
        place=comparison,
        attribute="rest_says",
        broken=defects.writes_always,
        caught=_of("few calls"),
    ),
)
