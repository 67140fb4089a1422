"""What can fail while an event is handled, and how a deployment proceeds: plain values, drawn by hypothesis.

`invocation` and `cloudformation` make them happen.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

# What can happen to one API call. Each of these passes: a retry succeeds.
CALL_FAULTS = (
    "throttle",
    "error",  # 500, and nothing was done
    "error after commit",  # 500, although the call was carried out
    "gateway error",  # 503 with an HTML page, from a proxy in front of the service
    "conflict",
    "denied",
    "drop",  # the connection is closed before anything is done
    "drop after commit",
    "slow",  # 15 s
    "timeout",  # no response in time, and nothing is done
    "timeout after commit",
    "late",  # no response in time, and the call is carried out afterwards
    "trickle",  # the response arrives so slowly that no read times out
)
# What AWS, or a colleague in the console, writes to the engagement right before a call.
FOREIGN_WRITES = ("touch", "qualify", "score", "interaction", "customer", "context")
# What happens to every call from one call on. "denied finally" is an AccessDeniedException with a reason that no retry changes.
LASTING_FAULTS = (
    "throttle",
    "error",
    "error after commit",
    "conflict",
    "denied",
    "drop",
    "drop after commit",
    "timeout",
    "denied finally",
)
# Where the process ends: around its nth API call, or around its response.
CRASHES = ("before call", "after call", "before response", "after response")
# What can happen to one attempt to deliver the response.
RESPONSE_FAULTS = ("503", "drop", "lost", "403")


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What happens to one invocation of the function.

    Attributes:
        calls: Numbers of API calls, from 0, each with one of `CALL_FAULTS` or `FOREIGN_WRITES`.
        lasting: The number of the first call that fails, and one of `LASTING_FAULTS`.
        crash: One of `CRASHES`, and the number of the API call.
        responses: One of `RESPONSE_FAULTS` for each attempt to deliver the response; later attempts succeed.
    """

    calls: tuple[tuple[int, str], ...] = ()
    lasting: tuple[int, str] | None = None
    crash: tuple[str, int] | None = None
    responses: tuple[str, ...] = ()


NO_FAULTS = Faults()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an event reaches the function.

    Attributes:
        invocations: What happens to the first invocation and to Lambda's retries of it; nothing to further ones.
        duplicate: What happens to a second delivery of the event at the same time, if there is one.
        retries: Whether Lambda retries an invocation that failed. If not, CloudFormation can wait in vain.
    """

    invocations: tuple[Faults, ...] = ()
    duplicate: Faults | None = None
    retries: bool = True


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How a deployment proceeds.

    Attributes:
        deliveries: How its events are delivered, in order; further ones without faults.
        parallel: Whether CloudFormation provisions its resources at the same time.
        order: Which concurrent task continues if more than one can.
        fails: Whether another resource of the stack fails in the end.
        sends_delete: Whether CloudFormation sends Delete events, as it does without the Retain policies.
        reuses_request_id: Whether its events have the RequestId of an earlier event.
    """

    deliveries: tuple[Delivery, ...] = ()
    parallel: bool = False
    order: tuple[int, ...] = ()
    fails: bool = False
    sends_delete: bool = False
    reuses_request_id: bool = False


NO_INCIDENTS = Deployment()

_call_numbers = st.sampled_from((0, 1, 1, 1, 2, 2, 3))
# Twice as often: what leaves open whether a write was carried out, and what changes between a read and a write.
_call_faults = st.sampled_from(
    (
        *CALL_FAULTS,
        *FOREIGN_WRITES,
        *(fault for fault in CALL_FAULTS if "after" in fault or fault == "late"),
        *FOREIGN_WRITES,
    )
)
_calls = st.lists(st.tuples(_call_numbers, _call_faults), min_size=1, max_size=3, unique_by=lambda call: call[0])
_crashes = st.tuples(st.sampled_from(CRASHES), _call_numbers)
_responses = st.lists(st.sampled_from(RESPONSE_FAULTS), min_size=1, max_size=4)

faults: st.SearchStrategy[Faults] = st.one_of(
    st.just(NO_FAULTS),
    _calls.map(lambda calls: Faults(calls=tuple(calls))),
    _crashes.map(lambda crash: Faults(crash=crash)),
    st.builds(lambda calls, crash: Faults(calls=tuple(calls), crash=crash), _calls, _crashes),
    _responses.map(lambda responses: Faults(responses=tuple(responses))),
    st.builds(lambda number, fault: Faults(lasting=(number, fault)), _call_numbers, st.sampled_from(LASTING_FAULTS)),
)

deliveries: st.SearchStrategy[Delivery] = st.one_of(
    faults.map(lambda first: Delivery(invocations=(first,))),
    st.builds(
        lambda invocations, retries: Delivery(invocations=tuple(invocations), retries=retries),
        st.lists(faults, max_size=3),
        st.booleans(),
    ),
    st.builds(lambda first, duplicate: Delivery(invocations=(first,), duplicate=duplicate), faults, faults),
)

deployments: st.SearchStrategy[Deployment] = st.one_of(
    st.just(NO_INCIDENTS),
    st.builds(
        Deployment,
        deliveries=st.lists(deliveries, min_size=1, max_size=3).map(tuple),
        parallel=st.booleans(),
        order=st.lists(st.integers(0, 2), max_size=6).map(tuple),
        fails=st.sampled_from((False, False, False, True)),
        sends_delete=st.booleans(),
        reuses_request_id=st.sampled_from((False, False, True)),
    ),
)
