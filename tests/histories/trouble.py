"""What goes wrong while an event is handled: plain values, drawn by hypothesis.

It knows nothing of how any of it is brought about.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

# What one API call may meet. Each passes: a handler with budget gets over it.
FAULTS = (
    "throttle",
    "error",  # 500, and nothing was done
    "error after",  # 500, though it was done
    "gateway",  # 503 from something in front of the service, which speaks HTML
    "conflict",
    "denied",
    "drop",  # the connection is closed before anything is done
    "drop after",
    "slow",  # 15 s
    "stall",  # no answer in time, and nothing is done
    "stall after",
    "late",  # no answer in time, and done only later
    "trickle",  # an answer that takes very long, a byte now and then
)
# What AWS, or a colleague in the console, does to the engagement right before a call.
FOREIGN = ("touch", "qualify", "score", "interaction", "customer", "context")
# What does not pass, from one call on. The last is an AccessDeniedException that says it is final.
LASTING = ("throttle", "error", "error after", "conflict", "denied", "drop", "drop after", "stall", "final")
# The process is gone: around its nth API call, or around its answer.
DEATHS = ("before call", "after call", "before answer", "after answer")
# What becomes of one try to deliver the answer.
ANSWERS = ("503", "drop", "lost", "hang", "403")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What one run of the function meets.

    Attributes:
        faults: an API call's number, from 0, and one of `FAULTS` or `FOREIGN`.
        lasting: the same, of `LASTING`.
        dies: one of `DEATHS`, and the number of the API call.
        answers: one of `ANSWERS` for each try; then they arrive.
    """

    faults: tuple[tuple[int, str], ...] = ()
    lasting: tuple[int, str] | None = None
    dies: tuple[str, int] | None = None
    answers: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = [f"{fault} at call {number}" for number, fault in self.faults]
        said += [f"{self.lasting[1]} from call {self.lasting[0]} on"] if self.lasting else []
        said += [f"dies {self.dies[0]}" + f" {self.dies[1]}" * ("call" in self.dies[0])] if self.dies else []
        said += [f"answer meets {', '.join(self.answers)}"] if self.answers else []
        return "; ".join(said) or "nothing"


CALM = Trouble()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an event gets to the function.

    Attributes:
        runs: what its first run meets, and Lambda's repeats of it; those beyond meet nothing.
        twin: what a second delivery at the same moment meets, if there is one.
        repeats: whether Lambda repeats a run that died; CloudFormation waits in vain otherwise.
    """

    runs: tuple[Trouble, ...] = ()
    twin: Trouble | None = None
    repeats: bool = True


@dataclass(frozen=True, kw_only=True)
class How:
    """How a deployment goes.

    Attributes:
        deliveries: for its events, in order; those beyond go well.
        together: whether its resources are provisioned at once.
        order: who goes on where several can.
        breaks: whether something else in the stack fails in the end.
        deletes: whether Delete is sent, as without the Retain policies.
        old_request: whether an earlier RequestId comes again.
    """

    deliveries: tuple[Delivery, ...] = ()
    together: bool = False
    order: tuple[int, ...] = ()
    breaks: bool = False
    deletes: bool = False
    old_request: bool = False


_calls = st.sampled_from((0, 1, 1, 1, 2, 2, 3))
# Those that leave open whether a write arrived, and what changes between a read and a write, come twice as often.
_any = st.sampled_from(
    (*FAULTS, *FOREIGN, *(fault for fault in FAULTS if "after" in fault or fault == "late"), *FOREIGN)
)
_faults = st.lists(st.tuples(_calls, _any), min_size=1, max_size=3, unique_by=lambda fault: fault[0])
_dies = st.tuples(st.sampled_from(DEATHS), _calls)
_answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4)

troubles: st.SearchStrategy[Trouble] = st.one_of(
    st.just(CALM),
    _faults.map(lambda faults: Trouble(faults=tuple(faults))),
    _dies.map(lambda dies: Trouble(dies=dies)),
    st.builds(lambda faults, dies: Trouble(faults=tuple(faults), dies=dies), _faults, _dies),
    _answers.map(lambda answers: Trouble(answers=tuple(answers))),
    st.builds(lambda call, fault: Trouble(lasting=(call, fault)), _calls, st.sampled_from(LASTING)),
)

deliveries: st.SearchStrategy[Delivery] = st.one_of(
    troubles.map(lambda trouble: Delivery(runs=(trouble,))),
    st.builds(
        lambda runs, lost: Delivery(runs=tuple(runs), repeats=not lost), st.lists(troubles, max_size=3), st.booleans()
    ),
    st.builds(lambda run, twin: Delivery(runs=(run,), twin=twin), troubles, troubles),
)

_order = st.lists(st.integers(0, 2), max_size=6).map(tuple)
hows: st.SearchStrategy[How] = st.one_of(
    st.just(How()),
    st.builds(
        How,
        deliveries=st.lists(deliveries, min_size=1, max_size=3).map(tuple),
        together=st.booleans(),
        order=_order,
        breaks=st.sampled_from((False, False, False, True)),
        deletes=st.booleans(),
        old_request=st.sampled_from((False, False, True)),
    ),
)
