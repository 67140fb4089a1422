"""Settings for behavior of Partner Central Selling that AWS does not specify in the service model or the documentation.

Any value of a setting might describe the real service, so a client must work with every value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

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
_REPORT_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """Settings of the local Partner Central for behavior of the real service that is not documented.

    Attributes:
        token_mismatch (str): The response if an earlier request used the same client token with other parameters. The earlier
            request can be for any engagement. `"conflict"`: ConflictException with the message "The client token was used
            before with different parameters". `"validation"`: ValidationException (REQUEST_VALIDATION_FAILED) with an ErrorList
            entry for `ClientToken`. The entry has the code INVALID_VALUE, and its message contains the token. `"replay"`: the
            response to the first request with this token. The service writes nothing.
        token_lifetime (float | None): The number of seconds for which a client token is valid after the first successful
            request with the token. A replay does not extend the lifetime. Zero or more; None if tokens do not expire.
        lock (str): The values of `EngagementLastModifiedAt` that are valid in an update. `"microsecond"`: the engagement's
            current ModifiedAt, with all digits or truncated to microseconds. boto3 and the AWS CLI truncate timestamps to
            microseconds, so they can update contexts only with this value. `"exact"`: only the current ModifiedAt, to the
            nanosecond. Use this value to test a client that sends all digits.
        lead_interactions (str): What the service does with the Interaction in an update of a Lead. `"append"`: the service
            adds the Interaction to the stored interactions, up to a maximum of ten. `"replace"`: the Interaction replaces all
            stored interactions. With both values, an update without an Interaction keeps the stored interactions.
        update (str): What happens to stored payload members that an update does not contain. `"replace"`: the service removes
            these members, except a Lead's Interactions, because an update cannot contain Interactions. `"merge"`: the service
            keeps these members, at every level of nested structures. A list in the update replaces the stored list.
        normalizes (str): The write operations in which the service normalizes strings: `"never"`, `"create"`, `"update"` or
            `"always"`. Leading and trailing white space is removed, including line breaks. Country codes are converted to upper
            case. A website address without a scheme gets the prefix `https://`, and an address without a slash at the end gets
            a slash. An address remains unchanged if it is empty, or if the result would be longer than 255 characters. The
            rules for a create also apply to the title and the description of an engagement.
        rewrites_phone (bool): Whether every write stores only the digits and the leading plus sign of a phone number.
            For example, `+1-555-0147` becomes `+15550147`. A string without digits is stored unchanged.
        normalizes_account (bool): Whether every write stores the ID of a customer account if the request contains the account's
            ARN.
        fills_interaction_date (bool): Whether the service sets a missing InteractionDate to the time of the write.
        explicit_nulls (bool): Whether GetEngagement returns null for each absent member of a Lead, except Insights.
        unknown_members (str): What happens to members of a request that the service model does not define. `"store"`: the
            service stores and returns these members in payloads, and ignores these members in other parts of a request.
            `"drop"`: the service ignores these members. `"refuse"`: the request fails with a ValidationException. For each of
            these members, the error's ErrorList contains an entry with the code INVALID_VALUE.
        accepts_unknown_types (bool): Whether clients can write contexts with a Type that the service model does not define. If
            False, the request fails with ValidationException. If True, the payload must be an object, and the service stores
            the payload unchanged.
        refuses_filled_in (bool): Whether an update fails if its payload contains Insights that AWS wrote, or other members that
            AWS added after the context was created. The error is a ValidationException without the name of the member. If an
            update does not contain these members, the service keeps them. The setting does not affect QualificationStatus,
            because partners set this member.
        omits_last_modified (bool): Whether the responses of write operations omit EngagementLastModifiedAt and ModifiedAt.
        read_lag (int): The number of GetEngagement calls after a write that still return the state before the write. Zero or
            more. An update fails if the client sends the ModifiedAt of the older state, because writes always use the current
            state. ListEngagements returns the same state as the next GetEngagement call, but a ListEngagements call does not
            change the number of remaining GetEngagement calls. After CreateEngagement, the same number of GetEngagement calls
            fail with ResourceNotFoundException.
        list_lag (int): The number of complete lists after CreateEngagement that do not contain the new engagement. Zero or
            more. A list is complete when the service has returned the last page.
        empty_pages (int): The number of pages at the start of each list that contain a NextToken but no engagement. Zero or
            more. Set a very large number to test a list that does not end.
        accepts_prospecting_result (bool): Whether clients can write a ProspectingResult. If False, the request fails with
            ValidationException (BUSINESS_VALIDATION_FAILED, ACTION_NOT_PERMITTED on `Type`), as if only AWS could write this
            Type.
        quota (int): The maximum number of contexts in an engagement, including contexts that AWS added. A create request that
            would exceed the quota fails with ServiceQuotaExceededException.
        writes_per_second (float | None): The rate limit that all write operations share, in requests per second. The maximum
            size of a burst is the number of requests in one second, but at least one request. A request that exceeds the limit
            fails with ThrottlingException. More than zero; None for no limit.
        reads_per_second (float | None): The rate limit that all read operations share, with the same rules as
            `writes_per_second`.
        latency (float): The delay before each request is processed, in seconds. Zero or more.

    Raises:
        ValueError: A field has a value that is not allowed.

    Example:
        >>> Behavior(token_mismatch="replay", update="merge", read_lag=2).lock
        'microsecond'
    """

    token_mismatch: TokenMismatch = "conflict"  # noqa: S105 - not a secret
    token_lifetime: float | None = None
    lock: Lock = "microsecond"
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

    @classmethod
    def from_report(cls, report: "Path | str | Mapping[str, Any]") -> "Behavior":
        """Return the behavior that a report of `cdk-partnercentral probe` describes.

        Settings that the report could not observe keep their default values. Findings that are not settings are ignored.

        Args:
            report (Path | str | Mapping[str, Any]): The path of the report in JSON, or its parsed content.

        Raises:
            OSError: The file cannot be read.
            ValueError: The file or the mapping is not a report in a known format, or a finding has a value that is not allowed.

        Example:
            >>> Behavior.from_report({"format": 1, "findings": [{"name": "lock", "value": "exact"}]}).lock
            'exact'
        """
        content = report if isinstance(report, Mapping) else json.loads(Path(report).read_text(encoding="utf-8"))
        is_known = isinstance(content, Mapping) and content.get("format") == _REPORT_FORMAT
        found = content.get("findings") if is_known else None
        if not isinstance(found, list) or not all(isinstance(each, Mapping) and "name" in each for each in found):
            raise ValueError(f"report must be JSON of `cdk-partnercentral probe` in the format {_REPORT_FORMAT}")
        names = {field.name for field in fields(cls)}
        values = {each["name"]: each["value"] for each in found if each["name"] in names and "value" in each}
        try:
            return cls(**values)
        except TypeError:
            raise ValueError("report must be JSON of `cdk-partnercentral probe`; a value has the wrong type") from None
