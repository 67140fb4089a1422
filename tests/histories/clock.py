"""Time that is only simulated, and work that is done at once, one step at a time.

It knows nothing of Lambda, CloudFormation or Partner Central.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

START = 1_900_000_000_123_456_789  # nanoseconds since 1970
SECOND = 1_000_000_000


class Clock:
    """A clock that only moves when it is told to, and rings on the way."""

    def __init__(self) -> None:
        self.now = START
        self._alarms: list[tuple[int, int]] = []
        self._acts: dict[int, Callable[[], object]] = {}
        self._numbers = itertools.count()

    def __call__(self) -> int:
        """Return the nanoseconds since 1970."""
        return self.now

    @property
    def seconds(self) -> float:
        """The seconds since the history began."""
        return (self.now - START) / SECOND

    def advance(self, seconds: float) -> None:
        """Let seconds pass."""
        self.advance_to(self.now + int(seconds * SECOND))

    def advance_to(self, then: int) -> None:
        """Let time pass until an instant; each alarm on the way rings at its own."""
        while self._alarms and self._alarms[0][0] <= then:
            at, number = heapq.heappop(self._alarms)
            act = self._acts.pop(number, None)
            if act:
                self.now = max(self.now, at)
                act()
        self.now = max(self.now, then)

    def ring(self, seconds: float, act: Callable[[], object]) -> int:
        """Call `act` when so many seconds have passed; return a number for `silence`."""
        number = next(self._numbers)
        self._acts[number] = act
        heapq.heappush(self._alarms, (self.now + int(seconds * SECOND), number))
        return number

    def silence(self, number: int) -> None:
        """Take an alarm back."""
        self._acts.pop(number, None)


class Worker:
    """One piece of work among several: a thread that only runs while everybody else waits."""

    def __init__(self, work: Callable[[], None], resume: Callable[[], None]) -> None:
        self.wakes_at = 0
        self.error: BaseException | None = None
        self.resume = resume  # called before each of its steps
        self._work = work
        self._turn = _locked()
        self._others = _locked()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self._work is _nothing

    def step(self) -> None:
        """Let it run up to its next pause."""
        self.resume()
        self._turn.release()
        self._others.acquire()

    def pause(self, until: int) -> None:
        """Stop, called by the work itself, and go on at some time after an instant."""
        self.wakes_at = until
        self._others.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it again
            self.error = error
        self._work = _nothing
        self._others.release()


class Crew:
    """Several pieces of work at once. `order` says who goes on where more than one can; then they take turns."""

    def __init__(self, clock: Clock, works: Sequence[tuple[Callable[[], None], Callable[[], None]]]) -> None:
        self._clock = clock
        self._workers = [Worker(work, resume) for work, resume in works]
        self._active = self._workers[0]

    def run(self, order: Sequence[int]) -> None:
        """Run all of it to the end, and raise the first error."""
        turns: Iterator[int] = itertools.chain(order, itertools.count())
        left = list(self._workers)
        while left:
            ready = [worker for worker in left if worker.wakes_at <= self._clock.now]
            if not ready:
                self._clock.advance_to(min(worker.wakes_at for worker in left))
                continue
            self._active = ready[next(turns) % len(ready)]
            self._active.step()
            left = [worker for worker in left if not worker.done]
        for worker in self._workers:
            if worker.error:
                raise worker.error

    def pause(self, seconds: float) -> None:
        """Stop the work that is running, at least for so long."""
        self._active.pause(self._clock.now + int(seconds * SECOND))


def _locked() -> threading.Lock:
    """Return a lock as a signal: who waits for it acquires it, whoever it is that releases it. A semaphore is slow."""
    lock = threading.Lock()
    lock.acquire()
    return lock


def _nothing() -> None:
    pass
