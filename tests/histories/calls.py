"""The service's operations, and a call as the story tells it."""

from cdk_partnercentral_local.service import Call
from tests.histories import payloads
from tests.histories.clock import SECOND

CREATE, UPDATE, READ = "CreateEngagementContext", "UpdateEngagementContext", "GetEngagement"


class Told:
    """A call as the story tells it, made a text only when somebody reads it."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __str__(self) -> str:
        call, said = self._call, self._call.input
        what = said.get("ContextIdentifier") or f"token {said['ClientToken'][:8]}" if "Type" in said else ""
        sent = said.get("Payload", {}).get("Lead", {}).get("Interaction")
        interaction = f" with {payloads.tag_of(sent)}" if sent else ""
        lock = f" lock ...{said['EngagementLastModifiedAt'][17:]}" if "EngagementLastModifiedAt" in said else ""
        engagement = said.get("EngagementIdentifier") or said.get("Identifier")
        return f"{call.operation} {engagement} {what}{interaction}{lock} -> {self._result()}"

    def _result(self) -> str:
        call, answer = self._call, self._call.output
        if answer is None:
            return f"{call.error}{' (though it was done)' if call.wrote else ''}"
        if call.operation == READ:
            held = ", ".join(f"{each['Id']} {each['Type']}" for each in answer["Contexts"])
            return f"contexts {held or 'none'}; ModifiedAt ...{answer['ModifiedAt'][17:]}"
        done = "written" if call.wrote else "replayed, nothing done"
        return f"context {answer['ContextId']} ({done}); ModifiedAt ...{answer['EngagementLastModifiedAt'][17:]}"


def instant_of(text: str) -> int:
    """Return the nanoseconds since 1970 of a ModifiedAt; 0 for none."""
    if not text:
        return 0
    whole = payloads.instant(text[:19] + "Z")
    return int(whole.timestamp()) * SECOND + int(text[20:29]) if whole else 0
