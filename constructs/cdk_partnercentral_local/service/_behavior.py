"""Switches for the behavior of Partner Central Selling that the service model and the documentation do not specify.

A client that must work with the real service must work with every value of every switch.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

TokenMismatch = Literal["conflict", "validation", "replay"]
Lock = Literal["exact", "microsecond"]
LeadInteractions = Literal["append", "replace"]
Update = Literal["replace", "merge"]

_CHOICES = {
    "token_mismatch": get_args(TokenMismatch),
    "lock": get_args(Lock),
    "lead_interactions": get_args(LeadInteractions),
    "update": get_args(Update),
}


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """How the local Partner Central behaves where the behavior of the real service is unknown.

    Attributes:
        token_mismatch (str): The response to a client token that was used before with other parameters, for any engagement.
            `"conflict"`: ConflictException with the message "The client token was used before with different parameters".
            `"validation"`: ValidationException (REQUEST_VALIDATION_FAILED) whose ErrorList names `ClientToken`, with
            the code INVALID_VALUE and the token quoted in the message. `"replay"`: the first response again, without a
            write.
        token_lifetime (float | None): Seconds, on the service's clock, from the first response to a client token until the
            token expires. A replay does not extend it. Zero or more; None: tokens do not expire.
        lock (str): The `EngagementLastModifiedAt` that an update must have. `"exact"`: the current value to the nanosecond.
            `"microsecond"`: that, or the same value truncated to microseconds, as an SDK without nanoseconds sends it.
        lead_interactions (str): What the one Interaction of a Lead's update does. `"append"`: it is added to the existing
            interactions, up to ten. `"replace"`: it replaces them. An update without an Interaction keeps them, in both cases.
        update (str): What happens to stored payload members that an update does not contain. `"replace"`: they are
            removed, except a Lead's Interactions, which an update cannot contain. `"merge"`: they are kept, at every level
            of nested structures; a list is replaced as a whole.
        normalizes (bool): True: strings are stored without leading and trailing white space, country codes in upper case,
            and website addresses that are not empty with `https://` in front and a slash at the end, if the result is no
            longer than 255 characters.
        fills_interaction_date (bool): True: an interaction without InteractionDate is stored with the time of the write.
        read_lag (int): The number of GetEngagement calls after each write that still return the state before it. Zero or
            more. Writes use the current state, so such a read returns a stale lock. ListEngagements returns the state that
            the next GetEngagement returns, and does not count as a call.
        accepts_prospecting_result (bool): False: writing a ProspectingResult fails with ValidationException
            (BUSINESS_VALIDATION_FAILED, ACTION_NOT_PERMITTED on `Type`), as if only AWS could write it.
        quota (int): The maximum number of contexts in an engagement, including those that AWS added. A create that exceeds
            it fails with ServiceQuotaExceededException.
        writes_per_second (float | None): The rate limit of the writing operations together, with bursts of up to one
            second's worth of requests (at least one). A request that exceeds it fails with ThrottlingException. More than
            zero; None: no limit.
        reads_per_second (float | None): The same for the reading operations.
        latency (float): Seconds to wait before each request is processed. Zero or more.

    Raises:
        ValueError: A field has a value that is not allowed.

    Example:
        >>> Behavior(token_mismatch="replay", update="merge", read_lag=2).lock
        'exact'
    """

    token_mismatch: TokenMismatch = "conflict"  # noqa: S105 - not a secret
    token_lifetime: float | None = None
    lock: Lock = "exact"
    lead_interactions: LeadInteractions = "append"
    update: Update = "replace"
    normalizes: bool = False
    fills_interaction_date: bool = True
    read_lag: int = 0
    accepts_prospecting_result: bool = True
    quota: int = 5
    writes_per_second: float | None = None
    reads_per_second: float | None = None
    latency: float = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _CHOICES:
                if value not in _CHOICES[field.name]:
                    raise ValueError(f"{field.name} must be one of {', '.join(_CHOICES[field.name])}; got {value!r}")
            elif value is not None and value < 0:
                raise ValueError(f"{field.name} must be zero or more; got {value!r}")
        for name in ("writes_per_second", "reads_per_second"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name} must be more than zero, or None for no limit; got 0")
