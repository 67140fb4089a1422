"""Switches for the parts of Partner Central Selling's behavior that neither its service model nor its documentation specifies.

The real service might behave like any value of a switch, so a client for the real service must work with every value.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

TokenMismatch = Literal["conflict", "validation", "replay"]
Lock = Literal["exact", "microsecond"]
LeadInteractions = Literal["append", "replace"]
Update = Literal["replace", "merge"]
Normalizes = Literal["never", "create", "update", "always"]
UnknownMembers = Literal["store", "drop", "refuse"]

_CHOICES = {
    "token_mismatch": get_args(TokenMismatch),
    "lock": get_args(Lock),
    "lead_interactions": get_args(LeadInteractions),
    "update": get_args(Update),
    "normalizes": get_args(Normalizes),
    "unknown_members": get_args(UnknownMembers),
}


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """Settings for how the local Partner Central behaves where the real service's behavior is unknown.

    Attributes:
        token_mismatch (str): The response to a request whose client token was used before with other parameters, for the
            same engagement or another one.
            `"conflict"`: ConflictException with the message "The client token was used before with different parameters".
            `"validation"`: ValidationException (REQUEST_VALIDATION_FAILED) with an ErrorList entry for `ClientToken`, which
            has the code INVALID_VALUE and quotes the token in its message.
            `"replay"`: the response to the first request with this token. Nothing is written.
        token_lifetime (float | None): How long a client token is valid, in seconds on the service's clock, counted from the
            first successful request that used it. A replay does not extend the lifetime. Zero or more; None: tokens do not
            expire.
        lock (str): Which values of `EngagementLastModifiedAt` are valid in an update. `"exact"`: only the engagement's
            current ModifiedAt, to the nanosecond. `"microsecond"`: also that ModifiedAt truncated to microseconds, because
            some SDKs do not support nanoseconds.
        lead_interactions (str): What the service does with the Interaction in an update of a Lead. `"append"`: the service
            adds the Interaction to the stored interactions, up to a maximum of ten. `"replace"`: the Interaction replaces all
            stored interactions. With both values, an update without an Interaction keeps the stored interactions.
        update (str): What happens to stored payload members that an update does not contain. `"replace"`: they are
            removed, except a Lead's Interactions, because an update cannot contain these. `"merge"`: they are kept, at every
            level of nested structures. Lists are not merged: a list in the update replaces the stored list.
        normalizes (str): The writes whose strings are normalized before they are stored: `"never"`, `"create"`, `"update"` or
            `"always"`. Leading and trailing white space is removed, including line breaks. Country codes are converted to
            upper case. A website address that is not empty gets `https://` in front, unless it starts with `http://` or
            `https://`, and a slash at the end, unless it has one. An address that would then be longer than 255 characters is
            stored without these additions. The title and description in CreateEngagement count as strings of a create.
        rewrites_phone (bool): Whether every write stores only the digits and the leading plus sign of a phone number:
            `+1-555-0147` becomes `+15550147`. A text without digits is stored as it was sent.
        normalizes_account (bool): Whether every write stores the ID of a customer account if its ARN was sent.
        fills_interaction_date (bool): Whether the service sets a missing InteractionDate to the time of the write.
        explicit_nulls (bool): Whether GetEngagement returns null for each absent member of a Lead, except Insights.
        unknown_members (str): What happens to members of a request that the service model does not define. `"store"`: in
            payloads, they are stored and returned; elsewhere they are ignored. `"drop"`: they are ignored. `"refuse"`: the
            request fails with ValidationException and an ErrorList entry for each of them, which has the code INVALID_VALUE.
        accepts_unknown_types (bool): Whether clients can write contexts with a Type that the service model does not define. If
            False, such a write fails with ValidationException. The payload must be an object, and is stored as it was sent.
        refuses_filled_in (bool): Whether an update fails if its payload contains members that AWS added to the context after
            it was created, or Insights that AWS wrote. The error is a ValidationException that names no member. An update
            without these members keeps them. QualificationStatus is not one of them, because partners set it.
        omits_last_modified (bool): Whether the responses of write operations lack EngagementLastModifiedAt and ModifiedAt.
        read_lag (int): How many GetEngagement calls after a write still return the state before that write. Zero or more.
            Writes always use the current state, so the lock from such a call is stale. ListEngagements returns the same state
            as the next GetEngagement call, and does not count as a call itself. After CreateEngagement, that many GetEngagement
            calls fail with ResourceNotFoundException.
        list_lag (int): How many lists after CreateEngagement do not contain the new engagement. Zero or more. A list counts
            when its last page is returned.
        empty_pages (int): How many pages without an engagement, but with a NextToken, each list begins with. Zero or more. With
            a very large number, a list does not end.
        accepts_prospecting_result (bool): Whether clients can write a ProspectingResult. If False, such a write fails with
            ValidationException (BUSINESS_VALIDATION_FAILED, ACTION_NOT_PERMITTED on `Type`), as if only AWS could write this
            Type.
        quota (int): The maximum number of contexts in an engagement, including those that AWS added. A create request that
            would exceed the quota fails with ServiceQuotaExceededException.
        writes_per_second (float | None): The rate limit that all write operations share, in requests per second. A burst can
            have up to one second's worth of requests (at least one). A request that exceeds the limit fails with
            ThrottlingException. More than zero; None: no limit.
        reads_per_second (float | None): The rate limit that all read operations share. The rules of `writes_per_second`
            apply.
        latency (float): The delay before each request is processed, in seconds. Zero or more.

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
    normalizes: Normalizes = "never"
    rewrites_phone: bool = False
    normalizes_account: bool = False
    fills_interaction_date: bool = True
    explicit_nulls: bool = True
    unknown_members: UnknownMembers = "store"
    accepts_unknown_types: bool = False
    refuses_filled_in: bool = False
    omits_last_modified: bool = False
    read_lag: int = 0
    list_lag: int = 0
    empty_pages: int = 0
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
