"""A local Partner Central Selling, in memory: five operations with the model's validation and errors.

It has no HTTP in it: a request is the X-Amz-Target header and the body, so that tests can call it in-process. It knows
nothing of CloudFormation or CDK, and shares no code with the clients that it is there to test.
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
from cdk_partnercentral_local.service._limits import Bucket
from cdk_partnercentral_local.service._operations import Operations
from cdk_partnercentral_local.service._validation import CATALOGS, validated
from cdk_partnercentral_local.service._wire import JsonObject, Reply, answer, operation_of, read, refusal

__all__ = ["Call", "PartnerCentral"]

_READS = frozenset({"GetEngagement", "ListEngagements"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was made.

    Attributes:
        operation (str): its name, or what the X-Amz-Target header said when there is no such operation.
        input (dict): the parsed body; empty when it could not be parsed.
        error (str | None): the code of the error answer, or the class name of what a fault raised (`Dropped` for a
            connection that was closed).
        answer (bytes | None): the body of the success answer; None when there was none, or when it was dropped.
        wrote (bool): whether it changed what is held. A replay of a client token does not.
    """

    operation: str
    input: JsonObject
    error: str | None = None
    answer: bytes | None = None
    wrote: bool = False

    @property
    def output(self) -> JsonObject | None:
        """The success answer, parsed."""
        return None if self.answer is None else read(self.answer)


class PartnerCentral:
    """The service.

    Operations follow https://docs.aws.amazon.com/partner-central/latest/APIReference/ as far as it goes, and
    `behavior` where it does not. Errors are found in this order: unknown operation, unreadable body, planned fault,
    rate, validation, client token, engagement, quota or context, type, lock.

    Args:
        behavior (Behavior): answers to what is unknown. The attribute may be set at any time.
        clock (Callable[[], int]): gives nanoseconds since 1970. It drives ModifiedAt, token lifetimes and rates, and
            may stand still.
        sleep (Callable[[float], object]): waits; gets seconds. It is what `latency` and slow faults call.
        account (str): 12 digits, the creator of every engagement.
        region (str): part of ARNs.
        partition (str): part of ARNs.

    Attributes:
        calls (list[Call]): every request in the order in which it was decided. Tests may clear it.
        faults (Faults): what is planned to go wrong.
        as_aws (AwsWrites): writes that AWS itself makes.

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
        self._operations = Operations(self._engagements, account=account)
        self._buckets = {"reads": Bucket(), "writes": Bucket()}
        self._lock = threading.Lock()

    def handle(self, target: str, body: bytes) -> Reply:
        """Answer a request.

        Args:
            target (str): the X-Amz-Target header, for example `AWSPartnerCentralSelling.GetEngagement`.
            body (bytes): the HTTP body.

        Returns:
            The answer, errors included.

        Raises:
            Dropped: a fault closes the connection.
        """
        call = Call(operation=target, input={})
        try:
            call = replace(call, operation=operation_of(target))
            call = replace(call, input=read(body))
        except ServiceError as error:
            self._failed(call, error.code)
            return refusal(error)
        return self._served(call)

    def create_engagement(
        self, *, title: str = "Engagement", catalog: str = "Sandbox", description: str | None = None
    ) -> str:
        """Create an empty engagement without a request.

        Args:
            title (str): up to 40 characters.
            catalog (str): `AWS` or `Sandbox`.
            description (str | None): up to 255 characters.

        Returns:
            Its id.

        Raises:
            ValueError: there is no such catalog.
        """
        if catalog not in CATALOGS:
            raise ValueError(f"catalog: one of {', '.join(CATALOGS)}, got {catalog!r}")
        details = {"Title": title, **({} if description is None else {"Description": description})}
        with self._lock:
            return self._engagements.add(catalog=catalog, details=details, contexts=(), now=self._clock()).id

    def engagement(self, identifier: str) -> JsonObject:
        """Show what an engagement truly holds, as GetEngagement would without any lag. The result is the caller's own.

        Args:
            identifier (str): id or ARN.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            engagement = self._held(identifier)
            return copy.deepcopy(engagement.described(engagement.state))

    def write_as_aws(self, identifier: str, change: Callable[[list[JsonObject]], object]) -> None:
        """Change an engagement as AWS might at any time: it gets a new ModifiedAt, and nothing is validated.

        Args:
            identifier (str): id or ARN.
            change (Callable[[list[dict]], object]): gets the contexts, `{"Id": ..., "Type": ..., "Payload": ...}` each,
                to change in place.

        Raises:
            KeyError: there is no such engagement.
        """
        with self._lock:
            engagement = self._held(identifier)
            contexts = copy.deepcopy(list(engagement.state.contexts))
            change(contexts)
            engagement.write(tuple(contexts), by="AWS", now=self._clock())

    def _held(self, identifier: str) -> Engagement:
        engagement = self._engagements.get(identifier)
        if engagement is None:
            raise KeyError(identifier)
        return engagement

    def _served(self, call: Call) -> Reply:
        if self.behavior.latency:
            self._sleep(self.behavior.latency)
        fault = self.faults.take(call.operation)
        try:
            fault.on_arrival()
            self._admit(call.operation)
            request = validated(call.operation, call.input)
            fault.before_commit()
            with self._lock:
                done = self._operations.perform(call.operation, request, now=self._clock(), behavior=self.behavior)
                call = replace(call, answer=done.body, wrote=done.wrote)
                self.calls.append(call)
            fault.after_commit()
        except ServiceError as error:
            self._failed(call, error.code)
            return refusal(error)
        except BaseException as error:
            self._failed(call, type(error).__name__)
            raise
        return answer(done.body)

    def _admit(self, operation: str) -> None:
        reads = operation in _READS
        rate = self.behavior.reads_per_second if reads else self.behavior.writes_per_second
        if rate is None:
            return
        with self._lock:
            admitted = self._buckets["reads" if reads else "writes"].admits(self._clock(), rate)
        if not admitted:
            raise throttled()

    def _failed(self, call: Call, error: str) -> None:
        failed = replace(call, error=error, answer=None)
        with self._lock:
            # A call that got as far as the commit has its place already, before those that came meanwhile.
            for place, other in enumerate(self.calls) if call.answer is not None else ():
                if other is call:
                    self.calls[place] = failed
                    return
            self.calls.append(failed)
