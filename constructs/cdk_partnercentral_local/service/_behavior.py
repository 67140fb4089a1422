"""What nobody outside AWS knows about Partner Central Selling, one switch for each question.

The service model and the documentation leave these open. A client that is to be trusted with the real service has to
come out right with every switch in every position. This module knows nothing of how the service is built.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

__all__ = ["Behavior", "LeadInteractions", "Lock", "TokenMismatch", "Update"]

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
    """How the local service answers what is unknown about the real one.

    Attributes:
        token_mismatch (str): what a client token earns that comes back with other parameters, to whichever engagement.
            `"conflict"`: ConflictException, "The client token was used before with different parameters".
            `"validation"`: ValidationException (REQUEST_VALIDATION_FAILED) whose ErrorList names `ClientToken`, with
            the code INVALID_VALUE and the token quoted in the message. `"replay"`: the first answer again, and
            nothing is done.
        token_lifetime (float | None): seconds, on the service's clock, for which a token is remembered after the answer
            that it got first; a replay does not prolong it. Zero or more; None: for ever.
        lock (str): which `EngagementLastModifiedAt` an update may carry. `"exact"`: the held instant to the nanosecond.
            `"microsecond"`: that, or the same cut to whole microseconds, as an SDK without nanoseconds sends it.
        lead_interactions (str): what the one Interaction of a Lead's update does. `"append"`: it joins those held, ten
            at most. `"replace"`: it is the only one afterwards. An update without one keeps those held, either way.
        update (str): what becomes of held payload members that an update does not carry. `"replace"`: they are gone, a
            Lead's Interactions excepted, for which the update has no list. `"merge"`: they stay, at every depth of
            structures; a list is replaced as a whole.
        normalises (bool): True: strings are stored trimmed, country codes in upper case, and website addresses that are
            not empty with `https://` in front and a slash at the end, where 255 characters leave room for it.
        fills_interaction_date (bool): True: an interaction without InteractionDate is stored with the time of the
            write.
        read_lag (int): how many reads of an engagement (GetEngagement) after each write still show it without that
            write; zero or more. Writes look at the true state, so what was read meanwhile is a stale lock.
            ListEngagements shows what the next GetEngagement would, and does not count as a read.
        accepts_prospecting_result (bool): False: sending one is refused with ValidationException
            (BUSINESS_VALIDATION_FAILED, ACTION_NOT_PERMITTED on `Type`), since only AWS writes them.
        quota (int): contexts that an engagement holds at most, AWS's own included; beyond it
            ServiceQuotaExceededException.
        writes_per_second (float | None): rate of the three writing operations together, with bursts of as much as a
            second allows (one at least); beyond it ThrottlingException. More than zero; None: no limit.
        reads_per_second (float | None): the same for the two reading operations.
        latency (float): seconds before each request is looked at; zero or more.

    Raises:
        ValueError: a field has a value that is not allowed.

    Example:
        >>> Behavior(token_mismatch="replay", update="merge", read_lag=2).lock
        'exact'
    """

    token_mismatch: TokenMismatch = "conflict"  # noqa: S105 - a choice, no secret
    token_lifetime: float | None = None
    lock: Lock = "exact"
    lead_interactions: LeadInteractions = "append"
    update: Update = "replace"
    normalises: bool = False
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
                    raise ValueError(f"{field.name}: one of {', '.join(_CHOICES[field.name])}, got {value!r}")
            elif value is not None and value < 0:
                raise ValueError(f"{field.name}: zero or more, got {value!r}")
        for name in ("writes_per_second", "reads_per_second"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: more than zero, or None")
