"""The trace of a history lists all actions in order. A failure message contains the trace of the failed history."""

import re
from typing import Any

from cdk_partnercentral_local import Call
from tests.histories import payloads
from tests.histories.clock import SECOND

REPETITIONS = 6
CREATE, UPDATE, READ = "CreateEngagementContext", "UpdateEngagementContext", "GetEngagement"
CREATE_ENGAGEMENT, LIST = "CreateEngagement", "ListEngagements"


class Trace:
    """The lines of one history's trace. Lines are formatted only when the trace is printed, because most histories pass."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, float, tuple[Any, ...]]] = []

    def add(self, seconds: float, *parts: Any, depth: int = 0) -> None:
        """Add a line.

        Args:
            seconds: The simulated time since the history began, in seconds.
            parts: The values in the line. These values must not change, because they are formatted later.
            depth: The depth of indentation: 0 for actions of developers and AWS, 1 for CloudFormation and Lambda, 2 for the
                function.
        """
        self._lines.append((depth, seconds, parts))

    def __str__(self) -> str:
        texts = [f"{'    ' * depth}{' '.join(map(str, parts))}" for depth, _, parts in self._lines]
        patterns = [re.sub(r"\d+", "#", text) for text in texts]
        lines, skipped = [], 0
        for number, ((_, seconds, _), text) in enumerate(zip(self._lines, texts, strict=True)):
            # Retries repeat the same two lines. Skip these lines from the fourth repetition on.
            if (
                number > REPETITIONS
                and patterns[number - REPETITIONS : number] == patterns[number - REPETITIONS - 2 : number - 2]
                and (number + 2 < len(texts) and patterns[number] == patterns[number - 2])
            ):
                skipped += 1
                continue
            if skipped:
                lines.append(f"{'':18}... {skipped} similar lines skipped")
                skipped = 0
            lines.append(f"{number + 1:4}. {seconds:9.1f}s  {text}")
        return "\n".join(lines)


class CallSummary:
    """A one-line summary of a call to Partner Central. The summary is formatted only when the trace is printed."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __str__(self) -> str:
        call, params = self._call, self._call.input
        token = f"token {params['ClientToken'][:8]}" if "ClientToken" in params else ""
        target = params.get("ContextIdentifier") or token
        interaction = params.get("Payload", {}).get("Lead", {}).get("Interaction")
        sent = f" with {payloads.interaction_name(interaction)}" if interaction else ""
        lock = f" lock ...{params['EngagementLastModifiedAt'][17:]}" if "EngagementLastModifiedAt" in params else ""
        engagement = params.get("EngagementIdentifier") or params.get("Identifier") or params["Catalog"]
        return f"{call.operation} {engagement} {target}{sent}{lock} -> {self._result()}"

    def _result(self) -> str:
        call, output = self._call, self._call.output
        if output is None:
            return f"{call.error}{' (although the call was carried out)' if call.wrote else ''}"
        if call.operation == READ:
            contexts = ", ".join(f"{each['Id']} {each['Type']}" for each in output["Contexts"])
            return f"contexts {contexts or 'none'}; ModifiedAt ...{output['ModifiedAt'][17:]}"
        if call.operation == LIST:
            listed = ", ".join(each["Id"] for each in output["EngagementSummaryList"])
            return f"engagements {listed or 'none'}{'; more pages' * ('NextToken' in output)}"
        written = "written" if call.wrote else "replayed, nothing written"
        if call.operation == CREATE_ENGAGEMENT:
            return f"engagement {output['Id']} ({written})"
        modified_at = output.get("EngagementLastModifiedAt", "")[17:]
        return f"context {output['ContextId']} ({written}); ModifiedAt ...{modified_at}"


def modified_at_nanoseconds(text: str) -> int:
    """Return a ModifiedAt in nanoseconds since 1970, or 0 for an empty string."""
    if not text:
        return 0
    whole = payloads.parse_timestamp(text[:19] + "Z")
    return int(whole.timestamp()) * SECOND + int(text[20:].removesuffix("Z").ljust(9, "0")) if whole else 0
