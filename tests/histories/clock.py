"""Simulated time, and tasks that run concurrently in it, one step at a time.

This module knows nothing of Lambda, CloudFormation or Partner Central.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

START = 1_900_000_000_123_456_789  # nanoseconds since 1970
SECOND = 1_000_000_000  # nanoseconds


class Clock:
    """A clock that moves only when it is advanced, and calls the alarms that are due on the way."""

    def __init__(self) -> None:
        self.now = START
        self._due: list[tuple[int, int]] = []
        self._callbacks: dict[int, Callable[[], object]] = {}
        self._numbers = itertools.count()

    def __call__(self) -> int:
        """Return the nanoseconds since 1970."""
        return self.now

    @property
    def seconds(self) -> float:
        """The seconds since the history began."""
        return (self.now - START) / SECOND

    def advance(self, seconds: float) -> None:
        """Move the time forward by a number of seconds."""
        self.advance_to(self.now + int(seconds * SECOND))

    def advance_to(self, time: int) -> None:
        """Move to a time, and call each alarm on the way at its own time."""
        while self._due and self._due[0][0] <= time:
            at, number = heapq.heappop(self._due)
            callback = self._callbacks.pop(number, None)
            if callback:
                self.now = max(self.now, at)
                callback()
        self.now = max(self.now, time)

    def set_alarm(self, seconds: float, callback: Callable[[], object]) -> int:
        """Call `callback` after a number of seconds; return a number for `cancel_alarm`."""
        number = next(self._numbers)
        self._callbacks[number] = callback
        heapq.heappush(self._due, (self.now + int(seconds * SECOND), number))
        return number

    def cancel_alarm(self, number: int) -> None:
        """Cancel an alarm."""
        self._callbacks.pop(number, None)


class Task:
    """One of several concurrent tasks: a thread that runs only while all others wait.

    Args:
        work: What it does.
        before_step: Called before each of its steps, in the scheduler's thread.
    """

    def __init__(self, work: Callable[[], None], before_step: Callable[[], None]) -> None:
        self.wakes_at = 0
        self.done = False
        self.error: BaseException | None = None
        self._work = work
        self._before_step = before_step
        self._turn = _acquired_lock()
        self._others = _acquired_lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def step(self) -> None:
        """Let it run to its next pause."""
        self._before_step()
        self._turn.release()
        self._others.acquire()

    def pause(self, until: int) -> None:
        """Let the others run, and continue at some time after `until`. Called in the task's own thread."""
        self.wakes_at = until
        self._others.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - Scheduler.run raises it again
            self.error = error
        self.done = True
        self._others.release()


class Scheduler:
    """Runs several tasks concurrently.

    Args:
        clock: The simulated time.
        tasks: For each task its work, and what to call before each of its steps.
    """

    def __init__(self, clock: Clock, tasks: Sequence[tuple[Callable[[], None], Callable[[], None]]]) -> None:
        self._clock = clock
        self._tasks = [Task(work, before_step) for work, before_step in tasks]
        self._active = self._tasks[0]

    def run(self, order: Sequence[int]) -> None:
        """Run all tasks to the end, and raise the first error.

        Args:
            order: Which task continues if more than one can; after that, they take turns.
        """
        turns: Iterator[int] = itertools.chain(order, itertools.count())
        running = list(self._tasks)
        while running:
            ready = [task for task in running if task.wakes_at <= self._clock.now]
            if not ready:
                self._clock.advance_to(min(task.wakes_at for task in running))
                continue
            self._active = ready[next(turns) % len(ready)]
            self._active.step()
            running = [task for task in running if not task.done]
        for task in self._tasks:
            if task.error:
                raise task.error

    def pause(self, seconds: float) -> None:
        """Pause the task that is running for at least a number of seconds."""
        self._active.pause(self._clock.now + int(seconds * SECOND))


def _acquired_lock() -> threading.Lock:
    """Return a lock that works as a signal, released by another thread. A semaphore would be slower."""
    lock = threading.Lock()
    lock.acquire()
    return lock
