"""The invariants, checked at each call, each answer and each rest. The first that breaks ends the history.

Where one cannot hold, because neither the function nor the service has a memory that could make it hold, the exception
stands beside the check and is counted in the world's counts as `beyond: ...`.
"""

import json

from cdk_partnercentral_local.service import Call
from tests.histories import payloads
from tests.histories.answers import Answer, check_form, check_payload, check_silence
from tests.histories.book import Book, Expected, key_of, shown_equal
from tests.histories.calls import CREATE, READ, UPDATE, Told, instant_of
from tests.histories.declared import Request
from tests.histories.excuses import excuse
from tests.histories.payloads import FILLED_IN, Json
from tests.histories.run import Run
from tests.histories.story import Broken, broken
from tests.histories.trouble import CALM
from tests.histories.world import World
from tests.histories.writes import Writes


class Oracle:
    """Sees everything that happens in a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.book = Book(world)
        self._writes = Writes(self.book, self.complain)
        self._first: Broken | None = None

    def complain(self, invariant: str, what: str) -> None:
        """Note that an invariant broke; it may be inside the handler, which would swallow an exception."""
        if self._first is None:
            self.world.tell(f"*** BROKEN: {invariant}: {what}", depth=0)
            self._first = broken(invariant, what, self.world.story)

    @property
    def broke(self) -> bool:
        """Whether something did."""
        return self._first is not None

    def check(self) -> None:
        """Raise what broke."""
        if self._first:
            raise self._first

    # What happens to the service.

    def called(self, run: Run, call: Call) -> None:
        """Check a request that got to the service."""
        run.tell(Told(call))
        if run.request.kind == "Delete":
            self.complain("Delete calls nothing", f"it called {call.operation}")
        if call.wrote and call.operation == CREATE:
            self._writes.created(run, call)
        elif call.wrote and call.operation == UPDATE:
            self._writes.updated(run, call)
        elif call.answer and call.operation == CREATE:
            self.world.counts["replay"] += 1

    def heard(self, run: Run, call: Call) -> None:
        """Note what the function knows from now on."""
        if call.answer is None:
            self.world.counts[f"refused: {call.error}"] += 1
            return
        output = json.loads(call.answer)
        run.instants.append(output["ModifiedAt" if call.operation == READ else "EngagementLastModifiedAt"])
        run.known = max(run.instants)
        if call.operation == READ:
            run.shown = output["Contexts"]
        elif call.operation == CREATE:
            run.made = output["ContextId"], call.wrote
        else:
            run.confirmed.append(call.input["Payload"])

    def aws_wrote(self, engagement: str, changed: tuple[str, str] | None) -> None:
        """Note a write by AWS or a colleague."""
        if changed is None:
            for context in self.world.contexts(engagement):
                if self.book.of(engagement, context["Id"]) is None:
                    self.book.wrote(engagement, context["Id"])
            return
        context_id, member = changed
        kept = self.book.wrote(engagement, context_id)
        if member in FILLED_IN:
            kept.filled.add(member)
        for expected in self.book.expected.values():
            declared = expected.request.declared
            if (declared.engagement, expected.context) == (engagement, context_id) and member != "Interactions":
                expected.certain = expected.certain and member not in declared.payload

    # What the function answers.

    def answered(self, run: Run, body: bytes) -> None:
        """Check an answer when it goes out."""
        answer = check_form(self.complain, run, body)
        if answer is None or len(run.bodies) > 1:
            return
        self.world.counts[f"{run.request.kind} {answer.status}"] += 1
        if answer.status == "FAILED":
            why = excuse(self.book, run, answer.reason)
            self.world.counts[f"failed: {why}"] += 1
            if why is None:
                self.complain("no needless failure", f"{run.request} failed: {answer.reason}")
        elif run.request.kind != "Delete":
            self._succeeded(run, answer)

    def _succeeded(self, run: Run, answer: Answer) -> None:
        request, declared = run.request, run.request.declared
        kept = self.book.of(declared.engagement, answer.context)
        held = self.book.held(declared.engagement, answer.context)
        if kept is None or held is None:
            self.complain("the answer names the context", f"{answer.physical_id} does not exist")
            return
        in_place = self.book.in_place(request)
        if (in_place or answer.context) != answer.context:
            self.complain("an update in place keeps its context", f"{request.physical_id} became {answer.physical_id}")
        if declared.identifier not in (None, answer.context):
            self.complain("existing_context_id is obeyed", f"{answer.physical_id} is another context")
        if not in_place:
            self._settle(run, answer)
            kept.family = request.family
            kept.filled = {name for name in FILLED_IN if name in held and name not in declared.payload}
        if not in_place:
            lately = kept.lately[1] if kept.lately[0] == request.number else frozenset()
            kept.sent = payloads.tags_of(declared.payload) & (payloads.tags_of(held) | lately)
        kept.filled -= self.book.dropped(request, held)
        self._check_calls(run, created=run.made is not None and run.made[1])
        expected = Expected(request=request, context=answer.context)
        if self._replayed_unseen(run, answer):
            # The service answered what it had answered before, for another payload, and its read did not show that context.
            self.world.counts["beyond: a replay of what no read showed"] += 1
            kept.lost |= payloads.tags_of(declared.payload)
            expected.certain = False
        elif kept.changed_at > instant_of(run.known):
            # The read did not show the latest write to this context, and nothing else could have told of it.
            self.world.counts["beyond: the read was stale"] += 1
            expected.certain = False
            # What such a read hides is never declared again, so nothing tells it from what AWS filled in.
            kept.filled |= {name for name in FILLED_IN if name in held and name not in declared.payload}
        self.book.expected[request.family] = expected
        self._check_payload(expected)

    def _replayed_unseen(self, run: Run, answer: Answer) -> bool:
        use = self.book.uses.get(key_of(run.request))
        unseen = answer.context not in [context["Id"] for context in run.shown or ()]
        # A token of the user's own may have been used for another Type: that use has another key.
        other = use is None or use.payload != run.request.declared.payload
        return run.made == (answer.context, False) and unseen and other

    def _settle(self, run: Run, answer: Answer) -> None:
        """Check how a context came to be this resource's that was not before."""
        declared, counts = run.request.declared, self.world.counts
        kept = self.book.of(declared.engagement, answer.context)
        if declared.identifier:
            counts["taken over"] += 1
        elif run.made and run.made[0] == answer.context:
            counts["made" if run.made[1] else "answered by a replay"] += 1
        else:
            counts["adopted"] += 1
            likely, sure = shown_equal(run.shown, declared, tidy=True), shown_equal(run.shown, declared)
            if not declared.adopts:
                self.complain("adopt_existing=False adopts none", f"{answer.physical_id} was there before")
            if answer.context not in likely or len(sure) > 1:
                self.complain("only what surely is ours is adopted", f"{answer.physical_id}, of {likely}")
            if kept and kept.family not in (None, run.request.family):
                self.complain("nobody else's context", f"{answer.physical_id} belongs to {kept.family}")

    def _check_calls(self, run: Run, *, created: bool) -> None:
        behavior = self.world.service.behavior
        odd = behavior.read_lag or behavior.normalizes or behavior.writes_per_second or behavior.update == "merge"
        refused = any(call.error for call in run.calls)  # a token that was used elsewhere, for a while
        if run.trouble != CALM or not run.alone or odd or refused:
            return
        declared = run.request.declared
        operations = [call.operation for call in run.calls]
        # A change of Type shows only in a read of what is there; then it is a Create.
        retyped = (run.request.physical_id or "").startswith(f"{declared.catalog}/{declared.engagement}/")
        most = {READ: 2 if retyped else 1, CREATE: 1, UPDATE: 0 if created else 1}
        shown = run.shown or []
        if declared.type == "Lead" and not created:
            most[UPDATE] = max(1, len(payloads.interactions_of(declared.payload)))
        context = self.book.in_place(run.request)
        held: Json = next((each["Payload"][each["Type"]] for each in shown if each["Id"] == context), {})
        if context in shown_equal(shown, declared) and not self.book.dropped(run.request, held):
            most[UPDATE] = 0
        for operation, number in most.items():
            if operations.count(operation) > number:
                self.complain("few calls", f"{operations} for {run.request}")

    def _check_payload(self, expected: Expected) -> None:
        wrong = check_payload(self.book, expected) if expected.certain else None
        if wrong:
            self.complain("the declared payload is held", f"{expected.request.declared}: {wrong}")

    def finished(self, run: Run) -> None:
        """Check a run that is over."""
        check_silence(self.complain, run)
        if run.died:
            return
        if len(run.bodies) != 1:
            self.complain("exactly one answer", f"{len(run.bodies)} different ones to {run.request}")
        undelivered = type(run.error).__name__ == "NotDeliveredError"
        if run.error and not undelivered:
            self.complain("exactly one answer", f"the run ended with {run.error!r}")
        if run.accepted == undelivered:
            self.complain("a run ends in an error exactly if its answer was not taken", f"{run.request}: {run.error!r}")

    # What holds while nothing happens.

    def begun(self, request: Request) -> None:
        """Note a new request: an interaction that is not declared any more may be sent again if it comes back."""
        context = self.book.in_place(request)
        kept = self.book.of(request.declared.engagement, context) if context else None
        if kept:
            kept.sent &= payloads.tags_of(request.declared.payload)

    def gone(self, family: str) -> None:
        """Note that a resource is no more, or that nobody knows what it should be."""
        self.book.expected.pop(family, None)

    def rest(self) -> None:
        """Check what has to hold between two steps, and raise what broke."""
        places: dict[tuple[str, str], str] = {}
        for family, expected in self.book.expected.items():
            self._check_payload(expected)
            place = expected.request.declared.engagement, expected.context
            if place in places:
                self.complain("one context, one resource", f"{family} and {places[place]} both have {place}")
            places[place] = family
        for (engagement, context), kept in self.book.contexts.items():
            held = self.book.held(engagement, context)
            if held is not kept.payload and held != kept.payload:
                self.complain("nobody writes unseen", f"context {context} of {engagement} changed")
            kept.payload = held
        self.check()
