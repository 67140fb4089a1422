"""A simulated clock, and a scheduler that runs concurrent tasks in simulated time, one step at a time.

Nothing in this module is specific to Lambda, CloudFormation or Partner Central.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

START = 1_900_000_000_123_456_789  # nanoseconds since 1970
SECOND = 1_000_000_000  # nanoseconds


class Clock:
    """A clock that advances only on request. When the clock advances, it calls the alarms that are due."""

    def __init__(self) -> None:
        self.now = START
        self._due: list[tuple[int, int]] = []
        self._callbacks: dict[int, Callable[[], object]] = {}
        self._numbers = itertools.count()

    def __call__(self) -> int:
        """Return the simulated time in nanoseconds since 1970."""
        return self.now

    @property
    def seconds(self) -> float:
        """The simulated seconds since the history began."""
        return (self.now - START) / SECOND

    def advance(self, seconds: float) -> None:
        """Advance the clock by a number of seconds."""
        self.advance_to(self.now + int(seconds * SECOND))

    def advance_to(self, time: int) -> None:
        """Advance the clock to `time`, in nanoseconds since 1970, and call each alarm at its own time."""
        while self._due and self._due[0][0] <= time:
            at, number = heapq.heappop(self._due)
            callback = self._callbacks.pop(number, None)
            if callback:
                self.now = max(self.now, at)
                callback()
        self.now = max(self.now, time)

    def set_alarm(self, seconds: float, callback: Callable[[], object]) -> int:
        """Schedule a call of `callback` after a number of seconds, and return the alarm's number."""
        number = next(self._numbers)
        self._callbacks[number] = callback
        heapq.heappush(self._due, (self.now + int(seconds * SECOND), number))
        return number

    def cancel_alarm(self, number: int) -> None:
        """Cancel the alarm with this number, if it has not been called yet."""
        self._callbacks.pop(number, None)


class Task:
    """A thread that runs only while all other tasks wait.

    Args:
        work: The function that the thread runs.
        before_step: The function that the scheduler calls in its own thread before each step of the task.
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
        """Run the task until it pauses or ends."""
        self._before_step()
        self._turn.release()
        self._others.acquire()

    def pause(self, until: int) -> None:
        """Let other tasks run, and continue at the time `until` or later. Call this method only in the task's own thread."""
        self.wakes_at = until
        self._others.release()
        self._turn.acquire()

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - re-raised by Scheduler.run
            self.error = error
        self.done = True
        self._others.release()


class Scheduler:
    """Runs several tasks concurrently.

    Args:
        clock: The clock of the history.
        tasks: The arguments `work` and `before_step` for each `Task`.
    """

    def __init__(self, clock: Clock, tasks: Sequence[tuple[Callable[[], None], Callable[[], None]]]) -> None:
        self._clock = clock
        self._tasks = [Task(work, before_step) for work, before_step in tasks]
        self._active = self._tasks[0]

    def run(self, order: Sequence[int]) -> None:
        """Run all tasks until they end. If a task raised an error, raise this error again.

        Args:
            order: One number for each step. The number modulo the count of ready tasks selects the task that runs. After the
                last number, the tasks take turns.
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
        """Pause the running task for at least the given number of seconds."""
        self._active.pause(self._clock.now + int(seconds * SECOND))


def _acquired_lock() -> threading.Lock:
    """Return an acquired lock. A thread waits for the lock until another thread releases it.

    A semaphore would be slower.
    """
    lock = threading.Lock()
    lock.acquire()
    return lock
