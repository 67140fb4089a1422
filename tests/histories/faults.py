"""The faults of invocations and deployments, as plain values that hypothesis draws.

`invocation.py` and `cloudformation.py` simulate these faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

# Faults of a single API call. Each fault is temporary, so a retry succeeds.
CALL_FAULTS = (
    "throttle",
    "error",  # HTTP 500, and the call is not carried out
    "error after commit",  # HTTP 500, but the call is carried out
    "gateway error",  # HTTP 503 with an HTML page from a proxy
    "conflict",
    "denied",
    "credentials",  # the role is new, and its credentials are not accepted yet
    "drop",  # the connection closes before the call is carried out
    "drop after commit",  # the connection closes after the call was carried out
    "slow",  # the response takes 15 seconds
    "timeout",  # the client times out, and the call is not carried out
    "timeout after commit",  # the client times out after the call was carried out
    "late",  # the client times out, and the call is carried out later
    "trickle",  # the response is sent in small pieces, so that no socket read times out
)
# AWS, or a colleague in the console, writes to the engagement immediately before an API call.
FOREIGN_WRITES = ("touch", "qualify", "score", "interaction", "edit", "customer", "context", "lead")
# A colleague creates an engagement that is equal to the declared one, immediately before an API call.
EQUAL_ENGAGEMENT = "equal engagement"
# Faults that affect a given API call and all later calls. "denied finally" is an AccessDeniedException with a reason, which the
# handler does not retry.
LASTING_FAULTS = (
    "throttle",
    "error",
    "error after commit",
    "conflict",
    "denied",
    "credentials",
    "drop",
    "drop after commit",
    "timeout",
    "denied finally",
)
# Every page of ListEngagements contains a NextToken, so the list does not end. The fault affects all calls.
ENDLESS_LIST = "endless list"
# Faults of calls to CloudFormation. A fault whose name ends with "once" affects only the first call.
STACK_FAULTS = ("denied", "unreachable", "throttle once", "credentials once", "timeout once")
# The points at which the process can crash: before or after a given API call, or before or after the response.
CRASHES = ("before call", "after call", "before response", "after response")
# Faults of a single attempt to deliver the response to CloudFormation. For "lost", CloudFormation receives the response, but
# the function's request times out.
RESPONSE_FAULTS = ("503", "drop", "lost", "403")


@dataclass(frozen=True, kw_only=True)
class Faults:
    """The faults of one invocation of the function.

    Attributes:
        calls: Pairs. The first item is the number of a call, counted from 0. The second item is in `CALL_FAULTS` or
            `FOREIGN_WRITES`, or is `EQUAL_ENGAGEMENT`.
        lasting: The number of the first API call that fails, and one of `LASTING_FAULTS` or `ENDLESS_LIST`.
        crash: One of `CRASHES`, and the number of the API call. The crashes "before response" and "after response" do not use
            the number.
        stack: One of `STACK_FAULTS`, or None.
        responses: The faults of the first attempts to deliver the response, each one of `RESPONSE_FAULTS`.
    """

    calls: tuple[tuple[int, str], ...] = ()
    lasting: tuple[int, str] | None = None
    crash: tuple[str, int] | None = None
    stack: str | None = None
    responses: tuple[str, ...] = ()


NO_FAULTS = Faults()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The delivery of an event to the function.

    Attributes:
        invocations: The faults of the first invocation and of Lambda's retries, in order. Further retries have no faults.
        duplicate: The faults of a second, concurrent delivery of the event, or None if there is no second delivery.
        retries: Whether Lambda retries a failed invocation. Without retries, CloudFormation might not receive a response.
    """

    invocations: tuple[Faults, ...] = ()
    duplicate: Faults | None = None
    retries: bool = True


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The options and faults of a deployment.

    Attributes:
        deliveries: The deliveries of the deployment's events, in order. Further events are delivered without faults.
        parallel: Whether CloudFormation provisions the stack's resources concurrently.
        order: The order in which concurrent invocations proceed. See `Scheduler.run`.
        fails: Whether another resource of the stack fails at the end, so that the deployment fails.
        rolls_back: Whether CloudFormation rolls back the stack after a failure. False represents `--no-rollback`.
        sends_delete: Whether CloudFormation sends Delete events. False represents the Retain policies.
        reuses_request_id: Whether all events of the deployment have the RequestId of the history's first event.
    """

    deliveries: tuple[Delivery, ...] = ()
    parallel: bool = False
    order: tuple[int, ...] = ()
    fails: bool = False
    rolls_back: bool = True
    sends_delete: bool = False
    reuses_request_id: bool = False


NO_INCIDENTS = Deployment()

_call_numbers = st.sampled_from((0, 1, 1, 1, 2, 2, 3))
# Faults that hide the result of a write from the function. They are drawn more often.
_hidden_results = tuple(fault for fault in CALL_FAULTS if "after" in fault or fault == "late")
_crashes = st.tuples(st.sampled_from(CRASHES), _call_numbers)
_responses = st.lists(st.sampled_from(RESPONSE_FAULTS), min_size=1, max_size=4)

_Faults: TypeAlias = st.SearchStrategy[Faults]


def _faults(call_faults: Sequence[str], *more: _Faults) -> _Faults:
    single = st.tuples(_call_numbers, st.sampled_from(call_faults))
    calls = st.lists(single, min_size=1, max_size=3, unique_by=lambda call: call[0])
    return st.one_of(
        st.just(NO_FAULTS),
        calls.map(lambda calls: Faults(calls=tuple(calls))),
        _crashes.map(lambda crash: Faults(crash=crash)),
        st.builds(lambda calls, crash: Faults(calls=tuple(calls), crash=crash), calls, _crashes),
        _responses.map(lambda responses: Faults(responses=tuple(responses))),
        st.sampled_from(STACK_FAULTS).map(lambda fault: Faults(stack=fault)),
        st.builds(
            lambda number, fault: Faults(lasting=(number, fault)), _call_numbers, st.sampled_from(LASTING_FAULTS)
        ),
        *more,
    )


def _deliveries(faults: _Faults) -> st.SearchStrategy[Delivery]:
    return st.one_of(
        faults.map(lambda first: Delivery(invocations=(first,))),
        st.builds(
            lambda invocations, retries: Delivery(invocations=tuple(invocations), retries=retries),
            st.lists(faults, max_size=3),
            st.booleans(),
        ),
        st.builds(lambda first, duplicate: Delivery(invocations=(first,), duplicate=duplicate), faults, faults),
    )


def _deployments(deliveries: st.SearchStrategy[Delivery]) -> st.SearchStrategy[Deployment]:
    return st.one_of(
        st.just(NO_INCIDENTS),
        st.builds(
            Deployment,
            deliveries=st.lists(deliveries, min_size=1, max_size=3).map(tuple),
            parallel=st.booleans(),
            order=st.lists(st.integers(0, 2), max_size=6).map(tuple),
            fails=st.sampled_from((False, False, False, True)),
            rolls_back=st.sampled_from((True, True, True, False)),
            sends_delete=st.booleans(),
            reuses_request_id=st.sampled_from((False, False, True)),
        ),
    )


# For histories of contexts. Writes by others are drawn more often, because they can occur between a read and a write.
deliveries = _deliveries(_faults((*CALL_FAULTS, *FOREIGN_WRITES, *_hidden_results, *FOREIGN_WRITES)))
deployments = _deployments(deliveries)

# For histories of engagements.
engagement_deliveries = _deliveries(
    _faults(
        (*CALL_FAULTS, *_hidden_results, EQUAL_ENGAGEMENT, EQUAL_ENGAGEMENT),
        st.just(Faults(lasting=(0, ENDLESS_LIST))),
    )
)
engagement_deployments = _deployments(engagement_deliveries)
