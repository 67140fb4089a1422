"""A local Partner Central Selling in memory: the way of a request from bytes to bytes.

There is no HTTP here: a request is the X-Amz-Target header and the body, so that tests can call the service in their own
process.
"""

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cdk_partnercentral_local.service._aws_writes import AwsWrites
from cdk_partnercentral_local.service._behavior import Behavior
from cdk_partnercentral_local.service._engagements import Engagement, Engagements
from cdk_partnercentral_local.service._errors import ServiceError, throttled
from cdk_partnercentral_local.service._faults import Faults
from cdk_partnercentral_local.service._operations import OPERATIONS, Request, Tokens, operation_name, perform
from cdk_partnercentral_local.service._validation import CATALOGS, validated
from cdk_partnercentral_local.service._wire import NANOSECONDS, JsonObject, Reply, failure, parse_body, success


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that the service got.

    Attributes:
        operation (str): The name of the operation, or the X-Amz-Target header if it names no operation.
        input (dict): The parsed body; empty if it could not be parsed.
        error (str | None): The code of the error response, or the class name of what a fault raised (`Dropped` for a
            connection that was closed).
        answer (bytes | None): The body of the success response; None if there was none, or if it was dropped.
        wrote (bool): Whether the request changed anything. A replay of a client token does not.
    """

    operation: str
    input: JsonObject
    error: str | None = None
    answer: bytes | None = None
    wrote: bool = False

    @property
    def output(self) -> JsonObject | None:
        """The success response, parsed."""
        return None if self.answer is None else parse_body(self.answer)


class PartnerCentral:
    """A local Partner Central Selling.

    Operations follow https://docs.aws.amazon.com/partner-central/latest/APIReference/, and `behavior` where that does not
    specify what happens. A request is checked in this order: operation, body, planned fault, rate, validation, client token,
    engagement, quota or context, type, lock.

    Args:
        behavior (Behavior): How to behave where the API is not documented. The attribute can be set at any time.
        clock (Callable[[], int]): Returns nanoseconds since 1970, for ModifiedAt, token lifetimes and rates. The time can
            stand still.
        sleep (Callable[[float], object]): Waits for a number of seconds, for `latency` and slow faults.
        account (str): The account ID (12 digits) that creates every engagement.
        region (str): Part of ARNs.
        partition (str): Part of ARNs.

    Attributes:
        calls (list[Call]): All requests, in the order in which they were decided. Tests can clear it.
        faults (Faults): The planned faults.
        as_aws (AwsWrites): Writes that AWS itself makes.

    Example:
        >>> service = PartnerCentral(Behavior(token_mismatch="replay"))
        >>> engagement_id = service.create_engagement(title="Migration")
        >>> service.engagement(engagement_id)["Contexts"]
        []
    """

    def __init__(
        self,
        behavior: Behavior = Behavior(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], object] = time.sleep,
        account: str = "123456789012",
        region: str = "us-east-1",
        partition: str = "aws",
    ) -> None:
        self.behavior = behavior
        self.calls: list[Call] = []
        self.faults = Faults(sleep)
        self.as_aws = AwsWrites(self.write_as_aws, clock)
        self._clock = clock
        self._sleep = sleep
        self._engagements = Engagements(account=account, region=region, partition=partition)
        self._tokens = Tokens()
        self._reads, self._writes = _Bucket(), _Bucket()
        self._lock = threading.Lock()

    def handle(self, target: str, body: bytes) -> Reply:
        """Process a request.

        Args:
            target (str): The X-Amz-Target header, for example `AWSPartnerCentralSelling.GetEngagement`.
            body (bytes): The HTTP body.

        Returns:
            The response, which can be an error.

        Raises:
            Dropped: A fault closes the connection.
        """
        call = Call(operation=target, input={})
        try:
            call = replace(call, operation=operation_name(target))
            call = replace(call, input=parse_body(body))
        except ServiceError as error:
            self._record_failure(call, error.code)
            return failure(error)
        return self._process(call)

    def create_engagement(
        self, *, title: str = "Engagement", catalog: str = "Sandbox", description: str | None = None
    ) -> str:
        """Create an empty engagement without a request.

        Args:
            title (str): At most 40 characters.
            catalog (str): `AWS` or `Sandbox`.
            description (str | None): At most 255 characters.

        Returns:
            The ID of the engagement.

        Raises:
            ValueError: The catalog does not exist.
        """
        if catalog not in CATALOGS:
            raise ValueError(f"catalog must be one of {', '.join(CATALOGS)}; got {catalog!r}")
        details = {"Title": title, **({} if description is None else {"Description": description})}
        with self._lock:
            return self._engagements.add(catalog=catalog, details=details, contexts=(), now=self._clock()).id

    def engagement(self, identifier: str) -> JsonObject:
        """Return an engagement as GetEngagement returns it without any lag. The result is a copy.

        Args:
            identifier (str): ID or ARN.

        Raises:
            KeyError: The engagement does not exist.
        """
        with self._lock:
            engagement = self._existing(identifier)
            return copy.deepcopy(engagement.described(engagement.state))

    def write_as_aws(self, identifier: str, change: Callable[[list[JsonObject]], object]) -> None:
        """Change an engagement as AWS can at any time: it gets a new ModifiedAt, and nothing is validated.

        Args:
            identifier (str): ID or ARN.
            change (Callable[[list[dict]], object]): Gets the contexts, `{"Id": ..., "Type": ..., "Payload": ...}` each,
                and changes them in place.

        Raises:
            KeyError: The engagement does not exist.
        """
        with self._lock:
            engagement = self._existing(identifier)
            contexts = copy.deepcopy(list(engagement.state.contexts))
            change(contexts)
            engagement.write(tuple(contexts), by="AWS", now=self._clock())

    def _existing(self, identifier: str) -> Engagement:
        engagement = self._engagements.get(identifier)
        if engagement is None:
            raise KeyError(identifier)
        return engagement

    def _process(self, call: Call) -> Reply:
        if self.behavior.latency:
            self._sleep(self.behavior.latency)
        fault = self.faults.take(call.operation)
        try:
            fault.on_arrival()
            self._check_rate(call.operation)
            valid = validated(call.operation, call.input)
            fault.before_commit()
            with self._lock:
                request = Request(input=valid, engagements=self._engagements, behavior=self.behavior, now=self._clock())
                done = perform(call.operation, request, self._tokens)
                call = replace(call, answer=done.body, wrote=done.wrote)
                self.calls.append(call)
            fault.after_commit()
        except ServiceError as error:
            self._record_failure(call, error.code)
            return failure(error)
        except BaseException as error:
            self._record_failure(call, type(error).__name__)
            raise
        return success(done.body)

    def _check_rate(self, operation: str) -> None:
        reads = OPERATIONS[operation].kind == "read"
        rate = self.behavior.reads_per_second if reads else self.behavior.writes_per_second
        if rate is None:
            return
        with self._lock:
            admitted = (self._reads if reads else self._writes).admits(self._clock(), rate)
        if not admitted:
            raise throttled()

    def _record_failure(self, call: Call, error: str) -> None:
        failed = replace(call, error=error, answer=None)
        with self._lock:
            # A call that was committed is in the list already: other calls can follow it, so keep its place.
            for place, other in enumerate(self.calls) if call.answer is not None else ():
                if other is call:
                    self.calls[place] = failed
                    return
            self.calls.append(failed)


class _Bucket:
    """A token bucket: one second's worth of requests at once, at least one, and then the rate."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._at = 0

    def admits(self, now: int, rate: float) -> bool:
        """Take one request out of the bucket, and return whether there was one."""
        size = max(1.0, rate)
        left = size if self._left is None else min(size, self._left + max(0, now - self._at) * rate / NANOSECONDS)
        self._at = now
        self._left = left - 1 if left >= 1 else left
        return left >= 1
