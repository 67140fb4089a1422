"""When payloads are equivalent, for contexts that are compared exactly and updated as a whole: every Type except Lead."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from lambda_handler.api import Payload

# Every timestamp in the payloads of the service model.
TIMESTAMPS = ("InteractionDate", "StartTime", "EndTime")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))")


class ContextType:
    """How the contexts of one Type are compared and updated. The methods are plain functions of payloads.

    `current` is what Partner Central has, `desired` what the stack declares, `previous` what it declared before.
    """

    def is_equivalent(self, current: Payload, desired: Payload, previous: Payload) -> bool:
        """Return whether the context is as desired, apart from interactions. What only `previous` has must be gone."""
        del previous
        return bool(canonical(current) == canonical(desired))

    def is_adoptable(self, current: Payload, desired: Payload) -> bool:
        """Return whether a context that exists already is certainly the desired one."""
        return self.is_equivalent(current, desired, {})

    def filled_in(self, current: Payload, desired: Payload, previous: Payload) -> Payload:
        """Return the members that AWS filled in. An update sends them back, because it can replace the whole payload."""
        del current, desired, previous
        return {}

    def pending_interactions(
        self, current: Payload, desired: Payload, previous: Payload, settled: Sequence[Payload]
    ) -> tuple[Sequence[Payload], Sequence[Payload]]:
        """Return the interactions to send, in order, and those that are never sent again, whatever a read shows.

        Args:
            current: What Partner Central has.
            desired: What the stack declares.
            previous: What it declared before.
            settled: What this returned second the last time, and what was sent since.

        Raises:
            ResourceError: It is not certain which interactions were sent, or there would be too many.
        """
        del current, desired, previous, settled
        return (), ()

    def update_payload(self, desired: Payload, interaction: Payload | None, filled_in: Payload) -> Payload:
        """Return the payload of an update.

        Args:
            desired: What the stack declares.
            interaction: The interaction to add, if any.
            filled_in: The members that AWS filled in.
        """
        del interaction, filled_in
        return desired


def has_values(payload: Any) -> bool:
    """Return whether a payload contains any value. One without a value is equivalent to nothing."""
    if isinstance(payload, Mapping):
        return any(has_values(value) for value in payload.values())
    if isinstance(payload, (list, tuple)):
        return any(has_values(value) for value in payload)
    return payload is not None


def canonical(value: Any, name: str = "") -> Any:
    """Return a value in a form in which equal values compare as equal: timestamps become instants."""
    if isinstance(value, Mapping):
        return {key: canonical(member, key) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(member) for member in value]
    return instant(value) if name in TIMESTAMPS and isinstance(value, str) else value


def instant(text: str) -> datetime | str:
    """Return the instant of an ISO 8601 timestamp, to the microsecond. Other text is returned as it is."""
    found = INSTANT.fullmatch(text)
    if not found:
        return text
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{time}.{(fraction or '').ljust(6, '0')[:6]}").replace(
            tzinfo=timezone.utc
        )
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return text
