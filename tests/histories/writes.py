"""The invariants of what is written: one context for one declaration, nobody else's, no interaction twice.

It sees what the service did, whatever the function heard of it.
"""

from collections.abc import Callable
from typing import Any

from cdk_partnercentral_local.service import Call
from tests.histories import payloads
from tests.histories.book import Book, Use, key_of, shown_equal
from tests.histories.declared import Request
from tests.histories.payloads import FILLED_IN
from tests.histories.run import Run


class Writes:
    """Checks the writes in a world."""

    def __init__(self, book: Book, complain: Callable[[str, str], None]) -> None:
        self._book = book
        self._world = book.world
        self._complain = complain

    def created(self, run: Run, call: Call) -> None:
        """Check a context that was made."""
        request, declared = run.request, run.request.declared
        engagement = call.input["EngagementIdentifier"]
        context = self._world.contexts(engagement)[-1]["Id"]
        self._world.counts["created"] += 1
        if (engagement, call.input["Type"], call.input["Catalog"]) != (
            declared.engagement,
            declared.type,
            declared.catalog,
        ):
            self._complain("made where it is declared", f"context {context} of {engagement} is not what was declared")
        if declared.identifier:
            self._complain("existing_context_id never makes one", f"context {context} was made")
        if self._book.in_place(request):
            self._complain("an update in place makes none", f"context {context} was made beside {request.physical_id}")
        equal = shown_equal(run.shown, declared) if declared.adopts else []
        if equal:
            self._complain(
                "what is there is adopted", f"context {context} was made though the read showed {equal}, as declared"
            )
        self._once(request, context, call.input["ClientToken"])
        kept = self._book.wrote(engagement, context)
        kept.family = request.family
        kept.sent = payloads.tags_of(declared.payload)

    def _once(self, request: Request, context: str, token: str) -> None:
        key, declared = key_of(request), request.declared
        use = self._book.uses.get(key)
        if use and self._book.remembers(use):
            self._complain("one context for one declaration", f"context {context} is the second for {declared}")
        elif use:
            # The service has forgotten the token, and nothing that it showed says what is declared: nobody could know.
            self._world.counts["beyond: the token was forgotten"] += 1
        if use and use.token != token:
            self._complain("one token for one declaration", f"{use.token} became {token}")
        if declared.token not in (None, token):
            self._complain("the user's client_token", f"{declared.token} was declared, {token} was sent")
        self._book.uses[key] = Use(
            at=self._world.clock.now,
            token=token,
            engagement=declared.engagement,
            type=declared.type,
            payload=declared.payload,
        )

    def updated(self, run: Run, call: Call) -> None:
        """Check a context that was written to."""
        request, declared = run.request, run.request.declared
        engagement, context = call.input["EngagementIdentifier"], call.input["ContextIdentifier"]
        known = self._book.of(engagement, context)
        self._world.counts["updated"] += 1
        if (known is None or known.family != request.family) and declared.identifier != context:
            self._complain("nobody else's context", f"{request} wrote to context {context} of {engagement}")
        if call.input["Payload"] in run.confirmed:
            self._complain(
                "one write for one change", f"context {context} got the same update again after it was answered"
            )
        held = known.payload if known else {}
        kept = self._book.wrote(engagement, context)
        if declared.type == "Lead":
            self._interaction(run, call.input["Payload"]["Lead"], context, held)
            self._filled_in(request, held, kept.payload, context)
            kept.filled -= {name for name in FILLED_IN if name in declared.payload or name not in kept.payload}

    def _interaction(self, run: Run, sent: Any, context: str, held: Any) -> None:
        request, one = run.request, sent.get("Interaction")
        kept = self._book.of(request.declared.engagement, context)
        if one is None or kept is None:
            return
        tag = payloads.tag_of(one)
        again = tag in payloads.tags_of(held)
        if self._world.service.behavior.lead_interactions == "replace" and tag in kept.sent:
            in_place = self._book.in_place(request) is not None
            again = again or in_place
            if not again:
                # Nothing tells which of the missing interactions an earlier run of this event had sent before the last.
                self._world.counts["beyond: a replacing service has lost an interaction that was sent"] += 1
        if again:
            self._complain("no interaction twice", f"{tag} was sent to context {context} again")
        kept.sent.add(tag)
        before = kept.lately[1] if kept.lately[0] == request.number else frozenset()
        kept.lately = request.number, before | {tag}

    def _filled_in(self, request: Request, held: Any, now: Any, context: str) -> None:
        kept = self._book.of(request.declared.engagement, context)
        for name in sorted(kept.filled) if kept else ():
            ours = name in request.declared.payload or name in self._book.dropped(request, held)
            if not ours and now.get(name) != held.get(name):
                self._complain("what AWS filled in stays", f"{name} of context {context} is gone")
